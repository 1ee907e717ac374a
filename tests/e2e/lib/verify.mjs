// One run of riders against the oracle: waits for the results of its races, then compares everything.

import { isDeepStrictEqual } from 'node:util';

import { compare, report } from '../../oracle/compare.mjs';
import { groupBy, raceKey, slotKey } from '../../oracle/fold.mjs';
import { readLog } from '../../oracle/log.mjs';
import { expectedTables } from '../../oracle/oracle.mjs';
import { deadlineOf } from '../../oracle/rules.mjs';
import { readJournal } from './journal.mjs';
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

/** @typedef {import('../../oracle/fold.mjs').Stored} Stored */

/**
 * Which of the unanswered updates arrived: by the journal, up to the mark and in time; where it was purged, by what is
 * stored. By slot.
 * @returns {Map<string, Stored[]>}
 */
function witnessOf(races, journal, rules) {
  const witness = new Map();
  const add = (slot, value) => witness.set(slotKey(slot), [...(witness.get(slotKey(slot)) ?? []), value]);
  for (const update of journal.updates) {
    const { raceId, second, cadence, resistance, seq, at } = update;
    const earliest = (raceId * rules.window_seconds + second) * 1000 - 7000;
    if (rules.admit !== 'live' || (at >= earliest && at <= deadlineOf(rules, raceId))) add(update, { cadence, resistance, seq });
  }
  for (const { classId, raceId, rides } of races) {
    if (journal.marks.has(raceKey(classId, raceId))) continue;
    for (const [racerId, ride] of Object.entries(rides))
      ride.cadence.forEach((cadence, i) => {
        if (cadence !== null) add({ classId, raceId, racerId, second: i + 1 }, { cadence, resistance: ride.resistance[i] });
      });
  }
  return witness;
}

/** Results that are not as of their close mark, or have none although their race is still in the journal. */
function marksAmiss(results, { marks, updates }) {
  const there = new Set(updates.map(({ classId, raceId }) => raceKey(classId, raceId)));
  const unmarked = results
    .map(({ classId, raceId }) => raceKey(classId, raceId))
    .filter((name) => there.has(name) && !marks.has(name))
    .map((name) => `race ${name}: it has a result, and no close mark that counts`);
  return [
    ...unmarked,
    ...results
      .map(({ classId, raceId, asOf }) => ({ name: raceKey(classId, raceId), asOf }))
      .filter(({ name, asOf }) => marks.has(name) && marks.get(name) !== asOf)
      .map(({ name, asOf }) => `race ${name}: its close mark stands at ${marks.get(name)}, the result is as of ${asOf}`),
  ];
}

/** An answer, or the error that it is for good: `{error: {code, message}}`. */
const answerOrError = (client, what) =>
  client.answer(what).catch((error) => {
    if (!error.code) throw error;
    return { error };
  });

/** Past races about which a query tells something else than the stream of results. */
async function answersAmiss(client, results, shown) {
  const differences = [];
  for (const stored of results) {
    const name = raceKey(stored.classId, stored.raceId);
    const answer = await answerOrError(client, `race.${stored.classId}.${stored.raceId}`);
    if (answer.error) differences.push(`race ${name}, asked for: ${answer.error.code}: ${answer.error.message}`);
    else if (answer.state !== 'closed') differences.push(`race ${name}, asked for: it is ${answer.state}`);
    else if (answer.asOf !== stored.asOf)
      differences.push(`race ${name}, asked for: as of ${answer.asOf}, was stored as of ${stored.asOf}`);
    else if (!isDeepStrictEqual(answer.rows, stored.rows.map(shown)))
      differences.push(`race ${name}, asked for: other rows than were stored`);
  }
  return differences;
}

/** Rows of a result with the names that are shown: given ones, none of those who are hidden. */
function namesAfter(edits) {
  const given = new Map();
  for (const { edit, racerId, name } of edits) {
    if (edit === 'rename') given.set(racerId, name);
    if (edit === 'hide') given.set(racerId, '');
    if (edit === 'clear' || edit === 'forget') given.delete(racerId);
  }
  return (row) => ({ ...row, name: given.get(row.racerId) ?? row.name });
}

