// Whether one of two builds is slower than the other, from the same load on both in alternating rounds.

import { median } from './figures.mjs';

/** P(X <= k) where X counts heads in n throws of a coin. */
function heads(k, n) {
  let term = 0.5 ** n;
  let sum = 0;
  for (let i = 0; i <= k; ++i) {
    sum += term;
    term *= (n - i) / (i + 1);
  }
  return sum;
}

/**
 * Where the median of what these values are drawn from lies, whatever their distribution is: between the k-th smallest and the k-th
 * largest of them (the interval of the sign test), with the largest k that covers enough. Six values are needed for 95 %; with fewer it
 * is their range, and covers less.
 * @param {number[]} values  at least one
 * @param {number} [confidence]  0..1
 * @returns {{low: number, high: number, coverage: number}}
 */
export function medianInterval(values, confidence = 0.95) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const coverage = (k) => Math.max(0, 1 - 2 * heads(k - 1, n));
  let k = 1;
  while (k + 1 <= n / 2 && coverage(k + 1) >= confidence) ++k;
  return { low: sorted[k - 1], high: sorted[n - k], coverage: coverage(k) };
}

/**
 * What a figure that should be small does from one build to the other, in percent of the first: positive is slower. Only ratios of one
 * round count, so whatever the machine does to both of a round cancels out.
 * @param {number[]} base  by round
 * @param {number[]} other  by round
 * @param {number} limit  in percent: `slower` is what is beyond it and is no chance; `undecided` what may be beyond it, but may be none at all
 * @returns {{ratios: number[], change: number, low: number, high: number, coverage: number, verdict: 'slower' | 'undecided' | 'not slower'}}
 */
export function compare(base, other, limit) {
  if (base.length === 0 || base.length !== other.length) throw new Error(`${base.length} and ${other.length} rounds do not compare`);
  const ratios = base.map((value, round) => other[round] / value);
  const unusable = ratios.findIndex((ratio) => !(ratio > 0 && Number.isFinite(ratio)));
  if (unusable >= 0) throw new Error(`round ${unusable + 1} measured nothing: ${base[unusable]} and ${other[unusable]}`);
  const percent = (ratio) => (ratio - 1) * 100;
  const interval = medianInterval(ratios);
  const [change, low, high] = [median(ratios), interval.low, interval.high].map(percent);
  const verdict = change > limit && low > 0 ? 'slower' : high > limit ? 'undecided' : 'not slower';
  return { ratios, change, low, high, coverage: interval.coverage, verdict };
}

/** "slower by 3.1 % ± 1.2 (2.0 to 4.4)" */
export function sentence({ change, low, high }) {
  const number = (value) => value.toFixed(1);
  const by = Math.abs(change) < 0.05 ? 'the same' : `${change > 0 ? 'slower' : 'faster'} by ${number(Math.abs(change))} %`;
  return `${by} ± ${number((high - low) / 2)} (${number(low)} to ${number(high)})`;
}
