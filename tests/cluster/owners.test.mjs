// Owners that die, are paused, are drained: nothing acknowledged is lost, all comes out as the oracle says, and one owner of a
// class is heard at a time.

import assert from 'node:assert/strict';

import { sleep, until } from '../e2e/lib/until.mjs';
import { clusterTest } from './lib/cluster_world.mjs';
import { faultsHeard, fence, gapsAfter, listenToAll, longestOverlap, longestPause, mostOverlapMs } from './lib/listener.mjs';

/** In the middle of a race: standings of all classes come, and most of the rides are still to come. */
async function midRace(world) {
  const listener = await listenToAll(world.client);
  const race = await world.startRace();
  await until('standings of every class', () => new Set(listener.beats().map(({ classId }) => classId)).size >= world.rules.classes.length);
  await sleep(2000);
  return { ...race, listener };
}

/** @returns {Promise<{owners: Map<number, string>, epochs: Map<number, number>}>} */
async function ownership(world) {
  // A machine that stands still for seconds may leave a class without an owner for a moment.
  const classes = await until('an owner of each class', async () => {
    const answer = await world.client.answer('cluster');
    return answer.classes.every(({ owner }) => owner !== null) && answer.classes;
  });
  return {
    owners: new Map(classes.map(({ classId, owner }) => [classId, owner])),
    epochs: new Map(classes.map(({ classId, epoch }) => [classId, epoch])),
  };
}

const classesOf = (owners, name) => new Set([...owners].filter(([, owner]) => owner === name).map(([classId]) => classId));

clusterTest('three nodes share the classes: each has one owner, and each result comes once', {}, async (world, t) => {
  const { owners, epochs } = await ownership(world);
  assert.deepEqual(
    [...owners.keys()],
    world.rules.classes.map(({ id }) => id),
  );
  for (const [classId, owner] of owners) assert.ok(world.nodes.has(owner), `class ${classId} is owned by ${owner}`);
  const results = await world.client.collect('alleycat.race.*.*.result');
  const opened = await world.client.collect('alleycat.event.race_opened');
  const { listener, ...race } = await midRace(world);
  await world.assertWhole(race, t);
  assert.deepEqual(faultsHeard(listener.beats(), []), [], 'one owner at a time');
  // Where a machine stood still for so long that a class moved, its new owner says again, byte for byte, what was said.
  const moves = [...(await ownership(world)).epochs].reduce((sum, [classId, epoch]) => sum + epoch - epochs.get(classId), 0);
  const races = world.rules.classes.length;
  assert.equal(new Set(results.map((message) => JSON.stringify(message.json()))).size, races, 'one result of each race');
  assert.ok(results.length <= races + moves, 'each result once');
  assert.ok(opened.length >= races && opened.length <= races + moves, 'each race opened once');
  // Any node answers the same.
  const board = await world.client.answer('leaderboard.1', { limit: 5 });
  assert.equal(board.rows.length, 5);
  for (let i = 0; i < 12; i += 1) assert.deepEqual((await world.client.answer('leaderboard.1', { limit: 5 })).rows, board.rows);
});

clusterTest('the owner of a running race is killed', {}, async (world, t) => {
  const { listener, ...race } = await midRace(world);
  const { owners, epochs } = await ownership(world);
  const victim = owners.get(1);
  const classes = classesOf(owners, victim);
  const killed = Date.now();
  await world.killNode(victim);
  const gaps = await until('standings of its races by a higher epoch', () => {
    const found = gapsAfter(listener.beats(), killed, classes, listener.ends());
    return found.size > 0 && ![...found.values()].includes(Infinity) && found;
  });
  t.diagnostic(
    `${victim} owned ${[...classes]}; from the kill to the next standings: ${[...gaps].map(([name, ms]) => `${name} ${ms} ms`).join(', ')}`,
  );
  await world.assertWhole(race, t);
  const now = await ownership(world);
  for (const classId of classes) {
    assert.notEqual(now.owners.get(classId), victim);
    assert.ok(now.epochs.get(classId) > epochs.get(classId));
  }
  assert.ok(longestOverlap(listener.beats()).ms <= mostOverlapMs);
  // One that comes back is taken in again.
  await world.startNode(victim);
  await until('all three live for whoever is asked', async () => {
    const { nodes } = await world.client.answer('cluster');
    return nodes.filter(({ state }) => state === 'live').length === 3;
  });
});

clusterTest('the owner is paused for long and wakes: a zombie is heard by nobody', {}, async (world, t) => {
  const { listener, ...race } = await midRace(world);
  const { owners } = await ownership(world);
  const victim = owners.get(1);
  const classes = classesOf(owners, victim);
  const paused = Date.now();
  world.pauseNode(victim);
  await until(
    'standings by a higher epoch',
    () => ![...gapsAfter(listener.beats(), paused, classes, listener.ends()).values()].includes(Infinity),
  );
  await sleep(3000);
  world.resumeNode(victim);
  const woke = Date.now();
  await world.assertWhole(race, t);
  const { dropped } = fence(listener.beats());
  t.diagnostic(
    `${dropped.length} standings of the zombie were heard after it woke, the last ${Math.max(0, ...dropped.map(({ at }) => at - woke))} ms later; all are dropped by their epoch`,
  );
  assert.deepEqual(faultsHeard(listener.beats(), [], woke), [], 'it lets go within a second of waking');
});

clusterTest('every node is drained and comes back, one after the other, in a race', {}, async (world, t) => {
  const { listener, ...race } = await midRace(world);
  const from = Date.now();
  for (const name of ['node-1', 'node-2', 'node-3']) {
    assert.equal(await world.drainNode(name), 0, `${name} leaves by itself`);
    await world.startNode(name);
  }
  const to = Date.now();
  await world.assertWhole(race, t);
  const { accepted, dropped } = fence(listener.beats());
  t.diagnostic(
    `longest pause between two standings of a race while the nodes were restarted: ${longestPause(accepted, from, Math.min(to, race.begin + 30_000))} ms`,
  );
  assert.deepEqual(dropped, []);
});

clusterTest('a node with other rules is refused, and says what differs', { nodes: 1 }, async (world) => {
  await assert.rejects(world.startNode('stranger', ['--race.grace_seconds', '11']), /race\.grace_seconds is 11 here and 10 in the cluster/);
  assert.equal(await world.entry('stranger').program.ended, 1);
});
