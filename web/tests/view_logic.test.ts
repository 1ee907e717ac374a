import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, test } from 'vitest';

import type { Standings } from '../src/contract/messages';
import { inSeconds, lead, mean, smoothed } from '../src/logic/curve';
import { recentPace } from '../src/logic/gaps';
import { nextScene } from '../src/logic/gym';
import { rideCurves } from '../src/logic/history';
import { MAX_TEXT, MessageLog } from '../src/logic/message_log';
import { isNews, newsExpected, raceToWatch } from '../src/logic/race_choice';
import { countRefusals, endsRide, reasonText } from '../src/logic/reasons';
import { modelAt } from '../src/logic/rider_model';
import { readRoute, routeText, type Route } from '../src/logic/route';
import { visibleRows } from '../src/logic/virtual';
import { socketUrl } from '../src/net/config';

describe('addresses', () => {
  test.each<Route>([
    { screen: 'start' },
    { screen: 'gym', classId: 3 },
    { screen: 'results', classId: 3, raceId: 5400172, second: 13 },
    { screen: 'rider', racerId: 0 },
    { screen: 'leaderboard', classId: 65535, period: '7d' },
    { screen: 'live', classId: 1, second: 151 },
  ])('%o has an address that leads back to it', (route) => expect(readRoute(routeText(route))).toEqual(route));

  test('what can not be understood is left out', () => {
    expect(readRoute('?screen=nowhere&class=0&race=01&racer=4294967296&second=-1&period=never')).toEqual({ screen: 'start' });
    expect(readRoute('')).toEqual({ screen: 'start' });
    expect(readRoute('?screen=rider&racer=%3Cscript%3E')).toEqual({ screen: 'rider' });
  });
});

describe('the socket', () => {
  const page = { protocol: 'http:', hostname: 'bikes.lan' };
  test('is on the page’s own host unless the node says otherwise', () => {
    expect(socketUrl({ wsUrl: '', wsPort: 8443 }, page)).toBe('ws://bikes.lan:8443');
    expect(socketUrl({ wsUrl: 'wss://nats.gym/', wsPort: 1 }, page)).toBe('wss://nats.gym/');
    expect(socketUrl({}, { ...page, protocol: 'https:' })).toBe('wss://bikes.lan:8443');
  });
});

describe('rows in sight', () => {
  test.each([
    [0, 400, 40, 1000, { from: 0, to: 14 }],
    [4000, 400, 40, 1000, { from: 96, to: 114 }],
    [39_800, 400, 40, 1000, { from: 991, to: 1000 }],
    [90_000, 400, 40, 1000, { from: 1000, to: 1000 }],
    [-50, 400, 40, 3, { from: 0, to: 3 }],
    [0, 400, 40, 0, { from: 0, to: 0 }],
  ])('scrolled by %d, %d high, rows of %d, %d in all: %o', (top, height, row, count, span) =>
    expect(visibleRows(top, height, row, count)).toEqual(span),
  );
});

