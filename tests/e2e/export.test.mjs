// `alleycat export`: interrupted and continued, in every format, corrected, and what it says the oracle's.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { expectedTables } from '../oracle/oracle.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { readJournal } from './lib/journal.mjs';
import { exact } from './lib/tables.mjs';
import { until } from './lib/until.mjs';
import { programPath, World } from './lib/world.mjs';

const classes = [1, 2, 3, 4, 5, 6];
const racesOfClass = 40;
const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 10,
  grace_seconds: 6,
  admit: 'any',
  classes: classes.map((id) => ({ id, score: id === 4 ? 'output' : 'total' })),
});

/** Rows of CSV by the names of its first line. */
function rowsOf(csv) {
  const [head, ...lines] = csv.trimEnd().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])));
}
const objectsOf = (ndjson) =>
  ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const sorted = (text) => text.split('\n').sort().join('\n');

describe(`an export of ${classes.length * racesOfClass} races`, () => {
  /** @type {World} */
  let world;
  /** @type {import('../oracle/log.mjs').Sent[]} what the journal has */
  let sent;
  let closes;
  let edits = [];
  const oracle = () => expectedTables(sent, rules, { closes, edits });

  before(async () => {
    world = await World.start(rules);
    try {
      const flags = ['--nats', world.natsUrl, '--past', racesOfClass, '--racers', 5, '--classes', `1-${classes.length}`].map(String);
      const riders = world.run('past', programPath('alleycat-sim'), flags);
      assert.equal(await riders.ended, 0, riders.report);
      const races = [];
      for (const classId of classes) {
        const { rows } = await world.client.query(`races.${classId}`, { limit: 1000 });
        races.push(...rows.map(({ raceId }) => ({ classId, raceId })));
      }
      assert.equal(races.length, classes.length * racesOfClass);
      const { marks, updates } = await readJournal(world.client, races, rules);
      sent = updates.map(({ seq, at, cadence, resistance, ...update }) => ({
        update: { ...update, cadence: cadence / 10, resistance: resistance / 10 },
        answers: [{ ok: true, seq, ts: at }],
      }));
      closes = races.map(({ classId, raceId }) => ({ classId, raceId, seq: marks.get(`${classId}/${raceId}`) }));
      assert.deepEqual(oracle().ambiguous, []);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  const start = (...args) =>
    world.run(`alleycat ${args[0]}`, programPath('alleycat'), ['--nats', world.natsUrl, '--timeout', '20', ...args.map(String)]);
  const alleycat = async (...args) => {
    const command = start(...args);
    assert.equal(await command.ended, 0, command.report);
    return command;
  };
  const refusal = async (...args) => {
    const command = start(...args);
    assert.equal(await command.ended, 1, command.report);
    return command.stderr;
  };
  /** In one go. @returns {Promise<string>} the file */
  const exported = async (name, ...flags) => {
    await alleycat('export', world.path(name), ...flags);
    assert.equal(existsSync(world.path(`${name}.partial`)) || existsSync(world.path(`${name}.progress`)), false);
    return readFileSync(world.path(name), 'utf8');
  };
  /** How many races are in an export that is under way; -1 before it begins. */
  const racesIn = (name) => {
    try {
      // Head, its end, and what stands behind the last line.
      return readFileSync(world.path(`${name}.progress`), 'utf8').split('\n').length - 3;
    } catch {
      return -1;
    }
  };
  /** Starts an export and sends it a signal after some more races. */
  const caught = async (signal, name, races, ...flags) => {
    const command = start('export', world.path(name), ...flags);
    const enough = Math.max(racesIn(name), 0) + races;
    await until(`${races} races are in ${name}`, () => racesIn(name) >= enough || !command.running, { everyMs: 1 });
    command.child.kill(signal);
    return command;
  };
  /** Kills it there. One that ends before, on a busy machine, is set back and tried again. @returns {Promise<number>} how many races are done */
  const interrupted = async (name, races, ...flags) => {
    const besides = ['.partial', '.progress'].map((end) => world.path(name + end));
    const before = besides.map((file) => (existsSync(file) ? readFileSync(file) : null));
    for (let tries = 0; tries < 50; tries += 1) {
      const command = await caught('SIGKILL', name, races, ...flags);
      await command.ended;
      if (!existsSync(world.path(name))) return racesIn(name);
      rmSync(world.path(name));
      besides.forEach((file, i) => before[i] && writeFileSync(file, before[i]));
    }
    throw new Error(`${name} is always complete before it can be killed`);
  };
  const expectedRows = () =>
    oracle().races.flatMap(({ classId, raceId, ranking }) =>
      ranking.map(({ rank, racerId, second, seconds, total, finished }) => [
        classId,
        raceId,
        racerId,
        rank,
        second,
        seconds,
        total,
        finished,
      ]),
    );
  /** Results as exported are the oracle's, row by row. */
  const agrees = (csv) => {
    const rows = rowsOf(csv);
    const told = rows.map((row) => [
      Number(row.classId),
      Number(row.raceId),
      Number(row.racerId),
      row.rank === '' ? null : Number(row.rank),
      Number(row.second),
      Number(row.seconds),
      exact(Number(row.total)),
      row.finished === 'true',
    ]);
    const byName = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
    assert.deepEqual(told.toSorted(byName), expectedRows().sort(byName));
    return rows;
  };

  let results;
  scenario('killed half-way, killed again and continued, it is the one that is made in one go', async () => {
    results = await exported('whole.csv');
    for (const name of ['cut.csv', 'cut.csv.zst']) {
      const first = await interrupted(name, 20);
      assert.ok(first >= 20 && first < closes.length, `${first} of ${closes.length} were done`);
      // Half a line of each, as a crash may leave it.
      appendFileSync(world.path(`${name}.partial`), 'half a li');
      appendFileSync(world.path(`${name}.progress`), '99');
      const second = await interrupted(name, 20);
      assert.ok(second >= first + 20 && second < closes.length, `${second} of ${closes.length} were done, ${first} of them before`);
      const { stdout } = await alleycat('export', world.path(name));
      assert.match(stdout, /: 240 races \(continued\)\n$/);
      assert.ok(!existsSync(world.path(`${name}.partial`)) && !existsSync(world.path(`${name}.progress`)));
    }
    assert.equal(sorted(readFileSync(world.path('cut.csv'), 'utf8')), sorted(results));
    const unpacked = execFileSync('zstd', ['-dc', world.path('cut.csv.zst')], { maxBuffer: 2 ** 30 });
    assert.equal(sorted(unpacked.toString()), sorted(results));
    assert.ok(statSync(world.path('cut.csv.zst')).size < results.length);
  });

  scenario('its rows are those of the oracle, and so is the sum of totals, of results and of rides', async () => {
    const rows = agrees(results);
    const total = sumOf(expectedRows().map((row) => row[6]));
    assert.equal(sumOf(rows.map((row) => exact(Number(row.total)))), total);

    const rides = rowsOf(await exported('rides.csv', '--what', 'rides'));
    assert.equal(sumOf(rides.map(({ output }) => exact(Number(output)))), total);
    assert.equal(rides.length, sent.length);
    const expected = new Map(
      sent.map(({ update }) => [['classId', 'raceId', 'racerId', 'second'].map((key) => update[key]).join(), update]),
    );
    for (const row of rides) {
      const { cadence, resistance } = expected.get([row.classId, row.raceId, row.racerId, row.second].join());
      assert.deepEqual([Number(row.cadence), Number(row.resistance)], [cadence, resistance]);
    }
  });

  scenario('NDJSON says the same, a row or a ride a line', async () => {
    const rows = objectsOf(await exported('whole.ndjson'));
    const plain = ({ classId, raceId, racerId, name, rank, total, closed }) =>
      [classId, raceId, racerId, name, rank ?? '', total, closed].map(String);
    assert.deepEqual(rows.map(plain), rowsOf(results).map(plain));
    await alleycat('export', world.path('rides.ndjson.zst'), '--what', 'rides');
    const rides = objectsOf(execFileSync('zstd', ['-dc', world.path('rides.ndjson.zst')], { maxBuffer: 2 ** 30 }).toString());
    assert.equal(rides.length, rows.length);
    assert.equal(sumOf(rides.map(({ total }) => exact(total))), sumOf(rows.map(({ total }) => exact(total))));
    assert.deepEqual(rides[0], await world.client.query(`ride.${rows[0].classId}.${rows[0].raceId}.${rides[0].racerId}`));
  });

  scenario('a class, a day, an hour, a time of its own: the races whose windows began then', async () => {
    const all = rowsOf(results);
    const began = ({ raceId }) => Number(raceId) * rules.window_seconds * 1000;
    const iso = (ms) => new Date(ms).toISOString();
    const middle = began(all.filter(({ classId }) => classId === '2').at(-1));
    const day = iso(middle).slice(0, 10);
    const hour = iso(middle).slice(0, 13);
    const asked = [
      [['--class', '2'], ({ classId }) => classId === '2'],
      [['--class', '5,3', '--day', day], (row) => ['3', '5'].includes(row.classId) && iso(began(row)).startsWith(day)],
      [['--hour', hour], (row) => iso(began(row)).startsWith(hour)],
      [['--from', iso(middle)], (row) => began(row) >= middle],
      [['--from', iso(middle).slice(0, 19), '--to', iso(middle + 1)], (row) => began(row) === middle],
      [['--to', day], (row) => began(row) < Date.parse(day)],
      [['--to', '1970-01-02'], () => false],
    ];
    for (const [i, [flags, isIn]] of asked.entries()) {
      const expected = all.filter(isIn);
      assert.deepEqual(rowsOf(await exported(`some-${i}.csv`, ...flags)), expected, flags.join(' '));
      assert.ok(expected.length < all.length);
      assert.ok(expected.length > 0 || flags[1] === '1970-01-02', flags.join(' '));
    }
  });

  scenario('one ride is a TCX file that other programs read, with what the bike measured', async () => {
    const { classId, raceId, racerId } = rowsOf(results)[7];
    const xml = await exported('one.tcx', '--ride', classId, raceId, racerId);
    const ride = await world.client.query(`ride.${classId}.${raceId}.${racerId}`);
    const all = (pattern) => [...xml.matchAll(pattern)].map((found) => found[1]);
    assert.deepEqual(
      all(/<Time>(.*?)<\/Time>/g).map(Date.parse),
      ride.rows.map(({ second }) => ride.start + 1000 * second),
    );
    assert.deepEqual(
      all(/<Watts>(\d+)<\/Watts>/g).map(Number),
      ride.rows.map(({ output }) => Math.round(output)),
    );
    assert.deepEqual(
      [...xml.matchAll(/ cadence="([\d.]+)" resistance="([\d.]+)"/g)].map(([, cadence, resistance]) => [
        Number(cadence),
        Number(resistance),
      ]),
      ride.rows.map(({ cadence, resistance }) => [cadence, resistance]),
    );
    const one = rowsOf(await exported('one.csv', '--ride', classId, raceId, racerId));
    assert.deepEqual(
      one.map(({ total }) => Number(total)),
      ride.rows.map(({ total }) => total),
    );
  });

  scenario('on a terminal a bar shows how far it is, and only there', async () => {
    const line = [programPath('alleycat'), '--nats', world.natsUrl, 'export', world.path('shown.csv')].join(' ');
    const shown = world.run('script', 'script', ['-qec', line, '/dev/null'], { TERM: 'xterm', SHELL: '/bin/bash' });
    assert.equal(await shown.ended, 0, shown.report);
    assert.match(shown.stdout, /\[ {40}\] 0\/240 races.*\[#{40}\] 240\/240 races/s);
    assert.equal((await alleycat('export', world.path('unseen.csv'))).stderr, '');
  });

  scenario('what cannot be done is said in words, and nothing is left', async () => {
    const [{ classId, raceId }] = rowsOf(results);
    assert.match(await refusal('export', world.path('x.txt')), /must end in \.csv, /);
    assert.match(await refusal('export', world.path('x.tcx')), /say --ride CLASS RACE RACER/);
    assert.match(await refusal('export', world.path('x.tcx'), '--ride', classId, raceId, 4_000_000_000), /unknown_ride/);
    assert.match(await refusal('export', world.path('x.csv'), '--class', '99'), /unknown_class/);
    assert.match(await refusal('export', world.path('x.csv'), '--day', '2026-02-30'), /"2026-02-30" is no time/);
    assert.match(await refusal('export', world.path('x.csv'), '--day', '2026-02-03T10'), /is no day/);
    assert.match(await refusal('export', world.path('x.csv'), '--hour', '2026-02-03'), /is no hour/);
    assert.match(await refusal('export', world.path('no/x.csv')), /No such file or directory/);
    assert.match(await refusal('export', world.path('whole.csv')), /is there already/);
    for (const name of ['x.txt', 'x.tcx', 'x.csv'])
      for (const end of ['', '.partial', '.progress']) assert.ok(!existsSync(world.path(name + end)));
    assert.equal(await start('export', world.path('x.csv'), '--day', '2026-02-03', '--hour', '2026-02-03T10').ended, 2);
    assert.equal(await start('export', world.path('x.csv'), '--what', 'names').ended, 2);
    // What is unfinished is of what it was asked for.
    assert.ok((await interrupted('other.csv', 5)) < closes.length);
    assert.match(await refusal('export', world.path('other.csv'), '--class', '1'), /an export of something else/);
    writeFileSync(world.path('other.csv.partial'), '');
    assert.match(await refusal('export', world.path('other.csv')), /is shorter than/);
    rmSync(world.path('other.csv.progress'));
    assert.equal(await exported('other.csv'), results);
  });

  scenario('excluded, hidden and forgotten riders: as corrected, also in an export that was begun before', async () => {
    const name = 'before.csv';
    assert.ok((await interrupted(name, 30)) < closes.length);
    const of = (classId) => rowsOf(results).filter((row) => row.classId === `${classId}` && row.rank === '1');
    const forgotten = of(1)[0].racerId;
    const [excluded] = of(2);
    const hidden = of(3)[0].racerId;
    assert.ok(rowsOf(readFileSync(world.path(`${name}.partial`), 'utf8')).some(({ racerId }) => racerId === forgotten));
    await alleycat('exclude', 2, excluded.raceId, excluded.racerId);
    await alleycat('hide', hidden);
    await alleycat('forget', forgotten, '--yes');
    edits = (await world.client.query('audit', { limit: 100 })).rows.reverse();
    assert.deepEqual(
      edits.map(({ edit }) => edit),
      ['exclude', 'hide', 'forget'],
    );

    const { stderr } = await alleycat('export', world.path(name));
    assert.match(stderr, /corrections were made since/);
    const corrected = readFileSync(world.path(name), 'utf8');
    assert.equal(corrected, await exported('after.csv'));
    const rows = agrees(corrected);
    assert.ok(rows.every(({ racerId }) => racerId !== forgotten));
    const own = rows.find(({ raceId, racerId, classId }) => classId === '2' && raceId === excluded.raceId && racerId === excluded.racerId);
    assert.deepEqual([own.excluded, own.rank], ['true', '']);
    for (const row of rows) if (row.racerId === hidden) assert.equal(row.name, '');

    const rides = objectsOf(await exported('after.ndjson', '--what', 'rides'));
    assert.equal(rides.length, rows.length);
    assert.ok(rides.every((ride) => ride.racerId !== Number(forgotten)));
    for (const ride of rides) if (ride.racerId === Number(hidden)) assert.equal(ride.name, '');
  });

  scenario('a node that is restarted meanwhile does not end it', async () => {
    const command = await caught('SIGSTOP', 'through.csv', 20);
    assert.ok(racesIn('through.csv') < closes.length);
    await world.node.stop();
    command.child.kill('SIGCONT');
    await world.startNode();
    assert.equal(await command.ended, 0, command.report);
    assert.equal(readFileSync(world.path('through.csv'), 'utf8'), readFileSync(world.path('after.csv'), 'utf8'));
  });
});

test('an export has every row of a race that is larger than an answer', async (t) => {
  const racers = 1050;
  const world = await World.start(completeRules({ ...rules, admit: 'live', capacity: racers, classes: [{ id: 1, score: 'total' }] }));
  try {
    await world.guarded(async () => {
      const riders = world.startRiders('riders', ['--classes', 1, '--racers', racers, '--ack', '--start', 'next']);
      assert.equal(await riders.ended, 0, riders.report);
      const raceId = await until('the race is closed', async () => (await world.client.query('races.1')).rows[0]?.raceId, { seconds: 120 });
      const page = await world.client.query(`race.1.${raceId}`);
      assert.deepEqual([page.rows.length, typeof page.next], [1000, 'string'], 'more than one answer');
      const flags = ['--nats', world.natsUrl, '--timeout', '20', 'export', world.path('large.csv')];
      const command = world.run('export', programPath('alleycat'), flags);
      assert.equal(await command.ended, 0, command.report);
      const rows = rowsOf(readFileSync(world.path('large.csv'), 'utf8'));
      assert.equal(new Set(rows.map(({ racerId }) => racerId)).size, racers);
      assert.equal(rows.length, racers);
      t.diagnostic(`${rows.length} rows, ${page.rows.length} of them in the first answer`);
    })();
  } finally {
    await world.stop();
  }
});
