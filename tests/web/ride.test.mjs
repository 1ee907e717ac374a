// A rider at the page: a whole race, and what may happen in the middle of one. The figures are the oracle's.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { watchBadge } from './lib/badge.mjs';
import { PageWorld } from './lib/page_world.mjs';
import { rankOn, secondsRidden, startRace, untilResult, wellBeforeWindow, windowOpens } from './lib/rider.mjs';
import { tap } from './lib/tap.mjs';

/** Twenty-second races with time enough to come back from an outage. */
const rules = completeRules({
  window_seconds: 20,
  ride_seconds: 20,
  grace_seconds: 15,
  classes: Array.from({ length: 6 }, (_, i) => ({ id: i + 1, score: 'total' })),
});
const me = { name: 'Ada Lovelace', racerId: 7777 };
const oneDecimal = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
/** A score of the oracle, as the page writes it. */
const written = (units) => oneDecimal.format(units / 10_000);

/** What happens about eight seconds into the ride. */
const disturbances = {
  'the page is loaded again': async (world, page) => {
    await page.reload();
  },
  'nats-server is restarted': async (world) => {
    await world.nats.kill();
    await sleep(1500);
    await world.startNats();
  },
  'the node is killed and comes back': async (world, page) => {
    await world.node.kill();
    // Long enough for updates to wait in vain, and for the page to say that it shows what was.
    const badge = await watchBadge(page);
    await until('the page says that there is no news', async () => (await badge()).now);
    await world.startNode();
    await until('there is news again', async () => !(await badge()).now);
  },
};

