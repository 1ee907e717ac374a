// The disk under a node's LMDB file fails, hangs, is full or read only.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FaultyDisk } from './lib/disk.mjs';
import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

/** A world, ended whatever happens. */
async function inWorld(body) {
  const world = await World.start();
  try {
    await world.guarded(body)(world);
  } finally {
    await world.stop();
  }
}

const equalToOracle = async (world, log) => {
  const verdict = await verify(world.client, [log], world.rules, { presume: true });
  assert.ok(verdict.equal, verdict.report);
};

test('a sync that fails ends the node at once, and after its return nothing is missing', () =>
  inWorld(async (world) => {
    const disk = new FaultyDisk(world);
    await world.node.stop();
    await world.startNode('node-1', [], undefined, { env: disk.env });
    const riders = world.startRiders('riders', ['--classes', 3, '--racers', 20, '--ack', '--start', 'next']);
    await until('riders ride', async () => (await world.metric('alleycat_updates_accepted_total')) > 20);
    disk.become('eio');
    assert.equal(await riders.ended, 0, riders.report);
    await until('the node ends', () => !world.node.running);
    assert.equal(await world.node.ended, 1, world.node.report);
    const last = world.node.stderr.trimEnd().split('\n').at(-1);
    assert.match(last, / error store\.failed error=".*Input\/output error.*the process must end and start again"/);
    assert.doesNotMatch(world.node.stderr, /race\.close_delayed/, 'nothing was tried again');
    disk.recover();
    await world.startNode();
    await equalToOracle(world, riders.log);
  }));
