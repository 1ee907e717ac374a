// What is not as the contract says does nothing to the page: it is left out, counted, and said in the console once for each kind.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { completeRules } from '../oracle/rules.mjs';
import { until } from '../e2e/lib/until.mjs';
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
