// The public messages of docs/contract.md, field by field and in order.

import assert from 'node:assert/strict';

export const standingsFields = ['classId', 'raceId', 'epoch', 'asOf', 'ts', 'state', 'second', 'racers', 'reported', 'finished', 'rows'];
export const rowFields = ['rank', 'hereNowRank', 'racerId', 'name', 'second', 'seconds', 'output', 'total', 'finished', 'allTimeRank'];
export const viewFields = [
  'classId',
  'raceId',
  'racerId',
  'second',
  'output',
  'total',
  'epoch',
  'asOf',
  'hereNow',
  'allTime',
  'best',
  'ghost',
  'missing',
  'refused',
];
export const leaderboardFields = ['rank', 'racerId', 'name', 'total', 'raceId', 'at'];
export const allTimeFields = ['rank', 'racerId', 'name', 'score'];

/**
 * All of the fields are there, in this order; others may stand among them.
 * @param {object} message
 * @param {string[]} fields
 */
export function assertFields(message, fields) {
  assert.deepEqual(
    Object.keys(message).filter((key) => fields.includes(key)),
    fields,
  );
}

/** Standings, top or result. */
export function assertStandings(message) {
  assertFields(message, standingsFields);
  for (const key of ['classId', 'raceId', 'epoch', 'asOf', 'ts', 'second', 'racers', 'reported', 'finished'])
    assert.ok(Number.isSafeInteger(message[key]), `${key} is ${message[key]}`);
  assert.ok(message.epoch >= 1);
  for (const row of message.rows) {
    assertFields(row, rowFields);
    assert.equal(typeof row.name, 'string');
    assert.equal(typeof row.finished, 'boolean');
    assert.ok(row.allTimeRank !== null || row.allTimeStale === true, 'an unknown all-time rank is said to be stale');
    for (const score of [row.output, row.total])
      assert.ok(Math.abs(score * 10_000 - Math.round(score * 10_000)) < 1e-6, `${score} is exact`);
  }
}
