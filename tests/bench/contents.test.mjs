// What the benchmark compares does the same work: every row of every ranking is the same.

import { test } from 'node:test';

import { Arena } from './lib/arena.mjs';
import { sameContents } from './lib/contents.mjs';

test('Alleycat, the Redis rival and the bare loop give the same rankings', { timeout: 120_000 }, async () => {
  const arena = await Arena.open();
  try {
    await sameContents(arena, { riders: 400, seconds: 20, raceSize: 100, historyRacers: 1_000, classes: 2 });
  } catch (error) {
    arena.world.failed = true;
    throw error;
  } finally {
    await arena.close();
  }
});
