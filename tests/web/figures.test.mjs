// What stands in every view, figure by figure, beside what the oracle makes of the riders' own log.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { boardRows, ordinal, rankText, tableRows, whole, written } from './lib/figures.mjs';
import { PageWorld } from './lib/page_world.mjs';

const rules = completeRules({
  window_seconds: 20,
  ride_seconds: 20,
  grace_seconds: 6,
  classes: Array.from({ length: 6 }, (_, i) => ({ id: i + 1, score: i + 1 === 4 ? 'output' : 'total' })),
});

describe('what the page shows of the past', () => {
  /** @type {PageWorld} */
  let world;
  let page;
  /** What the oracle expects. */
  let expected;
  /** Races of class 3, the earlier one first. */
  let races;

  before(async () => {
    world = await PageWorld.start(rules);
    try {
      // The same riders twice, so that bests and records come from different rides; a few of them are away for some seconds.
      const logs = [];
      for (const seed of [11, 12])
        logs.push(
          await world.ride(`seed-${seed}`, [
            '--classes',
            3,
            '--racers',
            40,
            '--first-racer',
            100,
            '--ack',
            '--start',
            'next',
            '--stagger',
            5,
            '--seed',
            seed,
            '--dropout',
            0.1,
          ]),
        );
      const verdict = await verify(world.client, logs, rules);
      assert.ok(verdict.equal, verdict.report);
      ({ expected } = verdict);
      races = expected.races.filter(({ classId }) => classId === 3);
      page = await world.page('/', { reducedMotion: 'reduce' });
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));
  const open = (address) => page.goto(`${world.httpUrl}/?${address}`);

  scenario('a rider is found by a word of their name, and by their number', async () => {
    const { racerId, name } = races[0].ranking.at(-1);
    for (const wanted of [name.split(' ')[0].toUpperCase(), `${racerId}`]) {
      await open('screen=rider');
      const picker = page.getByRole('combobox');
      await picker.fill(wanted);
      const option = page.getByRole('option').filter({ has: page.getByText(`${racerId}`, { exact: true }) });
      await option.getByText(name, { exact: true }).waitFor();
      await option.dispatchEvent('pointerdown');
      await page.locator('.head').getByText(name, { exact: true }).waitFor();
      assert.equal(await page.locator('.head .number').innerText(), `${racerId}`);
    }
    await page.getByRole('combobox').fill('nobody is called so');
    await page.getByText('Nobody found.').waitFor();
  });

  scenario('a rider is found although nobody answers at first', async () => {
    const { racerId, name } = races[0].ranking.at(-1);
    await open('screen=rider');
    const picker = page.getByRole('combobox');
    await picker.waitFor();
    world.node.child.kill('SIGSTOP');
    await picker.fill(`${name.split(' ')[0]}`);
    await sleep(6000); // the page waits for 5 s
    world.node.child.kill('SIGCONT');
    const option = page.getByRole('option').filter({ has: page.getByText(`${racerId}`, { exact: true }) });
    await option.getByText(name, { exact: true }).waitFor();
  });

  scenario('a profile: records, places, rides and every second of a ride', async (t) => {
    const [, latest] = races;
    const { racerId } = latest.ranking[Math.floor(latest.ranking.length / 2)];
    await open(`screen=rider&racer=${racerId}`);
    const record = expected.leaderboard[3].find((row) => row.racerId === racerId);
    const card = page.locator('.bests [data-class="3"]');
    await card.getByText(`${ordinal(record.rank)} of ${expected.leaderboard[3].length}`).waitFor();
    assert.equal(await card.locator('.best').innerText(), written(record.score));
    assert.equal(await page.locator('.bests li').count(), 1);

    const rides = page.locator('.rides .ride');
    const told = await rides.evaluateAll((all) => all.map((ride) => [...ride.children].map((cell) => cell.textContent)));
    assert.deepEqual(
      told.map((ride) => [ride[0], ride[1], ride[3]]),
      [...races].reverse().map(({ ranking }) => {
        const row = ranking.find((each) => each.racerId === racerId);
        return ['Old Town Twist', written(row.total), row.rank === null ? 'not finished' : ordinal(row.rank)];
      }),
    );

    for (const [i, race] of [
      [0, latest],
      [1, races[0]],
    ]) {
      await rides.nth(i).click();
      const ride = race.rides[racerId];
      const arrived = ride.cadence.filter((value) => value !== null).length;
      const mean = (tenths) => written((tenths.reduce((sum, value) => sum + value, 0) / arrived) * 1000);
      const outputs = ride.cadence.flatMap((cadence, s) => (cadence === null ? [] : [(cadence + 350) * (ride.resistance[s] + 650)]));
      const sentence = `On average output ${written(outputs.reduce((sum, value) => sum + value, 0) / arrived)}, cadence ${mean(ride.cadence)} rpm, resistance ${mean(ride.resistance)} %; ${arrived} of 20 seconds arrived`;
      await page.getByRole('img', { name: sentence }).waitFor();
      if (i === 0) await page.getByText('The figures of each second').click();
      const cell = (value, write = written) => (value === null || value === undefined ? '–' : write(value));
      const rows = await until('the figures of this ride', async () => {
        const found = await tableRows(page.locator('.figures'));
        return found.length === ride.cadence.length && found[0][1] === cell(ride.score[0]) && found;
      });
      assert.deepEqual(
        rows,
        ride.cadence.map((cadence, s) => [
          String(s + 1),
          cell(cadence === null ? null : (cadence + 350) * (ride.resistance[s] + 650)),
          cell(ride.score[s]),
          cell(cadence === null ? null : cadence * 1000),
          cell(cadence === null ? null : ride.resistance[s] * 1000),
          cell(ride.hereNow[s], whole),
          cell(ride.allTime[s], whole),
        ]),
      );
    }
    const line = await page.evaluate(() => document.querySelector('.curve canvas').width > 0);
    assert.ok(line, 'a curve is drawn');
    t.diagnostic(`racer ${racerId}: ${told.length} rides, ${2 * rules.ride_seconds} seconds compared`);
  });

  scenario('the leaderboard: every row', async () => {
    await open('screen=leaderboard&class=3');
    const board = page.getByRole('region', { name: 'Leaderboard of Old Town Twist' });
    const rows = await boardRows(board);
    assert.deepEqual(
      rows.map(({ racerId, rank, value }) => [racerId, rank, value]),
      expected.leaderboard[3].map((row) => [row.racerId, rankText(expected.leaderboard[3], row), written(row.score)]),
    );
  });

  scenario('a result, and its replay at several seconds', async () => {
    const [race] = races;
    await open(`screen=results&class=3&race=${race.raceId}`);
    const board = page.getByRole('region', { name: `Ranking of race ${race.raceId}` });
    const rows = await boardRows(board);
    assert.deepEqual(
      rows.map(({ racerId, rank, detail, value }) => [racerId, rank, detail, value]),
      race.ranking.map((row) => [row.racerId, rankText(race.ranking, row), `${row.seconds}/20`, written(row.total)]),
    );

    for (const second of [1, 7, 20]) {
      await page.getByRole('slider', { name: 'Second of the race' }).fill(String(second));
      const there = Object.entries(race.rides)
        .filter(([, ride]) => ride.score[second - 1] != null)
        .map(([racerId, ride]) => ({ racerId: Number(racerId), rank: ride.hereNow[second - 1], score: ride.score[second - 1] }))
        .sort((a, b) => a.rank - b.rank || a.racerId - b.racerId);
      await until(`the board as it was at second ${second}`, async () => {
        const now = await boardRows(board);
        assert.deepEqual(
          now.map(({ racerId, rank, value }) => [racerId, rank, value]),
          there.map((row) => [row.racerId, rankText(there, row), written(row.score)]),
        );
        return true;
      });
    }

    // A slider that is dragged asks for where it is when the last answer is there, not for each second on its way.
    const asked = await world.client.collect(`alleycat.query.race.3.${race.raceId}`);
    await page.getByRole('slider', { name: 'Second of the race' }).evaluate(async (slider) => {
      for (let second = 1; second <= 18; second += 1) {
        slider.value = String(second);
        slider.dispatchEvent(new Event('input'));
        // Time for the page to notice, none for an answer to come.
        for (let i = 0; i < 20; i += 1) await null;
      }
    });
    const last = Object.values(race.rides).filter((ride) => ride.score[17] != null).length;
    await until(
      'the board shows where the slider was let go',
      async () => (await boardRows(board)).length === last && asked.some((message) => message.json().second === 18),
    );
    const seconds = asked.map((message) => message.json().second);
    assert.ok(seconds.length <= 2, `asked for ${seconds}`);
    assert.deepEqual(page.faults, []);
  });
});
