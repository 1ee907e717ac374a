// Every view at every size, in both colours: nothing keeps anybody out, nothing sticks out, and a picture of each.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { until } from '../e2e/lib/until.mjs';
import { violations } from './lib/axe.mjs';
import { PageWorld } from './lib/page_world.mjs';
import { secondsRidden, startRace, untilResult, windowOpens } from './lib/rider.mjs';

const rules = completeRules({
  window_seconds: 40,
  ride_seconds: 40,
  grace_seconds: 8,
  classes: Array.from({ length: 6 }, (_, i) => ({ id: i + 1, score: 'total' })),
});
const me = { name: 'Ada Lovelace', racerId: 7777 };
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 }, gym: { width: 1920, height: 1080 } };

describe('the look', () => {
  /** @type {PageWorld} */
  let world;
  /** The page that has ridden. */
  let page;
  let result;

  before(async () => {
    world = await PageWorld.start(rules);
    try {
      // A first race, so that there is a history; the page rides in it.
      page = await world.page('/?screen=start&class=3', { reducedMotion: 'reduce' });
      const others = world.startRiders('first', ['--classes', '3', '--racers', 120, '--first-racer', 1, '--ack', '--start', 'next']);
      await windowOpens(rules);
      await startRace(page, { ...me, course: 'Old Town Twist' });
      await untilResult(page, 150);
      await others.ended;
      result = await until('the race is listed', async () => (await world.client.query('races.3', { limit: 1 })).rows[0]);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  /** One view in all sizes and colours, at 320 px, and by axe. */
  async function examine(view, name, only = Object.keys(sizes)) {
    const faults = [];
    for (const theme of ['dark', 'light']) {
      await view.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      for (const size of only) {
        await view.setViewportSize(sizes[size]);
        await view.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        await world.picture(view, `${name}-${size}-${theme}`);
        faults.push(...(await violations(view)).map((line) => `${size} ${theme}: ${line}`));
      }
    }
    await view.setViewportSize({ width: 320, height: 640 });
    const over = await view.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) faults.push(`at 320 px it is ${over} px too wide`);
    await view.setViewportSize(sizes.desktop);
    assert.deepEqual(faults, []);
  }

  scenario('after the ride', () => examine(page, 'finish'));

  scenario('during a ride, against one’s best', async () => {
    const others = world.startRiders('second', [
      '--classes',
      '3',
      '--racers',
      160,
      '--first-racer',
      1,
      '--ack',
      '--start',
      'next',
      '--stagger',
      5,
      '--seed',
      4,
    ]);
    await page.getByRole('button', { name: 'Ride again' }).click();
    await page.getByRole('button', { name: 'Start race' }).waitFor();
    await examine(page, 'start');
    await windowOpens(rules);
    await startRace(page, { ...me, course: 'Old Town Twist', ghost: 'My best' });
    await until('the ride is on', async () => (await secondsRidden(page)) >= 14);
    await examine(page, 'ride');
    const spectator = await world.page('/?screen=live&class=3', { reducedMotion: 'reduce' });
    await spectator.locator('[role=row][data-racer]').first().waitFor();
    await examine(spectator, 'live');
    await spectator.goto(`${world.httpUrl}/?screen=gym&class=3`);
    await spectator.locator('[role=row][data-racer]').first().waitFor();
    await examine(spectator, 'gym');
    assert.deepEqual(spectator.faults, []);
    await spectator.context().close();
    await others.ended;
  });

  const views = {
    results: () => `screen=results&class=3&race=${result.raceId}`,
    replay: () => `screen=results&class=3&race=${result.raceId}&second=20`,
    leaderboard: () => 'screen=leaderboard&class=3',
    today: () => 'screen=leaderboard&class=3&period=today',
    rider: () => `screen=rider&racer=${me.racerId}`,
    messages: () => 'screen=messages',
    nobody: () => 'screen=live&class=2',
    quiet: () => 'screen=gym&class=2',
  };
  for (const [name, address] of Object.entries(views)) {
    scenario(`the view ${name}`, async () => {
      await page.goto(`${world.httpUrl}/?${address()}`);
      await page.getByText('Online').or(page.locator('.gym')).first().waitFor();
      await page.waitForFunction(() => !document.body.innerText.includes('Asking for'));
      await examine(page, name);
    });
  }

  scenario('nothing went wrong in the browser, and no other host was asked', () => assert.deepEqual(page.faults, []));
});
