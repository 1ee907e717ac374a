#!/usr/bin/env node
// The oracle: results, ranks of every second, all-time bests and leaderboard, computed again from the simulator's log.
//
// Independent (no code of `racing/`), slow and obvious on purpose: every rule stands here the way the text says it.
// Scores are whole numbers in units of 0.0001; the highest possible one, 900 * 4'702'500, is far below 2^53.
//
//   node oracle.mjs --log FILE [--log FILE]… --rules RULES.json [--closes CLOSES.json] --out EXPECTED.json
//
// RULES.json holds the rules of rules.mjs. CLOSES.json, an array of {"classId","raceId","seq"}, tells the position of each
// race's close mark, which the log can not know: what lies behind it is late, and all-time tables grow in its order.
// Without it every race is taken as closed behind its last update, in the order of the race ids.

import { writeFileSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { fold, groupBy, raceKey } from './fold.mjs';
import { readLog } from './log.mjs';
import { completeRules, deadlineOf, scoringOf } from './rules.mjs';

/**
 * @typedef {object} RankedRide
 * @property {number | null} rank   null = did not finish
 * @property {number} racerId
 * @property {string} name
 * @property {number} second    furthest own second
 * @property {number} seconds   how many arrived
 * @property {number} output    of the furthest second
 * @property {number} total
 * @property {boolean} finished
 *
 * @typedef {object} RideBySecond
 * @property {number | null} rank
 * @property {boolean} finished
 * @property {(number | null)[]} cadence      [s - 1], 0.1 rpm; null = missing; arrays end at the furthest second
 * @property {(number | null)[]} resistance   0.1 %
 * @property {(number | null)[]} score        by the class's scoring; null = undefined
 * @property {(number | null)[]} hereNow      rank in the complete race
 * @property {(number | null)[]} allTime      rank in the all-time table as it was before this race was merged
 *
 * @typedef {object} RaceTables
 * @property {number} classId
 * @property {number} raceId
 * @property {RankedRide[]} ranking
 * @property {Record<string, RideBySecond>} rides   by racer
 *
 * @typedef {object} Tables
 * @property {RaceTables[]} races
 * @property {Record<string, Record<string, {rank: number, racerId: number, score: number}[]>>} allTime   by class, by second
 * @property {Record<string, {rank: number, racerId: number, score: number, raceId: number}[]>} leaderboard  by class
 * @property {Record<string, number>} counts
 * @property {string[]} ambiguous   where the log can not tell what must come out; empty = the tables are certain
 */

/** Output of one second, in units of 0.0001: (cadence + 35) * (resistance + 65) / 100 with both inputs in tenths. */
export function outputOf({ cadence, resistance }) {
  return (cadence + 350) * (resistance + 650);
}

/** @returns {number} the ride's furthest second */
export function furthestOf(ride) {
  return Math.max(...ride.slots.keys());
}

/** Sum of the outputs received for seconds <= s. */
export function totalAt(ride, s) {
  return [...ride.slots].filter(([second]) => second <= s).reduce((sum, [, slot]) => sum + outputOf(slot), 0);
}

/**
 * The score at own second s, or null: there is none beyond the furthest second, none by `output` where s is missing, and
 * none by `total` before the first second that arrived, where there is nothing to sum.
 */
export function scoreAt(ride, s, scoring) {
  if (s > furthestOf(ride)) return null;
  if (scoring === 'output') return ride.slots.has(s) ? outputOf(ride.slots.get(s)) : null;
  return totalAt(ride, s) || null;
}

/** Whether the last second is there, and at least `min_percent` of all. */
export function isFinished(ride, rules) {
  return ride.slots.has(rules.ride_seconds) && ride.slots.size * 100 >= rules.ride_seconds * rules.min_percent;
}

/** 1 + how many of the others are higher. */
function rankAmong(score, others) {
  let rank = 1;
  for (const other of others) if (other !== null && other > score) rank += 1;
  return rank;
}

/** Rows with ranks: higher score first, equal scores share a rank (1, 2, 2, 4), rows of equal rank by racer id. */
export function ranked(rows) {
  const scores = rows.map((row) => row.score);
  return rows.map((row) => ({ rank: rankAmong(row.score, scores), ...row })).sort((a, b) => a.rank - b.rank || a.racerId - b.racerId);
}

/**
 * The final ranking: finishers by score; then the others by furthest second, score, racer id.
 * @returns {RankedRide[]}
 */
export function rankingOf(rides, rules, scoring) {
  const rows = rides.map((ride) => {
    const second = furthestOf(ride);
    return {
      racerId: ride.racerId,
      name: ride.name,
      second,
      seconds: ride.slots.size,
      output: outputOf(ride.slots.get(second)),
      total: totalAt(ride, second),
      finished: isFinished(ride, rules),
      score: scoreAt(ride, second, scoring),
    };
  });
  const finishers = ranked(rows.filter((row) => row.finished));
  const others = rows
    .filter((row) => !row.finished)
    .sort((a, b) => b.second - a.second || b.score - a.score || a.racerId - b.racerId)
    .map((row) => ({ rank: null, ...row }));
  return [...finishers, ...others].map(({ score, ...row }) => row);
}

/**
 * The live ranking of a race: by score at each ride's latest second.
 * @param {import('./fold.mjs').Ride[]} rides  as accepted up to a position of the journal
 * @returns {{rank: number, hereNowRank: number, racerId: number, name: string, second: number, seconds: number, output: number, total: number, finished: boolean}[]}
 */
export function standingsOf(rides, rules, scoring) {
  const rows = rankingOf(rides, rules, scoring).map((row) => {
    const ride = rides.find(({ racerId }) => racerId === row.racerId);
    const here = rides.map((other) => scoreAt(other, row.second, scoring));
    const score = scoreAt(ride, row.second, scoring);
    return { ...row, hereNowRank: rankAmong(score, here), score };
  });
  return ranked(rows.map(({ rank, ...row }) => row)).map(({ score, ...row }) => row);
}

/**
 * A live race at one own second: those who have a score there, by it; then the others as they are, by pace (the mean output of the
 * seconds they have ridden).
 * @param {import('./fold.mjs').Ride[]} rides  as accepted up to a position of the journal
 * @returns {{rank: number | null, racerId: number, second: number, seconds: number, total: number, score: number | null}[]}
 */
export function momentOf(rides, s, scoring) {
  const rows = rides.map((ride) => ({ ride, score: scoreAt(ride, s, scoring) }));
  const there = ranked(
    rows
      .filter(({ score }) => score !== null)
      .map(({ ride, score }) => ({
        racerId: ride.racerId,
        second: s,
        seconds: [...ride.slots.keys()].filter((second) => second <= s).length,
        total: totalAt(ride, s),
        score,
      })),
  );
  const pace = ({ total, seconds }) => total / seconds;
  const others = rows
    .filter(({ score }) => score === null)
    .map(({ ride }) => ({
      rank: null,
      racerId: ride.racerId,
      second: furthestOf(ride),
      seconds: ride.slots.size,
      total: totalAt(ride, furthestOf(ride)),
      score: null,
    }))
    .sort((a, b) => pace(b) - pace(a) || a.racerId - b.racerId);
  return [...there, ...others];
}

/**
 * A correction, as `alleycat.query.audit` tells of it.
 * @typedef {object} Edit
 * @property {'rename' | 'hide' | 'forget' | 'exclude' | 'clear'} edit
 * @property {number} at        ms since the epoch
 * @property {number} racerId
 * @property {string | null} [name] of a rename
 * @property {number} [classId] of an exclusion
 * @property {number} [raceId]  of an exclusion
 */

/**
 * What corrections come to, one after the other.
 * @param {Edit[]} edits  in the order in which they were made
 */
export function correctionsOf(edits, rules) {
  const nameOf = ({ classId, raceId, racerId }) => `${classId}/${raceId}/${racerId}`;
  const excluded = new Map();
  const hidden = new Set();
  const forgottenAt = new Map();
  const names = new Map();
  const takeBack = (racerId) => {
    hidden.delete(racerId);
    names.delete(racerId);
    for (const [ride, whose] of [...excluded]) if (whose === racerId) excluded.delete(ride);
  };
  for (const edit of edits) {
    if (edit.edit === 'hide') hidden.add(edit.racerId);
    if (edit.edit === 'rename') names.set(edit.racerId, edit.name);
    if (edit.edit === 'exclude') excluded.set(nameOf(edit), edit.racerId);
    if (edit.edit === 'clear' || edit.edit === 'forget') takeBack(edit.racerId);
    if (edit.edit === 'forget') forgottenAt.set(edit.racerId, edit.at);
  }
  return {
    /** @returns {boolean} whether the race had begun when its rider was forgotten */
    isForgotten: (ride) => ride.raceId * rules.window_seconds * 1000 <= (forgottenAt.get(ride.racerId) ?? -1),
    isExcluded: (ride) => excluded.has(nameOf(ride)),
    isHidden: (racerId) => hidden.has(racerId),
    /** What a result that is composed then calls a rider. */
    nameOf: ({ racerId, name }) => (hidden.has(racerId) ? '' : (names.get(racerId) ?? name)),
  };
}

/** The final ranking as corrected: without those who are forgotten; excluded rides last, in the order of the others who did not finish. */
function correctedRanking(rides, rules, scoring, { isForgotten, isExcluded }) {
  const there = rides.filter((ride) => !isForgotten(ride));
  const counted = rankingOf(
    there.filter((ride) => !isExcluded(ride)),
    rules,
    scoring,
  );
  const others = there
    .filter(isExcluded)
    .map((ride) => ({ row: rankingOf([ride], rules, scoring)[0], score: scoreAt(ride, furthestOf(ride), scoring) }));
  others.sort((a, b) => b.row.second - a.row.second || b.score - a.score || a.row.racerId - b.row.racerId);
  return [...counted, ...others.map(({ row }) => ({ ...row, rank: null, excluded: true }))];
}

/**
 * Everything about one class, race after race in the order of their close.
 * @param {import('./fold.mjs').Ride[][]} races  one array of rides per race, in that order
 * @param {Edit[]} [edits]  a race is ranked with those that were made before its deadline; in the end all of them hold
 */
export function classTables(races, rules, scoring, edits = []) {
  const seconds = Array.from({ length: rules.ride_seconds }, (_, i) => i + 1);
  /** @type {Map<number, Map<number, number>>} by second, by racer: the best score */
  const bests = new Map(seconds.map((s) => [s, new Map()]));
  /** @type {Map<number, {racerId: number, score: number, raceId: number}>} by racer */
  const records = new Map();
  const now = correctionsOf(edits, rules);
  let known = 0;
  const tables = races.map((rides, index) => {
    const made = edits.filter(({ at }) => at <= deadlineOf(rules, rides[0].raceId)).length;
    if (made !== known) mergeAnew(races.slice(0, index), correctionsOf(edits.slice(0, made), rules));
    known = made;
    const then = correctionsOf(edits.slice(0, made), rules);
    const scores = new Map(rides.map((ride) => [ride, seconds.map((s) => scoreAt(ride, s, scoring))]));
    const table = { classId: rides[0].classId, raceId: rides[0].raceId, ranking: correctedRanking(rides, rules, scoring, now), rides: {} };
    for (const row of table.ranking) row.name = then.nameOf(row);
    for (const { racerId, rank, finished } of table.ranking)
      table.rides[racerId] = { rank, finished, cadence: [], resistance: [], score: [], hereNow: [], allTime: [] };
    for (const s of seconds) {
      const here = rides.map((ride) => scores.get(ride)[s - 1]);
      for (const ride of rides) {
        if (s > furthestOf(ride)) continue;
        const score = scores.get(ride)[s - 1];
        const row = table.rides[ride.racerId];
        if (!row) continue;
        row.cadence.push(ride.slots.get(s)?.cadence ?? null);
        row.resistance.push(ride.slots.get(s)?.resistance ?? null);
        row.score.push(score);
        row.hereNow.push(score === null ? null : rankAmong(score, here));
        row.allTime.push(score === null ? null : allTimeRank(s, score, ride.racerId));
      }
    }
    for (const ride of rides) if (counts(ride, then)) merge(ride, scores.get(ride));
    return table;
  });
  if (edits.length > known) mergeAnew(races, now);

  function counts(ride, { isForgotten, isExcluded, isHidden }) {
    return !isForgotten(ride) && !isExcluded(ride) && !isHidden(ride.racerId);
  }

  /** Bests and records as if these corrections had always held. */
  function mergeAnew(closed, corrections) {
    for (const best of bests.values()) best.clear();
    records.clear();
    for (const rides of closed)
      for (const ride of rides)
        if (counts(ride, corrections))
          merge(
            ride,
            seconds.map((s) => scoreAt(ride, s, scoring)),
          );
  }

  /** 1 + how many other racers have a higher best at s. */
  function allTimeRank(s, score, self) {
    let rank = 1;
    for (const [racerId, best] of bests.get(s)) if (racerId !== self && best > score) rank += 1;
    return rank;
  }

  /** Bests grow by every closed ride, records by finished ones: the earlier race keeps an equal record. */
  function merge(ride, scores) {
    for (const s of seconds) {
      const score = scores[s - 1];
      const best = bests.get(s).get(ride.racerId);
      if (score !== null && (best === undefined || score > best)) bests.get(s).set(ride.racerId, score);
    }
    if (!isFinished(ride, rules)) return;
    const score = scores[rules.ride_seconds - 1];
    const record = records.get(ride.racerId);
    if (!record || score > record.score || (score === record.score && ride.raceId < record.raceId))
      records.set(ride.racerId, { racerId: ride.racerId, score, raceId: ride.raceId });
  }

  const allTime = {};
  for (const s of seconds) allTime[s] = ranked([...bests.get(s)].map(([racerId, score]) => ({ racerId, score })));
  return { races: tables, allTime, leaderboard: ranked([...records.values()]) };
}

/**
 * @param {import('./log.mjs').Sent[]} sent
 * @param {Partial<import('./rules.mjs').Rules>} someRules
 * @param {object} [known]
 * @param {{classId: number, raceId: number, seq: number}[]} [known.closes]
 * @param {Map<string, import("./fold.mjs").Stored | import("./fold.mjs").Stored[]>} [known.witness]  see `fold`
 * @param {Edit[]} [known.edits]  corrections, in the order in which they were made
 * @returns {Tables}
 */
export function expectedTables(sent, someRules, { closes = [], witness, edits = [] } = {}) {
  const rules = completeRules(someRules);
  const marks = new Map(closes.map((close) => [raceKey(close.classId, close.raceId), close.seq]));
  const { races, counts, ambiguous } = fold(sent, rules, { marks, witness });
  const tables = { races: [], allTime: {}, leaderboard: {}, counts, ambiguous };
  const withRides = [...races].filter(([, rides]) => rides.length > 0);
  for (const [classId, ofClass] of groupBy(withRides, ([, rides]) => rides[0].classId)) {
    const mark = ([key]) => marks.get(key) ?? Infinity;
    const inOrder = ofClass.sort((a, b) => {
      if (mark(a) !== mark(b)) return mark(a) < mark(b) ? -1 : 1;
      return a[1][0].raceId - b[1][0].raceId;
    });
    const result = classTables(
      inOrder.map(([, rides]) => rides),
      rules,
      scoringOf(rules, classId),
      edits,
    );
    tables.races.push(...result.races);
    tables.allTime[classId] = result.allTime;
    tables.leaderboard[classId] = result.leaderboard;
  }
  return tables;
}

async function main() {
  const { values } = parseArgs({
    options: {
      log: { type: 'string', multiple: true },
      rules: { type: 'string' },
      closes: { type: 'string' },
      out: { type: 'string' },
    },
  });
  if (!values.log || !values.rules || !values.out) {
    console.error('usage: oracle.mjs --log FILE [--log FILE]… --rules RULES.json [--closes CLOSES.json] --out EXPECTED.json');
    return 2;
  }
  const sent = (await Promise.all(values.log.map(readLog))).flat();
  const closes = values.closes ? JSON.parse(readFileSync(values.closes, 'utf8')) : [];
  const tables = expectedTables(sent, JSON.parse(readFileSync(values.rules, 'utf8')), { closes });
  writeFileSync(values.out, JSON.stringify(tables));
  console.log(`${tables.races.length} races, ${tables.counts.accepted} of ${tables.counts.sent} updates accepted`);
  for (const line of tables.ambiguous.slice(0, 10)) console.log(`ambiguous: ${line}`);
  return tables.ambiguous.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main();