/** What a correction moved shows in the answers about rides: their messages in the stream stay. */
async function takeRanks(client, races) {
  for (const { classId, raceId, rides } of races)
    for (const [racerId, ride] of Object.entries(rides)) {
      const answer = await answerOrError(client, `ride.${classId}.${raceId}.${racerId}`);
      ride.rank = answer.error ? answer.error.code : answer.rank;
    }
}

/**
 * @typedef {object} Verdict
 * @property {boolean} equal
 * @property {string} report
 * @property {string[]} differences
 * @property {import('../../oracle/oracle.mjs').Tables} expected
 * @property {object} actual
 * @property {object[]} results  the messages that are stored, in the order of the stream
 */

/**
 * Compares results, rides, all-time tables and leaderboards with the oracle, results with the close marks in the journal,
 * and what is answered about past races with what was stored. The riders' classes must have had no other races.
 * @param {import('./client.mjs').Client} client
 * @param {string[]} logs
 * @param {import('../../oracle/rules.mjs').Rules} rules
 * @param {object} [options]
 * @param {number} [options.seconds]   how long to wait for the results
 * @param {boolean} [options.presume]  unanswered updates count if the journal has them; without, they must not
 * @param {import('../../oracle/oracle.mjs').Edit[]} [options.edits]  corrections that were made, in their order
 * @param {boolean} [options.kept]     the node keeps a journal (`journal.storage`)
 * @returns {Promise<Verdict>}
 * @throws {Error} when a result does not come, or the log can not tell what must come out
 */
export async function verify(client, logs, rules, { seconds = 60, presume = false, kept = true, edits = [] } = {}) {
  const sent = (await Promise.all(logs.map(readLog))).flat();
  const races = racesOf(sent);
  if (races.length === 0) throw new Error('no update was acknowledged');
  const stored = await until(
    `results of ${races.map((race) => `${race.classId}/${race.raceId}`).join(', ')}`,
    async () => {
      const found = await storedRaces(client, races);
      if (found.missing.length > 0) throw new Error(`no result of ${found.missing.join(', ')} yet`);
      return found;
    },
    { seconds, everyMs: 250 },
  );

  const journal = kept ? await readJournal(client, races, rules) : { marks: new Map(), updates: [] };
  const closes = stored.results.map(({ classId, raceId, asOf }) => ({
    classId,
    raceId,
    seq: journal.marks.get(raceKey(classId, raceId)) ?? asOf,
  }));
  const witness = presume ? witnessOf(stored.races, journal, rules) : undefined;
  const expected = expectedTables(sent, rules, { closes, witness, edits });
  if (expected.ambiguous.length > 0)
    throw new Error(`the log can not tell what must come out:\n  ${expected.ambiguous.slice(0, 10).join('\n  ')}`);

  // The result is out before its rides are merged: tables may need a moment more.
  const classes = [...new Set(races.map((race) => race.classId))];
  const deadline = Date.now() + 60_000;
  for (;;) {
    const actual = { races: stored.races, allTime: {}, leaderboard: {} };
    for (const classId of classes) {
      actual.leaderboard[classId] = await leaderboard(client, classId);
      actual.allTime[classId] = {};
      for (let s = 1; s <= rules.ride_seconds; s += 1) actual.allTime[classId][s] = await allTime(client, classId, s);
    }
    if (edits.length > 0) await takeRanks(client, stored.races);
    const comparison = compare(expected, actual);
    comparison.differences.push(...marksAmiss(stored.results, journal), ...(await answersAmiss(client, stored.results, namesAfter(edits))));
    comparison.equal = comparison.differences.length === 0;
    if (comparison.equal || Date.now() > deadline)
      return {
        equal: comparison.equal,
        report: report(comparison),
        differences: comparison.differences,
        expected,
        actual,
        results: stored.results,
      };
    await sleep(500);
  }
}
