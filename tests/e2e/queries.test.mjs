// Questions about the past, against the oracle.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { exact } from './lib/tables.mjs';
import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

const exactOrNull = (value) => (value === null ? null : exact(value));

for (const [classId, scoring] of [
  [3, 'total'],
  [4, 'output'],
])
  describe(`after two races of class ${classId}, which scores by ${scoring}`, () => {
    /** @type {World} */
    let world;
    /** @type {import('./lib/verify.mjs').Verdict} */
    let verdict;
    let live;
    before(async () => {
      world = await World.start();
      try {
        live = await world.client.collect(`alleycat.race.${classId}.*.standings`);
        const riders = ['--classes', classId, '--racers', 25, '--first-racer', 100, '--ack'];
        const logs = [await world.ride('first', [...riders, '--seed', 1, '--start', 'next'])];
        logs.push(await world.ride('second', [...riders, '--seed', 2, '--start', 'next', '--loss', 0.1], [0, 1]));
        verdict = await verify(world.client, logs, world.rules, { presume: true });
      } catch (error) {
        await world.stop(error);
        throw error;
      }
    });
    after(() => world.stop());
    const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));
    const query = (what, args) => world.client.query(what, args);
    const racesByAge = () => [...verdict.expected.races].sort((a, b) => a.raceId - b.raceId);

    scenario('everything is equal to the oracle', () => assert.ok(verdict.equal, verdict.report));

    scenario('a finished race shows its here-now table at every second', async () => {
      for (const { raceId, ranking, rides } of verdict.expected.races)
        for (let second = 1; second <= world.rules.ride_seconds; second += 1) {
          const answer = await query(`race.${classId}.${raceId}`, { second });
          assert.deepEqual([answer.state, answer.second, answer.racers], ['closed', second, ranking.length]);
          const expected = Object.entries(rides)
            .filter(([, ride]) => (ride.score[second - 1] ?? null) !== null)
            .map(([racerId, ride]) => ({
              rank: ride.hereNow[second - 1],
              racerId: Number(racerId),
              score: ride.score[second - 1],
              seconds: ride.cadence.slice(0, second).filter((value) => value !== null).length,
              allTimeRank: ride.allTime[second - 1],
            }))
            .sort((a, b) => a.rank - b.rank || a.racerId - b.racerId);
          const rows = answer.rows.map((row) => ({
            rank: row.rank,
            racerId: row.racerId,
            score: exact(scoring === 'total' ? row.total : row.output),
            seconds: row.seconds,
            allTimeRank: row.allTimeRank,
          }));
          assert.deepEqual(rows, expected, `race ${raceId} at ${second}`);
          assert.ok(answer.rows.every((row) => row.second === second && row.hereNowRank === row.rank));
          assert.equal(answer.reported, Object.values(rides).filter((ride) => ride.cadence.length >= second).length);
        }
    });

    scenario('what the replay shows of a race that started in phase was published live', async () => {
      const { raceId } = racesByAge()[0];
      const published = live
        .map((message) => message.json())
        .filter(
          (table) =>
            table.raceId === raceId &&
            table.reported === table.racers &&
            table.racers === 25 &&
            table.rows.every((row) => row.second === table.second),
        );
      assert.ok(published.length > 0, 'no standings with everybody at the same second');
      const known = ({ rank, hereNowRank, racerId, name, second, seconds, output, total, finished }) => ({
        rank,
        hereNowRank,
        racerId,
        name,
        second,
        seconds,
        output,
        total,
        finished,
      });
      for (const table of published) {
        const answer = await query(`race.${classId}.${raceId}`, { second: table.second });
        assert.deepEqual(answer.rows.map(known), table.rows.map(known), `second ${table.second}`);
        assert.deepEqual([answer.racers, answer.reported, answer.finished], [table.racers, table.reported, table.finished]);
      }
    });

    scenario('a ride comes with all its seconds and the ranks stored at the close', async () => {
      for (const { raceId, ranking, rides } of verdict.expected.races)
        for (const row of ranking.slice(0, 5).concat(ranking.slice(-3))) {
          const ride = rides[row.racerId];
          const answer = await query(`ride.${classId}.${raceId}.${row.racerId}`);
          assert.deepEqual(
            [
              answer.classId,
              answer.raceId,
              answer.racerId,
              answer.name,
              answer.rank,
              answer.finished,
              answer.second,
              answer.seconds,
              exact(answer.total),
            ],
            [classId, raceId, row.racerId, row.name, row.rank, row.finished, row.second, row.seconds, row.total],
          );
          assert.deepEqual(
            answer.rows.map((s) => s.second),
            ride.cadence.map((_, i) => i + 1),
          );
          const tenths = (value) => (value === null ? null : Math.round(value * 10));
          assert.deepEqual(
            answer.rows.map((s) => tenths(s.cadence)),
            ride.cadence,
          );
          assert.deepEqual(
            answer.rows.map((s) => tenths(s.resistance)),
            ride.resistance,
          );
          assert.deepEqual(
            answer.rows.map((s) => s.hereNowRank),
            ride.hereNow,
          );
          assert.deepEqual(
            answer.rows.map((s) => s.allTimeRank),
            ride.allTime,
          );
          let total = 0;
          for (const [i, s] of answer.rows.entries()) {
            const output = ride.cadence[i] === null ? null : (ride.cadence[i] + 350) * (ride.resistance[i] + 650);
            total += output ?? 0;
            assert.deepEqual([exactOrNull(s.output), exact(s.total)], [output, total]);
          }
          assert.ok(Math.abs(answer.start - raceId * world.rules.window_seconds * 1000) < 60_000);
        }
    });

    scenario('a racer is found by every word of their name, and by their number', async () => {
      const names = new Map(verdict.expected.races.flatMap(({ ranking }) => ranking.map((row) => [row.racerId, row.name])));
      const folded = (name) => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
      for (const racerId of [100, 110, 124])
        for (const word of folded(names.get(racerId)).split(' ')) {
          const wanted = [...names].filter(([, name]) => ` ${folded(name)}`.includes(` ${word}`)).map(([id]) => id);
          const answer = await query('search', { text: word.toUpperCase(), limit: 1000 });
          const found = answer.rows.map((row) => row.racerId);
          assert.deepEqual(
            wanted.filter((id) => !found.includes(id)),
            [],
            word,
          );
          assert.equal(answer.of, answer.rows.length);
          const row = answer.rows.find((each) => each.racerId === racerId);
          assert.equal(row.name, names.get(racerId));
        }
      const byNumber = await query('search', { text: '110', limit: 1 });
      assert.deepEqual(byNumber.rows[0], { racerId: 110, name: names.get(110) });
    });

    scenario('a racer has bests, a record with race and date, and rides, the newest first', async () => {
      const bests = verdict.expected.allTime[classId];
      const board = new Map(verdict.expected.leaderboard[classId].map((row) => [row.racerId, row]));
      for (const racerId of [100, 110, 124]) {
        const answer = await query(`racer.${racerId}`);
        assert.equal(answer.racerId, racerId);
        assert.ok(answer.name.length > 0);
        assert.deepEqual(
          answer.bests.map((row) => row.classId),
          [classId],
        );
        const expected = Array.from(
          { length: world.rules.ride_seconds },
          (_, i) => bests[i + 1].find((row) => row.racerId === racerId)?.score ?? null,
        );
        while (expected.at(-1) === null) expected.pop();
        const scores = answer.bests[0].scores.map(exactOrNull);
        while (scores.at(-1) === null) scores.pop();
        assert.deepEqual(scores, expected);
        const record = board.get(racerId);
        assert.deepEqual(
          answer.records.map((row) => [row.classId, exact(row.total), row.raceId]),
          record ? [[classId, record.score, record.raceId]] : [],
        );
        const rides = racesByAge()
          .reverse()
          .flatMap(({ raceId, ranking }) =>
            ranking
              .filter((row) => row.racerId === racerId)
              .map((row) => [raceId, row.rank, row.finished, row.second, row.seconds, row.total]),
          );
        assert.deepEqual(
          answer.rides.map((row) => [row.raceId, row.rank, row.finished, row.second, row.seconds, exact(row.total)]),
          rides,
        );
        const page = await query(`racer.${racerId}`, { limit: 1, offset: 1 });
        assert.deepEqual(page.rides, answer.rides.slice(1, 2));
      }
    });

    scenario('ghosts are the leader, a place, a racer and the median', async () => {
      const board = verdict.expected.leaderboard[classId];
      const curveOf = ({ racerId, raceId }) => verdict.expected.races.find((race) => race.raceId === raceId).rides[racerId].score;
      for (const [what, row, kind] of [
        ['leader', board[0], 'leader'],
        ['rank-3', board[2], 'rank-3'],
        [`${board[5].racerId}`, board[5], 'racer'],
      ]) {
        const answer = await query(`ghost.${classId}.${what}`);
        assert.deepEqual([answer.classId, answer.kind, answer.racerId, answer.raceId], [classId, kind, row.racerId, row.raceId], what);
        assert.deepEqual(answer.scores.map(exactOrNull), curveOf(row), what);
      }
      const median = await query(`ghost.${classId}.median`);
      assert.deepEqual([median.kind, median.racerId, median.raceId], ['median', null, null]);
      const middle = Object.values(verdict.expected.allTime[classId]).map((rows) => rows[Math.floor(rows.length / 2)]?.score ?? null);
      assert.deepEqual(median.scores.map(exactOrNull), middle);
    });

    scenario('the leaderboard of today, 7 and 30 days has what was ridden then, after a restart too', async () => {
      // Both races began within the last minutes: they are in each period, unless midnight has passed since.
      const day = (raceId) => Math.floor((raceId * world.rules.window_seconds) / 86_400);
      const periodsAgree = async () => {
        const today = Math.floor(Date.now() / 86_400_000);
        const rides = verdict.expected.races.flatMap(({ raceId, ranking, rides: all }) =>
          ranking.filter((row) => row.finished).map((row) => ({ racerId: row.racerId, raceId, score: all[row.racerId].score.at(-1) })),
        );
        for (const [period, days] of [
          ['today', 1],
          ['7d', 7],
          ['30d', 30],
        ]) {
          const best = new Map();
          for (const ride of rides.filter(({ raceId }) => day(raceId) > today - days).sort((a, b) => a.raceId - b.raceId))
            if (!best.has(ride.racerId) || ride.score > best.get(ride.racerId).score) best.set(ride.racerId, ride);
          const expected = [...best.values()].sort((a, b) => b.score - a.score || a.racerId - b.racerId);
          const answer = await query(`leaderboard.${classId}`, { period, limit: 1000 });
          assert.equal(answer.error, undefined, JSON.stringify(answer));
          assert.equal(answer.of, expected.length, period);
          assert.deepEqual(
            answer.rows.map((row) => ({ racerId: row.racerId, raceId: row.raceId, score: exact(row.total) })),
            expected.map(({ racerId, raceId, score }) => ({ racerId, raceId, score })),
            period,
          );
          answer.rows.forEach((row, i) =>
            assert.equal(row.rank, 1 + answer.rows.filter((other) => other.total > row.total).length, `${period} ${i}`),
          );
          const around = await query(`leaderboard.${classId}`, { period, limit: 5, around: expected[10].racerId });
          assert.deepEqual(around.rows, answer.rows.slice(8, 13));
        }
        return true;
      };
      await until('the periods are right', periodsAgree);
      await world.node.stop('SIGKILL');
      await world.startNode();
      await until('the periods are right after a restart', periodsAgree);
    });

    scenario('what is not there is answered with an error', async () => {
      const { raceId } = racesByAge()[0];
      const cases = [
        [`race.${classId}.${raceId}`, { second: 0 }, 'bad_second'],
        [`race.${classId}.${raceId}`, { second: 11 }, 'bad_second'],
        [`race.${classId}.${raceId}`, { second: 'two' }, 'bad_request'],
        [`race.${classId}.1`, { second: 5 }, 'unknown_race'],
        [`race.${classId}.x`, {}, 'unknown_race'],
        ['racer.4000000000', {}, 'unknown_racer'],
        ['racer.x', {}, 'unknown_racer'],
        [`ride.${classId}.${raceId}.4000000000`, {}, 'unknown_ride'],
        [`ride.${classId}.1.100`, {}, 'unknown_race'],
        [`ride.99.${raceId}.100`, {}, 'unknown_class'],
        [`ghost.${classId}.nobody`, {}, 'unknown_ghost'],
        [`ghost.${classId}.rank-100000`, {}, 'unknown_ghost'],
        [`ghost.${classId}.4000000000`, {}, 'unknown_ghost'],
        ['ghost.99.leader', {}, 'unknown_class'],
        ['ghost.5.leader', {}, 'unknown_ghost'],
        ['ghost.5.median', {}, 'unknown_ghost'],
        [`leaderboard.${classId}`, { period: 'yesterday' }, 'bad_request'],
        [`leaderboard.${classId}`, { limit: 1001 }, 'bad_request'],
        ['search', { text: ' ' }, 'bad_request'],
        ['search', {}, 'bad_request'],
        ['search', { text: 5 }, 'bad_request'],
        ['leaderboard.99', { period: 'today' }, 'unknown_class'],
        ['ride.3.4', {}, 'bad_request'],
        ['racer', {}, 'bad_request'],
      ];
      for (const [what, args, code] of cases) {
        const started = Date.now();
        const answer = await query(what, args);
        assert.equal(answer.error?.code, code, `${what} ${JSON.stringify(args)}: ${JSON.stringify(answer).slice(0, 200)}`);
        assert.ok(answer.error.message.length > 0, what);
        assert.ok(Date.now() - started < 20_000, `${what} took ${Date.now() - started} ms`);
      }
    });
  });
