/** One race as it goes: asked for once, then listened to, until its result. */

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';

import type { Standings } from '../contract/messages';
import { isNews } from '../logic/race_choice';
import { QueryError, type Stop } from '../net/link';
import { clock, fence, linked } from './backend';

export interface RaceFeed {
  standings: ShallowRef<Standings | null>;
  /** Server ms of the last news; 0 before the first. */
  at: ShallowRef<number>;
  error: ShallowRef<QueryError | null>;
}

/**
 * @param race  which one, or null for none; reactive
 * @param part  the whole field each second, or its first 20 rows
 */
export function useRace(race: () => { classId: number; raceId: number } | null, part: 'standings' | 'top' = 'standings'): RaceFeed {
  const standings = shallowRef<Standings | null>(null);
  const at = shallowRef(0);
  const error = shallowRef<QueryError | null>(null);
  let stops: Stop[] = [];
  let round = 0;

  function stop(): void {
    for (const each of stops) each();
    stops = [];
  }

  function take(message: Standings, live: boolean): void {
    if (message.state !== 'closed' && !fence.admits(message)) return;
    if (!isNews(standings.value, message)) return;
    standings.value = message;
    error.value = null;
    at.value = live ? clock.now() : Math.max(at.value, message.ts);
  }

  watch(
    () => {
      const wanted = race();
      return wanted ? `${wanted.classId}.${wanted.raceId}` : '';
    },
    async (key) => {
      stop();
      const mine = ++round;
      standings.value = null;
      error.value = null;
      at.value = 0;
      if (key === '') return;
      const link = await linked;
      if (mine !== round) return;
      stops = [
        link.listen(`alleycat.race.${key}.${part}`, (message) => take(message, true)),
        link.listen(`alleycat.race.${key}.result`, (message) => take(message, true)),
        // Also after a time without a connection: the race may have been closed meanwhile.
        link.whenUp(async () => {
          try {
            const answer = await link.query(`race.${key}`);
            if (mine === round) take(answer, false);
          } catch (fault) {
            if (mine === round && !standings.value)
              error.value = fault instanceof QueryError ? fault : new QueryError('internal', String(fault));
          }
        }),
      ];
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    round += 1;
    stop();
  });
  return { standings, at, error };
}
