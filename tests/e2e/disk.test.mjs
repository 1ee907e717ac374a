// The disk under a node's LMDB file fails, hangs, is full or read only.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { FaultyDisk, SmallDisk } from './lib/disk.mjs';
import { until } from './lib/until.mjs';
import { racesOf, verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';
import { readLog } from '../oracle/log.mjs';

/** A world, ended whatever happens. */
async function inWorld(body) {
  const world = await World.start();
  try {
    await world.guarded(body)(world);
  } finally {
    await world.stop();
  }
}

async function equalToOracle(world, logs) {
  const verdict = await verify(world.client, logs, world.rules, { presume: true });
  assert.ok(verdict.equal, verdict.report);
}

/** The node again, on another disk or with other flags. */
async function restartNode(world, launch, flags = []) {
  await world.node.stop();
  await world.startNode('node-1', flags, undefined, launch);
}

const accepted = (world) => world.metric('alleycat_updates_accepted_total');
const riding = async (world) => {
  const before = await accepted(world);
  await until('riders ride', async () => (await accepted(world)) > before + 20);
};
const eventsOf = (program, event) => program.stderr.split('\n').filter((line) => line.includes(` ${event} `));

describe('the disk under LMDB', { concurrency: 3 }, () => {
  test('a sync that fails ends the node at once, and after its return nothing is missing', () =>
    inWorld(async (world) => {
      const disk = new FaultyDisk(world);
      await restartNode(world, disk.launch);
      const riders = world.startRiders('riders', ['--classes', 3, '--racers', 20, '--ack', '--start', 'next']);
      await riding(world);
      disk.become('eio');
      assert.equal(await riders.ended, 0, riders.report);
      await until('the node ends', () => !world.node.running);
      assert.equal(await world.node.ended, 1, world.node.report);
      const [failed, ...others] = eventsOf(world.node, 'store.failed');
      assert.deepEqual(others, []);
      assert.match(failed, / error store\.failed error=".*Input\/output error.*the process must end and start again"/);
      assert.deepEqual(eventsOf(world.node, 'race.close_delayed'), [], 'nothing was tried again');
      disk.recover();
      await world.startNode();
      await equalToOracle(world, [riders.log]);
    }));

  test('while a sync hangs, races open, are ranked live and close; they are stored when it is over', () =>
    inWorld(async (world) => {
      const disk = new FaultyDisk(world);
      await restartNode(world, disk.launch);
      const flags = ['--classes', 3, '--racers', 20, '--ack', '--start', 'next'];
      const first = world.startRiders('first', flags);
      await riding(world);
      disk.become('hang');
      assert.equal(await first.ended, 0, first.report);
      await until('the first race is being stored', async () => (await world.metric('alleycat_store_busy_seconds')) > 1);

      const heard = await world.client.collect('alleycat.race.3.*.standings');
      const second = world.startRiders('second', [...flags, '--first-racer', 101]);
      assert.equal(await second.ended, 0, second.report);
      const [{ raceId }] = racesOf(await readLog(second.log));
      const seconds = new Set(
        heard
          .map((message) => message.json())
          .filter((table) => table.raceId === raceId)
          .map((table) => table.second),
      );
      assert.deepEqual(
        [...seconds].sort((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        'standings of each second',
      );
      await until('its result is out', async () =>
        Object.keys(await world.client.streamSubjects('ALLEYCAT_RESULTS')).includes(`alleycat.result.3.${raceId}`),
      );
      assert.deepEqual((await world.client.query('races.3')).rows, [], 'questions are answered; nothing is stored yet');
      assert.ok((await world.metric('alleycat_store_busy_seconds')) > 10, 'it still hangs');
      disk.recover();
      await equalToOracle(world, [first.log, second.log]);
      assert.match(eventsOf(world.node, 'store.slow')[0], /operation=apply milliseconds=\d{5}/);
      assert.ok((await world.metric('alleycat_store_busy_seconds')) < 1, 'nothing hangs');
    }));

  test('with a full disk closed races wait, live ones go on, and all are stored when there is room', () =>
    inWorld(async (world) => {
      const disk = await SmallDisk.mount(world, 'node-1', 8);
      await restartNode(world, disk.launch);
      const flags = ['--classes', 3, '--ack', '--start', 'next'];
      const first = world.startRiders('first', [...flags, '--racers', 300]);
      await riding(world);
      assert.ok((await world.metric('alleycat_data_free_bytes')) > 1e6);
      disk.fill();
      assert.equal(await world.metric('alleycat_data_free_bytes'), 0);
      assert.equal(await first.ended, 0, first.report);
      await until('the race waits', async () => (await world.metric('alleycat_closes_delayed')) === 1);
      assert.match(
        eventsOf(world.node, 'race.close_delayed')[0],
        /step=apply failures=1 error=".*No space left on device.*nothing was written"/,
      );

      const heard = await world.client.collect('alleycat.race.3.*.standings');
      const second = world.startRiders('second', [...flags, '--first-racer', 1001, '--racers', 20]);
      assert.equal(await second.ended, 0, second.report);
      const [{ raceId }] = racesOf(await readLog(second.log));
      assert.ok(
        heard.some((message) => message.json().raceId === raceId && message.json().second === 10),
        'ranked live',
      );
      await until('both races wait', async () => (await world.metric('alleycat_closes_delayed')) === 2);
      assert.ok((await world.metric('alleycat_store_errors_total')) >= 2);
      assert.deepEqual((await world.client.query('races.3')).rows, []);
      assert.equal((await world.client.query('leaderboard.3', { limit: 1000 })).rows.length, 320, 'tables do not wait for the disk');
      disk.empty();
      await equalToOracle(world, [first.log, second.log]);
      await until('nothing waits', async () => (await world.metric('alleycat_closes_delayed')) === 0);
    }));

  test('with LMDB at its limit closed races wait until the limit is raised', () =>
    inWorld(async (world) => {
      await restartNode(world, {}, ['--history.max_bytes', `${256 * 1024}`]);
      const riders = world.startRiders('riders', ['--classes', '3,5', '--racers', 400, '--ack', '--start', 'next']);
      assert.equal(await riders.ended, 0, riders.report);
      await until('a race waits', async () => (await world.metric('alleycat_closes_delayed')) > 0);
      assert.match(eventsOf(world.node, 'race.close_delayed')[0], /step=apply .*at its maximum of 262144 bytes; raise history\.max_bytes/);
      assert.ok((await world.metric('alleycat_store_map_bytes')) <= 256 * 1024);
      await restartNode(world, {});
      await equalToOracle(world, [riders.log]);
      assert.ok((await world.metric('alleycat_store_used_bytes')) > 256 * 1024);
    }));

  test('a folder that can not be written is said to be so, at once and with exit code 1', () =>
    inWorld(async (world) => {
      const disk = await SmallDisk.mount(world, 'node-1', 8);
      await restartNode(world, disk.launch);
      await world.node.stop();
      await disk.becomeReadOnly(world);
      await assert.rejects(world.startNode('node-1', [], undefined, disk.launch));
      assert.equal(await world.node.ended, 1, world.node.report);
      // The connections' goodbyes come from threads of their own, before or after it.
      assert.match(world.node.stderr, / error node\.failed error="data folder .*node-1\/store is not writable: Read-only file system"/);
      // And where nothing is there yet.
      await assert.rejects(world.startNode('node-1', ['--data', `${disk.at}/deeper`], undefined, disk.launch));
      assert.match(world.node.stderr, /Read-only file system/);
      assert.equal(await world.node.ended, 1, world.node.report);
    }));
});
