/** Rankings as they are shown: who moved, who shares a rank, what is left out. */

import { ordinal } from './format';

/** A row of any ranking on the page. */
export interface BoardRow {
  racerId: number;
  name: string;
  /** null: not ranked. */
  rank: number | null;
  /** Shares its rank with another row. */
  tied: boolean;
  /** Places gained (positive) or lost lately. */
  move: number;
  me: boolean;
  /** The figure of the row, as text. */
  value: string;
  /** The same with all its places. */
  exact: string;
  /** What else there is to say: "2:31", "297/300". */
  detail: string;
  /** Difference to my score, as text with its sign; empty when it makes no sense. */
  gap: string;
  /** How much of the ride is ridden, 0..1; absent where that says nothing. */
  part?: number;
}

/** Ranks that more than one row has. */
export function sharedRanks(rows: Iterable<{ rank: number | null }>): Set<number> {
  const seen = new Set<number>();
  const shared = new Set<number>();
  for (const { rank } of rows) {
    if (rank === null) continue;
    if (seen.has(rank)) shared.add(rank);
    seen.add(rank);
  }
  return shared;
}

/**
 * Remembers ranks for a while, so that an arrow can say what happened lately and not only since the last message.
 */
export class RankMemory {
  private readonly last = new Map<number, { at: number; rank: number }[]>();

  /** @param span  ms that count as "lately" */
  constructor(private readonly span = 10_000) {}

  /** @returns places gained since the oldest rank within the span; 0 for a newcomer. */
  move(racerId: number, rank: number | null, now: number): number {
    if (rank === null) return 0;
    let history = this.last.get(racerId);
    if (!history) this.last.set(racerId, (history = []));
    while (history.length > 0 && history[0]!.at < now - this.span) history.shift();
    if (history.length === 0 || history[history.length - 1]!.rank !== rank) history.push({ at: now, rank });
    return history[0]!.rank - rank;
  }

  clear(): void {
    this.last.clear();
  }
}

/** Says a change of one's rank, rarely enough to be listened to. */
export class RankSpeaker {
  private said: { rank: number; at: number } | null = null;

  /** @param pause  ms between two sentences at least */
  constructor(private readonly pause = 10_000) {}

  /** @returns what to say now, or nothing. */
  hear(rank: number | null, of: number, now: number): string | null {
    if (rank === null || rank === this.said?.rank) return null;
    if (this.said && now - this.said.at < this.pause) return null;
    const first = this.said === null;
    this.said = { rank, at: now };
    return first ? `You are ${ordinal(rank)} of ${of}` : `You are now ${ordinal(rank)} of ${of}`;
  }
}

/** "3" or "=3" where it is shared, "–" where there is none. */
export const rankText = (rank: number | null, tied: boolean): string => (rank === null ? '–' : tied ? `=${rank}` : String(rank));

/**
 * Rows with the number of rows left out before each one: a table that shows the first ones and the neighbours of somebody
 * says so where it jumps.
 */
export function withJumps<R extends { rank: number | null }>(rows: readonly R[]): { row: R; skipped: number }[] {
  let expected = 1;
  return rows.map((row, i) => {
    const rank = row.rank ?? expected;
    const previous = i > 0 ? rows[i - 1]!.rank : 0;
    const skipped = i > 0 && rank !== previous && rank > expected ? rank - expected : 0;
    expected = Math.max(expected, rank) + 1;
    return { row, skipped };
  });
}
