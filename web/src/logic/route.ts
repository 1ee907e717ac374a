/** Every view has an address: a query string, so that any file server can serve the page. */

import type { Period } from '../contract/messages';

export const screens = ['start', 'ride', 'live', 'results', 'leaderboard', 'rider', 'messages', 'gym'] as const;
export type Screen = (typeof screens)[number];

export interface Route {
  screen: Screen;
  classId?: number;
  raceId?: number;
  racerId?: number;
  /** Own second of a replay, or at which a race is ranked. */
  second?: number;
  period?: Period;
}

const periods: readonly Period[] = ['all', '30d', '7d', 'today'];

function id(text: string | null, lowest: number, highest: number): number | undefined {
  if (text === null || !/^(0|[1-9]\d{0,9})$/.test(text)) return undefined;
  const value = Number(text);
  return value >= lowest && value <= highest ? value : undefined;
}

const highestId = 2 ** 32 - 1;

/** What can not be understood is left out; without a screen it is the start. */
export function readRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const screen = screens.find((name) => name === query.get('screen')) ?? 'start';
  const period = periods.find((name) => name === query.get('period'));
  const classId = id(query.get('class'), 1, 65_535);
  const raceId = id(query.get('race'), 0, highestId);
  const racerId = id(query.get('racer'), 0, highestId);
  const second = id(query.get('second'), 1, 65_535);
  return {
    screen,
    ...(classId !== undefined && { classId }),
    ...(raceId !== undefined && { raceId }),
    ...(racerId !== undefined && { racerId }),
    ...(second !== undefined && { second }),
    ...(period !== undefined && { period }),
  };
}

/** The address of a view: "?screen=results&class=3&race=5400172". */
export function routeText(route: Route): string {
  const query = new URLSearchParams({ screen: route.screen });
  const fields: [string, number | string | undefined][] = [
    ['class', route.classId],
    ['race', route.raceId],
    ['racer', route.racerId],
    ['second', route.second],
    ['period', route.period],
  ];
  for (const [name, value] of fields) if (value !== undefined) query.set(name, String(value));
  return `?${query}`;
}
