import { describe, expect, test } from 'vitest';

import type { Update } from '../src/contract/messages';
import type { UpdateAnswer } from '../src/contract/subjects';
import { Ring, SendPace } from '../src/logic/ring';

const update = (second: number): Update => ({
  event: 'update',
  deviceTimestamp: 1000 * second,
  second,
  raceId: 7,
  name: 'Ada',
  racerId: 8,
  classId: 3,
  cadence: 80,
  resistance: 40,
  view: true,
});
const ok: UpdateAnswer = { ok: true, seq: 1, ts: 0 };
const refused = (retry: boolean): UpdateAnswer => ({ ok: false, error: retry ? 'busy' : 'too_late', message: '', retry, ts: 0 });
const dueAt = (ring: Ring, now: number) => ring.due(now, 100).map(({ number }) => number);

describe('the ring', () => {
  test('an update is kept until it is acknowledged', () => {
    const ring = new Ring();
    ring.ride(update(1), 0, 10_000);
    expect(dueAt(ring, 0)).toEqual([1]);
    ring.sent(1, 0);
    expect(dueAt(ring, 999)).toEqual([]);
    expect(dueAt(ring, 1000)).toEqual([1]);
    expect(ring.answered(1, ok, 1100)).toBe('accepted');
    expect(ring.kept).toEqual([]);
    expect(ring.answered(1, ok, 1200)).toBe('unknown');
  });

  test('it waits a second after each of three sends, then twice as long each time, up to four', () => {
    const ring = new Ring();
    ring.ride(update(1), 0, 1e9);
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 7; i += 1) {
      ring.sent(1, now);
      waits.push(ring.find(1)!.due - now);
      now = ring.find(1)!.due;
    }
    expect(waits).toEqual([1000, 1000, 1000, 2000, 4000, 4000, 4000]);
  });

  test('a refusal that says retry is tried again, with longer pauses', () => {
    const ring = new Ring();
    ring.ride(update(1), 0, 1e9);
    const pauses: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      expect(ring.answered(1, refused(true), 0)).toBe('again');
      pauses.push(ring.find(1)!.due);
    }
    expect(pauses).toEqual([500, 1000, 2000, 2000]);
  });

  test('nobody listening is a reason to try again', () => {
    const ring = new Ring();
    ring.ride(update(1), 0, 1e9);
    expect(ring.answered(1, null, 50)).toBe('again');
    expect(dueAt(ring, 550)).toEqual([1]);
  });

  test('a refusal for good is settled', () => {
    const ring = new Ring();
    ring.ride(update(1), 0, 1e9);
    expect(ring.answered(1, refused(false), 0)).toBe('refused');
    expect(ring.kept).toEqual([]);
  });

  test('after a reconnect what was sent is due at once; what is held back stays so', () => {
    const ring = new Ring();
    ring.ride(update(1), 0, 1e9);
    ring.ride(update(2), 5000, 1e9);
    ring.sent(1, 100);
    ring.reconnected(200);
    expect(dueAt(ring, 200)).toEqual([1]);
    expect(ring.find(1)!.reason).toBe('reconnect');
  });

  test('what the race takes no more is given up', () => {
    const ring = new Ring();
    ring.ride(update(1), 0, 1000);
    ring.ride(update(2), 0, 2000);
    expect(ring.giveUp(1000).map(({ number }) => number)).toEqual([1]);
    expect(dueAt(ring, 1000)).toEqual([2]);
  });

  test('the oldest are sent first, no more than a burst', () => {
    const ring = new Ring();
    for (let s = 1; s <= 30; s += 1) ring.ride(update(s), 0, 1e9);
    expect(ring.due(0, 5).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  test('it survives a reload as JSON, and then all of it is due', () => {
    const before = new Ring();
    before.ride(update(1), 0, 1e9);
    before.ride(update(2), 0, 1e9);
    before.sent(1, 0);
    const after = new Ring(JSON.parse(JSON.stringify(before.kept)));
    expect(dueAt(after, 0)).toEqual([1, 2]);
    expect(after.kept.map(({ reason }) => reason)).toEqual(['reconnect', 'first']);
    expect(after.find(1)!.update).toEqual(update(1));
  });
});

test('after an outage no more than forty updates leave in a second, however often it is looked', () => {
  const pace = new SendPace();
  let left = 0;
  for (let now = 0; now < 5000; now += 100) {
    for (let n = pace.allowed(now); n > 0; n -= 1) {
      pace.sent();
      left += 1;
    }
  }
  expect(left).toBeGreaterThanOrEqual(200);
  expect(left).toBeLessThanOrEqual(240); // forty at once, and what came in since
  expect(pace.allowed(60_000)).toBe(40);
});
