// From what was sent and answered to what counts: the accepted slots of every ride.
//
// The order that decides is the journal's. The log tells it as far as an answer does: `seq` is the position of the
// batch. Within one batch the order is not known; wherever it would matter the oracle says so in `ambiguous` and does
// not guess.

import { deadlineOf } from './rules.mjs';

/** Updates of one ride may stray from its anchor by this much. */
const anchorToleranceMs = 5000;

/** A refusal after which the update may be in the journal all the same. */
const perhapsStored = new Set(['not_stored']);

/**
 * An update that counts, or may count.
 * @typedef {object} Candidate
 * @property {number} classId
 * @property {number} raceId
 * @property {number} racerId
 * @property {number} second
 * @property {string} name
 * @property {number} anchor      deviceTimestamp - 1000 * second
 * @property {number} cadence     0.1 rpm
 * @property {number} resistance  0.1 %
 * @property {number} seq         position of its batch in the journal of its class; 0 when only presumed and not known
 * @property {number} answeredAt  ms, by the clock of who answered; 0 when only presumed
 */

/**
 * @typedef {object} Ride
 * @property {number} classId
 * @property {number} raceId
 * @property {number} racerId
 * @property {string} name
 * @property {number[]} anchors  every one that may be the first; a single one where the journal's order is known
 * @property {Map<number, {cadence: number, resistance: number}>} slots  by own second
 */

/**
 * @typedef {object} Fold
 * @property {Map<string, Ride[]>} races  by `class/race`; rides in the order of their first acceptance
 * @property {Record<string, number>} counts  left_out: acknowledged, but late, and their second came in no other way
 * @property {string[]} ambiguous
 */

/** @returns {string} `class/race` */
export const raceKey = (classId, raceId) => `${classId}/${raceId}`;
/** @returns {string} `class/race/racer/second` */
export const slotKey = (x) => `${x.classId}/${x.raceId}/${x.racerId}/${x.second}`;

const sameValue = (a, b) => a.cadence === b.cadence && a.resistance === b.resistance;

/** @typedef {{cadence: number, resistance: number, seq?: number}} Stored */

/** @returns {Candidate} */
function candidateOf(update, seq, answeredAt) {
  return {
    classId: update.classId,
    raceId: update.raceId,
    racerId: update.racerId,
    second: update.second,
    name: update.name ?? '',
    anchor: update.deviceTimestamp - 1000 * update.second,
    cadence: Math.round(update.cadence * 10),
    resistance: Math.round(update.resistance * 10),
    seq,
    answeredAt,
  };
}

/**
 * @param {import('./log.mjs').Sent[]} sent
 * @param {import('./rules.mjs').Rules} rules
 * @param {object} [known]
 * @param {Map<string, number>} [known.marks]  journal position of the close mark by `class/race`: what comes after it is late
 * @param {Map<string, Stored | Stored[]>} [known.witness]  stored values by `class/race/racer/second`, with their positions
 *   where those are known. An update of which a message was never answered may have reached the journal or not; it counts
 *   if it was stored just so.
 * @returns {Fold}
 */
export function fold(sent, rules, { marks = new Map(), witness = new Map() } = {}) {
  const counts = {
    sent: 0,
    accepted: 0,
    unanswered: 0,
    presumed: 0,
    refused: 0,
    duplicate: 0,
    conflict: 0,
    other_ride: 0,
    race_full: 0,
    late: 0,
    left_out: 0,
  };
  const ambiguous = [];

  /** @type {Candidate[]} */
  const candidates = [];
  for (const { update, answers, sends = answers.length } of sent) {
    counts.sent += 1;
    const oks = answers.filter((answer) => answer?.ok === true);
    for (const answer of oks) candidates.push(candidateOf(update, answer.seq, answer.ts));
    // A message without an answer may be in the journal, even though another of the same update was refused, or taken later.
    const all = answers.length > 0 && answers.length >= sends;
    const certain = all && answers.every((answer) => answer && !perhapsStored.has(answer.error));
    if (oks.length === 0) counts[certain ? 'refused' : 'unanswered'] += 1;
    if (certain) continue;
    const candidate = candidateOf(update, 0, oks[0]?.ts ?? 0);
    for (const stored of [witness.get(slotKey(candidate)) ?? []].flat())
      if (sameValue(stored, candidate) && (oks.length === 0 || (stored.seq && oks.every(({ seq }) => seq !== stored.seq))))
        candidates.push({ ...candidate, seq: stored.seq ?? 0 });
  }

  const races = new Map();
  for (const [key, ofRace] of groupBy(candidates, (c) => raceKey(c.classId, c.raceId))) {
    const mark = marks.get(key) ?? Infinity;
    const inTime = ofRace.filter((c) => c.seq < mark);
    const rides = foldRace(inTime, rules, counts, ambiguous);
    races.set(key, rides);
    for (const c of ofRace.filter(({ seq }) => seq >= mark)) {
      counts.late += 1;
      const ride = rides.find(({ racerId }) => racerId === c.racerId);
      if (c.answeredAt > 0 && !ride?.slots.has(c.second)) counts.left_out += 1;
    }
  }
  return { races, counts, ambiguous };
}

