// The owner of the rider's race is killed in mid-race: page, spectators, `alleycat watch` and riders go on, with nothing of the old owner.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sleep, until } from '../e2e/lib/until.mjs';
import { exact } from '../e2e/lib/tables.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { programPath } from '../e2e/lib/world.mjs';
import { watchBadge } from './lib/badge.mjs';
import { ordinal, written } from './lib/figures.mjs';
import { PageCluster } from './lib/page_world.mjs';
import { secondsRidden, startRace, untilResult, wellBeforeWindow, windowOpens } from './lib/rider.mjs';
import { tap } from './lib/tap.mjs';

const me = { name: 'Ada Lovelace', racerId: 7777 };
const course = 'Harbour Flat';
const signed = (units) => {
  const size = (Math.abs(units) / 10_000).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return size === '0.0' ? '±0.0' : `${units > 0 ? '+' : '−'}${size}`;
};
/** Somebody who rides only in what an owner of before says. */
const phantom = 'Phantom of an old epoch';

test('a rider’s page goes on when the owner of the race is killed: no reload, no row of the old owner, the ghost comes back', async (t) => {
  const world = await PageCluster.startCluster();
  const body = world.guarded(async () => {
    const { rules } = world;
    // A first race, so that there is a leader to race against.
    const riders = ['--classes', 1, '--racers', 20, '--first-racer', 100, '--ack', '--start', 'next'];
    const first = await world.ride('first', [...riders, '--seed', 1]);
    const past = await verify(world.client, [first], rules);
    assert.ok(past.equal, past.report);
    const [leader] = past.expected.leaderboard[1];
    const curve = past.expected.races[0].rides[leader.racerId].score;

    const { classes } = await world.client.query('cluster');
    const { owner: victim, epoch } = classes.find(({ classId }) => classId === 1);
    world.httpUrl = [...world.nodes].find(([name]) => name !== victim)[1].http;
    const page = await world.page('/?screen=start&class=1');
    const spectator = await world.page('/?screen=live&class=1');
    const heard = await tap(world.client, 1, me.racerId, world.path('page.ndjson'));
    const views = await world.client.collect(`alleycat.racer.${me.racerId}.view`);
    const watch = world.run('alleycat watch', programPath('alleycat'), ['watch', 'race', '1', '--nats', world.natsUrl, '--rows', '50']);
    await page.getByRole('button', { name: 'Start race' }).waitFor();
    await wellBeforeWindow(rules);
    const others = world.startRiders('second', [...riders, '--seed', 2]);
    await windowOpens(rules);
    await startRace(page, { ...me, course, ghost: 'The leader' });
    const ghost = page.locator('[data-gap="Ghost"] .figure');
    const badge = await watchBadge(page);
    const spectatorBadge = await watchBadge(spectator);
    await page.evaluate(() => (window.alleycatSameDocument = true));
    await until(
      'the ride is well on its way, with the ghost',
      async () => (await secondsRidden(page)) >= 5 && /\d/.test(await ghost.innerText()),
    );

    const killed = Date.now();
    const killedAt = await secondsRidden(page);
    await world.killNode(victim);
    const next = await until('a view by a higher epoch', () => views.find((message) => message.json().epoch > epoch));
    const gap = next.at - Math.max(...views.filter(({ at }) => at <= killed).map(({ at }) => at));
    assert.equal(next.json().ghost, null, 'who takes over knows of no ghost');
    const again = await until('the ghost is back', () =>
      views.map((message) => message.json()).find((view) => view.epoch > epoch && view.ghost !== null),
    );

    // What the old owner might still say, as a zombie would.
    const old = { ...next.json(), epoch, asOf: next.json().asOf + 1_000_000, ghost: null };
    const row = {
      rank: 1,
      hereNowRank: 1,
      racerId: 999_999,
      name: phantom,
      second: 20,
      seconds: 20,
      output: 1,
      total: 999_999,
      finished: false,
      allTimeRank: 1,
    };
    const table = {
      classId: 1,
      raceId: old.raceId,
      epoch,
      asOf: old.asOf,
      ts: Date.now(),
      state: 'running',
      second: 20,
      racers: 1,
      reported: 1,
      finished: 0,
      rows: [row],
    };
    const ghostRow = { rank: 1, racerId: row.racerId, name: phantom, score: 999_999 };
    for (let i = 0; i < 10; i += 1) {
      world.client.nc.publish(
        `alleycat.racer.${me.racerId}.view`,
        JSON.stringify({ ...old, hereNow: { rank: 1, of: 1, rows: [ghostRow] }, allTime: { rank: 1, of: 1, rows: [ghostRow] } }),
      );
      for (const part of ['standings', 'top']) world.client.nc.publish(`alleycat.race.1.${old.raceId}.${part}`, JSON.stringify(table));
      for (const [who, at] of Object.entries({ page, spectator }))
        assert.ok(!(await at.locator('body').innerText()).includes(phantom), `${who} shows a row of an old epoch`);
      await sleep(50);
    }
    await until('the ghost’s gap stands on the page as it was told', async () => {
      const shown = await ghost.innerText();
      return views.some((message) => {
        const view = message.json();
        return view.epoch > epoch && view.ghost !== null && signed(exact(view.ghost.delta)) === shown;
      });
    });
    await until('nothing is stale any more', async () => !(await badge()).now && !(await spectatorBadge()).now);
    const stale = await badge();
    // The badge comes after three seconds without news, and goes with the next; how long it takes is up to the cluster.
    if (gap > 4000) assert.ok(stale.shown > 0, `no badge in ${gap} ms without news`);
    if (gap < 2900) assert.equal(stale.shown, 0, `a badge after ${gap} ms`);

    await untilResult(page);
    assert.equal(await page.evaluate(() => window.alleycatSameDocument), true, 'the page was not loaded again');
    assert.equal(await others.ended, 0, others.report);
    const verdict = await verify(world.client, [first, others.log, heard.log], rules, { presume: true });
    assert.ok(verdict.equal, verdict.report);
    const race = verdict.expected.races.find(({ raceId }) => raceId === old.raceId);
    const mine = race.ranking.find(({ racerId }) => racerId === me.racerId);
    assert.equal(mine.seconds, rules.ride_seconds, 'no second was lost');
    const finish = await page.getByRole('region', { name: 'Finish' }).innerText();
    assert.ok(finish.includes(`${ordinal(mine.rank)} of ${race.ranking.length} with ${written(mine.total)}`), finish);

    // The gap of every second is the one to the leader's ride, before and after.
    const withGhost = views.map((message) => message.json()).filter((view) => view.ghost !== null);
    for (const { second, total, ghost: seen } of withGhost) {
      assert.equal(exact(seen.total), curve[second - 1], `the leader at second ${second}`);
      assert.equal(exact(seen.delta), exact(total) - curve[second - 1]);
    }

    await until('the command shows the result', () => watch.stdout.includes('FINAL'));
    const blocks = watch.stdout.split('\n\n');
    assert.ok(!watch.stdout.includes(phantom), 'alleycat watch shows a row of an old epoch');
    assert.ok(
      blocks.some((block) => block.includes(me.name)),
      'alleycat watch shows the rider',
    );
    await watch.stop('SIGINT');
    assert.deepEqual([page.faults, spectator.faults], [[], []]);
    t.diagnostic(
      `${victim} killed at second ${killedAt}; ${gap} ms between two views, badge shown ${stale.shown} times; ghost again at second ${again.second}; ${withGhost.length} gaps compared`,
    );
    await page.context().close();
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
