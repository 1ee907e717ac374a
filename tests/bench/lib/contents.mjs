// Whether contenders say the same, not only as much.

import assert from 'node:assert/strict';

/**
 * The same riders for Alleycat with its journal, for the Redis rival and for the bare loop: every complete ranking must have the same
 * checksum over rank, racer, total and all-time rank of each row.
 * @param {import('./arena.mjs').Arena} arena
 */
export async function sameContents(arena, { riders, seconds, raceSize = 1000, historyRacers = 2_000, classes = 2 }) {
  const seen = {};
  for (const name of ['durable', 'redis', 'bare']) {
    const file = arena.world.path(`tables-${name}`);
    const figures = await arena.run(name, ['--riders', riders, '--seconds', seconds, '--tables', file], {
      historyRacers,
      classes,
      raceSize,
    });
    assert.equal(figures.missing, 0, `${name} left out a second`);
    seen[name] = arena.tables(file);
    assert.equal(seen[name].size, Math.ceil(riders / raceSize) * seconds, `${name}: as many rankings as seconds of races`);
    for (const [of, table] of seen[name]) assert.equal(table.stale, 0, `${name}: all-time ranks are missing in ${of}`);
  }
  for (const other of ['redis', 'bare'])
    for (const [of, table] of seen.durable)
      assert.equal(seen[other].get(of)?.checksum, table.checksum, `${other} and Alleycat differ in class, race, second ${of}`);
}
