// Boards that change while somebody looks at them: of days, and around oneself.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readLog } from '../oracle/log.mjs';
import { expectedTables } from '../oracle/oracle.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { boardRows, rankText, written } from './lib/figures.mjs';
import { PageWorld } from './lib/page_world.mjs';

const day = 86_400;
const rules = completeRules({ window_seconds: 10, ride_seconds: 10, grace_seconds: 6, classes: [{ id: 3, score: 'total' }] });
const racers = Array.from({ length: 10 }, (_, i) => 101 + i);
const me = 105;

/** A race of some days ago that nobody will beat: as hard as bikes go. */
async function rideAgo(world, days) {
  const raceId = Math.floor((Date.now() / 1000 - days * day) / rules.window_seconds);
  const start = raceId * rules.window_seconds * 1000;
  for (let second = 1; second <= rules.ride_seconds; second += 1)
    await Promise.all(
      racers.map(async (racerId) => {
        const update = {
          event: 'update',
          deviceTimestamp: start + 1000 * second,
          second,
          raceId,
          racerId,
          classId: 3,
          name: `Rider ${racerId}`,
          cadence: 250,
          resistance: 100 - (racerId % 10),
        };
        const answer = await world.client.ask(`alleycat.update.3.${racerId}`, update);
        assert.equal(answer.ok, true, JSON.stringify(answer));
      }),
    );
  await until('the old race is on the leaderboard', async () => (await world.client.query('leaderboard.3')).of === racers.length);
}

test('a board of days follows the races while it is open, though no record of all time changes', async () => {
  const world = await PageWorld.start({ ...rules, admit: 'any' });
  const body = world.guarded(async () => {
    const left = day * 1000 - (Date.now() % (day * 1000));
    if (left < 240_000) await sleep(left + 1000); // its races are all of one day
    await rideAgo(world, 3);
    await world.node.stop();
    await world.startNode('node-1', ['--race.admit', 'live']);
    const records = async () =>
      (await world.client.query('leaderboard.3')).rows.map(({ rank, racerId, total, raceId }) => [rank, racerId, total, raceId]);
    const before = await records();
    const heard = await world.client.collect('alleycat.class.3.leaderboard');

    const page = await world.page('/?screen=leaderboard&class=3&period=today', { reducedMotion: 'reduce' });
    await page.evaluate((racerId) => localStorage.setItem('alleycat.settings', JSON.stringify({ racerId, name: 'Me' })), me);
    await page.reload();
    await page.getByText('Nobody has finished here in this time.').waitFor();
    // "Today" says whose.
    await page.getByText(/^Today, in UTC: a day begins at \d\d:\d\d here, the next in (\d+:)?\d+:\d\d\.$/).waitFor();

    const board = page.getByRole('region', { name: 'Leaderboard of Old Town Twist' });
    const around = page.getByRole('region', { name: 'Around me' }).first();
    const logs = [];
    // The second one raises some of today's records, and moves me among the others.
    for (const seed of [1, 2]) {
      logs.push(
        await world.ride(`seed-${seed}`, [
          '--classes',
          3,
          '--racers',
          racers.length,
          '--first-racer',
          racers[0],
          '--ack',
          '--start',
          'next',
          '--seed',
          seed,
        ]),
      );
      const { leaderboard, ambiguous } = expectedTables((await Promise.all(logs.map(readLog))).flat(), rules);
      assert.deepEqual(ambiguous, []);
      const expected = leaderboard[3].map((row) => [row.racerId, rankText(leaderboard[3], row), written(row.score)]);
      await until(`the board of today has race ${seed}`, async () => {
        assert.deepEqual(
          (await boardRows(board)).map(({ racerId, rank, value }) => [racerId, rank, value]),
          expected,
        );
        return true;
      });
      const mine = expected.find(([racerId]) => racerId === me);
      await until('so has what is around me', async () => {
        const row = (await boardRows(around)).find(({ racerId }) => racerId === me);
        assert.deepEqual([row.racerId, row.rank, row.value], mine);
        return true;
      });
    }
    assert.deepEqual(await records(), before, 'no record of all time changed');
    assert.deepEqual(heard, [], 'so none was told');
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
