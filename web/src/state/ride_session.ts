/**
 * The ride of this page: one at a time, in one tab. Each second is measured, kept, sent and sent again until it is answered. It is
 * stored before it is sent, so that a reload goes on where it stopped; answers and views are stored with the next second, or a
 * second later.
 */

import { computed, shallowRef } from 'vue';

import type { Standings, StandingRow, View } from '../contract/messages';
import type { UpdateAnswer } from '../contract/subjects';
import { GhostRequest } from '../logic/ghost_request';
import { decimal } from '../logic/output';
import { deadline, raceAt } from '../logic/race_times';
import { addSecond, newRide, note, phaseOf, readRide, secondsDue, settle, totals, updateOf, type BikeKind, type Ride } from '../logic/ride';
import { Ring, SendPace, type Kept } from '../logic/ring';
import { QueryError, type Link, type Stop } from '../net/link';
import { clock, fence, linked, linkState, rules } from './backend';
import { measure, reading, turn } from './bike';
import { settings } from './settings';
import { load, save, tabName } from './storage';

/** ms between two looks at the clock. */
const stepEvery = 100;
/** Time to sit up before the first second, ms. */
export const countdown = 3000;
/** A tab that has not stored its ride for so long is gone, ms. */
const tabTimeout = 4000;
/** An answer that was not stored is asked for again after a reload, which is harmless. */
const storeEvery = 1000;

interface Stored {
  ride: Ride;
  kept: Kept[];
  tab: string;
  /** Device ms. */
  beat: number;
}

const tab = tabName();

/** The ride, also when it is over, until it is put away. A new object after each change. */
export const ride = shallowRef<Ride | null>(null);
/** The same, changed in place: the one this module works on. */
let current: Ride | null = null;
/** Another tab rides. */
export const elsewhere = shallowRef(false);
export const view = shallowRef<View | null>(null);
/** Server ms of the last view. */
export const viewAt = shallowRef(0);
/** The closed race of this ride. */
export const result = shallowRef<Standings | null>(null);
/** The race while everybody is through and it is not final yet. */
export const provisional = shallowRef<Standings | null>(null);
export const ghostTrouble = shallowRef('');

let ring = new Ring();
const pace = new SendPace();
let connection: Link | null = null;
let stops: Stop[] = [];
let ghost = new GhostRequest('none');
/** The race's rows while it is not final are listened to once this ride is over. */
let listensToRace = false;
let timer: ReturnType<typeof setInterval> | undefined;
/** Until a question about the race that failed is asked again, ms. */
const askAgainMs = 2000;
/** Device ms of the last time the ride was stored, and whether it has changed since. */
let storedAt = 0;
let unstored = false;

export const phase = computed(() => (ride.value ? phaseOf(ride.value, clock.now()) : null));
export const myResult = computed<StandingRow | null>(
  () => (result.value ?? provisional.value)?.rows.find(({ racerId }) => racerId === ride.value?.racerId) ?? null,
);
/** Whether a ride is on that leaving would spoil. */
export const riding = computed(() => phase.value === 'ready' || phase.value === 'riding' || phase.value === 'settling');
/** Seconds that wait for an answer. */
export const waiting = computed(() => ride.value?.states.filter((state) => state === 'kept').length ?? 0);

export interface StartOptions {
  classId: number;
  racerId: number;
  name: string;
  ghost: string;
  bike: BikeKind;
}

/** Joins the race of the window the first second falls into. */
export function start(options: StartOptions): Ride | null {
  if (!rules.value || !clock.set) return null;
  const anchor = Math.round(clock.now()) + countdown;
  const { windowSeconds, rideSeconds, graceSeconds } = rules.value;
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  begin(
    newRide({ ...options, anchor, seed, raceId: raceAt(anchor, rules.value), rules: { windowSeconds, rideSeconds, graceSeconds } }),
    [],
  );
  store();
  return current;
}

/** Puts the ride away; what was not answered is sent no more. */
export function leave(): void {
  stopAll();
  show(null);
  view.value = null;
  result.value = null;
  provisional.value = null;
  reading.value = null;
  save('ride', null);
}

