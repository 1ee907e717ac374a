import { describe, expect, test } from 'vitest';

import {
  addSecond,
  countStates,
  MAX_REFUSALS,
  newRide,
  note,
  phaseOf,
  readRide,
  secondsDue,
  secondsOver,
  settle,
  totals,
  updateOf,
} from '../src/logic/ride';

const ride = (rideSeconds = 10) =>
  newRide({
    classId: 3,
    raceId: 5400172,
    racerId: 8,
    name: 'Adell',
    anchor: 100_000,
    rules: { windowSeconds: 300, rideSeconds, graceSeconds: 30 },
    bike: 'manual',
    seed: 1,
    ghost: 'none',
  });
const measured = { cadence: 74.2, resistance: 74 };

describe('a ride', () => {
  test('a second is due when it is over, and each once', () => {
    const mine = ride();
    expect(secondsDue(mine, 99_000)).toEqual([]);
    expect(secondsDue(mine, 100_999)).toEqual([]);
    expect(secondsDue(mine, 101_000)).toEqual([1]);
    addSecond(mine, measured);
    expect(secondsDue(mine, 101_900)).toEqual([]);
  });

  test('a tab that slept catches up, and no ride is longer than it is', () => {
    const mine = ride();
    expect(secondsDue(mine, 104_200)).toEqual([1, 2, 3, 4]);
    expect(secondsDue(mine, 999_999)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(secondsOver(mine, 999_999)).toBe(10);
  });

  test('an update says when its second was ridden, however late it is sent', () => {
    const mine = ride();
    addSecond(mine, measured);
    addSecond(mine, measured);
    expect(updateOf(mine, 2)).toEqual({
      event: 'update',
      deviceTimestamp: 102_000,
      second: 2,
      raceId: 5400172,
      name: 'Adell',
      racerId: 8,
      classId: 3,
      cadence: 74.2,
      resistance: 74,
      view: true,
    });
  });

  test('the last second is the final one', () => {
    const mine = ride(2);
    addSecond(mine, measured);
    addSecond(mine, measured);
    expect(updateOf(mine, 1)!.event).toBe('update');
    expect(updateOf(mine, 2)!.event).toBe('final');
  });

  test('what the bike measures besides goes along', () => {
    const mine = ride();
    addSecond(mine, { ...measured, power: 210, heartRate: 141 });
    expect(updateOf(mine, 1)).toMatchObject({ power: 210, heartRate: 141 });
  });

  test('a second without a measurement is a gap: nothing is sent for it', () => {
    const mine = ride();
    addSecond(mine, null);
    expect(updateOf(mine, 1)).toBeNull();
    expect(countStates(mine)).toMatchObject({ gap: 1, kept: 0 });
  });

  test('it goes from ready to done', () => {
    const mine = ride(2);
    expect(phaseOf(mine, 99_999)).toBe('ready');
    expect(phaseOf(mine, 100_000)).toBe('riding');
    addSecond(mine, measured);
    addSecond(mine, measured);
    expect(phaseOf(mine, 102_000)).toBe('settling');
    settle(mine, 1, 'accepted');
    settle(mine, 2, 'refused', { error: 'too_late', message: '' });
    expect(phaseOf(mine, 102_000)).toBe('done');
  });

  test('totals leave out what is missing or refused, and there is none before the first second that counts', () => {
    const mine = ride();
    addSecond(mine, null);
    addSecond(mine, measured);
    addSecond(mine, measured);
    addSecond(mine, measured);
    settle(mine, 3, 'refused', { error: 'conflict', message: '' });
    expect(totals(mine)).toEqual([null, 1_517_880, 1_517_880, 3_035_760]);
  });

  test('only the last few refusals are kept', () => {
    const mine = ride(300);
    for (let s = 1; s <= 100; s += 1) {
      addSecond(mine, measured);
      settle(mine, s, 'refused', { error: 'race_full', message: '' });
    }
    expect(mine.refusals.length).toBe(MAX_REFUSALS);
    expect(mine.refusals.at(-1)!.second).toBe(100);
  });

  test('the trail has one point a second and never goes back', () => {
    const mine = ride();
    const point = (second: number, here: number) => ({ second, here, of: 9, allTime: null, best: null, ghost: null });
    note(mine, point(1, 5));
    note(mine, point(2, 4));
    note(mine, point(2, 3));
    note(mine, point(1, 9));
    expect(mine.trail.map(({ second, here }) => [second, here])).toEqual([
      [1, 5],
      [2, 3],
    ]);
  });

  test('it comes back from storage as it was; what is no ride does not', () => {
    const mine = ride();
    addSecond(mine, measured);
    expect(readRide(JSON.stringify(mine))).toEqual(mine);
    for (const bad of [
      null,
      '',
      '{',
      '{}',
      '[]',
      'null',
      JSON.stringify({ ...mine, states: [] }),
      JSON.stringify({ ...mine, anchor: 'x' }),
      JSON.stringify({ ...mine, trail: null }),
    ])
      expect(readRide(bad)).toBeNull();
  });
});
