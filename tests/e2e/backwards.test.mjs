// Streams that are older than what a node has read of them: restored from a copy, or lost with the power.

import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { test } from 'node:test';

import { sleep, until } from './lib/until.mjs';
import { World } from './lib/world.mjs';

const backwards = 'alleycat_streams_backwards_total';

/** What riders see of class 3, apart from the times of the answers and the owner's epoch. */
async function everything(client) {
  const strip = ({ ts: _ts, epoch: _epoch, ...rest }) => rest;
  const what = ['leaderboard.3', 'alltime.3.1', 'alltime.3.7', 'alltime.3.10', 'races.3'];
  const tables = await Promise.all(what.map((query) => client.query(query, { limit: 1000 })));
  const races = await Promise.all(tables.at(-1).rows.map(({ raceId }) => client.query(`race.3.${raceId}`)));
  return [...tables.map(strip), ...races];
}

test('a results stream restored from an older copy is counted and read again; the store keeps what it has', async () => {
  const world = await World.start();
  const body = world.guarded(async () => {
    const riders = ['--classes', 3, '--racers', 20, '--ack'];
    const merged = (count) => until('the races are merged', async () => (await world.client.query('races.3')).rows.length === count);
    await world.ride('first', [...riders, '--seed', 1, '--start', 'next']);
    await merged(1);
    await world.nats.stop();
    cpSync(world.path('nats'), world.path('nats-copy'), { recursive: true });
    await world.startNats();
    await until('the node answers', () => world.client.query('now'));
    await world.ride('second', [...riders, '--seed', 2, '--start', 'next']);
    await merged(2);
    await until('the results are read', async () => (await world.metric('alleycat_follower_messages_total')) >= 42);
    const asBefore = await everything(world.client);

    await world.nats.stop();
    rmSync(world.path('nats'), { recursive: true });
    cpSync(world.path('nats-copy'), world.path('nats'), { recursive: true });
    await world.startNats();
    await until('the node answers', () => world.client.query('now'));
    await until('the node has noticed', async () => (await world.metric(backwards)) >= 1, { seconds: 30 });
    assert.deepEqual(await everything(world.client), asBefore);

    await world.ride('third', [...riders, '--seed', 3, '--start', 'next']);
    await merged(3);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});

test('a journal that goes back in the middle of a race is folded again from its start', async () => {
  const world = await World.start();
  const body = world.guarded(async () => {
    const riders = world.startRiders('riders', ['--classes', 3, '--racers', 20, '--ack', '--start', 'next']);
    const window = world.rules.window_seconds * 1000;
    await sleep(window - (Date.now() % window) + 3000);
    await world.nats.stop();
    cpSync(world.path('nats'), world.path('nats-copy'), { recursive: true });
    await world.startNats();
    await until('riders go on', async () => (await world.metric('alleycat_updates_accepted_total')) > 100, { seconds: 30 });
    await world.nats.kill();
    rmSync(world.path('nats'), { recursive: true });
    cpSync(world.path('nats-copy'), world.path('nats'), { recursive: true });
    await world.startNats();
    await until('the node has noticed', async () => (await world.metric(backwards)) >= 1, { seconds: 30 });
    await riders.ended;
    // What the copy did not have is lost, and nothing else: the journal alone says what counts.
    const [race] = await until(
      'the race is closed',
      async () => {
        const { rows } = await world.client.query('races.3');
        return rows.length === 1 ? rows : null;
      },
      { seconds: 60 },
    );
    const result = await world.client.query(`race.3.${race.raceId}`);
    assert.equal(result.rows.length, 20);
    assert.ok(
      result.rows.some(({ seconds }) => seconds < 10),
      'seconds that the journal lost are still in the result',
    );
    assert.ok(result.rows.every(({ seconds }) => seconds > 0));
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
