/**
 * Answers about the past: one rider, one ride. What a server does not tell is null or missing; the page shows what is there.
 */

/** The best finished ride on a course: what stands on its leaderboard. */
export interface RiderRecord {
  classId: number;
  total: number;
  raceId: number;
  at: number;
}

export interface RideSummary {
  classId: number;
  raceId: number;
  at: number;
  total: number;
  /** null: not finished. */
  rank: number | null;
  seconds: number | null;
  finished: boolean;
}

export interface RiderProfile {
  racerId: number;
  name: string;
  records: RiderRecord[];
  /** Best score ever at each own second, by course, over all rides, finished or not: index 0 is second 1. */
  bests: ReadonlyMap<number, (number | null)[]>;
  rides: RideSummary[];
}

/** One ride, second by second: index 0 is second 1, null where nothing arrived. All columns are equally long. */
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

type Json = Record<string, unknown>;
const object = (value: unknown): Json => (value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const column = (value: unknown): (number | null)[] => list(value).map(number);

export function readProfile(answer: unknown): RiderProfile {
  const from = object(answer);
  return {
    racerId: number(from.racerId) ?? 0,
    name: text(from.name),
    records: list(from.records)
      .map(object)
      .map((row) => ({
        classId: number(row.classId) ?? 0,
        total: number(row.total) ?? 0,
        raceId: number(row.raceId) ?? 0,
        at: number(row.at) ?? 0,
      })),
    bests: new Map(
      list(from.bests)
        .map(object)
        .map((row) => [number(row.classId) ?? 0, column(row.scores)]),
    ),
    rides: list(from.rides)
      .map(object)
      .map((row) => ({
        classId: number(row.classId) ?? 0,
        raceId: number(row.raceId) ?? 0,
        at: number(row.closed) ?? 0,
        total: number(row.total) ?? 0,
        rank: number(row.rank),
        seconds: number(row.seconds),
        finished: row.finished === true,
      })),
  };
}

export function readRideCurves(answer: unknown): RideCurves {
  const from = object(answer);
  const rows = list(from.rows).map(object);
  const of = (name: string) => rows.map((row) => number(row[name]));
  const output = of('output');
  return {
    name: text(from.name),
    seconds: output.filter((value) => value !== null).length,
    output,
    total: of('total'),
    cadence: of('cadence'),
    resistance: of('resistance'),
    hereNow: of('hereNowRank'),
    allTime: of('allTimeRank'),
  };
}
