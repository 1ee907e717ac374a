// A history to begin with: past races through a node that does not look at the clock, and then a node that does.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { outputOf } from '../oracle/oracle.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { readJournal } from './lib/journal.mjs';
import { exact } from './lib/tables.mjs';
import { programPath, World } from './lib/world.mjs';

const day = 86_400;

test('past races are closed at once, and a node by the clock answers with them', async () => {
  const world = await World.start(completeRules({ admit: 'any' }));
  const body = world.guarded(async () => {
    const riders = world.run('past', programPath('alleycat-sim'), [
      '--nats',
      world.natsUrl,
      '--past',
      '8',
      '--racers',
      '20',
      '--classes',
      '1-2',
    ]);
    assert.equal(await riders.ended, 0, riders.report);
    const [, races, rides, updates] = /^(\d+) past races, (\d+) rides, (\d+) updates in /.exec(riders.stdout).map(Number);
    assert.equal(races, 16);
    assert.equal(updates, rides * 300);

    await world.node.stop();
    await world.startNode('node-1', ['--race.admit', 'live']);
    let seen = 0;
    for (const classId of [1, 2]) {
      const { rows: closed } = await world.client.query(`races.${classId}`, { limit: 100 });
      assert.equal(closed.length, 8);
      const journal = await readJournal(
        world.client,
        closed.map(({ raceId }) => ({ classId, raceId })),
        { ...world.rules, admit: 'any' },
      );
      const best = new Map();
      for (const { raceId } of closed) {
        const totals = new Map();
        for (const { racerId, cadence, resistance } of journal.updates.filter((update) => update.raceId === raceId))
          totals.set(racerId, (totals.get(racerId) ?? 0) + outputOf({ cadence, resistance }));
        const expected = [...totals].sort(([a, x], [b, y]) => y - x || a - b);
        const { rows, state } = await world.client.query(`race.${classId}.${raceId}`);
        assert.equal(state, 'closed');
        assert.deepEqual(
          rows.map((row) => [row.racerId, exact(row.total)]),
          expected,
        );
        assert.ok(rows.every((row) => row.finished && row.seconds === 300));
        seen += rows.length;
        for (const [racerId, total] of totals) best.set(racerId, Math.max(total, best.get(racerId) ?? 0));
      }
      const { rows: board } = await world.client.query(`leaderboard.${classId}`, { limit: 100 });
      assert.deepEqual(new Map(board.map((row) => [row.racerId, exact(row.total)])), best);

      const age = (raceId) => Date.now() / 1000 - raceId * 300;
      const ages = closed.map(({ raceId }) => age(raceId)).sort((a, b) => a - b);
      assert.ok(ages[0] > 600 && ages[0] < 3000, `the latest is ${ages[0]} s old`);
      assert.ok(ages.at(-1) > 14 * day && ages.at(-1) < 16 * day, `the oldest is ${ages.at(-1)} s old`);
    }
    assert.equal(seen, rides);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});

test('a node that looks at the clock refuses past races, and the riders say so', async () => {
  const world = await World.start(completeRules({}));
  const body = world.guarded(async () => {
    const riders = world.run('past', programPath('alleycat-sim'), ['--nats', world.natsUrl, '--past', '2', '--racers', '3']);
    assert.equal(await riders.ended, 1);
    assert.match(riders.stderr, /^alleycat-sim: refused: [^\n]+ \(past races need a node with race\.admit any\)\n$/);
  });
  try {
    await body();
  } finally {
    await world.stop();
  }
});
