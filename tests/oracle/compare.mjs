#!/usr/bin/env node
// What the oracle expects against what the system stored and answered, difference by difference.
//
//   node compare.mjs EXPECTED.json ACTUAL.json
//
// Both files have the shape of `Tables` in oracle.mjs. `actual.allTime[class]` may hold some of the seconds only; the last
// line says how much was compared.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {object} Comparison
 * @property {boolean} equal
 * @property {string[]} differences   all of them, readable
 * @property {{races: number, rides: number, ranks: number, allTimeRows: number, leaderboardRows: number}} compared
 */

/** What a ride is stored with; scores are derived from it and show in the ranking and the all-time table. */
const storedColumns = ['cadence', 'resistance', 'hereNow', 'allTime'];

const raceName = (race) => `race ${race.classId}/${race.raceId}`;
const show = (value) => (value === undefined ? 'nothing' : JSON.stringify(value));

/**
 * @param {import('./oracle.mjs').Tables} expected
 * @param {Pick<import('./oracle.mjs').Tables, 'races' | 'allTime' | 'leaderboard'>} actual
 * @returns {Comparison}
 */
export function compare(expected, actual) {
  const differences = [];
  const compared = { races: 0, rides: 0, ranks: 0, allTimeRows: 0, leaderboardRows: 0 };
  const differ = (where, want, have) => differences.push(`${where}: expected ${show(want)}, is ${show(have)}`);

  const byName = new Map(actual.races.map((race) => [raceName(race), race]));
  for (const race of expected.races) {
    const name = raceName(race);
    const other = byName.get(name);
    byName.delete(name);
    if (!other) {
      differences.push(`${name}: no result`);
      continue;
    }
    compared.races += 1;
    compareRows(`${name}, place`, race.ranking, other.ranking);
    compareRides(name, race.rides, other.rides);
  }
  for (const name of byName.keys()) differences.push(`${name}: a result that nobody expects`);

  for (const [classId, bySecond] of Object.entries(actual.allTime)) {
    for (const [second, rows] of Object.entries(bySecond))
      compared.allTimeRows += compareRows(
        `class ${classId}, all time at ${second}, place`,
        expected.allTime[classId]?.[second] ?? [],
        rows,
      );
  }
  for (const classId of new Set([...Object.keys(expected.leaderboard), ...Object.keys(actual.leaderboard)])) {
    const rows = actual.leaderboard[classId];
    if (!rows) differences.push(`class ${classId}: no leaderboard`);
    else compared.leaderboardRows += compareRows(`class ${classId}, leaderboard, place`, expected.leaderboard[classId] ?? [], rows);
  }
  return { equal: differences.length === 0, differences, compared };

  /** @returns {number} how many rows were compared */
  function compareRows(where, want, have) {
    if (want.length !== have.length) differences.push(`${where}: expected ${want.length} rows, there are ${have.length}`);
    const length = Math.min(want.length, have.length);
    for (let i = 0; i < length; i += 1)
      for (const key of Object.keys(want[i]))
        if (want[i][key] !== have[i][key]) differ(`${where} ${i + 1}, ${key}`, want[i][key], have[i][key]);
    return length;
  }

  function compareRides(race, want, have) {
    for (const racer of Object.keys(have)) if (!(racer in want)) differences.push(`${race}, racer ${racer}: a ride that nobody expects`);
    for (const [racer, ride] of Object.entries(want)) {
      const other = have[racer];
      if (!other) {
        differences.push(`${race}, racer ${racer}: no ride`);
        continue;
      }
      compared.rides += 1;
      for (const key of ['rank', 'finished'])
        if (ride[key] !== other[key]) differ(`${race}, racer ${racer}, ${key}`, ride[key], other[key]);
      for (const column of storedColumns) {
        const length = Math.max(ride[column].length, other[column].length);
        for (let i = 0; i < length; i += 1)
          if (ride[column][i] !== other[column][i])
            differ(`${race}, racer ${racer}, second ${i + 1}, ${column}`, ride[column][i], other[column][i]);
      }
      compared.ranks += ride.hereNow.length;
    }
  }
}

/**
 * @param {Comparison} comparison
 * @returns {string} a line when equal, else the first differences
 */
export function report({ equal, differences, compared }, limit = 10) {
  const { races, rides, ranks, allTimeRows, leaderboardRows } = compared;
  if (equal)
    return `equal: ${races} races, ${rides} rides, ${ranks} per-second ranks, ${allTimeRows} all-time rows, ${leaderboardRows} leaderboard rows`;
  const rest = differences.length - limit;
  return [
    `${differences.length} differences:`,
    ...differences.slice(0, limit).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join('\n');
}

function main() {
  const [expected, actual] = process.argv.slice(2);
  if (!expected || !actual) {
    console.error('usage: compare.mjs EXPECTED.json ACTUAL.json');
    return 2;
  }
  const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
  const comparison = compare(read(expected), read(actual));
  console.log(report(comparison));
  return comparison.equal ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
