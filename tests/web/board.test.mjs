// A full race on the board: 1,000 riders, news each second, by the page's own measurement.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { until } from '../e2e/lib/until.mjs';
import { PageWorld } from './lib/page_world.mjs';

const rules = completeRules({ window_seconds: 30, ride_seconds: 30, grace_seconds: 8, classes: [{ id: 3, score: 'total' }] });
const sorted = (values) => [...values].sort((a, b) => a - b);
const part = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const ms = (value) => `${value.toFixed(1)} ms`;

test('a thousand riders move on the board each second, and the page keeps up', async (t) => {
  const world = await PageWorld.start(rules);
  const body = world.guarded(async () => {
    const riders = world.startRiders('thousand', ['--racers', 1000, '--classes', 3, '--stagger', 5, '--start', 'next', '--ack']);
    const page = await world.page('/?screen=live&class=3&measure');
    await until('all of them are on the board', () => page.getByText('1,000 riders').isVisible(), { seconds: 90 });
    const from = await page.evaluate(() => ({ frames: window.alleycatFrames.frames.length, updates: window.alleycatFrames.updates.length, longTasks: window.alleycatFrames.longTasks.length }));
    await until('fifteen seconds of news', () => page.evaluate((n) => window.alleycatFrames.updates.length >= n, from.updates + 15), { seconds: 60 });
    const { frames, updates, longTasks, rows } = await page.evaluate((first) => ({
      frames: window.alleycatFrames.frames.slice(first.frames),
      updates: window.alleycatFrames.updates.slice(first.updates),
      longTasks: window.alleycatFrames.longTasks.slice(first.longTasks),
      rows: document.querySelectorAll('[role=row][data-racer]').length,
    }), from);
    t.diagnostic(`${frames.length} frames: half within ${ms(part(frames, 0.5))}, 99 % within ${ms(part(frames, 0.99))}, the longest ${ms(Math.max(...frames))}; ${frames.filter((frame) => frame > 50).length} over 50 ms`);
    t.diagnostic(`${updates.length} updates of 1,000 rows: half within ${ms(part(updates, 0.5))}, the longest ${ms(Math.max(...updates))}; tasks of 50 ms and more: ${longTasks.map(ms).join(', ') || 'none'}`);
    t.diagnostic(`${rows} rows in the document`);

    assert.ok(rows < 80, `only rows in sight are in the document, not ${rows}`);
    // Riders, node, nats-server and browser share this machine: what one update costs is the page's own, a single frame may be the machine's.
    assert.ok(part(updates, 0.5) < 50, `half of the updates within 50 ms, not ${ms(part(updates, 0.5))}`);
    assert.ok(part(frames, 0.9) <= 50, `nine of ten frames within 50 ms, not ${ms(part(frames, 0.9))}`);

    // A table that moves can be held.
    await page.getByRole('button', { name: 'Pause' }).click();
    const order = () => page.locator('[role=row][data-racer]').evaluateAll((all) => all.map((row) => row.textContent));
    const before = await order();
    const news = await page.evaluate(() => window.alleycatFrames.updates.length);
    const heard = await world.client.collect('alleycat.race.3.*.standings');
    await until('news came', () => heard.length >= 2);
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
