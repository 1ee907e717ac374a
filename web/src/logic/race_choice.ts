/** Which of a course's open races is worth watching. */

import type { OpenRace, Standings } from './contract';

/**
 * The race with the most riders on their bikes, the newer of equals; but one that is being watched stays while anybody rides in it.
 * @returns null when there is none
 */
export function raceToWatch(open: readonly OpenRace[], watched: number | null): number | null {
  if (open.some(({ raceId, live }) => raceId === watched && live > 0)) return watched;
  const best = open.reduce<OpenRace | null>((found, race) => (!found || race.live > found.live || (race.live === found.live && race.raceId > found.raceId) ? race : found), null);
  if (best && best.live > 0) return best.raceId;
  // Nobody rides: what was watched stays on, or the newest one with anybody in it.
  return watched ?? best?.raceId ?? null;
}

/** Whether news of a race replaces what is shown: an owner that lost its race may still be talking. */
export function isNews(shown: Standings | null, next: Standings): boolean {
  if (!shown || shown.raceId !== next.raceId || shown.classId !== next.classId) return true;
  if (shown.state === 'closed') return next.state === 'closed';
  return next.epoch > shown.epoch || (next.epoch === shown.epoch && next.asOf >= shown.asOf);
}
