/**
 * A race as it goes, as one ranking at one second: `top` tells that something happened, and the ranking is asked for then, one
 * question at a time; the result when there is one.
 */

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';

import type { Standings } from '../contract/messages';
import { isNews } from '../logic/race_choice';
import { fence, linked } from './backend';
import { useRace, type RaceFeed } from './race_feed';

/** ms between two questions at least, whatever happens. */
const pause = 700;

export interface LiveRace extends RaceFeed {
  /** The ranking at the wanted second, or the result. */
  moment: ShallowRef<Standings | null>;
}

/**
 * @param race    which one, or null for none; reactive
 * @param second  null: the furthest that half of those riding have reached; reactive
 * @param limit   rows of interest
 */
export function useLiveRace(race: () => { classId: number; raceId: number } | null, second: () => number | null, limit?: number): LiveRace {
  const feed = useRace(race, 'top');
  const moment = shallowRef<Standings | null>(null);
  let asking = false;
  let again = false;
  let disposed = false;

  async function ask(): Promise<void> {
    const wanted = race();
    const told = feed.standings.value;
    if (disposed || !wanted || !told) return;
    if (told.state === 'closed' && second() === null) {
      moment.value = told;
      return;
    }
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    again = false;
    const at = second();
    try {
      const answer = await (
        await linked
      ).query(`race.${wanted.classId}.${wanted.raceId}`, { second: at ?? 'half', ...(limit && { limit }) });
      const now = race();
      const still = now?.classId === wanted.classId && now.raceId === wanted.raceId && second() === at;
      const other = moment.value?.second !== answer.second;
      // Who asks together gets one answer, which may be of a moment before the news.
      if (answer.asOf < (feed.standings.value?.asOf ?? 0)) again = true;
      if (still && (answer.state === 'closed' || fence.admits(answer)) && (other || isNews(moment.value, answer))) moment.value = answer;
    } catch {
      // The next news asks again; the badge tells when there are none.
    }
    setTimeout(() => {
      asking = false;
      if (again) void ask();
    }, pause);
  }

  watch(feed.standings, (told) => {
    if (!told) moment.value = null;
    else void ask();
  });
  watch(second, () => void ask());
  onScopeDispose(() => (disposed = true));
  return { ...feed, moment };
}