/** Goes on with a ride of before the reload, if there is one. */
export async function resumeRide(): Promise<void> {
  addEventListener('storage', (event) => {
    if (event.key === 'alleycat.ride') lookElsewhere();
  });
  addEventListener('pagehide', store);
  connection = await linked;
  lookElsewhere();
}

/** Takes the ride over from another tab. */
export function rideHere(): void {
  const stored = readStored();
  elsewhere.value = false;
  if (stored) begin(stored.ride, stored.kept);
  store();
}

function readStored(): Stored | null {
  try {
    const stored = JSON.parse(load('ride') ?? 'null') as Stored | null;
    const kept = readRide(stored ? JSON.stringify(stored.ride) : null);
    return stored && kept && Array.isArray(stored.kept) ? { ...stored, ride: kept } : null;
  } catch {
    return null;
  }
}

function lookElsewhere(): void {
  const stored = readStored();
  if (!stored) {
    elsewhere.value = false;
    return;
  }
  const alive = stored.tab !== tab && Date.now() - stored.beat < tabTimeout;
  elsewhere.value = alive;
  if (alive) {
    // The other tab sends; two of them would contradict each other.
    stopAll();
    show(null);
  } else if (!current) {
    begin(stored.ride, stored.kept);
  }
}

function begin(next: Ride, kept: Kept[]): void {
  stopAll();
  view.value = null;
  result.value = null;
  provisional.value = null;
  listensToRace = false;
  ghost = new GhostRequest(next.ghost === 'best' ? String(next.racerId) : next.ghost);
  ghostTrouble.value = '';
  show(next);
  ring = new Ring(kept);
  timer = setInterval(step, stepEvery);
  if (!connection) {
    void linked.then((link) => {
      connection = link;
      if (current === next) listen(link, next);
    });
  } else {
    listen(connection, next);
  }
}

function listen(link: Link, mine: Ride): void {
  link.handleAnswers(answered);
  const race = `alleycat.race.${mine.classId}.${mine.raceId}`;
  stops.push(
    () => link.handleAnswers(null),
    link.whenUp(() => {
      ring.reconnected(clock.now());
      void askRace(link, mine);
    }),
    link.listen(`alleycat.racer.${mine.racerId}.view`, (message) => {
      if (message.classId === mine.classId && message.raceId === mine.raceId && current === mine) saw(message);
    }),
    link.listen(`${race}.result`, (message) => {
      if (current === mine) result.value = message;
    }),
  );
}

/** Whether the ride is over and its race is not: how it stands is of interest. */
const awaitsResult = (mine: Ride): boolean => current === mine && mine.measured.length === mine.rules.rideSeconds && !result.value;

/** How the race stands: after a reload it may be closed already. */
async function askRace(link: Link, mine: Ride): Promise<void> {
  if (!awaitsResult(mine)) return;
  try {
    tookRace(mine, await link.query(`race.${mine.classId}.${mine.raceId}`));
  } catch {
    // A result is published when it is there; that all are through is said only once.
    setTimeout(() => void askRace(link, mine), askAgainMs);
  }
}

/** A race that runs on, after what was heard of it last: an answer may come behind a later one. */
const runsOn = (race: Standings) => race.asOf > (provisional.value?.asOf ?? -1);

function tookRace(mine: Ride, race: Standings): void {
  if (!awaitsResult(mine)) return;
  if (race.state === 'closed') result.value = race;
  else if (!fence.admits(race)) return;
  else if (race.state === 'complete') provisional.value = race;
  else if (runsOn(race)) provisional.value = null;
}

/** The first twenty rows tell when all are through; the whole field is asked for then. */
function listenToRace(link: Link, mine: Ride): void {
  listensToRace = true;
  stops.push(
    link.listen(`alleycat.race.${mine.classId}.${mine.raceId}.top`, (race) => {
      if (!awaitsResult(mine) || !fence.admits(race)) return;
      if (race.state !== 'complete') {
        if (runsOn(race)) provisional.value = null;
      } else if (provisional.value?.asOf !== race.asOf) void askRace(link, mine);
    }),
  );
  // Not before: between an answer and the first news, all may get through, which is said only once.
  const ask = () => void askRace(link, mine);
  link.listening().then(ask, ask);
}

