import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeEntry, encodeBatch } from './journal.mjs';

test('a batch is read as it was written', () => {
  const updates = [
    { racerId: 8, second: 13, deviceTimestamp: 1620051628707, cadence: 742, resistance: 740, name: 'Adéll' },
    { racerId: 7, second: 300, deviceTimestamp: 1620051628700, cadence: 2500, resistance: 1000 },
    { racerId: 2_000_000_000, second: 1, deviceTimestamp: 0, cadence: 0, resistance: 0, name: 'x' },
  ];
  assert.deepEqual(decodeEntry(encodeBatch(updates)), { updates });
});
