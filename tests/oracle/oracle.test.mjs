import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fold } from './fold.mjs';
import { parseLog } from './log.mjs';
import { expectedTables, momentOf, outputOf, standingsOf } from './oracle.mjs';
import { completeRules } from './rules.mjs';

const rules = { window_seconds: 5, ride_seconds: 5, grace_seconds: 6, capacity: 10, min_percent: 80, classes: [{ id: 3, score: 'total' }] };
const startMs = 5 * 1000 * 100;

/** Resistance with which an output at cadence 65 is (r + 65): cadence 65 makes 1 per percent. */
const resistanceFor = (output) => output - 65;

let sequence = 0;
/** One acknowledged update of race 3/100 with an output of `output` (65..165). */
function update(racerId, second, output, changes = {}) {
  const { seq = (sequence += 1), answer, ...fields } = changes;
  return {
    update: {
      event: 'update',
      classId: 3,
      raceId: 100,
      racerId,
      second,
      name: `R${racerId}`,
      cadence: 65,
      resistance: resistanceFor(output),
      deviceTimestamp: startMs + 1000 * second,
      ...fields,
    },
    answers: answer === undefined ? [{ ok: true, seq, ts: startMs + 1000 * second }] : answer,
  };
}
/** A ride with an update for each output; null = missing. */
const ride = (racerId, outputs, changes) =>
  outputs.flatMap((output, i) => (output === null ? [] : [update(racerId, i + 1, output, changes)]));

const tablesOf = (sent, known, more = {}) => expectedTables(sent, { ...rules, ...more }, known);
const places = (race) => race.ranking.map((row) => [row.rank, row.racerId]);

test('74.2 rpm at 74 % is an output of 151.788', () => {
  assert.equal(outputOf({ cadence: 742, resistance: 740 }), 1517880);
});

test('no input is an output of 22.75', () => {
  assert.equal(outputOf({ cadence: 0, resistance: 0 }), 227500);
});

test('equal scores share a rank: 1, 2, 2, 4, by racer id', () => {
  const { races } = tablesOf(
    [
      ...ride(4, [70, 70, 70, 70, 70]),
      ...ride(3, [80, 80, 80, 80, 80]),
      ...ride(2, [80, 80, 80, 80, 80]),
      ...ride(1, [90, 90, 90, 90, 90]),
    ].reverse(),
  );
  assert.deepEqual(places(races[0]), [
    [1, 1],
    [2, 2],
    [2, 3],
    [4, 4],
  ]);
  assert.equal(races[0].ranking[0].total, 4500000);
});

test('who did not finish comes after the finished, by furthest second, then score, then racer id', () => {
  const { races } = tablesOf([
    ...ride(1, [160, 160, 160]),
    ...ride(2, [70, 70, 70, 70]),
    ...ride(3, [80, 70, 70, 70]),
    ...ride(5, [70, 80, 70, 70]),
    ...ride(4, [65, 65, 65, 65, 65]),
    ...ride(6, [null, null, null, null, 165]),
  ]);
  assert.deepEqual(places(races[0]), [
    [1, 4],
    [null, 6],
    [null, 3],
    [null, 5],
    [null, 2],
    [null, 1],
  ]);
});

test('a finisher needs the last second and the share of all seconds, rounded up', () => {
  const { races } = tablesOf([...ride(1, [70, null, 70, 70, 70]), ...ride(2, [70, null, null, 70, 70])], {}, { min_percent: 61 });
  assert.deepEqual(
    races[0].ranking.map((row) => row.finished),
    [true, false],
  );
});

test('a missing second adds nothing to the total and keeps its place in here now', () => {
  const { races } = tablesOf([...ride(1, [100, null, 100]), ...ride(2, [90, 90])]);
  assert.deepEqual(races[0].rides[1].score, [1000000, 1000000, 2000000]);
  assert.deepEqual(races[0].rides[1].hereNow, [1, 2, 1]);
  assert.deepEqual(races[0].rides[2].hereNow, [2, 1]);
});

test('a late second corrects every later total', () => {
  const inOrder = tablesOf(ride(1, [100, 90, 80, 70, 70]));
  const late = ride(1, [100, null, 80, 70, 70]);
  const corrected = tablesOf([...late, update(1, 2, 90)]);
  assert.deepEqual(corrected.races, inOrder.races);
});

test('there is no score before the first second that arrived', () => {
  const { races } = tablesOf([...ride(1, [null, 80]), ...ride(2, [70, 70])]);
  assert.deepEqual(races[0].rides[1].hereNow, [null, 2]);
  assert.deepEqual(races[0].rides[2].hereNow, [1, 1]);
});

