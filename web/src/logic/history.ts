/**
 * Answers about the past: one rider, one ride. What a server does not tell is null or missing; the page shows what is there.
 */

import type { Curve } from './curve';

export interface RiderBest {
  classId: number;
  total: number;
  raceId: number;
  at: number;
  rank: number | null;
  of: number | null;
}

export interface RideSummary {
  classId: number;
  raceId: number;
  at: number;
  total: number;
  rank: number | null;
  racers: number | null;
  seconds: number | null;
  finished: boolean;
}

export interface RiderProfile {
  racerId: number;
  name: string;
  bests: RiderBest[];
  rides: RideSummary[];
}

/** One ride, second by second: index 0 is second 1, null where nothing arrived. */
export interface RideCurves {
  name: string;
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
    bests: list(from.bests).map(object).map((row) => ({
      classId: number(row.classId) ?? 0,
      total: number(row.total) ?? 0,
      raceId: number(row.raceId) ?? 0,
      at: number(row.at) ?? 0,
      rank: number(row.rank),
      of: number(row.of),
    })),
    rides: list(from.rides).map(object).map((row) => ({
      classId: number(row.classId) ?? 0,
      raceId: number(row.raceId) ?? 0,
      at: number(row.at) ?? number(row.closed) ?? 0,
      total: number(row.total) ?? 0,
      rank: number(row.rank),
      racers: number(row.racers) ?? number(row.of),
      seconds: number(row.seconds),
      finished: row.finished === true,
    })),
  };
}

export function readRideCurves(answer: unknown): RideCurves {
  const from = object(answer);
  return {
    name: text(from.name),
    output: column(from.output),
    total: column(from.total),
    cadence: column(from.cadence),
    resistance: column(from.resistance),
    hereNow: column(from.hereNowRank),
    allTime: column(from.allTimeRank),
  };
}

/** A ghost's score at each second. */
export function readGhost(answer: unknown, label: string): Curve {
  const from = object(answer);
  return { label: text(from.name) || label, racerId: number(from.racerId), scores: column(from.scores ?? from.total) };
}
