// The full size: 1,000 riders, 300 seconds, at real speed. Takes six to eleven minutes, since it waits for a window to begin;
// `ops/test --full` runs it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shippedRules } from '../../oracle/rules.mjs';
import { assertStandings } from '../lib/shape.mjs';
import { verify } from '../lib/verify.mjs';
import { World } from '../lib/world.mjs';

test('a thousand riders ride 300 seconds: all is acknowledged, equal to the oracle, with standings each second', async (t) => {
  const world = await World.start(shippedRules);
  const body = world.guarded(async () => {
    const heard = await world.client.collect('alleycat.race.3.*.standings');
    const log = await world.ride('thousand', ['--classes', 3, '--racers', 1000, '--ack', '--start', 'next', '--stagger', 1]);
    const verdict = await verify(world.client, [log], world.rules, { seconds: 420 });
    assert.ok(verdict.equal, verdict.report);
    assert.equal(verdict.expected.counts.accepted, 300_000);
    assert.deepEqual(
      verdict.expected.races.map((race) => race.ranking.length),
      [1000],
    );
    t.diagnostic(verdict.report);

    const all = heard.map((message) => message.json());
    all.forEach(assertStandings);
    const seconds = new Set(all.map((standings) => standings.second));
    const missing = Array.from({ length: 300 }, (_, i) => i + 1).filter((s) => !seconds.has(s));
    t.diagnostic(`${all.length} standings, none at seconds ${JSON.stringify(missing)}`);
    assert.ok(missing.length <= 15, `standings of ${missing.length} seconds are missing`);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