test('a class that scores by output has no score where a second is missing', () => {
  const byOutput = { classes: [{ id: 3, score: 'output' }] };
  const { races, leaderboard } = tablesOf([...ride(1, [70, 70, null, 70, 90]), ...ride(2, [165, 165, 165, 165, 80])], {}, byOutput);
  assert.deepEqual(races[0].rides[1].hereNow, [2, 2, null, 2, 1]);
  assert.deepEqual(places(races[0]), [
    [1, 1],
    [2, 2],
  ]);
  assert.equal(races[0].ranking[0].total, 3000000);
  assert.equal(leaderboard[3][0].score, 900000);
});

test('the slot is held by the earliest in the journal, whatever the order of sending', () => {
  const { races, counts } = tablesOf([update(1, 1, 90, { seq: 7 }), update(1, 1, 80, { seq: 5 }), update(1, 1, 80, { seq: 9 })]);
  assert.deepEqual(races[0].rides[1].score, [800000]);
  assert.equal(counts.conflict, 1);
  assert.equal(counts.duplicate, 1);
});

test('two values for a slot in one batch are ambiguous', () => {
  const { ambiguous } = tablesOf([update(1, 1, 90, { seq: 7 }), update(1, 1, 80, { seq: 7 })]);
  assert.equal(ambiguous.length, 1);
  assert.match(ambiguous[0], /3\/100\/1\/1: two values in batch 7/);
});

test('the same value twice in one batch is not', () => {
  const { ambiguous, counts } = tablesOf([update(1, 1, 90, { seq: 7 }), update(1, 1, 90, { seq: 7 })]);
  assert.deepEqual(ambiguous, []);
  assert.equal(counts.duplicate, 1);
});

test('updates more than 5 s off the anchor of the first accepted one are of another ride', () => {
  const at = (offset) => ({ deviceTimestamp: startMs + 2000 + offset });
  const { races, counts } = tablesOf([update(1, 1, 70), update(1, 2, 70, at(5000)), update(1, 3, 70, at(1000 + 5001))]);
  assert.deepEqual(races[0].rides[1].score, [700000, 1400000]);
  assert.equal(counts.other_ride, 1);
});

test('a full race takes no more riders, in journal order', () => {
  const { races, counts } = tablesOf(
    [update(1, 1, 70, { seq: 3 }), update(2, 1, 70, { seq: 1 }), update(3, 1, 70, { seq: 2 }), update(2, 2, 70, { seq: 4 })],
    {},
    { capacity: 2 },
  );
  assert.deepEqual(places(races[0]), [
    [null, 2],
    [null, 3],
  ]);
  assert.equal(counts.race_full, 1);
});

test('a batch that brings more riders than there are places is ambiguous', () => {
  const { ambiguous } = tablesOf([update(1, 1, 70, { seq: 3 }), update(2, 1, 70, { seq: 3 })], {}, { capacity: 1 });
  assert.match(ambiguous[0], /2 racers for 1 places/);
});

test('what lies behind the close mark is late', () => {
  const { races, counts } = tablesOf([update(1, 1, 70, { seq: 3 }), update(1, 2, 70, { seq: 5 })], {
    closes: [{ classId: 3, raceId: 100, seq: 4 }],
  });
  assert.deepEqual(races[0].rides[1].score, [700000]);
  assert.equal(counts.late, 1);
  assert.equal(counts.left_out, 1);
});

test('a refused update has no effect', () => {
  const { races, counts } = tablesOf([update(1, 1, 70), update(1, 2, 70, { answer: [{ ok: false, error: 'busy' }] })]);
  assert.equal(races[0].ranking[0].second, 1);
  assert.equal(counts.refused, 1);
});

test('an update that was never answered counts only if it was stored just so', () => {
  const sent = [update(1, 1, 70), update(1, 2, 70, { answer: [] }), update(1, 3, 70, { answer: [{ ok: false, error: 'not_stored' }] })];
  assert.equal(tablesOf(sent).races[0].ranking[0].second, 1);
  const witness = new Map([
    ['3/100/1/2', { cadence: 650, resistance: 50 }],
    ['3/100/1/3', { cadence: 650, resistance: 999 }],
  ]);
  const { races, counts } = tablesOf(sent, { witness });
  assert.equal(races[0].ranking[0].second, 2);
  assert.equal(counts.unanswered, 2);
  assert.equal(counts.presumed, 1);
});

test('an update that was refused counts if another message of it went unanswered and was stored', () => {
  const sent = [update(1, 1, 70), { ...update(1, 2, 70, { answer: [{ ok: false, error: 'too_late' }] }), sends: 2 }];
  const witness = new Map([['3/100/1/2', { cadence: 650, resistance: 50 }]]);
  assert.equal(tablesOf(sent).races[0].ranking[0].second, 1);
  assert.equal(tablesOf(sent, { witness }).races[0].ranking[0].second, 2);
  sent[1].sends = 1;
  assert.equal(tablesOf(sent, { witness }).races[0].ranking[0].second, 1);
});

