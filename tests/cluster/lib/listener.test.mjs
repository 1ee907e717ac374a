import assert from 'node:assert/strict';
import { test } from 'node:test';

import { faultsHeard, fence, gapsAfter, longestOverlap, longestPause } from './listener.mjs';

const beat = (at, epoch, raceId = 7, classId = 1) => ({ classId, raceId, epoch, asOf: at, ts: at, at });

test('two owners at once are seen: the lower one is dropped, and how long it was heard', () => {
  const beats = [beat(0, 1), beat(1000, 2), beat(1500, 1), beat(2000, 2), beat(2900, 1)];
  const { accepted, dropped } = fence(beats);
  assert.deepEqual(
    accepted.map(({ epoch }) => epoch),
    [1, 2, 2],
  );
  assert.equal(dropped.length, 2);
  assert.equal(longestOverlap(beats).ms, 1900);
  assert.match(faultsHeard(beats, [])[0], /published side by side for 1900 ms: class 1, race 7, epoch 1/);
});

test('one owner after the other does not overlap', () => {
  const beats = [beat(0, 1), beat(900, 1), beat(4000, 2), beat(4900, 2)];
  assert.equal(longestOverlap(beats).ms, 0);
  assert.deepEqual(fence(beats).dropped, []);
});

test('what the network delivers late was said in time; what comes later still was kept back', () => {
  const after = (late) => [beat(0, 1), beat(3000, 2), { ...beat(500, 1), at: 500 + late }];
  assert.deepEqual(faultsHeard(after(6000), []), []);
  assert.match(faultsHeard(after(9000), [])[0], /1 standings of an old epoch left late: .* heard 9000 ms later/);
});

test('a woken process falls silent: what it publishes a second later is a fault, what is only heard then is none', () => {
  const woken = (ts, at) => [beat(0, 1), beat(3000, 2), { ...beat(ts, 1), at }];
  assert.deepEqual(faultsHeard(woken(30_900, 33_000), [], 30_000), []);
  assert.deepEqual(faultsHeard(woken(500, 33_000), [], 30_000), [], 'what the kernel had before it slept');
  assert.match(faultsHeard(woken(31_100, 31_200), [], 30_000)[0], /1 standings of an old epoch more than 1000 ms after waking/);
  assert.match(faultsHeard(woken(500, 39_000), [], 30_000)[0], /1 standings of an old epoch left late/);
});

test('the gap of a kill ends with the first word of a higher epoch; a race that is not heard again has none', () => {
  const beats = [beat(0, 1), beat(100, 1, 8), beat(1200, 1), beat(3000, 2)];
  assert.deepEqual(
    [...gapsAfter(beats, 1000, new Set([1]))],
    [
      ['1/7', 2000],
      ['1/8', Infinity],
    ],
  );
});

test('a race that has its result has no gap: nothing follows it', () => {
  const beats = [beat(0, 1), beat(100, 1, 8), beat(100, 1, 9), beat(3000, 2, 9)];
  const gaps = (ends) => [...gapsAfter(beats, 1000, new Set([1]), new Map(ends))];
  const ended = gaps([
    ['1/7', 900],
    ['1/8', 1400],
  ]);
  assert.deepEqual(ended, [
    ['1/9', 2000],
    ['1/8', 400],
  ]);
});

test('the longest pause is within one race', () => {
  assert.equal(longestPause([beat(0, 1), beat(500, 1, 8), beat(1000, 1), beat(3000, 2)], 0, 10_000), 2000);
});
