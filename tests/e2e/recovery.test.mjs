// What is killed in the middle of a race: nothing acknowledged is lost, nothing counts twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sleep } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

/** Riders of class 3; `disturb` happens about four seconds into their race. */
async function raceWith(t, disturb) {
  const world = await World.start();
  const body = world.guarded(async () => {
    const riders = world.startRiders('riders', ['--classes', 3, '--racers', 50, '--ack', '--start', 'next']);
    const window = world.rules.window_seconds * 1000;
    await sleep(window - (Date.now() % window) + 4000);
    await disturb(world);
    const outcome = await riders.ended;
    assert.equal(outcome, 0, riders.report);
    const verdict = await verify(world.client, [riders.log], world.rules, { presume: true });
    assert.ok(verdict.equal, verdict.report);
    assert.equal(verdict.expected.counts.accepted, 500);
    t.diagnostic(verdict.report);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
}

test('a node killed in the middle of a race and started again ends the race as the oracle says', (t) =>
  raceWith(t, async (world) => {
    await world.node.kill();
    await world.startNode();
  }));

test('a nats-server killed in the middle of a race and started again loses nothing that was acknowledged', (t) =>
  raceWith(t, async (world) => {
    await world.nats.kill();
    await world.startNats();
  }));