test('an update that was never answered and is known to lie behind the close mark is late', () => {
  const sent = [update(1, 1, 70, { seq: 3 }), update(1, 2, 70, { answer: [] })];
  const witness = (seq) => new Map([['3/100/1/2', [{ cadence: 650, resistance: 50, seq }]]]);
  const closes = [{ classId: 3, raceId: 100, seq: 8 }];
  assert.equal(tablesOf(sent, { closes, witness: witness(7) }).races[0].ranking[0].second, 2);
  assert.equal(tablesOf(sent, { closes, witness: witness(9) }).races[0].ranking[0].second, 1);
});

test('an update that went unanswered into the race and was taken again behind the mark counts', () => {
  const sent = [update(1, 1, 70, { seq: 3 }), { ...update(1, 2, 70, { seq: 9 }), sends: 2 }];
  const closes = [{ classId: 3, raceId: 100, seq: 8 }];
  const witness = new Map([
    [
      '3/100/1/2',
      [
        { cadence: 650, resistance: 50, seq: 5 },
        { cadence: 650, resistance: 50, seq: 9 },
      ],
    ],
  ]);
  const { races, counts } = tablesOf(sent, { closes, witness });
  assert.equal(races[0].ranking[0].second, 2);
  assert.deepEqual([counts.accepted, counts.late, counts.left_out], [2, 1, 0]);
});

test('standings rank by score at each latest second, and tell the rank at the own second', () => {
  const { races } = fold([...ride(1, [70, 70, 70]), ...ride(2, [80, 80]), ...ride(3, [75])], completeRules(rules));
  const rows = standingsOf(races.get('3/100'), completeRules(rules), 'total');
  assert.deepEqual(
    rows.map((row) => [row.rank, row.racerId, row.hereNowRank]),
    [
      [1, 1, 1],
      [2, 2, 1],
      [3, 3, 2],
    ],
  );
});

test('a live race at a second ranks who is there, and has the others below by pace', () => {
  const { races } = fold(
    [...ride(1, [70, 70, 70]), ...ride(2, [80, 80]), ...ride(3, [75]), ...ride(4, [60]), ...ride(5, [80, 80, 80])],
    completeRules(rules),
  );
  const at = (second) => momentOf(races.get('3/100'), second, 'total').map((row) => [row.rank, row.racerId, row.second]);
  assert.deepEqual(at(2), [
    [1, 2, 2],
    [1, 5, 2],
    [3, 1, 2],
    [null, 3, 1],
    [null, 4, 1],
  ]);
  assert.deepEqual(at(3), [
    [1, 5, 3],
    [2, 1, 3],
    [null, 2, 2],
    [null, 3, 1],
    [null, 4, 1],
  ]);
});

test('two classes with the same race id stay apart', () => {
  const { races } = tablesOf([update(1, 1, 70), update(2, 1, 80, { classId: 4 })]);
  assert.deepEqual(
    races.map((race) => [race.classId, race.ranking.length]),
    [
      [3, 1],
      [4, 1],
    ],
  );
});

test('all-time ranks are against the bests of the others before the race', () => {
  const next = { raceId: 101 };
  const { races, allTime } = tablesOf([
    ...ride(1, [100]),
    ...ride(2, [90]),
    ...ride(3, [80]),
    ...ride(1, [70], next),
    ...ride(4, [90], next),
  ]);
  assert.deepEqual(
    [1, 2, 3].map((racer) => races[0].rides[racer].allTime),
    [[1], [1], [1]],
  );
  assert.deepEqual(races[1].rides[1].allTime, [3], 'own best of 100 does not count against 70');
  assert.deepEqual(races[1].rides[4].allTime, [2], 'a first-timer; an equal best shares the rank');
  assert.deepEqual(allTime[3][1], [
    { rank: 1, racerId: 1, score: 1000000 },
    { rank: 2, racerId: 2, score: 900000 },
    { rank: 2, racerId: 4, score: 900000 },
    { rank: 4, racerId: 3, score: 800000 },
  ]);
});

test('races are merged in the order of their close', () => {
  const sent = [...ride(1, [100], { seq: 1 }), ...ride(2, [90], { raceId: 101, seq: 2 })];
  const { races } = tablesOf(sent, {
    closes: [
      { classId: 3, raceId: 100, seq: 9 },
      { classId: 3, raceId: 101, seq: 8 },
    ],
  });
  assert.deepEqual(
    races.map((race) => race.raceId),
    [101, 100],
  );
  assert.deepEqual(races[0].rides[2].allTime, [1]);
});

