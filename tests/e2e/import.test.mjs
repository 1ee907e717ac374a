// `alleycat import`: recorded rides raced in real time, against what the files say and the oracle makes of it; there and back again.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { expectedTables, outputOf } from '../oracle/oracle.mjs';
import { fitOf } from './lib/fit.mjs';
import { readJournal } from './lib/journal.mjs';
import { exact } from './lib/tables.mjs';
import { until } from './lib/until.mjs';
import { programPath, World } from './lib/world.mjs';

const classId = 3;
const seconds = (make) => Array.from({ length: 12 }, (_, i) => ({ second: i + 1, ...make(i + 1) }));

// What was pedalled. Second 4 was not recorded, and the race ends with second 10.
const exactRide = seconds((s) => ({ cadence: 70 + 1.3 * s, resistance: 40.5 + s })).filter(({ second }) => second !== 4);
const powerRide = seconds((s) => ({ power: 120 + 5 * s, cadence: 80 + s, heartRate: 120 + s }));

const csv = ['second,cadence,resistance', ...exactRide.map((row) => `${row.second},${row.cadence.toFixed(1)},${row.resistance}`)].join(
  '\n',
);
const start = Date.parse('2026-11-01T18:00:00Z');
const tcx = `<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>
<Activity Sport="Biking"><Id>2026-11-01T18:00:00Z</Id><Lap StartTime="2026-11-01T18:00:00Z"><Track>${powerRide
  .map(
    ({ second, power, cadence }) =>
      `<Trackpoint><Time>${new Date(start + 1000 * second).toISOString()}</Time><Cadence>${cadence}</Cadence><Extensions>` +
      `<x:TPX xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><x:Watts>${power}</x:Watts></x:TPX></Extensions></Trackpoint>`,
  )
  .join('\n')}</Track></Lap></Activity></Activities></TrainingCenterDatabase>`;

