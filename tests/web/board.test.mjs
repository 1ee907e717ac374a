// A full race on the board: 1,000 riders, news each second. What an update costs is counted in changes of the document, which no machine
// makes more or fewer; times, by the page's own measurement, are printed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { until } from '../e2e/lib/until.mjs';
import { PageWorld } from './lib/page_world.mjs';

const rules = completeRules({ window_seconds: 30, ride_seconds: 60, grace_seconds: 8, classes: [{ id: 3, score: 'total' }] });
const sorted = (values) => [...values].sort((a, b) => a - b);
const part = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const ms = (value) => `${value.toFixed(1)} ms`;

test('a thousand riders move on the board each second, and the page keeps up', async (t) => {
  const world = await PageWorld.start(rules);
  const body = world.guarded(async () => {
    const riders = world.startRiders('thousand', ['--racers', 1000, '--classes', 3, '--stagger', 5, '--start', 'next', '--ack']);
    const page = await world.page('/?screen=live&class=3&measure');
    await until('all of them are on the board', () => page.getByText('1,000 riders').isVisible(), { seconds: 90 });
    const from = await page.evaluate(() => ({
      frames: window.alleycatFrames.frames.length,
      updates: window.alleycatFrames.updates.length,
      longTasks: window.alleycatFrames.longTasks.length,
      checks: window.alleycatFrames.checks.length,
    }));
    await page.evaluate(() => {
      window.alleycatChanges = 0;
      new MutationObserver((changes) => (window.alleycatChanges += changes.length)).observe(document.querySelector('.board'), {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
    });
    await until('fifteen seconds of news', () => page.evaluate((n) => window.alleycatFrames.updates.length >= n, from.updates + 15), {
      seconds: 60,
    });
    const { frames, updates, longTasks, checks, rows, changes } = await page.evaluate(
      (first) => ({
        frames: window.alleycatFrames.frames.slice(first.frames),
        updates: window.alleycatFrames.updates.slice(first.updates),
        longTasks: window.alleycatFrames.longTasks.slice(first.longTasks),
        checks: window.alleycatFrames.checks.slice(first.checks),
        rows: document.querySelectorAll('[role=row][data-racer]').length,
        changes: window.alleycatChanges,
      }),
      from,
    );
    t.diagnostic(
      `${frames.length} frames: half within ${ms(part(frames, 0.5))}, 99 % within ${ms(part(frames, 0.99))}, the longest ${ms(Math.max(...frames))}; ${frames.filter((frame) => frame > 50).length} over 50 ms`,
    );
    t.diagnostic(
      `${updates.length} updates of 1,000 rows: half within ${ms(part(updates, 0.5))}, the longest ${ms(Math.max(...updates))}; tasks of 50 ms and more: ${longTasks.map(ms).join(', ') || 'none'}`,
    );
    t.diagnostic(
      `${checks.length} standings checked against the contract: half within ${part(checks, 0.5).toFixed(2)} ms, the longest ${part(checks, 1).toFixed(2)} ms`,
    );
    t.diagnostic(`${rows} rows in the document; ${Math.round(changes / updates.length)} changes of it in an update`);

    assert.ok(rows < 80, `only rows in sight are in the document, not ${rows}`);
    // A row has at most a dozen things that change; with all thousand of them in the document it would be thousands each time.
    assert.ok(changes > 0 && changes / updates.length < 12 * rows, `${changes} changes of the document in ${updates.length} updates`);

    assert.ok(checks.length >= updates.length, 'each update was checked where it came in');

    // A table that moves can be held.
    await page.getByRole('button', { name: 'Pause' }).click();
    const order = () => page.locator('[role=row][data-racer]').evaluateAll((all) => all.map((row) => row.textContent));
    const before = await order();
    const news = await page.evaluate(() => window.alleycatFrames.updates.length);
    const heard = await world.client.collect('alleycat.query.race.3.*');
    await until('the page was told news', () => heard.length >= 3);
    assert.deepEqual(await order(), before);
    assert.equal(await page.evaluate(() => window.alleycatFrames.updates.length), news);
    assert.deepEqual(page.faults, []);
    await riders.stop();
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
