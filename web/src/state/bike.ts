/** The bike under the rider: simulated here, or real over Bluetooth. */

import { shallowRef } from 'vue';

import type { Measurement } from '../logic/output';
import { MAX_CADENCE, MAX_RESISTANCE, tenth } from '../logic/output';
import type { Ride } from '../logic/ride';
import { modelAt } from '../logic/rider_model';
import { bluetoothReading } from './bluetooth';
import { settings } from './settings';

/** What the bike shows now, for the display; null while a real bike says nothing. */
export const reading = shallowRef<Measurement | null>(null);

/** What was measured in an own second. @returns null when nothing was. */
export function measure(ride: Ride, second: number): Measurement | null {
  if (ride.bike === 'bluetooth') return bluetoothReading();
  if (ride.bike === 'auto') return modelAt(ride.seed, second, ride.rules.rideSeconds);
  return { cadence: tenth(settings.cadence, MAX_CADENCE), resistance: tenth(settings.resistance, MAX_RESISTANCE) };
}

/** Turns the knobs of the simulated bike; a touch takes it over from the automatic. */
export function turn(what: 'cadence' | 'resistance', value: number): void {
  settings[what] = tenth(value, what === 'cadence' ? MAX_CADENCE : MAX_RESISTANCE);
}
