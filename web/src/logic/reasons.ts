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
