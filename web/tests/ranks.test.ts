import { describe, expect, test } from 'vitest';

import type { StandingRow, Standings } from '../src/contract/messages';
import { RankMemory, RankSpeaker, rankText, sharedRanks, withJumps } from '../src/logic/ranks';
import { leaderboardRows, momentRows, resultRows } from '../src/logic/rows';

const row = (racerId: number, more: Partial<StandingRow> = {}): StandingRow => ({
  rank: racerId,
  hereNowRank: racerId,
  racerId,
  name: `R${racerId}`,
  second: 10,
  seconds: 10,
  output: 100,
  total: 1000 - racerId,
  finished: false,
  allTimeRank: null,
  ...more,
});

describe('ranks', () => {
  test('shared ranks are those of more than one row; who has none shares none', () => {
    expect([...sharedRanks([{ rank: 1 }, { rank: 2 }, { rank: 2 }, { rank: 4 }, { rank: null }, { rank: null }])]).toEqual([2]);
  });

  test.each([
    [3, false, '3'],
    [3, true, '=3'],
    [null, false, '–'],
  ])('rank %s, shared %s, is written %s', (rank, tied, text) => expect(rankText(rank, tied)).toBe(text));

  test('an arrow tells what happened within the last seconds, not since the last message', () => {
    const memory = new RankMemory(10_000);
    expect(memory.move(8, 5, 0)).toBe(0);
    expect(memory.move(8, 3, 1000)).toBe(2);
    expect(memory.move(8, 3, 2000)).toBe(2);
    expect(memory.move(8, 4, 3000)).toBe(1);
    expect(memory.move(8, 4, 10_500)).toBe(-1);
    expect(memory.move(8, 4, 60_000)).toBe(0);
    expect(memory.move(9, null, 0)).toBe(0);
  });

  test('a rank is spoken when it changes, not more often than every ten seconds', () => {
    const speaker = new RankSpeaker(10_000);
    expect(speaker.hear(null, 0, 0)).toBeNull();
    expect(speaker.hear(5, 20, 0)).toBe('You are 5th of 20');
    expect(speaker.hear(4, 20, 3000)).toBeNull();
    expect(speaker.hear(3, 20, 9000)).toBeNull();
    expect(speaker.hear(3, 21, 10_000)).toBe('You are now 3rd of 21');
    expect(speaker.hear(3, 21, 30_000)).toBeNull();
  });

  test('a table of the first and the neighbours says how many it leaves out', () => {
    const jumps = (ranks: (number | null)[]) => withJumps(ranks.map((rank) => ({ rank }))).map(({ skipped }) => skipped);
    expect(jumps([1, 2, 3, 40, 41])).toEqual([0, 0, 0, 36, 0]);
    expect(jumps([1, 2, 2, 4])).toEqual([0, 0, 0, 0]);
    expect(jumps([1, 2, 3, null])).toEqual([0, 0, 0, 0]);
    expect(jumps([])).toEqual([]);
  });
});

describe('rows', () => {
  const at = (rows: StandingRow[], more: Partial<Standings> = {}): Standings => ({
    classId: 3,
    raceId: 1,
    epoch: 1,
    asOf: 1,
    ts: 0,
    state: 'running',
    second: 100,
    racers: rows.length,
    reported: 1,
    finished: 0,
    allTimeOf: 40,
    rows,
    ...more,
  });
  test('a race at a second: all-time ranks of who has reached it, how far who has not is', () => {
    const rows = momentRows(
      at([row(1, { rank: 1, allTimeRank: 17 }), row(2, { rank: 1, allTimeRank: null }), row(3, { rank: null, second: 75 })]),
      { me: 2 },
    );
    expect(rows.map(({ rank, tied, detail, me, part }) => [rank, tied, detail, me, part])).toEqual([
      [1, true, '17th', false, undefined],
      [1, true, '', true, undefined],
      [null, false, 'at 1:15', false, 0.75],
    ]);
  });

  test('without a history nobody is first of all time', () => {
    expect(momentRows(at([row(1, { allTimeRank: 1 })], { allTimeOf: 1 }), { me: null }).map(({ detail }) => detail)).toEqual(['']);
  });

  test('a result says how many seconds arrived, and who shares a rank', () => {
    const rows = resultRows([row(1, { rank: 1, seconds: 297 }), row(2, { rank: 1 }), row(3, { rank: null, seconds: 12 })], 300, {
      me: null,
    });
    expect(rows.map(({ rank, tied, detail }) => [rank, tied, detail])).toEqual([
      [1, true, '297/300'],
      [1, true, '10/300'],
      [null, false, '12/300'],
    ]);
  });

  test('a leaderboard row keeps its exact score at hand', () => {
    const [first] = leaderboardRows([{ rank: 1, racerId: 8, name: 'Adell', total: 45536.4321, raceId: 1, at: 0 }], { me: null });
    expect([first!.value, first!.exact]).toEqual(['45,536.4', '45,536.4321']);
  });
});
