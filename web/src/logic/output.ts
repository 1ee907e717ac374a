/** The score of one second, exactly as the rules have it: in integers. */

export const MAX_CADENCE = 250;
export const MAX_RESISTANCE = 100;

/** What a bike measured in one second. Cadence in rpm and resistance in %, each rounded to a tenth. */
export interface Measurement {
  cadence: number;
  resistance: number;
  power?: number;
  heartRate?: number;
}

/** @returns the value within 0..highest, rounded to a tenth; 0 for what is no number. */
export function tenth(value: number, highest: number): number {
  if (!Number.isFinite(value)) return 0;
  return Math.round(Math.min(Math.max(value, 0), highest) * 10) / 10;
}

/**
 * `(cadence + 35) * (resistance + 65) / 100` in units of 0.0001, which is always a whole number.
 * @param cadence     0..250 rpm
 * @param resistance  0..100 %
 */
export function outputUnits({ cadence, resistance }: Pick<Measurement, 'cadence' | 'resistance'>): number {
  return (Math.round(tenth(cadence, MAX_CADENCE) * 10) + 350) * (Math.round(tenth(resistance, MAX_RESISTANCE) * 10) + 650);
}

/** A decimal score of a message in units of 0.0001. */
export const units = (score: number): number => Math.round(score * 10_000);

/** Units of 0.0001 as a decimal score. */
export const decimal = (amount: number): number => amount / 10_000;
