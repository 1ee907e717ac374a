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

/** Columns of the table: heading, width, cell of the kills of one place. */
const columns = [
  ['place', -34, (name) => name],
  ['kills', 6, (_name, kills) => kills.length],
  ['open', 6, (_name, kills) => kills.filter(({ open }) => open > 0).length],
  [
    'down p50',
    11,
    (_name, kills) =>
      seconds(
        quantile(
          kills.map(({ recovery }) => recovery),
          0.5,
        ),
      ),
  ],
  [
    'down p99',
    11,
    (_name, kills) =>
      seconds(
        quantile(
          kills.map(({ recovery }) => recovery),
          0.99,
        ),
      ),
  ],
  [
    'start p50',
    11,
    (_name, kills) =>
      seconds(
        quantile(
          kills.map(({ recovery, down }) => recovery - down),
          0.5,
        ),
      ),
  ],
  [
    'start p99',
    11,
    (_name, kills) =>
      seconds(
        quantile(
          kills.map(({ recovery, down }) => recovery - down),
          0.99,
        ),
      ),
  ],
];
const row = (cells) =>
  cells.map((cell, i) => (columns[i][1] < 0 ? `${cell}`.padEnd(-columns[i][1]) : `${cell}`.padStart(columns[i][1]))).join('');

/**
 * @param {import('./round.mjs').Outcome[]} outcomes
 * @param {{seconds: number, worlds: number}} run  how long it took, with how many rounds at a time
 * @returns {string}
 */
export function summary(outcomes, run) {
  const kills = outcomes.flatMap((outcome) => outcome.kills);
  const byPlace = new Map();
  for (const kill of kills) byPlace.set(kill.place, [...(byPlace.get(kill.place) ?? []), kill]);
  const line = (name, of) => row(columns.map(([, , cell]) => cell(name, of)));
  const total = (key) => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  const failed = outcomes.filter(({ failure }) => failure !== '').length;
  const notReached = outcomes.flatMap((outcome) => outcome.notReached);
  return [
    '',
    row(columns.map(([heading]) => heading)),
    ...[...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, of]) => line(place, of)),
    line('all', kills),
    '',
    'open: kills while a race of the round was not closed. down: from the kill until /readyz is ok again. start: the same from the',
    'start of what was killed, without the time it was kept down. p99 of fewer than a hundred kills is the longest.',
    '',
    ...(notReached.length > 0 ? [`named places not reached: ${notReached.join(', ')}`] : []),
    `${outcomes.length} rounds in ${Math.round(run.seconds)} s, ${run.worlds} at a time`,
    `${total('acknowledged')} updates acknowledged, ${total('lost')} lost, ${total('twice')} counted twice or unasked, ${total('differences')} differences`,
    `${total('leftOut')} updates answered ok that did not count`,
    `${total('stragglers')} batches written behind a close mark`,
    `${outcomes.length - failed} passed, ${failed} failed`,
  ].join('\n');
}