describe('a rider at the page', () => {
  /** @type {PageWorld} */
  let world;
  before(async () => {
    world = await PageWorld.start(rules);
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  /** Rides a race in a class of its own among `racers` others, with something happening in between. */
  async function ride(classId, course, racers, { disturb = undefined, during = undefined } = {}) {
    const page = await world.page(`/?screen=start&class=${classId}`);
    const heard = await tap(world.client, classId, me.racerId, world.path(`page-${classId}.ndjson`));
    await page.getByRole('button', { name: 'Start race' }).waitFor();
    await wellBeforeWindow(rules);
    const others = world.startRiders(`class-${classId}`, [
      '--classes',
      classId,
      '--racers',
      racers,
      '--first-racer',
      classId * 1000,
      '--ack',
      '--start',
      'next',
    ]);
    await windowOpens(rules);
    await startRace(page, { ...me, course });
    await during?.(page);
    if (disturb) {
      await until('the ride is well on its way', async () => (await secondsRidden(page)) >= 8);
      await disturb(world, page);
    }
    await untilResult(page);
    assert.equal(await others.ended, 0, others.report);
    const verdict = await verify(world.client, [others.log, heard.log], rules, { presume: true });
    assert.ok(verdict.equal, verdict.report);
    const [race] = verdict.expected.races;
    assert.equal(verdict.expected.races.length, 1, 'the page rode in the same race as the others');
    const mine = race.ranking.find(({ racerId }) => racerId === me.racerId);
    assert.equal(mine.seconds, rules.ride_seconds, 'no second was lost');
    assert.equal(mine.name, me.name);
    return { page, race, mine, heard, verdict };
  }

  scenario('rides a whole race among 200, sees the rank change, and stands in result and leaderboard as the oracle says', async (t) => {
    const seen = { here: new Set(), all: new Set() };
    let provisional = '';
    const { page, race, mine, verdict } = await ride(3, 'Old Town Twist', 200, {
      async during(at) {
        await until(
          'the ride is over',
          async () => {
            // The plate goes when the ride is over: who waits for it long misses what comes then.
            seen.here.add(await rankOn(at, 'Here now', 500).catch(() => null));
            return at.getByRole('region', { name: 'Finish' }).isVisible();
          },
          { seconds: 60, everyMs: 150 },
        );
        await at.getByText('Provisional: everybody is through. The result is final at').waitFor();
        provisional = await at.getByRole('region', { name: 'Finish' }).innerText();
      },
    });
    assert.ok([...seen.here].filter((rank) => rank !== null).length >= 3, `ranks seen: ${[...seen.here]}`);
    t.diagnostic(`ranks seen: ${[...seen.here]}; in the end ${mine.rank} of ${race.ranking.length}`);

    const finish = await page.getByRole('region', { name: 'Finish' }).innerText();
    const place = new RegExp(`^${mine.rank}(st|nd|rd|th) of 201 with ${written(mine.total).replace('.', '\\.')}$`, 'm');
    assert.match(provisional, place, 'seen before it was final');
    assert.match(finish, place);
    assert.match(finish, /20 of 20 seconds were acknowledged/);

    await page.getByRole('link', { name: 'See the results' }).click();
    const row = page.locator(`[role=row][data-racer="${me.racerId}"]`);
    await page.keyboard.press('j');
    await page
      .locator('.mine')
      .click()
      .catch(() => undefined);
    await row.waitFor();
    assert.equal(await row.locator('.rank').innerText(), String(mine.rank));
    assert.equal(await row.locator('.detail').innerText(), '20/20');
    assert.equal(await row.locator('.value').innerText(), written(mine.total));
    const [winner] = race.ranking;
    assert.equal(await page.locator('.podium .place-1 .muted').innerText(), written(winner.total));

    await page.getByRole('link', { name: 'Leaderboard' }).click();
    const record = verdict.expected.leaderboard[3].find(({ racerId }) => racerId === me.racerId);
    const around = page.getByRole('region', { name: 'Around me' }).first().locator('[role=row].me');
    await around.waitFor();
    assert.equal(await around.locator('.rank').innerText(), String(record.rank));
    assert.equal(await around.locator('.value').innerText(), written(record.score));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  let classId = 3;
  for (const [what, disturb] of Object.entries(disturbances)) {
    const mineClass = (classId += 1);
    const course = { 4: 'Quarry Ramp', 5: 'Ridge Traverse', 6: 'Summit Hairpins' }[mineClass];
    scenario(`loses no second when ${what} in mid-race`, async (t) => {
      const { page, mine, heard, race } = await ride(mineClass, course, 40, { disturb });
      const again = [...heard.sent.values()].reduce((sum, sendings) => sum + sendings.length - 1, 0);
      t.diagnostic(`${mine.rank} of ${race.ranking.length}, ${again} updates sent again`);
      if (what.includes('node')) assert.ok(again > 0, 'what nobody answered was sent again');
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }

  scenario('can do everything with the keyboard, and takes the bike over with the arrows', async () => {
    const page = await world.page('/?screen=start&class=1');
    await page.getByLabel('Name', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Start race' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'To the content');
    await page.keyboard.press('Enter');
    const type = async (text) => {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    };
    await type('');
    await type('Keyboard Kate');
    await type('4242');
    const focused = () => page.evaluate(() => document.activeElement.closest('button')?.textContent?.trim() ?? '');
    for (let i = 0; i < 40 && (await focused()) !== 'Start race'; i += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('timer', { name: 'Time left' }).waitFor();
    await until('a second is ridden', async () => (await secondsRidden(page)) >= 1);
    await page.locator('body').press('ArrowUp');
    await until('the sliders are in charge', () =>
      page
        .getByRole('button', { name: 'Sliders' })
        .getAttribute('aria-pressed')
        .then((is) => is === 'true'),
    );
    const before = Number(await page.getByRole('slider', { name: 'Cadence' }).inputValue());
    await page.locator('body').press('ArrowRight');
    await until(
      'a turn more',
      async () => Number(await page.getByRole('slider', { name: 'Cadence' }).inputValue()) === Math.min(150, Math.round(before + 1)),
    );
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  scenario('starting anew before the last ride is settled asks first, and waiting loses nothing', async () => {
    const page = await world.page('/?screen=start&class=2');
    await page.getByRole('button', { name: 'Start race' }).waitFor();
    await page.evaluate(() => {
      window.alleycatWrites = 0;
      const set = Storage.prototype.setItem;
      Storage.prototype.setItem = function (key, value) {
        if (key === 'alleycat.ride') window.alleycatWrites += 1;
        return set.call(this, key, value);
      };
    });
    await startRace(page, { name: 'In A Hurry', racerId: 556, course: 'River Rollers' });
    await until('the ride is nearly over', async () => (await secondsRidden(page)) >= rules.ride_seconds - 3);
    // Each second once before it is sent, and now and then what became of it: not each answer and each view.
    const [ridden, writes] = [await secondsRidden(page), await page.evaluate(() => window.alleycatWrites)];
    assert.ok(writes >= ridden && writes <= 2 * ridden + 6, `${writes} times stored in ${ridden} seconds`);

    await world.node.kill();
    await page.getByRole('region', { name: 'Finish' }).waitFor();
    await page.getByRole('link', { name: 'Alleycat' }).click();
    await page.getByText('of your last ride are still to be acknowledged').waitFor();
    await page.getByRole('button', { name: 'Start race' }).click();
    const dialog = page.getByRole('dialog', { name: 'Start anew before the last ride is settled?' });
    await dialog.getByRole('button', { name: 'Wait' }).click();
    await world.startNode();
    await until('all is acknowledged', async () => (await page.getByText('of your last ride').count()) === 0);
    await page.goto(`${world.httpUrl}/?screen=ride`);
    await untilResult(page);
    assert.match(await page.getByRole('region', { name: 'Finish' }).innerText(), /20 of 20 seconds were acknowledged/);
    await page.getByRole('button', { name: 'Ride again' }).click();
    await page.getByRole('button', { name: 'Start race' }).click();
    await page.getByRole('timer', { name: 'Time left' }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  scenario('a second tab does not ride the same race again', async () => {
    const page = await world.page('/?screen=start&class=2');
    await page.getByRole('button', { name: 'Start race' }).waitFor();
    await startRace(page, { name: 'Two Tabs', racerId: 555, course: 'River Rollers' });
    const other = await page.context().newPage();
    await other.goto(`${world.httpUrl}/?screen=ride`);
    await other.getByText('You are riding in another tab').waitFor();
    await other.getByRole('button', { name: 'Ride here instead' }).click();
    await other.getByRole('timer', { name: 'Time left' }).waitFor();
    await page.getByText('You are riding in another tab').waitFor();
    await page.context().close();
  });
});