describe('recorded rides', () => {
  /** @type {World} */
  let world;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  const launch = (...args) =>
    world.run(`alleycat ${args[0]}`, programPath('alleycat'), ['--nats', world.natsUrl, '--timeout', '20', ...args.map(String)]);
  const alleycat = async (...args) => {
    const command = launch(...args);
    assert.equal(await command.ended, 0, command.report);
    return command.stdout;
  };
  const refusal = async (...args) => {
    const command = launch(...args);
    assert.equal(await command.ended, 1, command.report);
    return command.stderr;
  };
  /** Rides side by side. @returns {Promise<object[]>} what each said */
  const raced = (...rides) =>
    Promise.all(rides.map(async (args) => JSON.parse(await alleycat('import', ...args, '--start', 'next', '--json'))));
  const closed = (raceId) =>
    until(`race ${raceId} is closed`, async () => {
      const result = await world.client.query(`race.${classId}.${raceId}`);
      return result.state === 'closed' && result;
    });

  let first;
  scenario('a result is what the files say: to the point where they have cadence and resistance, else by their power', async () => {
    writeFileSync(world.path('a.csv'), csv);
    writeFileSync(world.path('b.tcx'), tcx);
    writeFileSync(world.path('c.fit'), fitOf(powerRide, start / 1000));
    const said = await raced(
      [world.path('a.csv'), classId, 101, '--name', 'Ada'],
      [world.path('b.tcx'), classId, 102],
      [world.path('c.fit'), classId, 103],
      [world.path('c.fit'), classId, 104, '--from', 3],
    );
    // Started in one window or, at its end, in two.
    for (const each of said) assert.deepEqual([each.stored, each.refused, each.unanswered], [each.seconds, {}, 0]);
    assert.deepEqual(
      said.map(({ seconds: count }) => count),
      [9, 10, 10, 10],
    );
    const rowOf = async ({ raceId, racerId }) => (await closed(raceId)).rows.find((row) => row.racerId === racerId);
    const rows = await Promise.all(said.map(rowOf));
    assert.equal(rows[0].name, 'Ada');
    first = rows.map((row, i) => ({ ...row, raceId: said[i].raceId }));

    const races = [...new Set(said.map(({ raceId }) => raceId))].map((raceId) => ({ classId, raceId }));
    const { marks, updates } = await readJournal(world.client, races, world.rules);
    const positions = new Map(updates.map((update) => [`${update.racerId}/${update.second}`, update]));
    const sentBy = (racerId, raceId, ridden) =>
      ridden
        .filter(({ second }) => second <= 10)
        .map(({ second, cadence, resistance }) => {
          const { seq, at, deviceTimestamp } = positions.get(`${racerId}/${second}`);
          return {
            update: { event: 'update', classId, raceId, racerId, second, deviceTimestamp, cadence, resistance },
            answers: [{ ok: true, seq, ts: at }],
          };
        });
    // The file alone says what was ridden; of the journal come only places and times.
    const expected = expectedTables(sentBy(101, said[0].raceId, exactRide), world.rules, {
      closes: races.map((race) => ({ ...race, seq: marks.get(`${classId}/${race.raceId}`) })),
    });
    const { total, seconds: count, second, finished } = expected.races[0].ranking[0];
    assert.deepEqual([exact(rows[0].total), rows[0].seconds, rows[0].second, rows[0].finished], [total, count, second, finished]);
    assert.equal(
      total,
      exactRide
        .filter(({ second: s }) => s <= 10)
        .reduce(
          (sum, { cadence, resistance }) => sum + outputOf({ cadence: Math.round(10 * cadence), resistance: Math.round(10 * resistance) }),
          0,
        ),
    );

    // Of the others the output is the power, as near as tenths of a percent allow, at the cadence that was measured.
    for (const [i, from] of [
      [1, 1],
      [2, 1],
      [3, 3],
    ]) {
      const ride = await world.client.query(`ride.${classId}.${said[i].raceId}.${said[i].racerId}`);
      for (const [s, row] of ride.rows.entries()) {
        const { power, cadence, heartRate } = powerRide[from - 1 + s];
        assert.deepEqual([row.cadence, row.power], [cadence, power]);
        assert.ok(Math.abs(row.output - power) <= 0.0005 * (cadence + 35) + 1e-9, `${row.output} W instead of ${power}`);
        if (i > 1) assert.equal(row.heartRate, heartRate);
      }
      assert.equal(rows[i].finished, true);
    }
  });

  scenario('exported as TCX or CSV and imported again, a ride has the same total', async () => {
    const again = [];
    for (const [i, { raceId, racerId }] of first.slice(0, 3).entries()) {
      await alleycat('export', world.path(`out-${i}.tcx`), '--ride', classId, raceId, racerId);
      await alleycat('export', world.path(`out-${i}.csv`), '--ride', classId, raceId, racerId);
      again.push([world.path(`out-${i}.tcx`), classId, 200 + i], [world.path(`out-${i}.csv`), classId, 300 + i]);
    }
    await alleycat('export', world.path('all.csv'), '--what', 'rides');
    again.push([world.path('all.csv'), classId, 400, '--ride', classId, first[3].raceId, first[3].racerId]);
    const said = await raced(...again);
    for (const { raceId, racerId } of said) {
      const row = (await closed(raceId)).rows.find((each) => each.racerId === racerId);
      const original = racerId === 400 ? first[3] : first[racerId % 100];
      assert.deepEqual(
        [row.total, row.seconds, row.second, row.finished],
        [original.total, original.seconds, original.second, original.finished],
        `racer ${racerId}`,
      );
    }
  });

  scenario('--dry-run prints what would be sent, and sends nothing', async () => {
    const updates = (await alleycat('import', world.path('a.csv'), classId, 500, '--name', 'Ada', '--dry-run'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      updates.map(({ second, cadence, resistance }) => ({ second, cadence, resistance })),
      exactRide.filter(({ second }) => second <= 10).map((row) => ({ ...row, cadence: Number(row.cadence.toFixed(1)) })),
    );
    assert.deepEqual(new Set(updates.map(({ deviceTimestamp, second }) => deviceTimestamp - 1000 * second)).size, 1);
    assert.deepEqual([updates.at(-1).event, updates[0].event, updates[0].name, updates[0].racerId], ['final', 'update', 'Ada', 500]);
    assert.equal((await world.client.query('racer.500')).error.code, 'unknown_racer');
  });

  scenario('what does not count is said: a second ride in the same race', async () => {
    writeFileSync(world.path('short.csv'), 'second,power\n1,100\n2,100\n');
    writeFileSync(world.path('other.csv'), 'second,power\n1,200\n2,200\n');
    const [one] = await raced([world.path('short.csv'), classId, 600]);
    assert.equal(one.stored, 2);
    // In the same window, with other values; if that has ended meanwhile, it is the first of its race and counts.
    const command = launch('import', world.path('other.csv'), classId, 600, '--json');
    const code = await command.ended;
    const said = JSON.parse(command.stdout);
    if (said.raceId === one.raceId) {
      assert.equal(code, 1, command.report);
      const refused = Object.values(said.refused).reduce((sum, count) => sum + count, 0);
      assert.ok(refused > 0, command.report);
      assert.equal(said.stored, 2 - refused);
      assert.match(command.stderr, /^alleycat: [12] of 2 seconds do not count: /m);
    } else {
      assert.equal(code, 0, command.report);
    }
  });

  scenario('what cannot be read is refused in words', async () => {
    writeFileSync(world.path('bad.csv'), 'second,power\n1,fast\n');
    writeFileSync(world.path('bad.tcx'), '<gpx/>');
    writeFileSync(world.path('bad.fit'), readFileSync(world.path('c.fit')).subarray(0, 60));
    writeFileSync(world.path('bad.gpx'), '<gpx/>');
    for (const [file, why] of [
      ['bad.csv', /bad\.csv: line 2: power "fast" is no number/],
      ['bad.tcx', /bad\.tcx: it is no Training Center XML/],
      ['bad.fit', /bad\.fit: it is cut off/],
      ['bad.gpx', /must end in \.csv, \.tcx or \.fit/],
      ['none.csv', /there is no such file/],
      ['all.csv', /all\.csv: it holds \d+ rides: choose one with --ride/],
    ])
      assert.match(await refusal('import', world.path(file), classId, 700), why);
    assert.match(
      await refusal('import', world.path('a.csv'), classId, 700, '--from', 50),
      /there is nothing in seconds 50\.\.59; it ends with second 12/,
    );
    assert.match(await refusal('import', world.path('a.csv'), 99, 700), /there is no class 99/);
    assert.match(await refusal('import', world.path('a.csv'), classId, 700, '--name', 'line\nbreak'), /--name/);
    assert.equal(await launch('import', world.path('a.csv'), 0, 700).ended, 2);
    assert.equal((await world.client.query('racer.700')).error.code, 'unknown_racer');
  });
});
