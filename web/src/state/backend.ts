/** What the whole page knows of the server: the connection, its clock, its rules, its courses and who races now. */

import { computed, shallowRef } from 'vue';

import { ServerClock } from '../logic/clock';
import type { Course, OpenRace, Rules } from '../contract/messages';
import { Fence } from '../logic/fence';
import { readConfig, socketUrl } from '../net/config';
import { Link, type LinkState } from '../net/link';

/** ms between two looks at who races now. */
const pollEvery = 4000;

export const clock = new ServerClock(() => performance.now());

const opened = shallowRef<Link | null>(null);
const configTrouble = shallowRef('');

/** Resolves when the page knows where the server is. */
let found: (link: Link) => void;
export const linked = new Promise<Link>((resolve) => (found = resolve));
export const link = (): Link | null => opened.value;

export const linkState = computed<LinkState>(() => opened.value?.state.value ?? 'connecting');
export const linkTrouble = computed(() => opened.value?.trouble.value || configTrouble.value);

/** One for the whole page: an epoch holds for all races of its class, and all that is told of them. */
export const fence = new Fence();

export const rules = shallowRef<Rules | null>(null);
export const courses = shallowRef<Course[]>([]);
export const openRaces = shallowRef<ReadonlyMap<number, OpenRace[]>>(new Map());
/** Server ms of the last answer about the races. */
export const racesSeen = shallowRef(0);

/** Server ms, a few times a second: for everything that counts down. */
export const now = shallowRef(Date.now());

export const courseName = (classId: number): string =>
  courses.value.find((course) => course.classId === classId)?.name ?? `Course ${classId}`;
export const scoresByOutput = (classId: number): boolean => courses.value.find((course) => course.classId === classId)?.score === 'output';
export const racesOf = (classId: number): OpenRace[] => openRaces.value.get(classId) ?? [];
/** Riders on their bikes in a class, over all its races. */
export const liveIn = (classId: number): number => racesOf(classId).reduce((sum, race) => sum + race.live, 0);

/** @param anew  what was learned of the clock before counts no more */
async function look(anew = false): Promise<void> {
  const connection = opened.value;
  if (!connection || connection.state.value !== 'up') return;
  try {
    const asked = performance.now();
    const answer = await connection.query('now');
    const answered = performance.now();
    if (anew) clock.forget();
    clock.learn(asked, answered, answer.ts);
    rules.value = answer.rules;
    openRaces.value = new Map(answer.classes.map(({ classId, races }) => [classId, [...races].sort((a, b) => a.raceId - b.raceId)]));
    racesSeen.value = clock.now();
    now.value = clock.now();
    if (courses.value.length === 0) courses.value = (await connection.query('classes')).rows;
  } catch {
    // The next look, a few seconds later, may have more luck; the state of the connection is shown elsewhere.
  }
}

async function connect(): Promise<Link> {
  for (;;) {
    try {
      return new Link(socketUrl(await readConfig(), location));
    } catch (error) {
      configTrouble.value = error instanceof Error ? error.message : String(error);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/** Begins; never ends. */
export async function startBackend(): Promise<void> {
  setInterval(() => (now.value = clock.now()), 200);
  const connection = await connect();
  configTrouble.value = '';
  opened.value = connection;
  found(connection);
  connection.whenUp(() => void look());
  connection.listen('alleycat.event.*', ({ event }) => {
    if (event === 'race_opened' || event === 'race_closed') void look();
  });
  setInterval(() => {
    if (!document.hidden) void look();
  }, pollEvery);
  document.addEventListener('visibilitychange', () => {
    // The device may have slept, and its counter with it.
    if (!document.hidden) void look(true);
  });
}
