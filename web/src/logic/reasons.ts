/** Why an update had no effect, in the words of somebody on a bike. */

const reasons: Record<string, string> = {
  too_early: 'sent before the second can have been ridden; the clocks disagree',
  too_late: 'the race takes no more updates',
  late: 'came after the race was closed',
  out_of_time: 'came outside the time of its second',
  busy: 'the server is busy; it is sent again',
  not_stored: 'could not be stored; it is sent again',
  duplicate: 'had arrived before',
  conflict: 'this second is there already with other values',
  other_ride: 'this rider has another ride in this race; start again in the next one',
  race_full: 'the race is full; start again in the next one',
  unknown_class: 'this course is not run here',
  bad_race: 'the race is not one of now',
  identity_mismatch: 'sent in another rider’s name',
  bad_second: 'no second of this ride',
  bad_cadence: 'cadence out of range',
  bad_resistance: 'resistance out of range',
  bad_name: 'the name is not allowed',
};

export const reasonText = (code: string): string => reasons[code] ?? code.replace(/_/g, ' ');

/** Refusals that mean: nothing of this ride will count. */
export const endsRide = (code: string): boolean => code === 'race_full' || code === 'other_ride';

/**
 * How many seconds were refused, by reason.
 * @param answered  refusals that updates were answered with
 * @param folded  what the race has left out of this ride, by reason: a later and better word on the same. Duplicates are no loss.
 */
export function countRefusals(answered: readonly { error: string }[], folded: Record<string, number>): { error: string; n: number }[] {
  const told = new Map<string, number>();
  for (const { error } of answered) told.set(error, (told.get(error) ?? 0) + 1);
  for (const [error, n] of Object.entries(folded)) if (error !== 'duplicate') told.set(error, n);
  return [...told].map(([error, n]) => ({ error, n }));
}
