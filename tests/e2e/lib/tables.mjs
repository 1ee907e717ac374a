// What the system says, in the words of the oracle: results and rides from the results stream, all-time tables and
// leaderboards from the queries.

import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const rideProto = new URL('../../../messages/ride.proto', import.meta.url);
const Ride = protobuf.parse(readFileSync(rideProto, 'utf8')).root.lookupType('alleycat.v1.Ride');

export const resultsStream = 'ALLEYCAT_RESULTS';

/** A decimal score of the public messages in units of 0.0001. */
export const exact = (score) => Math.round(score * 10_000);
/** 0 is "no value" in a stored ride. */
const orNull = (value) => (value === 0 ? null : value);

/** @param {number[]} column  differences to the value before */
function undelta(column) {
  let value = 0;
  return column.map((step) => (value += Number(step)));
}

/**
 * @param {Uint8Array} data  a stored ride (messages/ride.proto)
 * @returns {import('../../oracle/oracle.mjs').RideBySecond & {classId: number, raceId: number, racerId: number, name: string}}
 */
export function decodeRide(data) {
  const ride = Ride.toObject(Ride.decode(data), { longs: Number, defaults: true, arrays: true });
  const n = ride.furthest;
  const has = (s) => ride.present.length === 0 || ((ride.present[(s - 1) >> 3] >> ((s - 1) & 7)) & 1) === 1;
  const seconds = Array.from({ length: n }, (_, i) => i + 1);
  const spread = (column) => {
    const values = undelta(column);
    return seconds.map((s) => (has(s) ? values.shift() : null));
  };
  const ranks = (column) => (column.length === 0 ? seconds.map(() => null) : undelta(column).map(orNull));
  return {
    classId: ride.classId,
    raceId: ride.raceId,
    racerId: ride.racerId,
    name: Buffer.from(ride.name).toString(),
    rank: orNull(ride.rank),
    finished: ride.finished,
    cadence: spread(ride.cadence),
    resistance: spread(ride.resistance),
    hereNow: ranks(ride.hereNowRank),
    allTime: ranks(ride.allTimeRank),
  };
}

/** A row of a result or of standings with exact scores. */
export const rankedRide = ({ rank, racerId, name, second, seconds, output, total, finished, excluded }) => ({
  rank,
  racerId,
  name,
  second,
  seconds,
  output: exact(output),
  total: exact(total),
  finished,
  ...(excluded ? { excluded } : {}),
});

/**
 * Results and rides as stored.
 * @param {import('./client.mjs').Client} client
 * @param {{classId: number, raceId: number}[]} races
 * @returns {Promise<{races: import('../../oracle/oracle.mjs').RaceTables[], results: object[], missing: string[]}>}
 *   results: the messages themselves, in the order of the stream
 */
export async function storedRaces(client, races) {
  const wanted = new Set(races.map(({ classId, raceId }) => `${classId}.${raceId}`));
  const tables = new Map();
  const rides = new Map([...wanted].map((key) => [key, {}]));
  const results = [];
  for (const message of await client.readStream(resultsStream)) {
    const [, kind, classId, raceId] = message.subject.split('.');
    const key = `${classId}.${raceId}`;
    if (!wanted.has(key)) continue;
    if (kind === 'ride') {
      const ride = decodeRide(message.data);
      if (message.subject !== `alleycat.ride.${ride.classId}.${ride.raceId}.${ride.racerId}`)
        throw new Error(`the ride under ${message.subject} is of ${ride.classId}/${ride.raceId}/${ride.racerId}`);
      rides.get(key)[ride.racerId] = ride;
    } else {
      const result = JSON.parse(Buffer.from(message.data).toString());
      if (tables.has(key)) throw new Error(`two results for race ${key}`);
      tables.set(key, { classId: result.classId, raceId: result.raceId, ranking: result.rows.map(rankedRide) });
      results.push(result);
    }
  }
  const missing = [...wanted].filter((key) => !tables.has(key)).map((key) => key.replace('.', '/'));
  return { races: [...tables].map(([key, table]) => ({ ...table, rides: rides.get(key) })), results, missing };
}

/**
 * All rows of a query that answers in pages.
 * @param {import('./client.mjs').Client} client
 */
async function allRows(client, what) {
  const rows = [];
  for (;;) {
    const page = await client.answer(what, { limit: 1000, offset: rows.length });
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.of) return rows;
  }
}

/** @returns {Promise<{rank: number, racerId: number, score: number, raceId: number}[]>} */
export async function leaderboard(client, classId) {
  const rows = await allRows(client, `leaderboard.${classId}`);
  return rows.map(({ rank, racerId, total, raceId }) => ({ rank, racerId, score: exact(total), raceId }));
}

/** @returns {Promise<{rank: number, racerId: number, score: number}[]>} */
export async function allTime(client, classId, second) {
  const rows = await allRows(client, `alltime.${classId}.${second}`);
  return rows.map(({ rank, racerId, score }) => ({ rank, racerId, score: exact(score) }));
}
