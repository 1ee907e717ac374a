import { describe, expect, test } from 'vitest';

import { dayBegan, dayEnds, utcDay } from '../src/logic/days';
import { Moments } from '../src/logic/moments';

/** A server whose answers come when they are let go. */
function slowServer() {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const ask = (key: string) => {
    asked.push(key);
    return new Promise<string>((resolve, reject) =>
      waiting.push(() => (key.startsWith('bad') ? reject(new Error(key)) : resolve(`as of ${key}`))),
    );
  };
  const answer = async () => {
    waiting.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { ask, asked, answer, waiting };
}

describe('a slider that is dragged', () => {
  test('asks one question at a time, and next the latest wish', async () => {
    const server = slowServer();
    const moments = new Moments(server.ask);
    const seen: string[] = [];
    for (let second = 1; second <= 300; second += 1) moments.want(`${second}`, (answer) => seen.push(answer));
    expect(server.asked).toEqual(['1']);
    await server.answer();
    expect(server.asked).toEqual(['1', '300']);
    await server.answer();
    expect(seen).toEqual(['as of 1', 'as of 300']);
    expect(server.waiting).toEqual([]);
  });

  test('keeps the last few answers and asks for no kept one again', async () => {
    const server = slowServer();
    const moments = new Moments(server.ask, 3);
    for (const key of ['a', 'b', 'c', 'd']) {
      moments.want(key, () => undefined);
      await server.answer();
    }
    const seen: string[] = [];
    moments.want('b', (answer) => seen.push(answer));
    expect(seen).toEqual(['as of b']);
    expect(['a', 'b', 'c', 'd'].filter((key) => moments.has(key))).toEqual(['b', 'c', 'd']);
    moments.want('e', () => undefined);
    await server.answer();
    expect(['b', 'c', 'd', 'e'].filter((key) => moments.has(key))).toEqual(['b', 'd', 'e']);
    expect(server.asked).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('tells a failure to who asked, keeps nothing of it and goes on', async () => {
    const server = slowServer();
    const moments = new Moments(server.ask);
    const seen: string[] = [];
    moments.want(
      'bad',
      () => seen.push('answer'),
      (fault) => seen.push(String(fault)),
    );
    await server.answer();
    moments.want('good', (answer) => seen.push(answer));
    await server.answer();
    expect(seen).toEqual(['Error: bad', 'as of good']);
    expect(moments.has('bad')).toBe(false);
  });
});

describe('days', () => {
  test('are those of UTC, to the millisecond', () => {
    const midnight = Date.UTC(2026, 10, 27);
    expect([utcDay(midnight - 1), utcDay(midnight)]).toEqual([20783, 20784]);
    expect([dayBegan(midnight), dayEnds(midnight - 1), dayEnds(midnight)]).toEqual([midnight, midnight, midnight + 86_400_000]);
  });
});
