/**
 * The public messages of Alleycat as they come over NATS (JSON). Scores are decimals with at most four places; ids are
 * whole numbers; times are ms since the epoch.
 */

export interface StandingRow {
  /** By score at each ride's latest second; null for who did not finish a closed race. */
  rank: number | null;
  /** At the rider's own second, among the rides that have reached it. */
  hereNowRank: number | null;
  racerId: number;
  name: string;
  /** The ride's furthest second. */
  second: number;
  /** How many of its seconds arrived. */
  seconds: number;
  output: number;
  total: number;
  finished: boolean;
  allTimeRank: number | null;
  allTimeStale?: boolean;
}

/**
 * Of a race. `complete`: nobody can start any more and all have ridden all their seconds, so the ranking is most likely final; it
 * is from `finalAt` on. A second that comes late sets it back to running.
 */
export type RaceState = 'running' | 'complete' | 'closed';

/** Live standings, their first 20 rows, a result, or the standings at an earlier second. */
export interface Standings {
  classId: number;
  raceId: number;
  epoch: number;
  asOf: number;
  ts: number;
  state: RaceState;
  /** With `complete`: server ms. */
  finalAt?: number;
  second: number;
  racers: number;
  reported: number;
  finished: number;
  /** Of an open race at one second: among how many its all-time ranks are; 1 where the class has no history. */
  allTimeOf?: number;
  rows: StandingRow[];
}

export interface ViewRow {
  rank: number | null;
  racerId: number;
  name: string;
  score: number;
}

export interface ViewTable {
  rank: number | null;
  of: number;
  stale?: boolean;
  rows: ViewRow[];
}

export interface ViewGhost {
  /** "leader", "median", "rank-N" or "racer". */
  kind: string;
  /** null for the median. */
  racerId: number | null;
  total: number;
  /** My score minus the ghost's at this second. */
  delta: number;
}

/** What one rider sees of the second they are in. */
export interface View {
  classId: number;
  raceId: number;
  racerId: number;
  second: number;
  output: number;
  total: number;
  epoch: number;
  asOf: number;
  ts: number;
  hereNow: ViewTable;
  allTime: ViewTable;
  best: { total: number; delta: number; newBest: boolean } | null;
  ghost: ViewGhost | null;
  missing: number[];
  /** Reason → how many updates. */
  refused: Record<string, number>;
}

export interface LeaderboardRow {
  rank: number;
  racerId: number;
  name: string;
  total: number;
  raceId: number;
  at: number;
}

export interface Leaderboard {
  classId: number;
  ts: number;
  /** How many riders are ranked in all. */
  of: number;
  rows: LeaderboardRow[];
}

/** Riders by name or number, whatever they rode. */
export interface People {
  /** How many there are in all. */
  of: number;
  rows: { racerId: number; name: string }[];
}

export interface AllTimePage {
  classId: number;
  second: number;
  of: number;
  rows: ViewRow[];
}

export interface RaceSummary {
  raceId: number;
  closed: number;
  racers: number;
  finished: number;
  winner: { racerId: number; name: string; total: number } | null;
}

export interface Course {
  classId: number;
  name: string;
  difficulty: number;
  score: 'total' | 'output';
}

export interface OpenRace {
  raceId: number;
  racers: number;
  /** Riders who reported within the last two seconds. */
  live: number;
  /** The furthest own second. */
  second: number;
}

export interface Rules {
  windowSeconds: number;
  rideSeconds: number;
  graceSeconds: number;
  capacity: number;
  minPercent: number;
  admit: 'live' | 'any';
}

export interface Now {
  ts: number;
  raceId: number;
  windowStart: number;
  windowEnd: number;
  classes: { classId: number; races: OpenRace[] }[];
  rules: Rules;
}

/** One message of one second, as every bike sends it. */
export interface Update {
  event: 'update' | 'final';
  deviceTimestamp: number;
  second: number;
  raceId: number;
  name: string;
  racerId: number;
  classId: number;
  /** 0..250 rpm, at most one decimal. */
  cadence: number;
  /** 0..100 %, at most one decimal. */
  resistance: number;
  /** W, from bikes that measure it. */
  power?: number;
  heartRate?: number;
  /** Asks for the personal view where it is not published to all. */
  view: true;
}

export type Answer = { ok: true; seq: number; ts: number } | { ok: false; error: string; message: string; retry: boolean; ts: number };

export interface ErrorAnswer {
  error: { code: string; message: string };
}

export type Period = 'all' | '30d' | '7d' | 'today';