test('unfinished rides count for all-time bests, not for the leaderboard', () => {
  const { allTime, leaderboard } = tablesOf([...ride(1, [100, 100]), ...ride(2, [70, 70, 70, 70, 70])]);
  assert.equal(allTime[3][1][0].racerId, 1);
  assert.deepEqual(leaderboard[3], [{ rank: 1, racerId: 2, score: 3500000, raceId: 100 }]);
});

test('the earlier race keeps an equal record', () => {
  const outputs = [70, 70, 70, 70, 70];
  const { leaderboard } = tablesOf([...ride(1, outputs, { raceId: 101 }), ...ride(1, outputs)]);
  assert.deepEqual(leaderboard[3], [{ rank: 1, racerId: 1, score: 3500000, raceId: 100 }]);
});

test('a rule that does not exist is an error', () => {
  assert.throws(() => expectedTables([], { windowSeconds: 3 }), /unknown rule "windowSeconds"/);
});

test('a log cut off in its last line is read up to there', async () => {
  const sent = await parseLog([
    '{"t":"start"}',
    '{"t":"sent","n":1,"ts":1,"update":{"second":1}}',
    '{"t":"answer","n":1,"ts":2,"answer":{"ok":true,"seq":4,"ts":2}}',
    '{"t":"se',
  ]);
  assert.deepEqual(sent, [{ update: { second: 1 }, answers: [{ ok: true, seq: 4, ts: 2 }], sends: 1 }]);
});

test('a re-sent update is one update with two answers, heard by the bike or not', async () => {
  const line = '{"t":"sent","n":1,"ts":1,"update":{"second":1}';
  const sent = await parseLog([
    `${line}}`,
    `${line},"again":true}`,
    '{"t":"answer","n":1,"ts":2,"answer":{"ok":true,"seq":4,"ts":2}}',
    '{"t":"answer_lost","n":1,"ts":3,"answer":{"ok":true,"seq":5,"ts":3}}',
  ]);
  assert.equal(sent.length, 1);
  assert.deepEqual(
    sent[0].answers.map((answer) => answer.seq),
    [4, 5],
  );
  assert.equal(sent[0].sends, 2);
});

test('a broken line inside a log is an error', async () => {
  await assert.rejects(parseLog(['{"t":"se', '{"t":"end"}']), /line 1 of the log is not JSON/);
});

const correction = (edit, racerId, more = {}) => ({ edit, racerId, at: startMs + 60_000, classId: 3, raceId: 100, ...more });
const twoRaces = () => [
  ...ride(1, [90, 90, 90, 90, 90]),
  ...ride(2, [80, 80, 80, 80, 80]),
  ...ride(3, [70, 70, 70, 70, 70]),
  ...ride(1, [66, 66, 66, 66, 66], { raceId: 101, deviceTimestamp: startMs + 6000 }),
];

test('an excluded ride goes last without a rank, the others close up, and there are no bests of it', () => {
  const sent = twoRaces().filter(({ update: { raceId } }) => raceId === 100);
  const { races, allTime, leaderboard } = tablesOf(sent, { edits: [correction('exclude', 1)] });
  assert.deepEqual(places(races[0]), [
    [1, 2],
    [2, 3],
    [null, 1],
  ]);
  assert.equal(races[0].ranking[2].excluded, true);
  assert.equal(races[0].rides[2].hereNow[4], 2, 'ranks at the seconds stay as they were');
  for (const rows of [allTime[3][5], leaderboard[3]])
    assert.deepEqual(
      rows.map(({ rank, racerId }) => [rank, racerId]),
      [
        [1, 2],
        [2, 3],
      ],
    );
});

test('who is hidden stays in results and is in no table of bests; who is forgotten was never there; what is taken back counts', () => {
  const sent = twoRaces().filter(({ update: { raceId } }) => raceId === 100);
  const seen = (edits) => {
    const { races, leaderboard } = tablesOf(sent, { edits });
    return [races[0].ranking.map(({ racerId }) => racerId), leaderboard[3].map(({ racerId }) => racerId)];
  };
  assert.deepEqual(seen([correction('hide', 1)]), [
    [1, 2, 3],
    [2, 3],
  ]);
  assert.deepEqual(seen([correction('forget', 2)]), [
    [1, 3],
    [1, 3],
  ]);
  assert.deepEqual(seen([correction('forget', 2, { at: startMs - 1 })])[0], [1, 2, 3], 'the race began later');
  assert.deepEqual(seen([correction('exclude', 1), correction('hide', 1), correction('clear', 1)]), [
    [1, 2, 3],
    [1, 2, 3],
  ]);
});
