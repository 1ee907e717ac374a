/** Which of a course's open races is worth watching. */

import type { OpenRace, Standings } from '../contract/messages';

/**
 * The race with the most riders on their bikes, the newer of equals; but one that is being watched stays while anybody rides in it.
 * @returns null when there is none
 */
export function raceToWatch(open: readonly OpenRace[], watched: number | null): number | null {
  if (open.some(({ raceId, live }) => raceId === watched && live > 0)) return watched;
  const best = open.reduce<OpenRace | null>(
    (found, race) => (!found || race.live > found.live || (race.live === found.live && race.raceId > found.raceId) ? race : found),
    null,
  );
  if (best && best.live > 0) return best.raceId;
  // Nobody rides: what was watched stays on, or the newest one with anybody in it.
  return watched ?? best?.raceId ?? null;
}

/**
 * Whether news of a race replaces what is shown of it. What an earlier owner of the class says is left out before (`Fence`). A
 * result is stored once: the same again is no news.
 */
export function isNews(shown: Standings | null, next: Standings): boolean {
  if (!shown || shown.raceId !== next.raceId || shown.classId !== next.classId) return true;
  if (shown.state === 'closed') return false;
  if (next.state === 'closed') return true;
  return next.epoch > shown.epoch || (next.epoch === shown.epoch && next.asOf >= shown.asOf);
}

/**
 * Whether standings should be coming. Nothing is published while nobody rides; but a race that nobody tells of any more is not one
 * in which nobody rides: its owner may have died.
 * @param open  what was last told of the course's open races
 */
export function newsExpected(shown: Standings | null, open: readonly OpenRace[]): boolean {
  return shown?.state === 'running' && open.find(({ raceId }) => raceId === shown.raceId)?.live !== 0;
}
