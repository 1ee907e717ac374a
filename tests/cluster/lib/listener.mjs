// A listener that hears everything, and what must hold of it: accepted epochs never fall, owners do not overlap.

/** How long an owner that was overtaken may go on publishing: its trust in itself lasts as long. */
export const mostOverlapMs = 1000;

/**
 * How late what it had published before may come: what the kernel could not deliver over a cut it sends again for as long as the connection
 * lives, which is until four seconds of pings stay unanswered and the next one is due. What comes later was kept by the node itself.
 */
export const mostLateMs = 8000;

/**
 * @typedef {object} Beat  standings that came
 * @property {number} classId
 * @property {number} raceId
 * @property {number} epoch
 * @property {number} asOf
 * @property {number} ts  ms, when it was published, by the owner's clock: the listener's, on one machine
 * @property {number} at  ms, when it was heard, by the listener's clock
 */

/** @param {import('../../e2e/lib/client.mjs').Client} client */
export async function listenToAll(client) {
  const heard = await client.collect('alleycat.race.*.*.standings');
  const results = await client.collect('alleycat.race.*.*.result');
  return {
    /** @returns {Map<string, number>} ms, when the result of each race was first heard, by `class/race` */
    ends: () => {
      const ends = new Map();
      for (const { subject, at } of results) {
        const [, , classId, raceId] = subject.split('.');
        const name = `${classId}/${raceId}`;
        if (!ends.has(name)) ends.set(name, at);
      }
      return ends;
    },
    /** @returns {Beat[]} in the order they came */
    beats: () =>
      heard.map((message) => {
        const { classId, raceId, epoch, asOf, ts } = message.json();
        return { classId, raceId, epoch, asOf, ts, at: message.at };
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
 * How long by a lower epoch was published after the first word of a higher one, the longest of all classes. When it was heard does not
 * matter: a network that was cut may deliver late what was said in time.
 * @param {Beat[]} beats
 * @returns {{ms: number, last: Beat | null}} 0 = never; what was published that late
 */
export function longestOverlap(beats) {
  const first = new Map();
  for (const { classId, epoch, ts } of beats) {
    const begins = first.get(classId) ?? new Map();
    first.set(classId, begins);
    begins.set(epoch, Math.min(begins.get(epoch) ?? Infinity, ts));
  }
  let longest = { ms: 0, last: null };
  for (const beat of beats)
    for (const [higher, since] of first.get(beat.classId))
      if (higher > beat.epoch && beat.ts - since > longest.ms) longest = { ms: beat.ts - since, last: beat };
  return longest;
}

/** @returns {string} one beat, for a report */
export const described = ({ classId, raceId, epoch, ts, at }) =>
  `class ${classId}, race ${raceId}, epoch ${epoch}, published ${new Date(ts).toISOString()}, heard ${at - ts} ms later`;

/**
 * Hears of every claim that is stored, from the first one on. A claim is made once: under it somebody acts, so another one in its place
 * would make two owners.
 * @param {import('../../e2e/lib/client.mjs').Client} client
 * @returns {Promise<() => string[]>} keys that were written more than once
 */
export async function watchClaims(client) {
  const writes = new Map();
  await client.follow('KV_ALLEYCAT_CLUSTER', '$KV.ALLEYCAT_CLUSTER.claim.>', ({ subject, deleted }) => {
    if (!deleted) writes.set(subject, (writes.get(subject) ?? 0) + 1);
  });
  return () => [...writes].filter(([, count]) => count > 1).map(([subject]) => subject.slice('$KV.ALLEYCAT_CLUSTER.'.length));
}

/**
 * What must not be heard, whatever happened.
 * @param {Beat[]} beats
 * @param {string[]} overwritten  claims
 * @param {number | null} wokeAt  ms: when a process went on that had been stopped; what it has to say then is dropped, and soon over.
 *   Judged by when it was published: on a busy machine the listener itself may hear of it later
 * @returns {string[]} in words
 */
export function faultsHeard(beats, overwritten, wokeAt = null) {
  const faults = overwritten.map((key) => `${key} was written twice`);
  if (wokeAt === null) {
    const { ms, last } = longestOverlap(beats);
    if (ms > mostOverlapMs) faults.push(`two owners of a class published side by side for ${ms} ms: ${described(last)}`);
    const late = fence(beats).dropped.filter(({ ts, at }) => at - ts > mostLateMs);
    if (late.length > 0) faults.push(`${late.length} standings of an old epoch left late: ${described(late[0])}`);
  } else {
    const { dropped } = fence(beats);
    const late = dropped.filter(({ ts }) => ts > wokeAt + mostOverlapMs);
    if (late.length > 0)
      faults.push(`${late.length} standings of an old epoch more than ${mostOverlapMs} ms after waking: ${described(late[0])}`);
    const kept = dropped.filter(({ ts, at }) => at - Math.max(ts, wokeAt) > mostLateMs);
    if (kept.length > 0) faults.push(`${kept.length} standings of an old epoch left late: ${described(kept[0])}`);
  }
  return faults;
}

/**
 * From a moment to the next accepted standings of each race that was running then, or to its result: none follow it.
 * @param {Beat[]} beats
 * @param {number} at      ms
 * @param {Set<number>} classes  of interest
 * @param {Map<string, number>} [ends]  ms, when the result of a race was heard, by `class/race`: by then it runs no more
 * @returns {Map<string, number>} by `class/race`; Infinity where neither was heard
 */
export function gapsAfter(beats, at, classes, ends = new Map()) {
  const running = new Set(
    beats
      .filter((beat) => beat.at <= at && beat.at > at - 3000 && classes.has(beat.classId))
      .map(({ classId, raceId }) => `${classId}/${raceId}`)
      .filter((name) => !(ends.get(name) <= at)),
  );
  const before = new Map();
  for (const beat of beats) if (beat.at <= at) before.set(beat.classId, Math.max(before.get(beat.classId) ?? 0, beat.epoch));
  const gaps = new Map();
  for (const { classId, raceId, epoch, at: when } of beats) {
    const name = `${classId}/${raceId}`;
    if (when > at && running.has(name) && !gaps.has(name) && epoch > before.get(classId)) gaps.set(name, when - at);
  }
  for (const name of running) gaps.set(name, Math.min(gaps.get(name) ?? Infinity, (ends.get(name) ?? Infinity) - at));
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
