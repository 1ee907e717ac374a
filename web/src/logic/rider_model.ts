/**
 * A rider who pedals by themselves: the simulated bike's automatic. Cadence warms up, tires and surges, resistance is a knob
 * turned now and then. The same seed and second give the same values, whenever they are asked for: after a reload the
 * ride goes on as if nothing had happened.
 */

import { MAX_CADENCE, MAX_RESISTANCE, tenth, type Measurement } from './output';

/** 0..1 out of whole numbers (murmur3's finaliser). */
function unit(seed: number, purpose: number, about: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(purpose + 1, 0xc2b2ae35) ^ Math.imul(about + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
const between = (low: number, high: number, part: number): number => low + (high - low) * part;

/** @param second  1.. @param rideSeconds  fatigue and the last kick are measured by it */
export function modelAt(seed: number, second: number, rideSeconds: number): Measurement {
  const strength = unit(seed, 0, 0);
  const along = second / rideSeconds;
  const warm = 1 - 0.3 * (6 / (6 + second));
  const fresh = 1 - between(0.03, 0.12, unit(seed, 1, 0)) * along * along;
  const kick = 1 + between(0, 0.14, unit(seed, 2, 0)) * Math.max(0, (along - 0.93) / 0.07);
  // A surge in some of the 40-second blocks, as an arch of 14 s.
  const block = Math.floor(second / 40);
  const x = (second % 40) / 14;
  const arch = x < 1 && unit(seed, 3, block) < 0.45 ? 0.16 * 4 * x * (1 - x) : 0;
  const noise = 1 + 0.02 * (unit(seed, 4, second) * 2 - 1) + 0.03 * (unit(seed, 5, Math.floor(second / 7)) * 2 - 1);
  const knob = between(-3, 3, unit(seed, 6, Math.floor(second / 25)));
  return {
    cadence: tenth(between(80, 96, strength) * warm * fresh * kick * noise * (1 + arch), MAX_CADENCE),
    resistance: tenth(between(36, 56, unit(seed, 7, 0)) + knob, MAX_RESISTANCE),
  };
}
