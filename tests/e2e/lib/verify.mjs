// One run of riders against the oracle: waits for the results of its races, then compares everything.

import { compare, report } from '../../oracle/compare.mjs';
import { groupBy, slotKey } from '../../oracle/fold.mjs';
import { readLog } from '../../oracle/log.mjs';
import { expectedTables } from '../../oracle/oracle.mjs';
import { allTime, leaderboard, storedRaces } from './tables.mjs';
import { sleep, until } from './until.mjs';

/** @returns {{classId: number, raceId: number}[]} races in which something was acknowledged */
export function racesOf(sent) {
  const taken = sent.filter(({ answers }) => answers.some((answer) => answer?.ok));
  return [...groupBy(taken, ({ update }) => `${update.classId}/${update.raceId}`).values()].map(([{ update }]) => ({
    classId: update.classId,
    raceId: update.raceId,
  }));
}

/** What was stored, slot by slot: shows which of the unanswered updates arrived. */
function witnessOf(races) {
  const witness = new Map();
  for (const { classId, raceId, rides } of races)
    for (const [racerId, ride] of Object.entries(rides))
      ride.cadence.forEach((cadence, i) => {
        if (cadence !== null) witness.set(slotKey({ classId, raceId, racerId, second: i + 1 }), { cadence, resistance: ride.resistance[i] });
      });
  return witness;
}

/**
 * @typedef {object} Verdict
 * @property {boolean} equal
 * @property {string} report
 * @property {import('../../oracle/oracle.mjs').Tables} expected
 * @property {object} actual
 */

/**
 * Compares results, rides, all-time tables and leaderboards with the oracle. The riders' classes must have had no other races.
 * @param {import('./client.mjs').Client} client
 * @param {string[]} logs
 * @param {import('../../oracle/rules.mjs').Rules} rules
 * @param {object} [options]
 * @param {number} [options.seconds]   how long to wait for the results
 * @param {boolean} [options.presume]  unanswered updates may count, if they were stored so; without, they must not
 * @returns {Promise<Verdict>}
 * @throws {Error} when a result does not come, or the log can not tell what must come out
 */
export async function verify(client, logs, rules, { seconds = 60, presume = false } = {}) {
  const sent = (await Promise.all(logs.map(readLog))).flat();
  const races = racesOf(sent);
  if (races.length === 0) throw new Error('no update was acknowledged');
  const stored = await until(`results of ${races.map((race) => `${race.classId}/${race.raceId}`).join(', ')}`, async () => {
    const found = await storedRaces(client, races);
    if (found.missing.length > 0) throw new Error(`no result of ${found.missing.join(', ')} yet`);
    return found;
  }, { seconds, everyMs: 250 });

  const witness = presume ? witnessOf(stored.races) : undefined;
  const expected = expectedTables(sent, rules, { closes: stored.closes, witness });
  if (expected.ambiguous.length > 0) throw new Error(`the log can not tell what must come out:\n  ${expected.ambiguous.slice(0, 10).join('\n  ')}`);

  // The result is out before its rides are merged: tables may need a moment more.
  const classes = [...new Set(races.map((race) => race.classId))];
  const deadline = Date.now() + 15_000;
  for (;;) {
    const actual = { races: stored.races, allTime: {}, leaderboard: {} };
    for (const classId of classes) {
      actual.leaderboard[classId] = await leaderboard(client, classId);
      actual.allTime[classId] = {};
      for (let s = 1; s <= rules.ride_seconds; s += 1) actual.allTime[classId][s] = await allTime(client, classId, s);
    }
    const comparison = compare(expected, actual);
    if (comparison.equal || Date.now() > deadline) return { equal: comparison.equal, report: report(comparison), expected, actual };
    await sleep(500);
  }
}
