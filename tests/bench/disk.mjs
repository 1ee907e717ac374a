#!/usr/bin/env node
// What a day of racing takes of the disk, measured on a few races. See --help.

import { readdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { completeRules } from '../oracle/rules.mjs';
import { ClusterWorld } from '../cluster/lib/cluster_world.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { load } from './lib/cpu.mjs';

const usage = `Usage: node tests/bench/disk.mjs [--riders N] [--seconds N] [--races N]

One node with its nats-server; riders at 1 Hz, 1,000 in each class, always the same ones. Prints after each race what journal, results, bests
and LMDB have, what the race added, and what a day of such races is: 288 of 5 minutes.

  --riders N   default 1000; at most 12000
  --seconds N  of a ride, default 300
  --races N    one after the other, default 2: the first one writes a record for every rider and second, the others fewer

Exit code 0 when all races were stored, 2 for wrong usage.
`;

const { values } = parseArgs({
  options: {
    riders: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '300' },
    races: { type: 'string', default: '2' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const [riders, seconds, races] = [values.riders, values.seconds, values.races].map(Number);
if (!(riders >= 1 && riders <= 12_000 && seconds >= 10 && seconds <= 600 && races >= 1 && races <= 20)) {
  process.stderr.write('tests/bench/disk.mjs: --riders takes 1..12000, --seconds 10..600, --races 1..20\n');
  process.exit(2);
}
const classes = Math.ceil(riders / 1000);
const rules = completeRules({
  window_seconds: 30,
  ride_seconds: seconds,
  grace_seconds: 5,
  classes: Array.from({ length: classes }, (_, i) => ({ id: i + 1, score: 'total' })),
});
const racesADay = 288;

const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
function folderBytes(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? folderBytes(path) : statSync(path).blocks * 512);
  }, 0);
}

const world = await ClusterWorld.startCluster({ nodes: 1, rules });
try {
  const [server] = world.servers.keys();
  const taken = async () => {
    const streams = await world.client.streamBytes();
    const of = (prefix) => streams.reduce((sum, { name, bytes }) => sum + (name.startsWith(prefix) ? bytes : 0), 0);
    return {
      journal: of('ALLEYCAT_JOURNAL'),
      results: of('ALLEYCAT_RESULTS'),
      bests: of('ALLEYCAT_BESTS'),
      lmdb: await world.metricOf('node-1', 'alleycat_store_used_bytes'),
      nats: folderBytes(world.path(server)),
    };
  };
  const kinds = { journal: 'journal', results: 'results and rides', bests: 'bests', lmdb: 'LMDB in use', nats: 'files of nats-server' };
  console.log(
    `${new Date().toISOString()}, ${cpus().length} x ${cpus()[0].model}, load ${load()}; ${riders} riders at 1 Hz for ${seconds} s`,
  );
  console.log(`| race | ${Object.values(kinds).join(', MB | ')}, MB |`);
  console.log('|---|---|---|---|---|---|');
  let before = await taken();
  let added = {};
  for (let race = 1; race <= races; race += 1) {
    const window = rules.window_seconds * 1000;
    if (window - (Date.now() % window) < 8000) await sleep(9000);
    const fleet = world.startRiders('riders', [
      '--classes',
      rules.classes.map(({ id }) => id).join(','),
      '--racers',
      Math.ceil(riders / classes),
      '--ack',
      '--start',
      'next',
      '--seed',
      race,
    ]);
    if ((await fleet.ended) !== 0) throw new Error(fleet.report);
    await until(
      'the results are stored',
      async () =>
        (await world.metricOf('node-1', 'alleycat_races_merged_total')) >= race * classes &&
        (await world.metricOf('node-1', 'alleycat_follower_left')) === 0,
      { seconds: 300, everyMs: 500 },
    );
    await sleep(6000); // LMDB's gauge is read every few seconds
    const now = await taken();
    added = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, now[kind] - before[kind]]));
    console.log(
      `| ${race} | ${Object.keys(kinds)
        .map((kind) => `${megabytes(now[kind])} (+${megabytes(added[kind])})`)
        .join(' | ')} |`,
    );
    before = now;
  }
  const perUpdate = added.journal / (riders * seconds);
  console.log(`journal: ${perUpdate.toFixed(1)} bytes an update`);
  console.log(
    `a day of ${racesADay} races like the last: ${Object.entries(kinds)
      .map(([kind, text]) => `${text} ${((added[kind] * racesADay) / 1e9).toFixed(2)} GB`)
      .join(', ')}`,
  );
} finally {
  await world.stop();
}
