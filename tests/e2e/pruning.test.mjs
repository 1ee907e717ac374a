// Old races leave LMDB and the results stream together; whatever holds a record or a best second stays.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { outputOf } from '../oracle/oracle.mjs';
import { scoringOf } from '../oracle/rules.mjs';
import { allTime, leaderboard, resultsStream } from './lib/tables.mjs';
import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

/** Score at each second, null where undefined. */
function scoresOf(ride, scoring) {
  let total = 0;
  let any = false;
  return ride.cadence.map((cadence, i) => {
    const output = cadence === null ? null : outputOf({ cadence, resistance: ride.resistance[i] });
    total += output ?? 0;
    any ||= output !== null;
    return scoring === 'output' ? output : any ? total : null;
  });
}

/** @returns {string[]} subjects of the rides that hold a record or a best second: the first one, where several are equal */
function holders(races, rules) {
  const held = new Map();
  for (const { classId, raceId, rides } of [...races].sort((a, b) => a.raceId - b.raceId))
    for (const ride of Object.values(rides)) {
      const subject = `alleycat.ride.${classId}.${raceId}.${ride.racerId}`;
      const take = (what, score) => {
        const key = `${classId}/${ride.racerId}/${what}`;
        if (score !== null && !(held.get(key)?.score >= score)) held.set(key, { score, subject });
      };
      const scores = scoresOf(ride, scoringOf(rules, classId));
      scores.forEach((score, i) => take(i, score));
      if (ride.finished) take('record', scores.at(-1));
    }
  return [...new Set([...held.values()].map(({ subject }) => subject))].sort();
}

test('what is older than history.keep_days goes, and no table changes', async (t) => {
  const world = await World.start();
  const classes = [3, 4]; // one scores by total, one by output
  const tables = async () =>
    Promise.all(
      classes.map(async (c) => [
        await leaderboard(world.client, c),
        await Promise.all(Array.from({ length: 10 }, (_, i) => allTime(world.client, c, i + 1))),
      ]),
    );
  const body = world.guarded(async () => {
    const riders = ['--classes', classes, '--racers', 30, '--ack', '--start', 'next'];
    const logs = [];
    for (const seed of [1, 2, 3]) logs.push(await world.ride(`riders-${seed}`, [...riders, '--seed', seed]));
    const verdict = await verify(world.client, logs, world.rules);
    assert.ok(verdict.equal, verdict.report);
    const { races } = verdict.actual;
    assert.equal(races.length, 6);
    const all = races.flatMap(({ rides }) => Object.values(rides)).length;
    const expected = holders(races, world.rules);
    assert.ok(expected.length > 60 && expected.length < all, `${expected.length} of ${all} rides hold something`);
    t.diagnostic(`${expected.length} of ${all} rides hold something`);
    const before = await tables();
    const stored = await world.client.streamSubjects(resultsStream);

    // Nine seconds are kept. The first node ends between the stream and LMDB.
    const keep = ['--history.keep_days', '0.0001'];
    await world.node.stop();
    const started = world.startNode('node-1', keep, { ALLEYCAT_FAILPOINT: 'history.removed_stored:1' });
    await started.catch(() => {}); // it may end before it was seen to be ready
    await until('the node ends', () => !world.node.running);
    assert.equal(await world.node.ended, 137, world.node.report);
    const left = await world.client.streamSubjects(resultsStream);
    assert.ok(Object.keys(left).length < Object.keys(stored).length, 'something had left the stream');
    await world.startNode('node-1', keep);
    await until('all six results have left', async () => (await world.metric('alleycat_history_results_removed_total')) === 6);
    await until('the look is over', () => /history\.pruned /.test(world.node.stderr));

    assert.deepEqual(Object.keys(await world.client.streamSubjects(resultsStream)).sort(), expected);
    assert.equal(await world.metric('alleycat_history_rides_removed_total'), all - expected.length);
    const gone = async () => {
      for (const { classId, raceId } of races) {
        assert.deepEqual((await world.client.query(`races.${classId}`)).rows, []);
        assert.equal((await world.client.query(`race.${classId}.${raceId}`)).error?.code, 'unknown_race');
      }
      assert.deepEqual(await tables(), before);
    };
    await gone();
    // And what is in LMDB says the same.
    await world.node.stop();
    await world.startNode();
    await gone();
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
