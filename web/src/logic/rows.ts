/** Rows of the messages as rows of a board. */

import type { LeaderboardRow, StandingRow } from './contract';
import { exactScore, minutes, moment, score } from './format';
import { calledName } from './names';
import { sharedRanks, type BoardRow, type RankMemory } from './ranks';

interface Telling {
  me: number | null;
  /** Places gained lately; without it nobody moves. */
  memory?: RankMemory;
  now?: number;
  /** Seconds of a whole ride, to tell how far somebody is. */
  rideSeconds?: number;
}

type RankOf = (row: StandingRow) => number | null;

/** Live standings, in the order given. The detail is how far each rider is. */
export function liveRows(rows: readonly StandingRow[], rankOf: RankOf, { me, memory, now = 0, rideSeconds = 300 }: Telling): BoardRow[] {
  return rows.map((row) => ({
    racerId: row.racerId,
    name: calledName(row.name, row.racerId),
    rank: rankOf(row),
    // Equal ranks at different seconds are no tie: each is a place at its own second.
    tied: false,
    move: memory ? memory.move(row.racerId, rankOf(row), now) : 0,
    me: row.racerId === me,
    value: score(row.total),
    exact: exactScore(row.total),
    detail: row.finished ? 'done' : minutes(row.second),
    gap: '',
    part: Math.min(1, row.second / rideSeconds),
  }));
}

/** A closed race, or one at an earlier second. The detail is how many seconds arrived. */
export function resultRows(rows: readonly StandingRow[], rideSeconds: number, { me, memory, now = 0 }: Telling): BoardRow[] {
  const shared = sharedRanks(rows);
  return rows.map((row) => ({
    racerId: row.racerId,
    name: calledName(row.name, row.racerId),
    rank: row.rank,
    tied: row.rank !== null && shared.has(row.rank),
    move: memory ? memory.move(row.racerId, row.rank, now) : 0,
    me: row.racerId === me,
    value: score(row.total),
    exact: exactScore(row.total),
    detail: `${row.seconds}/${rideSeconds}`,
    gap: '',
  }));
}

export function leaderboardRows(rows: readonly LeaderboardRow[], { me, memory, now = 0 }: Telling): BoardRow[] {
  const shared = sharedRanks(rows);
  return rows.map((row) => ({
    racerId: row.racerId,
    name: calledName(row.name, row.racerId),
    rank: row.rank,
    tied: shared.has(row.rank),
    move: memory ? memory.move(row.racerId, row.rank, now) : 0,
    me: row.racerId === me,
    value: score(row.total),
    exact: exactScore(row.total),
    detail: moment(row.at),
    gap: '',
  }));
}
