// What stays of races: queries, and the same answers after a restart.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { allTimeFields, assertFields, assertStandings, leaderboardFields } from './lib/shape.mjs';
import { exact, rankedRide } from './lib/tables.mjs';
import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

describe('after two races of the same riders', () => {
  /** @type {World} */
  let world;
  /** @type {import('./lib/verify.mjs').Verdict} */
  let verdict;
  before(async () => {
    world = await World.start();
    try {
      // The second race is ridden while the first one is in its grace period or closed: all-time ranks have a history.
      const riders = ['--classes', 3, '--racers', 40, '--first-racer', 100, '--ack'];
      const logs = [await world.ride('first', [...riders, '--seed', 1, '--start', 'next'])];
      logs.push(await world.ride('second', [...riders, '--seed', 2, '--start', 'next']));
      verdict = await verify(world.client, logs, world.rules);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));
  const query = (what, args) => world.client.query(what, args);

  scenario('everything is equal to the oracle, all-time ranks too', (t) => {
    assert.ok(verdict.equal, verdict.report);
    assert.equal(verdict.expected.races.length, 2);
    t.diagnostic(verdict.report);
  });

  scenario('the leaderboard comes in pages, with names and the moment of each record', async () => {
    const whole = await query('leaderboard.3', { limit: 100 });
    assert.equal(whole.classId, 3);
    assert.equal(whole.rows.length, 40);
    for (const row of whole.rows) {
      assertFields(row, leaderboardFields);
      assert.ok(row.name.length > 0);
      assert.ok(Math.abs(row.at - Date.now()) < 600_000);
    }
    const page = await query('leaderboard.3', { limit: 5, offset: 10 });
    assert.deepEqual(page.rows, whole.rows.slice(10, 15));
  });

  scenario('the leaderboard around a rider shows the neighbours', async () => {
    const { rows } = await query('leaderboard.3', { limit: 100 });
    const page = await query('leaderboard.3', { limit: 7, around: rows[20].racerId });
    assert.ok(
      page.rows.some((row) => row.racerId === rows[20].racerId),
      JSON.stringify(page),
    );
    assert.ok(page.rows.length <= 7);
  });

  scenario('the all-time table of a second comes in pages', async () => {
    const whole = await query('alltime.3.7', { limit: 100 });
    assert.deepEqual([whole.classId, whole.second], [3, 7]);
    whole.rows.forEach((row) => assertFields(row, allTimeFields));
    const page = await query('alltime.3.7', { limit: 3, offset: 2 });
    assert.deepEqual(page.rows, whole.rows.slice(2, 5));
  });

  scenario('races are listed newest first, with their winners', async () => {
    const { rows } = await query('races.3', { limit: 10 });
    const expected = [...verdict.expected.races].sort((a, b) => b.raceId - a.raceId);
    assert.deepEqual(
      rows.map((row) => [row.raceId, row.racers, row.finished, row.winner.racerId, exact(row.winner.total)]),
      expected.map(({ raceId, ranking }) => [
        raceId,
        40,
        ranking.filter((row) => row.finished).length,
        ranking[0].racerId,
        ranking[0].total,
      ]),
    );
    const older = await query('races.3', { limit: 10, before: expected[0].raceId });
    assert.deepEqual(
      older.rows.map((row) => row.raceId),
      [expected[1].raceId],
    );
  });

  scenario('a closed race is answered with its result', async () => {
    for (const race of verdict.expected.races) {
      const result = await query(`race.3.${race.raceId}`);
      assertStandings(result);
      assert.equal(result.state, 'closed');
      assert.deepEqual(result.rows.map(rankedRide), race.ranking);
    }
  });

  scenario('now tells the server time and the rules: what a bike needs to start', async () => {
    const now = await query('now');
    assert.ok(Math.abs(now.ts - Date.now()) < 60_000, `${now.ts}`);
    const window = world.rules.window_seconds * 1000;
    assert.equal(now.raceId, Math.floor(now.ts / window));
    assert.deepEqual([now.windowStart, now.windowEnd], [now.raceId * window, (now.raceId + 1) * window]);
    assert.deepEqual(now.rules, { windowSeconds: 10, rideSeconds: 10, graceSeconds: 6, capacity: 1000, minPercent: 90, admit: 'live' });
    assert.deepEqual(
      now.classes.map((row) => row.classId),
      world.rules.classes.map(({ id }) => id),
    );
  });

  scenario('classes are listed with name, difficulty and scoring', async () => {
    const answer = await query('classes');
    assert.equal(answer.rows.length, world.rules.classes.length);
    assert.deepEqual(answer.rows[2], { classId: 3, name: 'Course 3', difficulty: 3, score: 'total' });
    assert.equal(answer.rows[3].score, 'output');
  });

  scenario('what does not exist is answered with an error, never with silence', async () => {
    const cases = [
      ['leaderboard.99', 'unknown_class'],
      ['alltime.99.1', 'unknown_class'],
      ['races.99', 'unknown_class'],
      ['race.3.1', 'unknown_race'],
      ['race.99.1', 'unknown_class'],
      ['leaderboard', null],
      ['leaderboard.three', null],
      ['alltime.3', null],
      ['alltime.3.0', null],
      ['alltime.3.11', null],
      ['race.3', null],
      ['nonsense', null],
      ['nonsense.3', null],
      ['leaderboard.3.4.5.6', null],
    ];
    for (const [what, code] of cases) {
      const answer = await query(what);
      assert.equal(typeof answer.error?.code, 'string', `${what}: ${JSON.stringify(answer)}`);
      assert.ok(answer.error.message.length > 0, what);
      if (code) assert.equal(answer.error.code, code, what);
    }
    for (const body of ['{"limit":', '[]', '{"limit":-1}', '{"limit":"ten"}']) {
      const answer = await query('leaderboard.3', body);
      assert.equal(typeof answer.error?.code, 'string', `${body}: ${JSON.stringify(answer)}`);
    }
  });

  for (const [signal, how] of [
    ['SIGTERM', 'stopped in good order'],
    ['SIGKILL', 'killed'],
  ]) {
    scenario(`a node that was ${how} and started again gives the same answers`, async () => {
      const questions = [
        'leaderboard.3',
        'races.3',
        'alltime.3.1',
        'alltime.3.10',
        ...verdict.expected.races.map((race) => `race.3.${race.raceId}`),
      ];
      const answers = () =>
        Promise.all(
          questions.map(async (what) => {
            const answer = await query(what, { limit: 100 });
            assert.equal(answer.error, undefined, `${what}: ${JSON.stringify(answer)}`);
            const { ts, epoch, ...lasting } = answer;
            return lasting;
          }),
        );
      const earlier = await answers();
      const outcome = await world.node.stop(signal);
      if (signal === 'SIGTERM') assert.equal(outcome, 0, world.node.report);
      await world.startNode();
      const later = await until('the node answers again', answers);
      assert.deepEqual(later, earlier);
      assert.equal(later[0].rows.length, 40);
    });
  }
});