/**
 * @param {Candidate[]} candidates  of one race
 * @returns {Ride[]}
 */
function foldRace(candidates, rules, counts, ambiguous) {
  /** @type {Map<number, Ride>} */
  const rides = new Map();
  const batches = [...groupBy(candidates, (c) => c.seq)].sort(([a], [b]) => a - b);
  for (const [seq, batch] of batches) {
    const newcomers = new Set(batch.map((c) => c.racerId).filter((racerId) => !rides.has(racerId)));
    const room = rules.capacity - rides.size;
    if (newcomers.size > room && room > 0)
      ambiguous.push(`race ${raceKey(batch[0].classId, batch[0].raceId)}: batch ${seq} brings ${newcomers.size} racers for ${room} places`);
    for (const [racerId, ofRider] of groupBy(batch, (c) => c.racerId)) {
      if (!rides.has(racerId)) {
        if (rides.size >= rules.capacity) {
          counts.race_full += ofRider.length;
          continue;
        }
        const { classId, raceId } = ofRider[0];
        const anchors = [...new Set(ofRider.map((c) => c.anchor))];
        rides.set(racerId, { classId, raceId, racerId, name: '', anchors, slots: new Map() });
      }
      foldBatch(rides.get(racerId), ofRider, rules, counts, ambiguous);
    }
  }
  return [...rides.values()];
}

/** The updates of one batch for one ride. */
function foldBatch(ride, batch, rules, counts, ambiguous) {
  const ofThisRide = batch.filter((c) => {
    const fits = ride.anchors.map((anchor) => Math.abs(c.anchor - anchor) <= anchorToleranceMs);
    if (fits.every((x) => x)) return true;
    if (fits.some((x) => x)) ambiguous.push(`slot ${slotKey(c)}: which update came first decides whether it is of this ride`);
    else counts.other_ride += 1;
    return false;
  });
  for (const [second, forSlot] of groupBy(ofThisRide, (c) => c.second)) {
    for (const c of forSlot)
      if (rules.admit === 'live' && c.answeredAt > deadlineOf(rules, c.raceId))
        ambiguous.push(`slot ${slotKey(c)}: acknowledged after the deadline`);
    const holder = ride.slots.get(second) ?? forSlot[0];
    const isNew = !ride.slots.has(second);
    if (isNew && !forSlot.every((c) => sameValue(c, holder)))
      ambiguous.push(`slot ${slotKey(forSlot[0])}: two values in batch ${forSlot[0].seq}`);
    const others = isNew ? forSlot.slice(1) : forSlot;
    for (const c of others) counts[sameValue(c, holder) ? 'duplicate' : 'conflict'] += 1;
    if (isNew) {
      ride.slots.set(second, { cadence: holder.cadence, resistance: holder.resistance });
      counts[holder.answeredAt === 0 ? 'presumed' : 'accepted'] += 1;
    }
    if (ride.name === '') ride.name = forSlot.map((c) => c.name).find((name) => name !== '') ?? '';
  }
}

/**
 * @template T, K
 * @param {Iterable<T>} items
 * @param {(item: T) => K} keyOf
 * @returns {Map<K, T[]>} groups in the order of their first member
 */
export function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}
