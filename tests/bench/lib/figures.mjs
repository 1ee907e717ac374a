// Medians, ranges, percentiles.

const sorted = (values) => [...values].sort((a, b) => a - b);

/** @param {number[]} values  at least one */
export function median(values) {
  const all = sorted(values);
  const middle = all.length >> 1;
  return all.length % 2 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
}

/** The smallest value that at least `part` of all do not exceed. @param {number[]} values  at least one */
export function percentile(values, part) {
  const all = sorted(values);
  return all[Math.min(all.length - 1, Math.max(0, Math.ceil(part * all.length) - 1))];
}

/** "0.37 [0.34-0.53]" */
export function spread(values, digits = 2) {
  const all = sorted(values);
  return `${median(values).toFixed(digits)} [${all[0].toFixed(digits)}-${all.at(-1).toFixed(digits)}]`;
}
