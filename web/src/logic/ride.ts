/**
 * One ride on this device: which seconds are due by the clock, what was measured in them, and what became of each update.
 * Plain data that is stored after each second; a reload goes on where it stopped.
 *
 *     ready ──anchor reached──▶ riding ──last second ridden──▶ settling ──nothing kept any more──▶ done
 */

import type { Rules, Update } from '../contract/messages';
import { outputUnits, type Measurement } from './output';

export type BikeKind = 'auto' | 'manual' | 'bluetooth';
export type RidePhase = 'ready' | 'riding' | 'settling' | 'done';

/** What became of an own second. `gap`: nothing was measured. `lost`: the race ended before an answer came. */
export type SecondState = 'kept' | 'accepted' | 'refused' | 'lost' | 'gap';

export interface Refusal {
  second: number;
  error: string;
  message: string;
}

export interface Ride {
  classId: number;
  raceId: number;
  racerId: number;
  name: string;
  /** Server ms at which the ride's second 1 begins: update s belongs to `anchor + 1000 s`. */
  anchor: number;
  rules: Pick<Rules, 'windowSeconds' | 'rideSeconds' | 'graceSeconds'>;
  bike: BikeKind;
  /** Makes the automatic rider of this ride. */
  seed: number;
  /** Whom to race against: "none", "best", "leader", "median", "rank-N" or a racer's id. */
  ghost: string;
  /** Index 0 is second 1. */
  measured: (Measurement | null)[];
  states: SecondState[];
  /** The last few, newest last. */
  refusals: Refusal[];
  /** What the server said of each second, for the curves after a reload. */
  trail: TrailPoint[];
}

export interface TrailPoint {
  second: number;
  here: number | null;
  of: number;
  allTime: number | null;
  /** Lead over my best, and over the ghost, at this second; null where there is none. */
  best: number | null;
  ghost: number | null;
}

export const MAX_REFUSALS = 20;

export type RideStart = Omit<Ride, 'measured' | 'states' | 'refusals' | 'trail'>;
export const newRide = (start: RideStart): Ride => ({ ...start, measured: [], states: [], refusals: [], trail: [] });

/** Whole own seconds that are over at `now`: 0..rideSeconds. */
export const secondsOver = (ride: Ride, now: number): number =>
  Math.min(Math.max(Math.floor((now - ride.anchor) / 1000), 0), ride.rules.rideSeconds);

/** Own seconds that are over and not in the ride yet, oldest first. */
export function secondsDue(ride: Ride, now: number): number[] {
  const from = ride.measured.length + 1;
  const to = secondsOver(ride, now);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

/** Puts the next second into the ride. @param measured  null: nothing was measured, the second stays missing. */
export function addSecond(ride: Ride, measured: Measurement | null): void {
  ride.measured.push(measured);
  ride.states.push(measured ? 'kept' : 'gap');
}

export function updateOf(ride: Ride, second: number): Update | null {
  const measured = ride.measured[second - 1];
  if (!measured) return null;
  return {
    event: second === ride.rules.rideSeconds ? 'final' : 'update',
    deviceTimestamp: ride.anchor + 1000 * second,
    second,
    raceId: ride.raceId,
    name: ride.name,
    racerId: ride.racerId,
    classId: ride.classId,
    cadence: measured.cadence,
    resistance: measured.resistance,
    ...(measured.power === undefined ? {} : { power: measured.power }),
    ...(measured.heartRate === undefined ? {} : { heartRate: measured.heartRate }),
    view: true,
  };
}

export function settle(ride: Ride, second: number, state: SecondState, refusal?: Omit<Refusal, 'second'>): void {
  ride.states[second - 1] = state;
  if (!refusal) return;
  ride.refusals.push({ second, ...refusal });
  if (ride.refusals.length > MAX_REFUSALS) ride.refusals.shift();
}

export function phaseOf(ride: Ride, now: number): RidePhase {
  if (now < ride.anchor) return 'ready';
  if (ride.measured.length < ride.rules.rideSeconds) return 'riding';
  return ride.states.includes('kept') ? 'settling' : 'done';
}

/** Notes what a view said; a view of an earlier second than the last one changes nothing. */
export function note(ride: Ride, point: TrailPoint): void {
  const last = ride.trail[ride.trail.length - 1];
  if (last && point.second < last.second) return;
  if (last?.second === point.second) ride.trail.pop();
  ride.trail.push(point);
}

export function countStates(ride: Ride): Record<SecondState, number> {
  const counts: Record<SecondState, number> = { kept: 0, accepted: 0, refused: 0, lost: 0, gap: 0 };
  for (const state of ride.states) counts[state] += 1;
  return counts;
}

/**
 * Sum of the outputs up to each second, in units of 0.0001; what was refused or is missing adds nothing.
 * null before the first second that counts: there is no score yet.
 */
export function totals(ride: Ride): (number | null)[] {
  let sum: number | null = null;
  return ride.measured.map((measured, i) => {
    if (measured && ride.states[i] !== 'refused' && ride.states[i] !== 'lost') sum = (sum ?? 0) + outputUnits(measured);
    return sum;
  });
}

/** A stored ride, if it is one: storage may hold what an earlier version wrote. */
export function readRide(text: string | null): Ride | null {
  if (!text) return null;
  try {
    const ride = JSON.parse(text) as Ride;
    const numbers = [
      ride.classId,
      ride.raceId,
      ride.racerId,
      ride.anchor,
      ride.seed,
      ride.rules.rideSeconds,
      ride.rules.windowSeconds,
      ride.rules.graceSeconds,
    ];
    const good =
      numbers.every(Number.isFinite) &&
      [ride.measured, ride.refusals, ride.trail].every(Array.isArray) &&
      ride.states.length === ride.measured.length;
    return good ? ride : null;
  } catch {
    return null;
  }
}
