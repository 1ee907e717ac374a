// Names are text, whatever they look like.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { until } from '../e2e/lib/until.mjs';
import { PageWorld } from './lib/page_world.mjs';
import { windowOpens } from './lib/rider.mjs';

const rules = completeRules({
  window_seconds: 12,
  ride_seconds: 6,
  grace_seconds: 6,
  classes: [
    { id: 1, score: 'total' },
    { id: 2, score: 'total' },
  ],
});

const names = [
  '<img src=x onerror="alert(1)">',
  '</script><script>alert(2)</script>',
  '{{ constructor.constructor("alert(3)")() }}',
  'javascript:alert(4)',
  'W'.repeat(64),
  '\u{1f6b4}'.repeat(16),
  'مرحبا يا عمر 123',
  'שלום (עולם) 45.6',
  'a"b\'c`d&amp;e\\f',
  '   ',
].map((name, i) => ({ racerId: 101 + i, name }));
/** The server takes none of these; somebody else on the wire might. */
const forged = [
  { racerId: 201, name: 'evil\u202Etxt.exe' },
  { racerId: 202, name: 'line\u2028break\u0007' },
  { racerId: 203, name: '\u2067'.repeat(60) },
];

test('names made of markup, other directions and 64 bytes are shown as they are and do nothing', async (t) => {
  const world = await PageWorld.start(rules);
  const body = world.guarded(async () => {
    const page = await world.page('/?screen=live&class=1');
    const dialogs = [];
    page.on('dialog', (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));

    await windowOpens(rules);
    const begin = Date.now();
    const raceId = Math.floor(begin / 1000 / rules.window_seconds);
    const taken = [];
    for (let second = 1; second <= rules.ride_seconds; second += 1) {
      await until('the second is over', () => Date.now() >= begin + 1000 * second, { everyMs: 20 });
      for (const { racerId, name } of names) {
        const update = {
          event: 'update',
          deviceTimestamp: begin + 1000 * second,
          second,
          raceId,
          racerId,
          classId: 1,
          name,
          cadence: 60 + (racerId % 40),
          resistance: 40,
        };
        const answer = await world.client.ask(`alleycat.update.1.${racerId}`, update);
        assert.equal(answer.ok, true, `${name}: ${JSON.stringify(answer)}`);
        if (second === 1) taken.push(racerId);
      }
    }
    for (const { racerId, name } of forged) {
      const update = {
        event: 'update',
        deviceTimestamp: begin + 1000,
        second: 1,
        raceId,
        racerId,
        classId: 1,
        name,
        cadence: 60,
        resistance: 40,
      };
      assert.equal((await world.client.ask(`alleycat.update.1.${racerId}`, update)).error, 'bad_name', name);
    }

    /** Each of them stands in its cell, word for word, within its column, beside figures that read from left to right. */
    const check = async (at, list, where) => {
      for (const { racerId, name } of list) {
        const row = at.locator(`[role=row][data-racer="${racerId}"]`).first();
        await row.waitFor();
        const seen = await row.evaluate((element) => {
          const cell = element.querySelector('.who');
          const shown = cell.querySelector('a, bdi');
          const box = cell.getBoundingClientRect();
          const value = element.querySelector('.value');
          return {
            text: shown.textContent,
            elements: shown.children.length,
            clipped: box.right <= element.getBoundingClientRect().right + 1 && element.scrollWidth <= element.clientWidth + 1,
            isolated: ['isolate', 'isolate-override', 'plaintext'].includes(getComputedStyle(cell).unicodeBidi),
            value: value.textContent,
            height: element.getBoundingClientRect().height,
            high: parseFloat(getComputedStyle(element).height),
          };
        });
        // What is only blank goes by its number.
        assert.deepEqual(
          [seen.text, seen.elements, seen.clipped, seen.isolated],
          [name.trim() === '' ? `Rider ${racerId}` : name, 0, true, true],
          `${where}: ${name}`,
        );
        assert.match(seen.value, /^[\d,]+\.\d$/);
      }
    };
    await check(page, names, 'live');

    const result = await until('the race is closed', async () => {
      const answer = await world.client.query(`race.1.${raceId}`);
      return answer.state === 'closed' && answer;
    });
    await until('it is on the leaderboard', async () => (await world.client.query('leaderboard.1')).rows.length === names.length);
    for (const view of [`screen=results&class=1&race=${raceId}`, 'screen=leaderboard&class=1', 'screen=gym&class=1']) {
      await page.goto(`${world.httpUrl}/?${view}`);
      await check(page, names, view);
    }

    // A result that no node would publish.
    await page.goto(`${world.httpUrl}/?screen=live&class=2&race=${raceId}`);
    await page.getByText('Online').waitFor();
    const rows = forged.map((rider, i) => ({ ...result.rows[0], ...rider, rank: i + 1, hereNowRank: i + 1, finished: false }));
    await until('the page shows what it is sent', async () => {
      await world.client.nc.publish(`alleycat.race.2.${raceId}.result`, JSON.stringify({ ...result, classId: 2, rows }));
      return page.locator('[data-racer="201"]').first().isVisible();
    });
    await check(page, forged, 'a forged result');

    assert.deepEqual(dialogs, []);
    assert.deepEqual(page.faults, []);
    t.diagnostic(`${names.length + forged.length} names in four views`);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
