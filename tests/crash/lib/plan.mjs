// What happens in a round, drawn from a seed: the same seed and round give the same plan, whatever else runs.
//
// Times are ms from the start of the race's window. What a kill hits at such a time still depends on the machine.

/** Places of racing/failpoint.hpp, and how often a race of four classes passes them at least. */
export const points = [
  ['ingest.append', 60],
  ['ingest.answer', 60],
  ['race.mark', 4],
  ['race.mark_read', 4],
  ['closing.rides', 4],
  ['closing.result', 4],
  ['class.merge', 4],
  ['store.applied', 4],
  ['closing.applied', 4],
  ['closing.announced', 4],
  ['closing.done', 4],
];

/** What is killed by time: where in the race, of one that closes at `close` or a little later. */
const moments = {
  riding: ({ window, ride }) => [500, window + ride - 500],
  'window end': ({ window }) => [window - 700, window + 700],
  close: ({ close }) => [close - 500, close + 1500],
  'after the deadline': ({ deadline }) => [deadline + 1000, deadline + 2000],
};

/** What is killed the moment something is heard on the journal's subjects, and how often a race of four classes brings it at least. */
export const heards = {
  'around an acknowledgement': { what: 'batch', least: 40 },
  'around a close mark': { what: 'mark', least: 4 },
};

/** What has to happen for a planted fault (racing/failpoint.hpp) to show. */
export const faults = {
  /** A kill takes with it what was answered and is not written. */
  ack_early: { flags: ['--journal.linger_ms', '1000'], strike: 'riding' },
  /** The node has to come back after the races are done. */
  skip_applied: { flags: [], strike: 'after the deadline' },
  /** Somebody writes a mark before the deadline: in every round somebody does. */
  early_mark: { flags: [], strike: 'riding' },
};

/**
 * Uniform numbers in 0..1 (mulberry32).
 * @param {number} seed  0..2^32 - 1
 * @returns {() => number}
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @typedef {object} Strike
 * @property {number} at    ms from the start of the window
 * @property {'node' | 'nats-server' | 'both'} what
 * @property {number} down  ms until it is started again, 0..2000, longer only across the deadline
 * @property {string} place for the table
 * @property {{what: 'batch' | 'mark', nth: number}} [heard]  when this is heard for the nth time, instead of at a time
 *
 * @typedef {object} Plan
 * @property {number} round      1..
 * @property {number} seed       of the riders
 * @property {Strike[]} strikes  in the order of time
 * @property {{place: string, nth: number}[]} points  the node ends at the first; started again, at the second
 * @property {number} ingests    ingest actors of the node
 * @property {number} clock      ms that the node's clock is ahead; 0 with a planted fault
 * @property {number} away       riders of each class who are away from their first second on
 * @property {{loss: number, duplicate: number, reorder: number, late: number, dropout: number}} faults  probabilities;
 */

/**
 * @param {number} seed   0..2^32 - 1
 * @param {number} round  1..
 * @param {import('../../oracle/rules.mjs').Rules} rules
 * @param {{fault?: keyof typeof faults}} [options]  with a planted fault every plan is the one kill that lets it show
 * @returns {Plan}
 */
export function planOf(seed, round, rules, { fault } = {}) {
  const random = randomFrom(seed ^ Math.imul(round, 0x9e3779b1));
  const between = (low, high) => Math.floor(low + random() * (high - low + 1));
  const oneOf = (list) => list[between(0, list.length - 1)];
  const window = rules.window_seconds * 1000;
  const ride = rules.ride_seconds * 1000;
  const deadline = window + ride + rules.grace_seconds * 1000;

  const kind = oneOf(['riding', 'riding', 'window end', 'close', 'across the deadline', 'point', 'point', 'point', ...Object.keys(heards)]);
  const dropout = !fault && (kind === 'across the deadline' || random() < 0.5) ? 0.3 : 0;
  const close = deadline;

  const strikeAt = (place, what) => ({
    at: between(...moments[place]({ window, ride, close, deadline })),
    what,
    down: between(0, 2000),
    place,
  });
  const point = () => {
    const [place, most] = oneOf(points);
    return { place, nth: between(1, most) };
  };
  const anything = () => oneOf(['node', 'node', 'nats-server', 'both']);

  const plan = { round, seed: between(1, 1e6), strikes: [], points: [], faults: { dropout }, ingests: between(1, 3), clock: 0, away: 5 };
  for (const [name, most] of [
    ['loss', 0.1],
    ['duplicate', 0.1],
    ['reorder', 0.1],
    ['late', 0.05],
  ])
    plan.faults[name] = Math.round(random() * most * 1000) / 1000;

  if (fault) {
    const { strike, point: place } = faults[fault];
    if (strike) plan.strikes.push({ ...strikeAt(strike, 'node'), down: 0 });
    if (place) plan.points.push({ place, nth: 1 });
    return plan;
  }
  plan.clock = oneOf([0, 0, 900, -900]);
  if (kind in heards) {
    const { what, least } = heards[kind];
    plan.strikes.push({ at: 0, what: 'nats-server', down: between(0, 2000), place: kind, heard: { what, nth: between(1, least) } });
  } else if (kind === 'across the deadline') {
    const at = between(window, deadline - 500);
    plan.strikes.push({ at, what: oneOf(['node', 'nats-server', 'both']), down: deadline - at + between(200, 3000), place: kind });
  } else if (kind === 'point') {
    plan.points.push(point());
    if (random() < 1 / 3) plan.points.push(point());
  } else {
    plan.strikes.push(strikeAt(kind, anything()));
  }
  if ((kind === 'riding' || kind === 'window end' || kind === 'point') && random() < 1 / 3)
    plan.strikes.push(strikeAt('close', anything()));
  return plan;
}

/** @param {Plan} plan */
export function describePlan({ strikes, points: armed, ingests, clock }) {
  const at = (ms) => `${(ms / 1000).toFixed(1)} s`;
  return [
    ...armed.map(({ place, nth }) => `at ${place}:${nth}`),
    ...strikes.map(
      ({ at: ms, what, down, place, heard }) => `${what} at ${heard ? `${heard.what} ${heard.nth}` : at(ms)} (${place}) for ${at(down)}`,
    ),
    `${ingests} ingest actors`,
    ...(clock === 0 ? [] : [`clock ${clock} ms`]),
  ].join(', ');
}
