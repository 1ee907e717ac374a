// Bikes that are away from their first second on, come back at some moment of the race, hand in what they rode, and ride on. Their
// clocks are wrong.

import { createWriteStream } from 'node:fs';

import { sleep } from '../../e2e/lib/until.mjs';
import { deadlineOf } from '../../oracle/rules.mjs';
import { randomFrom } from './plan.mjs';

/** Racers from this number on ride away. */
export const firstAway = 800_000;
/** A bike's clock is ahead by up to 5 s, or a little behind. */
const clockError = [-500, 5000];
/** Ingest takes nothing any more so long before the deadline. */
const admissionEnds = 5000;
const answerPatience = 700;
const pause = 150;

/**
 * @param {import('../../e2e/lib/client.mjs').Client} client
 * @param {import('../../oracle/rules.mjs').Rules} rules
 * @param {object} how
 * @param {{classId: number, raceId: number}[]} how.races
 * @param {number} how.riders  in each race
 * @param {number} how.seed    draws starts, returns, clocks and efforts
 * @param {string} how.log     written as alleycat-sim does
 * @returns {Promise<void>} when every ride is answered or its race over
 */
export async function rideAway(client, rules, { races, riders, seed, log }) {
  const random = randomFrom(seed);
  const between = (low, high) => Math.floor(low + random() * (high - low + 1));
  const out = createWriteStream(log);
  let number = 0;
  const write = (line) => out.write(`${JSON.stringify(line)}\n`);

  /** Sends until it is answered for good. */
  const handIn = async (update, end) => {
    const n = (number += 1);
    while (Date.now() < end) {
      write({ t: 'sent', n, ts: Date.now(), update });
      const answer = await client.ask(`alleycat.update.${update.classId}.${update.racerId}`, update, answerPatience).catch(() => null);
      if (answer) write({ t: 'answer', n, ts: Date.now(), answer });
      if (answer && (answer.ok || !answer.retry)) return;
      await sleep(pause);
    }
  };

  const ride = async ({ classId, raceId }, racerId) => {
    const window = rules.window_seconds * 1000;
    const deadline = deadlineOf(rules, raceId);
    const ahead = between(...clockError);
    const deviceStart = raceId * window + between(0, window - 1);
    const start = deviceStart - ahead;
    const back = between(start + 1000, deadline - admissionEnds - 300);
    const sendings = [];
    for (let second = 1; second <= rules.ride_seconds; second += 1) {
      const update = {
        event: 'update',
        deviceTimestamp: deviceStart + 1000 * second,
        second,
        raceId,
        racerId,
        classId,
        name: `Away ${racerId}`,
        cadence: between(600, 1100) / 10,
        resistance: between(300, 700) / 10,
      };
      await sleep(Math.max(0, Math.max(start + 1000 * second, back) - Date.now()));
      sendings.push(handIn(update, deadline));
    }
    await Promise.all(sendings);
  };

  const all = races.flatMap((race) => Array.from({ length: riders }, (_, i) => ride(race, firstAway + i)));
  await Promise.all(all);
  await new Promise((resolve) => out.end(resolve));
}
