/** One ride of the past as columns, for a chart. */

import type { Ride } from '../contract/messages';

/** Index 0 is second 1; null where nothing arrived. All columns are equally long. */
export interface RideCurves {
  name: string;
  /** How many seconds arrived. */
  seconds: number;
  output: (number | null)[];
  total: (number | null)[];
  cadence: (number | null)[];
  resistance: (number | null)[];
  hereNow: (number | null)[];
  allTime: (number | null)[];
}

export function rideCurves({ name, rows }: Pick<Ride, 'name' | 'rows'>): RideCurves {
  const output = rows.map((row) => row.output);
  return {
    name,
    seconds: output.filter((value) => value !== null).length,
    output,
    total: rows.map((row) => row.total),
    cadence: rows.map((row) => row.cadence),
    resistance: rows.map((row) => row.resistance),
    hereNow: rows.map((row) => row.hereNowRank),
    allTime: rows.map((row) => row.allTimeRank),
  };
}
