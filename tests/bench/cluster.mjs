#!/usr/bin/env node
// What a cluster costs: CPU of three nodes together against one node, side by side, the same riders for both. See --help.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { completeRules } from '../oracle/rules.mjs';
import { ClusterWorld } from '../cluster/lib/cluster_world.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { cpuSeconds, load } from './lib/cpu.mjs';

const usage = `Usage: node tests/bench/cluster.mjs [--racers N] [--seconds N]

One node on a nats-server of its own, and three nodes on another, at the same time; riders in six classes at 1 Hz in each. Prints the CPU
of the nodes per update: in the race, and with its end (results and rides stored by every node: followers included). nats-server is not
in it; it is printed beside it.

  --racers N   per class, default 1000
  --seconds N  of a ride, default 120

Exit code 0 when three nodes take at most 1.3 times what one takes, 1 when more, 2 for wrong usage.
`;
const most = 1.3;

const { values } = parseArgs({
  options: { racers: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '120' }, help: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const racers = Number(values.racers);
const seconds = Number(values.seconds);
if (!(racers >= 1 && racers <= 1000 && seconds >= 10 && seconds <= 600)) {
  process.stderr.write('tests/bench/cluster.mjs: --racers takes 1..1000, --seconds 10..600\n');
  process.exit(2);
}
const rules = completeRules({
  window_seconds: 30,
  ride_seconds: seconds,
  grace_seconds: 5,
  classes: Array.from({ length: 6 }, (_, i) => ({ id: i + 1, score: i % 3 === 2 ? 'output' : 'total' })),
});

const worlds = [];
const nodesOf = (world) => [...world.nodes.values()].map(({ program }) => program.child.pid);
const serversOf = (world) => [...world.servers.values()].map(({ program }) => program.child.pid);
const total = (pids) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
const metric = async (world, name) =>
  (await Promise.all([...world.nodes.keys()].map((node) => world.metricOf(node, name)))).reduce((sum, value) => sum + value, 0);
const taken = (world) => ({ cpu: total(nodesOf(world)), broker: total(serversOf(world)) });

let good;
try {
  for (const nodes of [1, 3]) worlds.push(await ClusterWorld.startCluster({ nodes, rules }));
  await sleep(3000);
  const before = worlds.map(taken);
  const window = rules.window_seconds * 1000;
  if (window - (Date.now() % window) < 8000) await sleep(9000);
  const riders = worlds.map((world) =>
    world.startRiders('riders', ['--classes', '1-6', '--racers', racers, '--ack', '--start', 'next', '--seed', 7]),
  );
  await Promise.all(riders.map(({ ended }) => ended));
  const raced = worlds.map(taken);
  await until(
    'all results are stored by every node',
    async () => {
      const merged = await Promise.all(worlds.map((world) => metric(world, 'alleycat_races_merged_total')));
      const left = await Promise.all(worlds.map((world) => metric(world, 'alleycat_follower_left')));
      return merged.every((count) => count >= 6) && left.every((count) => count === 0);
    },
    { seconds: 300, everyMs: 500 },
  );
  await sleep(5000);
  const closed = worlds.map(taken);
  const updates = await Promise.all(worlds.map((world) => metric(world, 'alleycat_updates_acknowledged_total')));
  console.log(
    `${new Date().toISOString()}, ${cpus().length} x ${cpus()[0].model}, load ${load()}; ${racers * 6} riders at 1 Hz for ${seconds} s`,
  );
  console.log('| nodes | updates | CPU in the race, us an update | with its end | nats-server |');
  console.log('|---|---|---|---|---|');
  const us = (i, which, until_) => ((until_[i][which] - before[i][which]) * 1e6) / updates[i];
  worlds.forEach((world, i) =>
    console.log(
      `| ${world.nodes.size} | ${updates[i]} | ${us(i, 'cpu', raced).toFixed(1)} | ${us(i, 'cpu', closed).toFixed(1)} | ${us(i, 'broker', closed).toFixed(1)} |`,
    ),
  );
  const race = us(1, 'cpu', raced) / us(0, 'cpu', raced);
  const whole = us(1, 'cpu', closed) / us(0, 'cpu', closed);
  console.log(`three nodes take ${race.toFixed(2)} of one in the race, ${whole.toFixed(2)} with its end (at most ${most})`);
  good = whole <= most;
} finally {
  await Promise.all(worlds.map((world) => world.stop()));
}
process.exit(good ? 0 : 1);
