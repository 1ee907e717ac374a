/** The gaps a rider looks at: to the next rider, to their own best, to the ghost. */

import type { View } from '../contract/messages';
import { inSeconds, mean } from './curve';
import { ordinal } from './format';
import { calledName } from './names';
import { decimal, outputUnits, type Measurement } from './output';

export interface Gap {
  label: string;
  /** Another rider's name, or nothing. */
  who: string;
  /** My score minus theirs; null where there is none. */
  value: number | null;
  aside: string;
}

/** Output a second over the last ten seconds, those without a measurement left out; 0 where there are none. */
export const recentPace = (measured: readonly (Measurement | null)[]): number =>
  mean(measured.slice(-10).map((each) => (each ? decimal(outputUnits(each)) : null)));

/** A difference of scores as time: "3.2 s", or nothing where it is none. @param pace  output a second */
export function onTheRoad(gap: number, pace: number): string {
  const s = Math.abs(inSeconds(gap, pace));
  return s < 0.05 ? '' : `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
}

/** To who is next ahead; for the first, to who is next behind. */
export function rivalGap(view: View | null, pace: number): Gap {
  const rows = view?.hereNow.rows ?? [];
  const me = rows.findIndex(({ racerId }) => racerId === view?.racerId);
  if (me < 0) return { label: 'Next rider', who: '', value: null, aside: '' };
  const my = rows[me]!;
  const ahead = rows
    .slice(0, me)
    .filter((row) => row.score > my.score)
    .at(-1);
  const other = ahead ?? rows.slice(me + 1).find((row) => row.score < my.score);
  if (!other) return { label: 'Next rider', who: '', value: null, aside: 'alone at this second' };
  const value = my.score - other.score;
  return {
    label: `${ordinal(other.rank ?? 0)}, ${ahead ? 'ahead' : 'behind'}`,
    who: calledName(other.name, other.racerId),
    value,
    aside: onTheRoad(value, pace),
  };
}

export function bestGap(view: View | null, pace: number): Gap {
  const value = view?.best?.delta ?? null;
  return { label: 'My best', who: '', value, aside: value === null ? 'first ride here' : onTheRoad(value, pace) };
}

const ghostNames: Record<string, string> = { leader: 'Leader', median: 'Middle of the field', best: 'My best' };

/**
 * @param wanted   "none", "best", "leader", "median", "rank-N" or a racer's id
 * @param trouble  why there is none, or nothing
 * @returns null when none is wanted
 */
export function ghostGap(view: View | null, wanted: string, trouble: string, pace: number): Gap | null {
  if (wanted === 'none') return null;
  const seen = view?.ghost;
  const who = ghostNames[wanted] ?? (wanted.startsWith('rank-') ? ordinal(Number(wanted.slice(5))) : `Rider ${wanted}`);
  return { label: 'Ghost', who, value: seen?.delta ?? null, aside: seen ? onTheRoad(seen.delta, pace) : trouble || 'not there yet' };
}
