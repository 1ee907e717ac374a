// A race as spectators see it: one ranking at one second, row by row, beside what the oracle makes of the riders' log.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fold } from '../oracle/fold.mjs';
import { readLog } from '../oracle/log.mjs';
import { momentOf, outputOf } from '../oracle/oracle.mjs';
import { completeRules, scoringOf } from '../oracle/rules.mjs';
import { until } from '../e2e/lib/until.mjs';
import { rankText, written } from './lib/figures.mjs';
import { PageWorld } from './lib/page_world.mjs';
import { wellBeforeWindow } from './lib/rider.mjs';

const rules = completeRules({
  window_seconds: 20,
  ride_seconds: 20,
  grace_seconds: 6,
  classes: [
    { id: 1, score: 'total' },
    { id: 4, score: 'output' },
  ],
});
const minutes = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;

/** What the page shows, all in one moment. */
const look = (page) =>
  page.evaluate(() => {
    const panel = document.querySelector('[data-as-of]');
    const rows = [...panel.querySelectorAll('[role=row][data-racer]')].sort(
      (a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left || a.ariaRowIndex - b.ariaRowIndex,
    );
    const text = (row, name) => row.querySelector(name)?.textContent.trim() ?? '';
    return {
      second: Number(panel.dataset.second),
      asOf: Number(panel.dataset.asOf),
      title: document.body.innerText,
      rows: rows.map((row) => ({
        racerId: Number(row.dataset.racer),
        rank: text(row, '.rank'),
        value: text(row, '.value'),
        detail: text(row, '.detail'),
      })),
    };
  });

for (const classId of [1, 4])
  test(`live view and gym screen show one ranking at one second, by ${scoringOf(rules, classId)}, and say where there is no history`, async (t) => {
    const world = await PageWorld.start(rules);
    const body = world.guarded(async () => {
      const big = { viewport: { width: 1600, height: 1700 }, reducedMotion: 'reduce' };
      const live = await world.page(`/?screen=live&class=${classId}`, big);
      const gym = await world.page(`/?screen=gym&class=${classId}`, { ...big, viewport: { width: 1920, height: 1080 } });
      const logs = [];
      for (const round of [1, 2]) {
        await wellBeforeWindow(rules);
        const riders = world.startRiders(`round-${round}`, [
          '--classes',
          classId,
          '--racers',
          18,
          '--first-racer',
          100,
          '--ack',
          '--start',
          'next',
          '--stagger',
          8,
          '--seed',
          round,
          '--loss',
          0.05,
        ]);
        logs.push(riders.log);
        const { raceId } = await until('the race is open', async () =>
          (await world.client.query('now')).classes.find((course) => course.classId === classId).races.at(-1),
        );
        await until(
          'both show it',
          async () =>
            (await live.getByText(`race ${raceId}`).isVisible()) && (await gym.locator('.gym.live [data-as-of] [data-racer]').count()) > 10,
          { seconds: 30 },
        );
        const seen = { live: [], gym: [] };
        const slider = live.getByRole('slider', { name: 'Second at which all are compared' });
        while (riders.running) {
          for (const [who, page] of Object.entries({ live, gym })) {
            const shown = await look(page).catch(() => null);
            if (shown && shown.rows.length > 0) seen[who].push(shown);
          }
          // From the eighth look on at a second of the spectator's choice.
          if (seen.live.length === 8) {
            await slider.fill('5');
            await until('it is the fifth second', async () => (await look(live)).second === 5);
          }
          await new Promise((resolve) => setTimeout(resolve, 400));
        }
        assert.equal(await riders.ended, 0, riders.report);
        await live.getByRole('button', { name: /Go along|Result/ }).click();

        const sent = await readLog(riders.log);
        let compared = 0;
        let below = 0;
        const seconds = new Set();
        for (const [who, looks] of Object.entries(seen))
          for (const { second, asOf, title, rows } of looks) {
            const rides = fold(sent, rules, { marks: new Map([[`${classId}/${raceId}`, asOf + 1]]) }).races.get(`${classId}/${raceId}`);
            if (!rides || !title.includes(`at ${minutes(second)}`)) continue; // the race of before, or its result
            const furthest = rides.map((ride) => Math.max(...ride.slots.keys()));
            // Half of whom, depends on who is silent for two seconds on a busy machine; it is where somebody is.
            if (who === 'gym') assert.ok(furthest.includes(second), `second ${second} of ${furthest}`);
            const expected = momentOf(rides, second, scoringOf(rules, classId));
            const byOutput = scoringOf(rules, classId) === 'output';
            const figure = (row) =>
              !byOutput ? row.total : (row.score ?? outputOf(rides.find(({ racerId }) => racerId === row.racerId).slots.get(row.second)));
            assert.deepEqual(
              rows.map(({ racerId, rank, value }) => [racerId, rank, value]),
              expected.map((row) => [row.racerId, rankText(expected, row), written(figure(row))]),
              `${who} at second ${second} as of ${asOf}`,
            );
            for (const [i, row] of expected.entries()) {
              if (row.rank === null) assert.equal(rows[i].detail, `at ${minutes(row.second)}`);
              else if (round === 1) assert.equal(rows[i].detail, '', 'no all-time rank without a history');
              else assert.match(rows[i].detail, /^[\d,]+(st|nd|rd|th)$/);
            }
            assert.equal(/ridden here before/.test(title), round === 1, title);
            compared += 1;
            below += expected.filter(({ rank }) => rank === null).length;
            seconds.add(second);
          }
        assert.ok(compared >= 10 && below > 0, `${compared} rankings compared, ${below} rows below`);
        assert.ok(seconds.size >= 4, `at seconds ${[...seconds]}`);
        t.diagnostic(
          `round ${round}: ${compared} rankings compared, at seconds ${[...seconds].sort((a, b) => a - b)}; ${below} rows had not reached theirs`,
        );
        const [last] = seen.live.slice(-1);
        assert.equal(last.second, 5, 'the second that was chosen stays');
        await until('the race is closed', async () => (await world.client.query(`race.${classId}.${raceId}`)).state === 'closed');
      }
      assert.deepEqual([live.faults, gym.faults], [[], []]);
    });
    try {
      await body();
    } finally {
      await world.stop();
    }
  });
