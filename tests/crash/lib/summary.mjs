// The tables at the end of a run.

/**
 * @param {number[]} values
 * @param {number} q  0..1
 * @returns {number} the smallest value with at least that share of all at or below it; NaN of nothing
 */
export function quantile(values, q) {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted.length === 0 ? NaN : sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

export const seconds = (ms) => (Number.isNaN(ms) ? '-' : `${(ms / 1000).toFixed(2)} s`);

/**
 * @param {import('./round.mjs').Outcome[]} outcomes
 * @returns {string}
 */
export function summary(outcomes) {
  const kills = outcomes.flatMap((outcome) => outcome.kills);
  const byPlace = new Map();
  for (const kill of kills) byPlace.set(kill.place, [...(byPlace.get(kill.place) ?? []), kill]);
  const row = (name, of) => {
    const all = of.map(({ recovery }) => recovery);
    const up = of.map(({ recovery, down }) => recovery - down);
    const cells = [quantile(all, 0.5), quantile(all, 0.99), quantile(up, 0.5), quantile(up, 0.99)];
    return `${name.padEnd(34)}${String(of.length).padStart(6)}${String(of.filter(({ open }) => open > 0).length).padStart(6)}${cells.map((ms) => seconds(ms).padStart(12)).join('')}`;
  };
  const total = (key) => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  const failed = outcomes.filter(({ failure }) => failure !== '').length;
  const notReached = outcomes.flatMap((outcome) => outcome.notReached);
  return [
    '',
    `${'place'.padEnd(34)}${'kills'.padStart(6)}${'open'.padStart(6)}${'kill p50'.padStart(12)}${'kill p99'.padStart(12)}${'start p50'.padStart(12)}${'start p99'.padStart(12)}`,
    ...[...byPlace].sort().map(([place, of]) => row(place, of)),
    row('all', kills),
    'open: kills with a race of the round not closed yet; recovery until /readyz is ok, from the kill and from the new start',
    '',
    ...(notReached.length > 0 ? [`named places not reached: ${notReached.join(', ')}`] : []),
    `${total('acknowledged')} updates acknowledged, ${total('lost')} lost, ${total('twice')} counted twice or unasked, ${total('differences')} differences`,
    `${outcomes.length - failed} passed, ${failed} failed`,
  ].join('\n');
}
