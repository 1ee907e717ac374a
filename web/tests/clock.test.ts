import { describe, expect, test } from 'vitest';

import { ServerClock } from '../src/logic/clock';
import { deadline, raceAt, startsLeft, windowEnd, windowStart } from '../src/logic/race_times';

describe('the server’s clock', () => {
  test('the middle of the quickest round trip is believed', () => {
    let here = 0;
    const clock = new ServerClock(() => here);
    expect(clock.set).toBe(false);
    expect(clock.now(() => 42)).toBe(42);
    clock.learn(1000, 1400, 1_000_200); // slow, offset 999,000
    clock.learn(2000, 2020, 1_001_015); // quick, offset 999,005
    clock.learn(3000, 3900, 1_003_000); // slow again
    here = 5000;
    expect(clock.now()).toBe(1_004_005);
    expect(clock.uncertainty).toBe(10);
  });

  test('old samples are forgotten: clocks drift', () => {
    const clock = new ServerClock(() => 0, 2);
    clock.learn(0, 0, 100);
    clock.learn(0, 10, 205);
    clock.learn(0, 10, 205);
    expect(clock.now()).toBe(200);
  });

  test('after a sleep it starts anew', () => {
    const clock = new ServerClock(() => 0);
    clock.learn(0, 0, 100);
    clock.forget();
    expect(clock.set).toBe(false);
  });
});

describe('races', () => {
  const rules = { windowSeconds: 300, rideSeconds: 300, graceSeconds: 30 };
  test('the example of the rules is race 5400172', () => expect(raceAt(1620051628707, rules)).toBe(5400172));
  test('windows are aligned to the epoch', () => {
    expect(windowStart(5400172, rules)).toBe(1620051600000);
    expect(windowEnd(5400172, rules)).toBe(1620051900000);
  });
  test('data comes for at most window, ride and grace', () => expect(deadline(5400172, rules)).toBe(1620051600000 + 630_000));
  test('the countdown shows whole seconds, and never 0', () => {
    expect(startsLeft(1620051600000, rules)).toBe(300);
    expect(startsLeft(1620051899999, rules)).toBe(1);
    expect(startsLeft(1620051900000, rules)).toBe(300);
  });
});
