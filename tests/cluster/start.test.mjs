// Nodes that start: all together, before NATS is there; and into a race that runs.

import assert from 'node:assert/strict';

import { sleep, until } from '../e2e/lib/until.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { clusterTest } from './lib/cluster_world.mjs';

clusterTest('nodes that wait for NATS serve soon after it, and have what they had', {}, async (world, t) => {
  const race = await world.startRace();
  await world.assertWhole(race, t);
  const board = await world.client.answer('leaderboard.1', { limit: 30 });
  const names = [...world.nodes.keys()];
  await Promise.all(names.map((name) => world.killNode(name)));
  const [server] = world.servers.keys();
  await world.servers.get(server).program.kill();
  const ready = names.map((name) => world.startNode(name));
  const readyAt = Promise.all(ready.map((each) => each.then(() => Date.now())));
  await sleep(3000);
  await world.startServer(server);
  const nats = Date.now();
  await until('every class is served', async () => {
    const { classes } = await world.client.ask('alleycat.query.cluster', '', 500);
    return classes.every(({ owner, ready: served }) => owner !== null && served);
  });
  const served = Date.now();
  await Promise.all(ready);
  t.diagnostic(`every class was served ${served - nats} ms after NATS, every node ready after ${Math.max(...(await readyAt)) - nats} ms`);
  assert.deepEqual((await world.client.answer('leaderboard.1', { limit: 30 })).rows, board.rows);
});

clusterTest('nodes that join in the middle of a race take part from their first update on', { nodes: 1 }, async (world, t) => {
  // Every node takes updates from its first moment on, and each race is new to it.
  const races = [await world.startRace([], 200)];
  await Promise.all([2, 3, 4, 5, 6].map((i) => world.startNode(`node-${i}`)));
  await until('all have taken updates', async () => {
    const counts = await Promise.all([...world.nodes.keys()].map((name) => world.metricOf(name, 'alleycat_updates_acknowledged_total')));
    if (counts.every((count) => count > 0)) return true;
    // On a busy machine the race may be over before the last node is there: one more.
    if (!races.at(-1).riders.running) races.push(await world.startRace(['--seed', races.length + 1], 200, `riders-${races.length + 1}`));
    return false;
  });
  for (const { riders } of races) assert.equal(await riders.ended, 0, riders.report);
  const logs = races.map(({ riders }) => riders.log);
  const verdict = await verify(world.client, logs, world.rules, { presume: true, seconds: 120 });
  assert.ok(verdict.equal, verdict.report);
  assert.equal(verdict.expected.counts.left_out, 0, 'acknowledged, but behind the mark');
  t.diagnostic(verdict.report);
  for (const { program } of world.nodes.values()) assert.ok(program.running);
});
