import { describe, expect, test } from 'vitest';

import type { StandingRow } from '../src/logic/contract';
import { allTimeOrder, hereNowOrder, RankMemory, RankSpeaker, rankText, sharedRanks, withJumps } from '../src/logic/ranks';
import { leaderboardRows, liveRows, resultRows } from '../src/logic/rows';

const row = (racerId: number, more: Partial<StandingRow> = {}): StandingRow => ({
  rank: racerId, hereNowRank: racerId, racerId, name: `R${racerId}`, second: 10, seconds: 10, output: 100, total: 1000 - racerId, finished: false, allTimeRank: null, ...more,
});

describe('ranks', () => {
  test('shared ranks are those of more than one row; who has none shares none', () => {
    expect([...sharedRanks([{ rank: 1 }, { rank: 2 }, { rank: 2 }, { rank: 4 }, { rank: null }, { rank: null }])]).toEqual([2]);
  });

  test('here now goes by the rank at the own second, then by who is further', () => {
    const rows = [row(1, { hereNowRank: 3 }), row(2, { hereNowRank: 1, second: 5 }), row(3, { hereNowRank: 1, second: 200 }), row(4, { hereNowRank: null })];
    expect(hereNowOrder(rows).map(({ racerId }) => racerId)).toEqual([3, 2, 1, 4]);
    expect(rows[0]!.racerId).toBe(1);
  });

  test('all time puts who is not ranked last', () => {
    expect(allTimeOrder([row(1), row(2, { allTimeRank: 90 }), row(3, { allTimeRank: 7 })]).map(({ racerId }) => racerId)).toEqual([3, 2, 1]);
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
  test('a live row says how far somebody is; equal ranks at different seconds are no tie', () => {
    const rows = liveRows([row(1, { second: 151 }), row(2, { hereNowRank: 1, finished: true, second: 300 })], (r) => r.hereNowRank, { me: 2 });
    expect(rows.map(({ detail, tied, me, part }) => ({ detail, tied, me, part }))).toEqual([
      { detail: '2:31', tied: false, me: false, part: 151 / 300 },
      { detail: 'done', tied: false, me: true, part: 1 },
    ]);
  });

  test('a result says how many seconds arrived, and who shares a rank', () => {
    const rows = resultRows([row(1, { rank: 1, seconds: 297 }), row(2, { rank: 1 }), row(3, { rank: null, seconds: 12 })], 300, { me: null });
    expect(rows.map(({ rank, tied, detail }) => [rank, tied, detail])).toEqual([[1, true, '297/300'], [1, true, '10/300'], [null, false, '12/300']]);
  });

  test('a leaderboard row keeps its exact score at hand', () => {
    const [first] = leaderboardRows([{ rank: 1, racerId: 8, name: 'Adell', total: 45536.4321, raceId: 1, at: 0 }], { me: null });
    expect([first!.value, first!.exact]).toEqual(['45,536.4', '45,536.4321']);
  });
});
