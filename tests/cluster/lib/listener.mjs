// A listener that hears everything, and what must hold of it: accepted epochs never fall, owners do not overlap.

/** How long an owner that was overtaken may still be heard: its trust in itself lasts as long. */
export const mostOverlapMs = 1000;

/**
 * @typedef {object} Beat  standings that came
 * @property {number} classId
 * @property {number} raceId
 * @property {number} epoch
 * @property {number} asOf
 * @property {number} at  ms, by the listener's clock
 */

/** @param {import('../../e2e/lib/client.mjs').Client} client */
export async function listenToAll(client) {
  const heard = await client.collect('alleycat.race.*.*.standings');
  return {
    /** @returns {Beat[]} in the order they came */
    beats: () => heard.map((message) => {
      const { classId, raceId, epoch, asOf } = message.json();
      return { classId, raceId, epoch, asOf, at: message.at };
    }),
  };
}

/**
 * What a receiver accepts that drops whatever is below the highest epoch of its class.
 * @param {Beat[]} beats
 * @returns {{accepted: Beat[], dropped: Beat[]}}
 */
export function fence(beats) {
  const highest = new Map();
  const accepted = [];
  const dropped = [];
  for (const beat of beats) {
    if (beat.epoch < (highest.get(beat.classId) ?? 0)) dropped.push(beat);
    else {
      highest.set(beat.classId, beat.epoch);
      accepted.push(beat);
    }
  }
  return { accepted, dropped };
}

/**
 * How long a lower epoch was still heard after the first word of a higher one, the longest of all classes.
 * @param {Beat[]} beats
 * @returns {number} ms; 0 = never
 */
export function longestOverlap(beats) {
  const first = new Map();
  let longest = 0;
  for (const { classId, epoch, at } of beats) {
    const begins = first.get(classId) ?? new Map();
    first.set(classId, begins);
    if (!begins.has(epoch)) begins.set(epoch, at);
    for (const [higher, since] of begins) if (higher > epoch) longest = Math.max(longest, at - since);
  }
  return longest;
}

/**
 * From a moment to the next accepted standings of each race that was running then.
 * @param {Beat[]} beats
 * @param {number} at      ms
 * @param {Set<number>} classes  of interest
 * @param {number} above   only epochs above this class's own: class to epoch before
 * @returns {Map<string, number>} by `class/race`
 */
export function gapsAfter(beats, at, classes) {
  const running = new Set(beats.filter((beat) => beat.at <= at && beat.at > at - 3000 && classes.has(beat.classId)).map(({ classId, raceId }) => `${classId}/${raceId}`));
  const before = new Map();
  for (const beat of beats) if (beat.at <= at) before.set(beat.classId, Math.max(before.get(beat.classId) ?? 0, beat.epoch));
  const gaps = new Map();
  for (const { classId, raceId, epoch, at: when } of beats) {
    const name = `${classId}/${raceId}`;
    if (when > at && running.has(name) && !gaps.has(name) && epoch > before.get(classId)) gaps.set(name, when - at);
  }
  for (const name of running) if (!gaps.has(name)) gaps.set(name, Infinity);
  return gaps;
}

/** The longest pause between two accepted standings of one race within a time. */
export function longestPause(beats, from, to) {
  const last = new Map();
  let longest = 0;
  for (const { classId, raceId, at } of beats) {
    const name = `${classId}/${raceId}`;
    if (last.has(name) && at >= from && last.get(name) <= to) longest = Math.max(longest, at - last.get(name));
    last.set(name, at);
  }
  return longest;
}
