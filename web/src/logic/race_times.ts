/** When races run. A race is named after its window: `floor(start / window)`, aligned to the epoch. */

import type { Rules } from '../contract/messages';

type Times = Pick<Rules, 'windowSeconds' | 'rideSeconds' | 'graceSeconds'>;

/** The race a ride belongs to that starts at this moment. */
export const raceAt = (ms: number, { windowSeconds }: Pick<Times, 'windowSeconds'>): number => Math.floor(ms / 1000 / windowSeconds);

/** First ms of a race's window. */
export const windowStart = (raceId: number, { windowSeconds }: Pick<Times, 'windowSeconds'>): number => raceId * windowSeconds * 1000;

/** From this ms on nobody starts in the race any more. */
export const windowEnd = (raceId: number, rules: Pick<Times, 'windowSeconds'>): number => windowStart(raceId + 1, rules);

/** The race takes no update after this ms. */
export const deadline = (raceId: number, rules: Times): number =>
  windowEnd(raceId, rules) + (rules.rideSeconds + rules.graceSeconds) * 1000;

/** Seconds, rounded up, until nobody can start in the running window any more. */
export const startsLeft = (ms: number, rules: Pick<Times, 'windowSeconds'>): number =>
  Math.ceil((windowEnd(raceAt(ms, rules), rules) - ms) / 1000);
