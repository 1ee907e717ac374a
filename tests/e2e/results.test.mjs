// docs/results.md is true: its loaders, killed again and again, end with exactly the rides of the oracle, second by second.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import sqlite from 'node-sqlite3-wasm';

import { outputOf } from '../oracle/oracle.mjs';
import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { programPath, World } from './lib/world.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const doc = readFileSync(here('../../docs/results.md'), 'utf8');

/** What the database must hold, by the oracle. */
function expectedRows(races) {
  const rides = [];
  const seconds = [];
  for (const { classId, raceId, ranking, rides: bySecond } of races)
    for (const row of ranking) {
      const key = { class: classId, race: raceId, racer: row.racerId };
      const { second: furthest, seconds: count, total, rank, name } = row;
      rides.push({ ...key, name, rank, finished: row.finished ? 1 : 0, furthest, seconds: count, total });
      const { cadence, resistance } = bySecond[row.racerId];
      let sum = 0;
      cadence.forEach((rpm, i) => {
        if (rpm === null) return;
        const output = outputOf({ cadence: rpm, resistance: resistance[i] });
        sum += output;
        seconds.push({ ...key, second: i + 1, cadence: rpm, resistance: resistance[i], output, total: sum });
      });
    }
  const byKey = (a, b) => a.class - b.class || a.race - b.race || a.racer - b.racer || a.second - b.second;
  return { rides: rides.sort(byKey), seconds: seconds.sort(byKey) };
}

/** A rider of whom second 3 never arrives, and none after 4. @returns {Promise<string>} the log, as the simulator writes it */
async function rideWithGap(world) {
  const { raceId, ts } = await world.client.query('now');
  const lines = [];
  for (const second of [1, 2, 4]) {
    const measured = { cadence: 80.5 + second, resistance: 40 };
    const update = {
      event: 'update',
      deviceTimestamp: ts + 1000 * second,
      second,
      raceId,
      name: 'Gap',
      racerId: 900,
      classId: 7,
      ...measured,
    };
    const answer = await world.client.ask('alleycat.update.7.900', update);
    assert.equal(answer.ok, true, JSON.stringify(answer));
    lines.push({ t: 'sent', n: second, ts, update }, { t: 'answer', n: second, ts: answer.ts, answer });
  }
  const log = world.path('gap.ndjson');
  writeFileSync(log, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return log;
}

describe('a loader that is killed in the middle of its work ends with exactly the rides of the oracle', () => {
  /** @type {World} */
  let world;
  let verdict;
  before(async () => {
    world = await World.start();
    try {
      const logs = await Promise.all([
        world.ride('first', ['--classes', 3, '--racers', 120, '--seed', 1, '--ack', '--start', 'next']),
        world.ride('second', ['--classes', 5, '--racers', 60, '--seed', 2, '--ack', '--start', 'next', '--first-racer', 50]),
        rideWithGap(world),
      ]);
      verdict = await verify(world.client, logs, world.rules);
      assert.ok(verdict.equal, verdict.report);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());

  /**
   * @param {string} durable  the name of its consumer
   * @param {string} path     of the program
   * @param {(file: string) => string[]} args
   */
  const loads = (durable, path, args) =>
    world.guarded(async (t) => {
      const file = world.path(`${durable}.db`);
      const start = () => world.run(durable, path, args(file), { ACK_WAIT_MS: '500' });
      const manager = await jetstreamManager(world.client.nc);
      const nothingLeft = async () => {
        const info = await manager.consumers.info('ALLEYCAT_RESULTS', durable).catch(() => null); // none before the first loader
        return info?.num_pending === 0 && info.num_ack_pending === 0;
      };
      let kills = 0;
      // Each loader gets a little further than the one before: killed as soon as it has said that something is stored, at
      // which moment the server may have heard of it or not. On a busy machine one may be through before it is caught.
      for (let loaders = 0; loaders < 6 && !(await nothingLeft()); loaders += 1) {
        const loader = start();
        await until('the loader stores something', async () => /stored/.test(loader.report) || (await nothingLeft()), { everyMs: 1 });
        await loader.stop('SIGKILL');
        if (!(await nothingLeft())) kills += 1;
      }
      assert.ok(kills > 0, 'one was killed in the middle of its work');
      const last = start();
      await until('nothing is left for the loader', nothingLeft);
      await last.stop('SIGKILL');
      rmSync(`${file}.lock`, { recursive: true, force: true });

      const db = new sqlite.Database(file);
      const rides = db.all('SELECT * FROM ride ORDER BY class, race, racer');
      const seconds = db.all('SELECT * FROM second ORDER BY class, race, racer, second');
      const races = db.all('SELECT * FROM race ORDER BY class, race');
      db.close();
      const expected = expectedRows(verdict.expected.races);
      assert.deepEqual(
        rides.map(({ closed, ...ride }) => ride),
        expected.rides,
      );
      assert.deepEqual(seconds, expected.seconds);
      assert.ok(
        rides.some((ride) => ride.seconds < ride.furthest),
        'some ride has a gap',
      );
      assert.deepEqual(
        races,
        verdict.results
          .map(({ classId, raceId, racers, finished, ts }) => ({ class: classId, race: raceId, racers, finished, closed: ts }))
          .sort((a, b) => a.class - b.class || a.race - b.race),
      );
      t.diagnostic(`${rides.length} rides, ${seconds.length} seconds, ${races.length} races, ${kills} kills`);
    });

  test('in JavaScript', async (t) => {
    const [, source] = doc.match(/^```js load.mjs\n(.*?)^```/ms);
    writeFileSync(world.path('load.mjs'), source);
    symlinkSync(here('node_modules'), world.path('node_modules'));
    const proto = here('../../messages/ride.proto');
    await loads('sqlite', process.execPath, (file) => [world.path('load.mjs'), world.natsUrl, file, proto])(t);
  });

  test('in C', (t) => loads('follow-results', programPath('follow-results'), (file) => [world.natsUrl, file])(t));
});
