// How long a node takes to rebuild a running race of 1,000 riders from 300,000 updates written at real pace.
//
// The journal is written by real ingest actors in virtual time (bench-paced-journal), read by a real node over JetStream.
// `taskset -c 0 node tests/bench/rebuild.mjs` gives node and nats-server one core together.

import { parseArgs } from 'node:util';

import { completeRules } from '../oracle/rules.mjs';
import { Program } from '../e2e/lib/processes.mjs';
import { until } from '../e2e/lib/until.mjs';
import { programPath, World } from '../e2e/lib/world.mjs';
import { cpuSeconds, load } from './lib/cpu.mjs';
import { median } from './lib/figures.mjs';

const flags = ['--race.admit', 'any', '--race.idle_close_seconds', '3600'];

/** Runs a program to its end. @returns {Promise<any>} what it printed, parsed */
export async function jsonOf(name, args) {
  const program = new Program(name, programPath(name), args.map(String));
  const code = await program.ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${program.report}`);
  return JSON.parse(program.stdout);
}

/** One node from its start to the end of its rebuilding. */
async function startAndMeasure(world, expected) {
  const broker = cpuSeconds(world.nats.child.pid);
  const node = await world.startNode('node-1', flags);
  await until('the race is rebuilt', () => !expected || /race\.rebuilt/.test(node.stderr));
  const cpu = cpuSeconds(node.child.pid);
  const brokerCpu = cpuSeconds(world.nats.child.pid) - broker;
  const line = /race\.rebuilt.*updates=(\d+).*milliseconds=(\d+)/.exec(node.stderr);
  if (expected && Number(line?.[1]) !== expected) throw new Error(`${line?.[1]} of ${expected} updates were read`);
  await node.stop();
  return { cpu: cpu * 1000, broker: brokerCpu * 1000, rebuilt: Number(line?.[2] ?? 0) };
}

/** @returns {Promise<object>} medians in milliseconds */
export async function measureRebuild({ linger, riders = 1000, seconds = 300, ingests = 3, spread = 0, rounds = 5 }) {
  const world = new World(completeRules({ capacity: Math.max(1000, riders) }));
  try {
    await world.startNats();
    const empty = await startAndMeasure(world, 0);
    const journal = await jsonOf('bench-paced-journal', [
      '--nats',
      world.natsUrl,
      '--linger',
      linger,
      '--riders',
      riders,
      '--seconds',
      seconds,
      '--ingests',
      ingests,
      '--spread',
      spread,
    ]);
    const runs = [];
    for (let round = 0; round < rounds; ++round) runs.push(await startAndMeasure(world, journal.updates));
    const of = (key) => Math.round(median(runs.map((run) => run[key])));
    return {
      ...journal,
      linger,
      rebuiltMs: of('rebuilt'),
      rebuiltMax: Math.max(...runs.map((run) => run.rebuilt)),
      engineCpuMs: of('cpu') - Math.round(empty.cpu),
      brokerCpuMs: of('broker') - Math.round(empty.broker),
    };
  } finally {
    await world.stop();
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      linger: { type: 'string', default: '2' },
      riders: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '300' },
      ingests: { type: 'string', default: '3' },
      spread: { type: 'string', default: '0' },
      rounds: { type: 'string', default: '5' },
    },
  });
  for (const linger of values.linger.split(',')) {
    const figures = await measureRebuild({
      linger: Number(linger),
      riders: Number(values.riders),
      seconds: Number(values.seconds),
      ingests: Number(values.ingests),
      spread: Number(values.spread),
      rounds: Number(values.rounds),
    });
    console.log(JSON.stringify({ ...figures, load: load() }));
  }
}
