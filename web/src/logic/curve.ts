/** Curves of rides: a score for each own second. */

/** The mean of each value and the ones before it, at most `span` of them; missing ones are left out. */
export function smoothed(values: readonly (number | null)[], span: number): (number | null)[] {
  return values.map((value, i) => {
    if (value === null) return null;
    const near = values.slice(Math.max(0, i - span + 1), i + 1).filter((v): v is number => v !== null);
    return near.reduce((sum, v) => sum + v, 0) / near.length;
  });
}

/** Mine minus theirs where both have a value. */
export function lead(mine: readonly (number | null)[], theirs: readonly (number | null)[]): (number | null)[] {
  return mine.map((score, i) => {
    const other = theirs[i];
    return score === null || other === null || other === undefined ? null : score - other;
  });
}

/** The mean of those that are there; 0 of none. */
export function mean(values: readonly (number | null)[]): number {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? 0 : there.reduce((sum, value) => sum + value, 0) / there.length;
}

/**
 * A gap in points as seconds on the road: how long it takes at this output to make it up.
 * @param output  points a second, more than 0
 */
export const inSeconds = (gap: number, output: number): number => (output > 0 ? gap / output : 0);