describe('the message log', () => {
  const list = (log: MessageLog, filter = {}) => log.list({ direction: 'both', text: '', ...filter }).map(({ subject }) => subject);
  test('is bounded, newest first', () => {
    const log = new MessageLog(3);
    for (const name of ['a', 'b', 'c', 'd']) log.add(0, 'sent', name, '');
    expect(list(log)).toEqual(['d', 'c', 'b']);
  });
  test('tells what became of a message, also after older ones went', () => {
    const log = new MessageLog(2);
    const first = log.add(0, 'sent', 'a', '', true);
    const second = log.add(0, 'sent', 'b', '', true);
    log.add(0, 'received', 'c', '');
    log.settle(first, 'ok');
    log.settle(second, 'refused');
    expect(log.list({ direction: 'sent', text: '' }).map(({ subject, outcome }) => [subject, outcome])).toEqual([['b', 'refused']]);
  });
  test('filters by direction, subject and content', () => {
    const log = new MessageLog();
    log.add(0, 'sent', 'alleycat.update.3.8', '{"name":"Ada"}');
    log.add(0, 'received', 'alleycat.racer.8.view', '{}');
    expect(list(log, { direction: 'received' })).toEqual(['alleycat.racer.8.view']);
    expect(list(log, { text: 'ADA' })).toEqual(['alleycat.update.3.8']);
    expect(list(log, { text: 'view' })).toEqual(['alleycat.racer.8.view']);
  });
  test('keeps the beginnings of 500 long messages, and not the messages', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const log = new MessageLog();
    const bytes = new TextEncoder().encode('x'.repeat(200_000));
    collect();
    const before = process.memoryUsage().heapUsed;
    // Each is a text of its own, as it comes from the wire.
    for (let i = 0; i < 500; i += 1) log.add(i, 'received', 'alleycat.race.3.1.standings', new TextDecoder().decode(bytes));
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    expect(log.list({ direction: 'both', text: '' }, 500)).toHaveLength(500);
    // 500 × 200 kB are 100 MB, 500 × 400 characters are 0.2 MB.
    expect(grown).toBeLessThan(10_000_000);
  });
  test('counts what comes while paused, and keeps long messages short', () => {
    const log = new MessageLog();
    log.add(0, 'sent', 'a', 'x'.repeat(10_000));
    expect(log.list({ direction: 'both', text: '' })[0]).toMatchObject({ bytes: 10_000, text: `${'x'.repeat(MAX_TEXT)}…` });
    log.paused = true;
    log.settle(log.add(0, 'sent', 'b', '', true), 'ok');
    expect([log.missed, list(log)]).toEqual([1, ['a']]);
    log.resume();
    expect(log.missed).toBe(0);
  });
});

describe('which race to watch', () => {
  const race = (raceId: number, live: number) => ({ raceId, live, racers: 10, second: 1 });
  test.each([
    ['the one with most riders', [race(1, 3), race(2, 9)], null, 2],
    ['the newer of equals', [race(1, 3), race(2, 3)], null, 2],
    ['the one already watched, while anybody rides', [race(1, 1), race(2, 99)], 1, 1],
    ['another one when nobody rides there any more', [race(1, 0), race(2, 5)], 1, 2],
    ['the finished one, when nobody rides at all', [], 1, 1],
    ['none, when there is none', [], null, null],
  ])('%s', (_why, open, watched, chosen) => expect(raceToWatch(open, watched)).toBe(chosen));
});

describe('news of a race', () => {
  const standings = (more: Partial<Standings>): Standings => ({
    classId: 3,
    raceId: 1,
    epoch: 2,
    asOf: 100,
    ts: 0,
    state: 'running',
    second: 1,
    racers: 0,
    reported: 0,
    finished: 0,
    rows: [],
    ...more,
  });
  test.each([
    ['later in the journal', {}, { asOf: 101 }, true],
    ['earlier in the journal', {}, { asOf: 99 }, false],
    ['of an owner that lost its race', {}, { epoch: 1, asOf: 500 }, false],
    ['of a new owner, however early', {}, { epoch: 3, asOf: 1 }, true],
    ['the result', {}, { state: 'closed' as const, asOf: 100 }, true],
    ['running again after the result', { state: 'closed' as const }, { epoch: 9, asOf: 999 }, false],
    ['the result once more', { state: 'closed' as const }, { state: 'closed' as const }, false],
    ['complete', {}, { state: 'complete' as const, finalAt: 1 }, true],
    ['running again after complete, by a late second', { state: 'complete' as const }, { asOf: 101 }, true],
    ['the result after complete', { state: 'complete' as const }, { state: 'closed' as const }, true],
    ['another race', { state: 'closed' as const }, { raceId: 2, asOf: 1 }, true],
  ])('%s', (_why, shown, next, is) => expect(isNews(standings(shown), standings(next))).toBe(is));
  test('the first news is news', () => expect(isNews(null, standings({}))).toBe(true));

  const open = (raceId: number, live: number) => [{ raceId, live, racers: 10, second: 1 }];
  test.each([
    ['somebody rides', {}, open(1, 3), true],
    ['nobody rides', {}, open(1, 0), false],
    ['nobody tells of the race: its owner may be dead', {}, [], true],
    ['everybody is through', { state: 'complete' as const }, open(1, 0), false],
    ['the race is closed', { state: 'closed' as const }, [], false],
  ])('is expected or not: %s', (_why, shown, races, is) => expect(newsExpected(standings(shown), races)).toBe(is));
  test('of no race nothing is expected', () => expect(newsExpected(null, [])).toBe(false));
});

