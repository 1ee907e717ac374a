// A node that ends, as by kill -9, at each named place (actors/failpoint.hpp): after its return everything is as the oracle says.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { until } from '../e2e/lib/until.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { World } from '../e2e/lib/world.mjs';

const killed = 137;

/** Place, and the how many-th passage of it is the last one. */
const places = [
  ['ingest.append', 40], // a batch is about to be sent
  ['ingest.answer', 40], // a batch is stored, its bikes have not heard
  ['race.mark', 1], // the race is due, its mark not written
  ['race.mark_read', 1], // the mark is read, nothing computed
  ['results.result', 1], // the rides are in the stream, the result is not
  ['class.merge', 1], // the result is stored, nothing merged
  ['store.applied', 1], // LMDB has committed, nobody knows
  ['race.done', 1], // merged and answered, the host has not heard
];

/** Rides one race on a node with these variables, starts a plain node when it is gone, and compares. */
async function rideThrough(variables, body, flags = []) {
  const world = await World.start();
  const guarded = world.guarded(async () => {
    await world.node.stop();
    await world.startNode('node-1', flags, variables);
    await body(world);
  });
  try {
    await guarded();
  } finally {
    await world.stop();
  }
}

describe('a node that ends', { concurrency: 3 }, () => {
  for (const [place, nth] of places)
    test(`at ${place} and comes back has lost nothing and counted nothing twice`, (t) =>
      rideThrough({ ALLEYCAT_FAILPOINT: `${place}:${nth}` }, async (world) => {
        const riders = world.startRiders('riders', ['--classes', 3, '--racers', 30, '--ack', '--start', 'next']);
        await until('the node ends', async () => !world.node.running, { seconds: 90 });
        assert.equal(await world.node.ended, killed, world.node.report);
        await world.startNode();
        assert.equal(await riders.ended, 0, riders.report);
        const verdict = await verify(world.client, [riders.log], world.rules, { presume: true });
        assert.ok(verdict.equal, verdict.report);
        t.diagnostic(verdict.report);
      }));
});

test('a node that answers before the update is stored is caught', (t) =>
  rideThrough({ ALLEYCAT_FAULT: 'ack_early' }, async (world) => {
    const riders = world.startRiders('riders', ['--classes', 3, '--racers', 30, '--ack', '--start', 'next']);
    await until('riders ride', async () => (await world.metric('alleycat_updates_received_total')) > 60);
    await world.node.kill(); // with up to a second of updates that were answered and not written
    await world.startNode();
    await riders.ended;
    let caught = '';
    try {
      const verdict = await verify(world.client, [riders.log], world.rules, { presume: true });
      if (!verdict.equal) caught = verdict.report;
    } catch (error) {
      caught = error.message;
    }
    t.diagnostic(caught);
    assert.notEqual(caught, '', 'the oracle saw no difference');
  }, ['--journal.linger_ms', '1000']));
