// docs/results.md is true: its loader, killed again and again, ends with exactly the rides of the oracle.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sqlite from 'node-sqlite3-wasm';

import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const doc = readFileSync(here('../../docs/results.md'), 'utf8');

/** @type {World} */
let world;
before(async () => {
  world = await World.start();
});
after(() => world.stop());

test('a loader that is killed in the middle of its work ends with exactly the rides of the oracle', async (t) =>
  world.guarded(async () => {
    const [, source] = doc.match(/^```js load.mjs\n(.*?)^```/ms);
    writeFileSync(world.path('load.mjs'), source);
    symlinkSync(here('node_modules'), world.path('node_modules'));
    const file = world.path('results.db');
    const start = () =>
      world.run('loader', process.execPath, [world.path('load.mjs'), world.natsUrl, file, here('../../messages/ride.proto')], {
        ACK_WAIT_MS: '500',
      });

    const logs = await Promise.all([
      world.ride('first', ['--classes', 3, '--racers', 120, '--seed', 1, '--ack', '--start', 'next']),
      world.ride('second', ['--classes', 5, '--racers', 60, '--seed', 2, '--ack', '--start', 'next', '--first-racer', 50]),
    ]);
    const verdict = await verify(world.client, logs, world.rules);
    assert.ok(verdict.equal, verdict.report);

    const total = verdict.expected.races.reduce((sum, { ranking }) => sum + ranking.length + 1, 0);
    let kills = 0;
    // Each loader gets a little further than the one before: killed as soon as it has said that something is stored, at
    // which moment the server may have heard of it or not.
    for (; kills < 6; kills += 1) {
      const loader = start();
      await until('the loader stores something', () => /stored/.test(loader.report));
      await loader.stop('SIGKILL');
    }
    const last = start();
    await until('nothing is left for the loader', async () => {
      const { jetstreamManager } = await import('@nats-io/jetstream');
      const info = await (await jetstreamManager(world.client.nc)).consumers.info('ALLEYCAT_RESULTS', 'sqlite');
      return info.num_pending === 0 && info.num_ack_pending === 0;
    });
    await last.stop('SIGKILL');
    rmSync(`${file}.lock`, { recursive: true, force: true });

    const db = new sqlite.Database(file);
    const rides = db.all('SELECT * FROM ride ORDER BY class, race, racer');
    const races = db.all('SELECT * FROM race ORDER BY class, race');
    db.close();
    const byKey = (a, b) => a.class - b.class || a.race - b.race || a.racer - b.racer;
    const expected = verdict.expected.races
      .flatMap(({ classId, raceId, ranking }) =>
        ranking.map((row) => ({
          class: classId,
          race: raceId,
          racer: row.racerId,
          name: row.name,
          rank: row.rank,
          finished: row.finished ? 1 : 0,
          furthest: row.second,
        })),
      )
      .sort(byKey);
    assert.deepEqual(
      rides.map(({ closed, ...ride }) => ride),
      expected,
    );
    assert.equal(rides.length + races.length, total);
    t.diagnostic(`${rides.length} rides, ${races.length} races, ${kills} kills`);
  })());