describe('curves', () => {
  test('a mean leaves out what is missing', () => expect([mean([1, null, 4]), mean([null]), mean([])]).toEqual([2.5, 0, 0]));
  test('smoothing leaves out what is missing and invents nothing', () => expect(smoothed([2, 4, null, 9], 2)).toEqual([2, 3, null, 9]));
  test('a lead is where both are', () => expect(lead([10, 30, null, 70], [5, null, 40])).toEqual([5, null, null, null]));
  test('a gap is as long as it takes to make it up', () => {
    expect(inSeconds(-300, 150)).toBe(-2);
    expect(inSeconds(5, 0)).toBe(0);
  });
});

describe('the automatic rider', () => {
  test('gives the same second again, and other riders other ones', () => {
    const ride = (seed: number) => Array.from({ length: 300 }, (_, i) => modelAt(seed, i + 1, 300));
    expect(ride(7)).toEqual(ride(7));
    expect(ride(7)).not.toEqual(ride(8));
  });
  test('stays within what a bike may send', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      for (let s = 1; s <= 300; s += 1) {
        const { cadence, resistance } = modelAt(seed * 7919, s, 300);
        expect(cadence).toBeGreaterThan(30);
        expect(cadence).toBeLessThanOrEqual(250);
        expect(resistance).toBeGreaterThan(20);
        expect(resistance).toBeLessThanOrEqual(100);
        expect(Math.abs(cadence * 10 - Math.round(cadence * 10))).toBeLessThan(1e-9);
      }
    }
  });
});

describe('the gym’s wall', () => {
  const has = { live: true, results: true, leaderboard: true };
  test('turns', () => {
    expect(nextScene('live', has)).toBe('results');
    expect(nextScene('leaderboard', has)).toBe('live');
  });
  test('leaves out what is empty, and stays when all is', () => {
    expect(nextScene('live', { ...has, results: false })).toBe('leaderboard');
    expect(nextScene('live', { live: true, results: false, leaderboard: false })).toBe('live');
    expect(nextScene('results', { live: false, results: false, leaderboard: false })).toBe('results');
  });
});

describe('a ride of the past', () => {
  test('has a value for each second, none where nothing arrived', () => {
    const rows = [
      { second: 1, cadence: 74.2, resistance: 74, output: 151.788, total: 151.788, hereNowRank: 2, allTimeRank: 17 },
      { second: 2, cadence: null, resistance: null, output: null, total: 151.788, hereNowRank: 3, allTimeRank: null },
    ];
    expect(rideCurves({ name: 'Adell', rows })).toEqual({
      name: 'Adell',
      seconds: 1,
      output: [151.788, null],
      total: [151.788, 151.788],
      cadence: [74.2, null],
      resistance: [74, null],
      hereNow: [2, 3],
      allTime: [17, null],
    });
  });
});

describe('the pace', () => {
  // (cadence + 35) * (resistance + 65) / 100
  const at = (cadence: number) => ({ cadence, resistance: 35 });
  test('is the mean output of the last ten seconds that were measured', () => {
    expect(recentPace([])).toBe(0);
    expect(recentPace([null])).toBe(0);
    expect(recentPace([at(65), at(85)])).toBeCloseTo(110);
    expect(recentPace([at(65), null, at(85), null])).toBeCloseTo(110);
    expect(recentPace([at(200), ...Array.from({ length: 10 }, () => at(65))])).toBeCloseTo(100);
  });
});

describe('refusals', () => {
  test('known ones are explained, unknown ones readable', () => {
    expect(reasonText('race_full')).toMatch(/full/);
    expect(reasonText('some_new_one')).toBe('some new one');
    expect([endsRide('race_full'), endsRide('conflict')]).toEqual([true, false]);
  });
  test('are counted by reason; the race has the last word, and what came twice is no loss', () => {
    const answered = ['busy', 'conflict', 'busy'].map((error) => ({ error }));
    expect(countRefusals(answered, { conflict: 4, other_ride: 2, duplicate: 9 })).toEqual([
      { error: 'busy', n: 2 },
      { error: 'conflict', n: 4 },
      { error: 'other_ride', n: 2 },
    ]);
    expect(countRefusals([], {})).toEqual([]);
  });
});
