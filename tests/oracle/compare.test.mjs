import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compare, report } from './compare.mjs';

function tables() {
  return {
    races: [
      {
        classId: 3,
        raceId: 100,
        ranking: [{ rank: 1, racerId: 8, name: 'Adell', second: 2, seconds: 2, output: 700000, total: 1400000, finished: true }],
        rides: {
          8: {
            rank: 1,
            finished: true,
            cadence: [650, 650],
            resistance: [50, 50],
            score: [700000, 1400000],
            hereNow: [1, 1],
            allTime: [1, 1],
          },
        },
      },
    ],
    allTime: { 3: { 1: [{ rank: 1, racerId: 8, score: 700000 }], 2: [{ rank: 1, racerId: 8, score: 1400000 }] } },
    leaderboard: { 3: [{ rank: 1, racerId: 8, score: 1400000, raceId: 100 }] },
  };
}
/** @param {(actual: ReturnType<typeof tables>) => void} change */
function differencesAfter(change) {
  const actual = tables();
  change(actual);
  return compare(tables(), actual).differences;
}

test('equal tables are equal, and the report says how much was compared', () => {
  assert.equal(report(compare(tables(), tables())), 'equal: 1 races, 1 rides, 2 per-second ranks, 2 all-time rows, 1 leaderboard rows');
});

test('each kind of difference is found and named', () => {
  const cases = [
    [(a) => (a.races[0].ranking[0].total += 1), 'race 3/100, place 1, total: expected 1400000, is 1400001'],
    [(a) => (a.races[0].rides[8].hereNow[1] = 2), 'race 3/100, racer 8, second 2, hereNow: expected 1, is 2'],
    [(a) => (a.races[0].rides[8].rank = null), 'race 3/100, racer 8, rank: expected 1, is null'],
    [(a) => a.races[0].rides[8].allTime.pop(), 'race 3/100, racer 8, second 2, allTime: expected 1, is nothing'],
    [(a) => (a.races[0].rides[9] = {}), 'race 3/100, racer 9: a ride that nobody expects'],
    [(a) => delete a.races[0].rides[8], 'race 3/100, racer 8: no ride'],
    [(a) => a.races.pop(), 'race 3/100: no result'],
    [(a) => a.races.push({ classId: 4, raceId: 100 }), 'race 4/100: a result that nobody expects'],
    [(a) => a.races[0].ranking.pop(), 'race 3/100, place: expected 1 rows, there are 0'],
    [(a) => (a.allTime[3][2][0].score = 5), 'class 3, all time at 2, place 1, score: expected 1400000, is 5'],
    [(a) => (a.leaderboard[3][0].raceId = 99), 'class 3, leaderboard, place 1, raceId: expected 100, is 99'],
    [(a) => delete a.leaderboard[3], 'class 3: no leaderboard'],
  ];
  for (const [change, line] of cases) assert.deepEqual(differencesAfter(change), [line]);
});

test('a report shows the first differences and counts the rest', () => {
  const lines = report({ equal: false, differences: ['a', 'b', 'c'], compared: {} }, 2);
  assert.equal(lines, '3 differences:\n  a\n  b\n  and 1 more');
});
