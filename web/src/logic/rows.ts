/** Rows of the messages as rows of a board. */

import type { LeaderboardRow, StandingRow, Standings } from '../contract/messages';
import { exactScore, minutes, moment, ordinal, score } from './format';
import { calledName } from './names';
import { sharedRanks, type BoardRow, type RankMemory } from './ranks';

interface Telling {
  me: number | null;
  /** Places gained lately; without it nobody moves. */
  memory?: RankMemory;
  now?: number;
  /** The class scores by the output of a second, not by the sum. */
  byOutput?: boolean;
}

/**
 * A race at one second: who has reached it, with the all-time rank there as detail; below them who has not, with how far they are.
 * In a class without a history everybody would be 1st of all time: nothing is said there.
 */
export function momentRows(at: Standings, { me, memory, now = 0, byOutput = false }: Telling): BoardRow[] {
  const shared = sharedRanks(at.rows);
  const history = at.allTimeOf !== 1;
  const figure = (row: StandingRow) => (byOutput ? row.output : row.total);
  return at.rows.map((row) => ({
    racerId: row.racerId,
    name: calledName(row.name, row.racerId),
    rank: row.rank,
    tied: row.rank !== null && shared.has(row.rank),
    move: memory ? memory.move(row.racerId, row.rank, now) : 0,
    me: row.racerId === me,
    value: score(figure(row)),
    exact: exactScore(figure(row)),
    detail: row.rank === null ? `at ${minutes(row.second)}` : history && row.allTimeRank !== null ? ordinal(row.allTimeRank) : '',
    gap: '',
    ...(row.rank === null && { part: Math.min(1, row.second / at.second) }),
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
