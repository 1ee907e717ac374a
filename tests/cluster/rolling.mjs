// Nodes of an older build are replaced by this one, one after the other, in the middle of a race. Started by `rolling`.

import { join } from 'node:path';

import { programPath } from '../e2e/lib/world.mjs';
import { until } from '../e2e/lib/until.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { ClusterWorld } from './lib/cluster_world.mjs';
import { faultsHeard, fence, listenToAll, longestPause, watchClaims } from './lib/listener.mjs';

const [before, seed] = process.argv.slice(2);
/** A race in which there is time for three drains and returns. */
const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 60,
  grace_seconds: 10,
  classes: [1, 2, 3, 4, 5, 6].map((id) => ({ id, score: id % 3 === 0 ? 'output' : 'total' })),
});

const isNew = new Set();
const world = await ClusterWorld.startCluster({
  rules,
  program: (name) => (isNew.has(name) ? programPath('alleycat-node') : join(before, 'alleycat-node')),
});
const faults = [];
try {
  const listener = await listenToAll(world.client);
  const overwritten = await watchClaims(world.client);
  const race = await world.startRace(['--seed', seed]);
  await until('standings of every class', () => new Set(listener.beats().map(({ classId }) => classId)).size === rules.classes.length);
  const from = Date.now();
  for (const name of [...world.nodes.keys()]) {
    const began = Date.now();
    const code = await world.drainNode(name);
    if (code !== 0) faults.push(`${name} ended with ${code}`);
    isNew.add(name);
    await world.startNode(name);
    const { nodes } = await world.client.query('cluster');
    console.log(
      `${name} replaced in ${Date.now() - began} ms; now ${nodes.map(({ name: each, version }) => `${each} ${version}`).join(', ')}`,
    );
  }
  const to = Math.min(Date.now(), race.begin + rules.ride_seconds * 1000);
  const code = await race.riders.ended;
  if (code !== 0) faults.push(`riders ended with ${code}\n${race.riders.report}`);
  const verdict = await verify(world.client, [race.riders.log], rules, { presume: true, seconds: 120 });
  const beats = listener.beats();
  faults.push(...faultsHeard(beats, overwritten()));
  if (!verdict.equal) faults.push(verdict.report);
  if (verdict.expected.counts.left_out !== 0) faults.push(`${verdict.expected.counts.left_out} acknowledged updates lost`);
  console.log(
    `longest pause between two standings of a race: ${longestPause(fence(beats).accepted, from, to)} ms; ${verdict.expected.counts.left_out} lost, ${verdict.differences.length} differences`,
  );
  world.failed = faults.length > 0;
} catch (error) {
  world.failed = true;
  faults.push(error.stack);
} finally {
  await world.stop();
}
faults.forEach((fault) => console.log(fault));
process.exit(faults.length === 0 ? 0 : 1);
