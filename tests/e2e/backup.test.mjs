// A backup of a running node, and what comes back from it.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { allTime, leaderboard } from './lib/tables.mjs';
import { Client } from './lib/client.mjs';
import { sleep, until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { programPath, World } from './lib/world.mjs';

const classes = [3, 4];

/** Leaderboards, all-time tables and lists of races. */
const tablesOf = (client) =>
  Promise.all(
    classes.map(async (c) => ({
      leaderboard: await leaderboard(client, c),
      allTime: await Promise.all(Array.from({ length: 10 }, (_, i) => allTime(client, c, i + 1))),
      races: (await client.query(`races.${c}`)).rows,
    })),
  );

describe('a node that was backed up while riders rode', () => {
  /** @type {World} */ let world;
  let logs;
  /** Where the copies are, and the tables at their moment. */
  const copies = { lmdb: '', streams: '', tables: null };
  /** The tables at the end. */
  let tables;

  const backup = async (name) => {
    const folder = world.path(name);
    const copying = world.run(name, programPath('alleycat'), ['backup', folder, '--data', world.path('node-1'), '--json']);
    assert.equal(await copying.ended, 0, copying.report);
    const { file, bytes } = JSON.parse(copying.stdout);
    assert.ok(file === `${folder}/data.mdb` && bytes > 0, copying.stdout);
    assert.deepEqual(readdirSync(folder), ['data.mdb']);
    return folder;
  };

  before(async () => {
    world = await World.start();
    try {
      const riders = ['--classes', classes, '--racers', 40, '--ack', '--start', 'next'];
      logs = [await world.ride('first', [...riders, '--seed', 1])];
      const first = await verify(world.client, logs, world.rules);
      assert.ok(first.equal, first.report);
      copies.tables = await tablesOf(world.client);
      // The streams as they are between two races: of a server that is stopped.
      await world.nats.stop();
      copies.streams = world.path('streams');
      cpSync(world.path('nats'), copies.streams, { recursive: true });
      await world.startNats();
      await until('the node is ready again', async () => (await fetch(`${world.httpUrl}/readyz`)).ok);

      const second = world.startRiders('second', [...riders, '--seed', 2]);
      logs.push(second.log);
      const accepted = await world.metric('alleycat_updates_accepted_total');
      await until('riders ride', async () => (await world.metric('alleycat_updates_accepted_total')) > accepted + 40);
      copies.lmdb = await backup('backup-1');
      assert.equal(await second.ended, 0, second.report);
      // And again while the second race closes and is stored: the node goes on as if nobody had read.
      let closing = true;
      const stored = verify(world.client, logs, world.rules).finally(() => (closing = false));
      for (let i = 2; closing; i += 1) {
        await backup(`backup-${i}`);
        await sleep(100);
      }
      const verdict = await stored;
      assert.ok(verdict.equal, verdict.report);
      tables = await tablesOf(world.client);
      assert.notDeepEqual(tables, copies.tables);
      await world.node.stop();
      await world.nats.stop();
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());

  /** A new host with these folders in place. */
  async function restored({ lmdb, streams }, body) {
    const host = new World(world.rules);
    mkdirSync(host.path('node-1'));
    if (lmdb) cpSync(lmdb, host.path('node-1/store'), { recursive: true });
    if (streams) cpSync(streams, host.path('nats'), { recursive: true });
    try {
      await host.guarded(async () => {
        await host.startNats();
        await host.startNode();
        host.client = await Client.connect(host.natsUrl);
        await body(host);
      })();
    } catch (error) {
      world.failed = true;
      throw error;
    } finally {
      await host.stop();
    }
  }

  const scenario = (name, folders, expected) =>
    test(name, () =>
      restored(folders(), async (host) => {
        await until('the tables are right', async () => {
          assert.deepEqual(await tablesOf(host.client), expected());
          return true;
        });
      }),
    );

  scenario(
    'has all of its moment in the copy alone',
    () => ({ lmdb: copies.lmdb }),
    () => copies.tables,
  );
  scenario(
    'has everything again from the copy and the streams of later',
    () => ({ lmdb: copies.lmdb, streams: world.path('nats') }),
    () => tables,
  );
  scenario(
    'keeps what it knows beside streams that are older',
    () => ({ lmdb: world.path('node-1/store'), streams: copies.streams }),
    () => tables,
  );

  test('is equal to the oracle after a restore', () =>
    restored({ lmdb: copies.lmdb, streams: world.path('nats') }, async (host) => {
      const verdict = await verify(host.client, logs, host.rules);
      assert.ok(verdict.equal, verdict.report);
    }));
});

test('a backup says what is wrong, and leaves nothing behind', async () => {
  const world = new World();
  const backup = async (...args) => {
    const run = world.run('backup', programPath('alleycat'), ['backup', ...args]);
    return { code: await run.ended, err: run.stderr };
  };
  try {
    assert.deepEqual(await backup(world.path('copy'), '--data', world.path('nowhere')), {
      code: 1,
      err: `alleycat: no store in ${world.path('nowhere')}/store\n`,
    });
    assert.ok(!readdirSync(world.folder).includes('copy'));
    assert.equal((await backup()).code, 2);
  } finally {
    await world.stop();
  }
});
