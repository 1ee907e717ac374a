import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import protobuf from 'protobufjs';

import { decodeRide } from './tables.mjs';

const schema = readFileSync(new URL('../../../messages/ride.proto', import.meta.url), 'utf8');
const Ride = protobuf.parse(schema).root.lookupType('alleycat.v1.Ride');
const encode = (fields) => Ride.encode(Ride.fromObject(fields)).finish();
const head = { classId: 3, raceId: 100, racerId: 8, name: Buffer.from('Adéll'), furthest: 3 };

test('a stored ride with a gap gets null where the second is missing', () => {
  const ride = decodeRide(
    encode({
      ...head,
      present: Buffer.from([0b101]),
      cadence: [900, -10],
      resistance: [400, 5],
      hereNowRank: [2, -1, 0],
      allTimeRank: [7, 0, 1],
    }),
  );
  assert.deepEqual(ride, {
    classId: 3,
    raceId: 100,
    racerId: 8,
    name: 'Adéll',
    rank: null,
    finished: false,
    cadence: [900, null, 890],
    resistance: [400, null, 405],
    hereNow: [2, 1, 1],
    allTime: [7, 7, 8],
  });
});

test('a stored ride without a bitmap has all its seconds, and without ranks none', () => {
  const ride = decodeRide(encode({ ...head, rank: 1, finished: true, cadence: [900, 0, 0], resistance: [400, 0, 0] }));
  assert.deepEqual([ride.cadence, ride.rank, ride.finished, ride.hereNow], [[900, 900, 900], 1, true, [null, null, null]]);
});
