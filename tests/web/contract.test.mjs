// What is not as the contract says does nothing to the page: it is left out, counted, and said in the console once a kind. The contract
// itself is a page too.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { until } from '../e2e/lib/until.mjs';
import { Document } from '../contract/lib/document.mjs';
import { violations } from './lib/axe.mjs';
import { PageWorld } from './lib/page_world.mjs';

const rules = completeRules({ window_seconds: 60, ride_seconds: 60, grace_seconds: 8, classes: [{ id: 2, score: 'total' }] });
const raceId = 5400172;
const table = (name, asOf, more = {}) => ({
  classId: 2,
  raceId,
  epoch: 1,
  asOf,
  ts: Date.now(),
  state: 'running',
  second: 13,
  racers: 1,
  reported: 1,
  finished: 0,
  rows: [
    {
      rank: 1,
      hereNowRank: 1,
      racerId: 8,
      name,
      second: 13,
      seconds: 13,
      output: 151.788,
      total: 1973.244,
      finished: false,
      allTimeRank: null,
    },
  ],
  ...more,
});

test('a message that is not as it should be does nothing to the page, and is counted', async (t) => {
  const world = await PageWorld.start(rules);
  const body = world.guarded(async () => {
    const page = await world.page(`/?screen=results&class=2&race=${raceId}`);
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(`${world.httpUrl}/?screen=live&class=2&race=${raceId}`);
    await page.getByText('Online').waitFor();
    const say = (subject, message) => world.client.nc.publish(subject, typeof message === 'string' ? message : JSON.stringify(message));
    const result = `alleycat.race.2.${raceId}.result`;
    let sent = 0;
    const sayWrong = (subject, message) => ((sent += 1), say(subject, message));
    await until('the page listens, and says so of the first wrong message', () => {
      if (said.length === 0) sayWrong(result, 'nonsense');
      return said.some((text) => text.includes('is left out'));
    });

    const wrong = table('Bob Wrong', 1_000_000, { state: 'closed' });
    const [row] = wrong.rows;
    const bad = [
      'nonsense',
      '{',
      '',
      'null',
      [wrong],
      { ...wrong, rows: undefined },
      { ...wrong, rows: null },
      { ...wrong, rows: [row, null] },
      { ...wrong, rows: [{ ...row, total: '1973.244' }] },
      { ...wrong, rows: [{ ...row, name: { first: 'Bob' } }] },
      { ...wrong, rows: [{ ...row, rank: 0 }] },
      { ...wrong, state: 'won' },
      { ...wrong, epoch: -1 },
      { ...wrong, second: 1.5 },
    ];
    await page.evaluate(() => {
      window.alleycatWrong = 0;
      new MutationObserver(() => (window.alleycatWrong += document.body.innerText.includes('Bob Wrong') ? 1 : 0)).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    for (const message of bad) for (const part of ['result', 'top']) sayWrong(`alleycat.race.2.${raceId}.${part}`, message);
    sayWrong('alleycat.event.race_opened', { event: 'race_opened', classId: 'two' });
    // What is as it should be is shown, and comes after all of the others.
    say(result, table('Ada Right', 1, { state: 'closed' }));
    await page.locator('[data-racer="8"]').first().getByText('Ada Right').waitFor();
    assert.equal(await page.evaluate(() => window.alleycatWrong), 0, 'nothing of a wrong message was ever seen');

    await page.keyboard.press('m');
    await page.getByText(`${sent} were not as the contract says`).waitFor();
    const left = said.filter((text) => text.includes('is left out'));
    assert.deepEqual(left.map((text) => text.split(' ')[0]).sort(), ['event', 'standings'], left.join('\n'));
    assert.match(left.join('\n'), new RegExp(`standings on alleycat\\.race\\.2\\.${raceId}\\.(result|top) is left out: is no JSON`));
    assert.deepEqual(page.faults, [], 'the page takes no harm');
    t.diagnostic(`${sent} wrong messages: ${left.join(' / ')}`);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});

test('the node serves the contract as a page: all of it, without a script, within the policy', async (t) => {
  const { channels, components } = new Document().api;
  const world = await PageWorld.start(rules);
  const body = world.guarded(async () => {
    const answer = await fetch(`${world.httpUrl}/docs/api`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'; script-src 'self'; style-src 'self';/);
    const html = await answer.text();
    const names = (kind) => [...html.matchAll(new RegExp(` data-${kind}="(\\w+)"`, 'g'))].map(([, name]) => name).sort();
    assert.deepEqual(names('channel'), Object.keys(channels).sort());
    assert.deepEqual(names('message'), Object.keys(components.messages).sort());
    assert.deepEqual(names('schema'), Object.keys(components.schemas).sort());

    const page = await world.page('/docs/api', { javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
    await page.getByRole('link', { name: 'alleycat.race.{classId}.{raceId}.standings' }).click();
    await page.getByRole('heading', { name: 'The whole field' }).waitFor();
    assert.match(page.url(), /#channel-standings$/);
    await world.picture(page, 'contract-desktop');
    // The style is there: it may come from the node alone.
    const read = await world.page('/docs/api', { colorScheme: 'dark' });
    assert.equal(await read.locator('nav').evaluate((nav) => getComputedStyle(nav).position), 'sticky');
    assert.deepEqual(await violations(read), []);
    await read.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await violations(read), []);
    await read.setViewportSize({ width: 320, height: 640 });
    assert.ok((await read.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'nothing sticks out at 320 px');
    assert.deepEqual([page.faults, read.faults], [[], []]);

    // From the view of messages it is one click away.
    const messages = await world.page('/?screen=messages');
    const [opened] = await Promise.all([
      messages.waitForEvent('popup'),
      messages.getByRole('link', { name: 'What each of them means' }).click(),
    ]);
    await opened.getByRole('heading', { name: 'Subjects and messages' }).waitFor();
    t.diagnostic(`${names('channel').length} channels, ${names('message').length} messages, ${names('schema').length} schemas`);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
