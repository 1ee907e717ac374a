// A node whose store is gone or damaged: everything comes back from the streams.

import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { resultsStream } from './lib/tables.mjs';
import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

/** What riders see of class 3, apart from the times of the answers and the owner's epoch. */
async function everything(client) {
  const strip = ({ ts: _ts, epoch: _epoch, ...rest }) => rest;
  const what = ['leaderboard.3', 'alltime.3.1', 'alltime.3.7', 'alltime.3.10', 'races.3'];
  const tables = await Promise.all(what.map((query) => client.query(query, { limit: 1000 })));
  const races = await Promise.all(tables.at(-1).rows.map(({ raceId }) => client.query(`race.3.${raceId}`)));
  return [...tables.map(strip), ...races];
}

describe('after two races of the same riders', () => {
  /** @type {World} */
  let world;
  let logs;
  let asBefore;
  before(async () => {
    world = await World.start();
    try {
      const riders = ['--classes', 3, '--racers', 40, '--ack'];
      logs = [await world.ride('first', [...riders, '--seed', 1, '--start', 'next'])];
      logs.push(await world.ride('second', [...riders, '--seed', 2, '--start', 'next']));
      const verdict = await verify(world.client, logs, world.rules);
      assert.ok(verdict.equal, verdict.report);
      await until('both races are merged', async () => (await world.client.query('races.3')).rows.length === 2);
      asBefore = await everything(world.client);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  scenario('the changelog holds the bests of every rider', async () => {
    await until('they are told', async () => {
      const subjects = Object.keys(await world.client.streamSubjects('ALLEYCAT_BESTS'));
      return new Set(subjects.map((subject) => subject.split('.')[3])).size === 40;
    });
  });

  scenario('a node whose data folder was deleted shows the same as before, with a higher epoch', async () => {
    const { epoch } = await world.client.query('leaderboard.3');
    await world.node.stop();
    rmSync(world.path('node-1'), { recursive: true });
    await world.startNode();
    assert.deepEqual(await everything(world.client), asBefore);
    const verdict = await verify(world.client, logs, world.rules);
    assert.ok(verdict.equal, verdict.report);
    assert.ok((await world.client.query('leaderboard.3')).epoch > epoch);
  });

  scenario('a damaged store is refused with the way out, and --rebuild is the way out', async () => {
    await world.node.stop();
    writeFileSync(`${world.path('node-1')}/store/data.mdb`, 'this is no LMDB file, but long enough to be one?'.repeat(1000));
    await assert.rejects(world.startNode(), /--rebuild/);
    assert.equal(await world.node.ended, 1);
    await world.startNode('node-1', ['--rebuild']);
    assert.match(world.node.stderr, /store\.rebuild/);
    assert.ok(existsSync(`${world.path('node-1')}/store/data.mdb.replaced`));
    assert.deepEqual(await everything(world.client), asBefore);
  });

  scenario('without results and rides the changelog still gives leaderboard and all-time tables', async () => {
    await world.client.purge(resultsStream);
    await world.node.stop();
    rmSync(world.path('node-1'), { recursive: true });
    // The journal would give the races again.
    await world.client.purge('ALLEYCAT_JOURNAL_3');
    await world.startNode();
    const now = await everything(world.client);
    const unnamed = (table) => table.rows.map(({ name: _name, ...row }) => row);
    for (const table of [0, 1, 2, 3]) assert.deepEqual(unnamed(now[table]), unnamed(asBefore[table]));
    assert.deepEqual(now[4].rows, []);
  });
});