function stopAll(): void {
  clearInterval(timer);
  for (const stop of stops) stop();
  stops = [];
}

function step(): void {
  const mine = current;
  if (!mine || !clock.set) return;
  const now = clock.now();
  let dirty = false;
  for (const second of secondsDue(mine, now)) {
    const measured = measure(mine, second);
    addSecond(mine, measured);
    const update = updateOf(mine, second);
    if (update) ring.ride(update, now, deadline(mine.raceId, mine.rules));
    reading.value = measured;
    dirty = true;
  }
  // What is sent must be what a reload would send.
  if (dirty) store();
  for (const { number } of ring.giveUp(now)) {
    settle(mine, number, 'lost');
    dirty = true;
  }
  if (linkState.value === 'up' && connection) {
    for (const kept of ring.due(now, pace.allowed(performance.now()))) {
      if (!connection.sendUpdate(kept.update, kept.number)) break;
      ring.sent(kept.number, now);
      pace.sent();
    }
  }
  if (connection && linkState.value === 'up') {
    if (!listensToRace && awaitsResult(mine)) listenToRace(connection, mine);
    // The racer who computes the ghost's lead lives from the ride's first second on, and to its last.
    if (mine.measured.length < mine.rules.rideSeconds && mine.states.includes('accepted') && ghost.due(now))
      void askGhost(connection, mine, ghost);
  }
  if (dirty) changed();
  if (unstored && Date.now() - storedAt >= storeEvery) store();
}

function answered(number: number, answer: UpdateAnswer | null): void {
  const mine = current;
  if (!mine) return;
  const meaning = ring.answered(number, answer, clock.now());
  if (meaning === 'accepted') settle(mine, number, 'accepted');
  else if (meaning === 'refused' && answer && !answer.ok) settle(mine, number, 'refused', { error: answer.error, message: answer.message });
  else return;
  changed();
}

function saw(message: View): void {
  const mine = current!;
  if (!fence.admits(message)) return;
  view.value = message;
  viewAt.value = clock.now();
  ghost.saw(message, clock.now());
  note(mine, {
    second: message.second,
    here: message.hereNow.rank,
    of: message.hereNow.of,
    allTime: message.allTime.rank,
    best: message.best?.delta ?? null,
    ghost: message.ghost?.delta ?? null,
  });
  changed();
}

async function askGhost(link: Link, mine: Ride, request: GhostRequest): Promise<void> {
  request.asked();
  try {
    await link.ask(`alleycat.racer.${mine.racerId}.ghost`, { classId: mine.classId, raceId: mine.raceId, ghost: request.wanted });
    request.granted();
  } catch (error) {
    const fault = error instanceof QueryError ? error : new QueryError('internal', String(error));
    request.failed(fault.code, fault.message, clock.now());
  }
  if (request === ghost) ghostTrouble.value = request.trouble;
}

function show(next: Ride | null): void {
  current = next;
  ride.value = next && { ...next };
}

function changed(): void {
  show(current);
  unstored = true;
}

/** Another bike in mid-ride; what was ridden stays. */
export function changeBike(kind: BikeKind): void {
  if (!current) return;
  // The knobs go on from where the automatic had them.
  if (current.bike === 'auto' && kind === 'manual' && reading.value) {
    turn('cadence', reading.value.cadence);
    turn('resistance', reading.value.resistance);
  }
  current.bike = kind;
  settings.bike = kind;
  changed();
  store();
}

function store(): void {
  if (!current || elsewhere.value) return;
  storedAt = Date.now();
  unstored = false;
  const stored: Stored = { ride: current, kept: ring.kept, tab, beat: Date.now() };
  save('ride', JSON.stringify(stored));
}

/** My score by this device alone: the server's comes a moment later, or not at all. */
export const ownTotal = (mine: Ride): number => decimal(totals(mine).at(-1) ?? 0);
