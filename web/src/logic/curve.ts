/** Curves of rides: a score for each own second. */

export interface Curve {
  label: string;
  racerId: number | null;
  /** Score at each second, index 0 is second 1; null where there is none. */
  scores: (number | null)[];
}

/** What changed from each second to the next: the outputs of a curve of totals. */
export function steps(scores: readonly (number | null)[]): (number | null)[] {
  let last = 0;
  return scores.map((score) => {
    if (score === null) return null;
    const step = score - last;
    last = score;
    return step;
  });
}

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

/**
 * A gap in points as seconds on the road: how long it takes at this output to make it up.
 * @param output  points a second, more than 0
 */
export const inSeconds = (gap: number, output: number): number => (output > 0 ? gap / output : 0);
