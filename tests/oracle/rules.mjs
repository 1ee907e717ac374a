// The rules of a race as the oracle reads them: the names of the configuration, `[race]` and `[[class]]`.

/**
 * @typedef {object} Rules
 * @property {number} window_seconds  riders may start in this time
 * @property {number} ride_seconds    own seconds of a ride, 1..900
 * @property {number} grace_seconds   for late seconds after the last possible one
 * @property {number} capacity        riders per race
 * @property {number} min_percent     of the seconds, to be a finisher
 * @property {'live' | 'any'} admit  with `any` no clock decides
 * @property {{id: number, score: 'total' | 'output'}[]} classes  a class not listed scores by total
 */

/** @type {Rules} */
export const shippedRules = {
  window_seconds: 300,
  ride_seconds: 300,
  grace_seconds: 30,
  capacity: 1000,
  min_percent: 90,
  admit: 'live',
  classes: [1, 2, 3, 4, 5, 6].map((id) => ({ id, score: 'total' })),
};

/**
 * Rules with what is not said as shipped.
 * @param {Partial<Rules>} rules
 * @returns {Rules}
 * @throws {Error} on a key that is no rule, or a value out of range
 */
export function completeRules(rules) {
  for (const key of Object.keys(rules)) if (!(key in shippedRules)) throw new Error(`unknown rule "${key}"`);
  const all = { ...shippedRules, ...rules };
  for (const key of ['window_seconds', 'ride_seconds', 'capacity', 'min_percent'])
    if (!Number.isInteger(all[key]) || all[key] < 1) throw new Error(`rule "${key}" must be a whole number above 0`);
  for (const { id, score } of all.classes)
    if (score !== 'total' && score !== 'output') throw new Error(`class ${id} scores by total or output, not ${score}`);
  return all;
}

/**
 * @param {Rules} rules
 * @param {number} classId
 * @returns {'total' | 'output'}
 */
export function scoringOf(rules, classId) {
  return rules.classes.find((c) => c.id === classId)?.score ?? 'total';
}

/** When a race takes no more updates: start + window + ride + grace, in ms since the epoch. */
export function deadlineOf(rules, raceId) {
  return (raceId * rules.window_seconds + rules.window_seconds + rules.ride_seconds + rules.grace_seconds) * 1000;
}
