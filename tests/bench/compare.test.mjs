// The statistics of `guard`, on figures that are known.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compare, medianInterval, sentence } from './lib/compare.mjs';
import { instructionsIn } from './lib/instructions.mjs';
import { machineSeconds, ownSeconds, untilCalm } from './lib/machine.mjs';

const oneTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

// Tables of the sign test, e.g. of Conover, Practical Nonparametric Statistics.
for (const [n, low, high, coverage] of [
  [1, 1, 1, 0],
  [5, 1, 5, 0.9375],
  [6, 1, 6, 0.96875],
  [8, 1, 8, 0.9922],
  [9, 2, 8, 0.9609],
  [15, 4, 12, 0.9648],
  [20, 6, 15, 0.9586],
  [25, 8, 18, 0.9567],
])
  test(`of ${n} values the median lies between the ${low}. and the ${high}. with ${(100 * coverage).toFixed(1)} %`, () => {
    const shuffled = oneTo(n).sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11));
    const found = medianInterval(shuffled);
    assert.deepEqual([found.low, found.high], [low, high]);
    assert.ok(Math.abs(found.coverage - coverage) < 5e-5, `${found.coverage}`);
  });

test('what the machine does to both of a round cancels out', () => {
  const drift = [1, 3, 0.5, 2, 1.5, 1, 4, 2, 1];
  const found = compare(
    drift.map((d) => 4 * d),
    drift.map((d) => 4.4 * d),
    5,
  );
  for (const value of [found.change, found.low, found.high]) assert.ok(Math.abs(value - 10) < 1e-9, `${value}`);
  assert.equal(found.verdict, 'slower');
});

const ratios = (...all) => [all.map(() => 100), all.map((percent) => 100 + percent)];
for (const [what, percents, limit, verdict, said] of [
  ['more than the limit', [6, 7, 8, 6, 9, 7, 6, 8, 7], 5, 'slower', 'slower by 7.0 % ± 1.0 (6.0 to 8.0)'],
  ['less than the limit', [2, 3, 2, 3, 4, 2, 3, 3, 2], 5, 'not slower', 'slower by 3.0 % ± 0.5 (2.0 to 3.0)'],
  ['one wild round', [1, 0, -1, 0, 300, 1, 0, -1, 0], 5, 'not slower', 'the same ± 1.0 (-1.0 to 1.0)'],
  ['faster', [-9, -8, -10, -9, -8, -9, -10, -9, -9], 5, 'not slower', 'faster by 9.0 % ± 1.0 (-10.0 to -8.0)'],
  [
    'a median beyond the limit that may be chance',
    [20, -20, 30, -25, 9, -8, 40, 8, -15],
    5,
    'undecided',
    'slower by 8.0 % ± 25.0 (-20.0 to 30.0)',
  ],
  [
    'a median within the limit, an interval beyond it',
    [1, 2, 12, 1, 10, 2, 1, 11, 2],
    5,
    'undecided',
    'slower by 2.0 % ± 5.0 (1.0 to 11.0)',
  ],
  ['another limit', [6, 7, 8, 6, 9, 7, 6, 8, 7], 10, 'not slower', 'slower by 7.0 % ± 1.0 (6.0 to 8.0)'],
])
  test(`${what}: ${verdict}`, () => {
    const found = compare(...ratios(...percents), limit);
    assert.equal(found.verdict, verdict);
    assert.equal(sentence(found), said);
  });

test('rounds that do not pair, or measured nothing, are refused', () => {
  assert.throws(() => compare([1, 2], [1], 5), /2 and 1 rounds/);
  assert.throws(() => compare([], [], 5), /0 and 0 rounds/);
  assert.throws(() => compare([1, 0], [1, 2], 5), /round 2 measured nothing/);
  assert.throws(() => compare([1, 2], [1, NaN], 5), /round 2 measured nothing/);
});

/** Normal deviates, the same in every run. */
function* noise(seed) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  for (;;) yield Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

test('in a thousand comparisons with 5 % noise, the same build is hardly ever called slower, and one slower by 15 % nearly always', () => {
  const random = noise(17);
  const round = () => 4 * (1 + 0.05 * random.next().value);
  const verdicts = (factor) => {
    let slower = 0;
    for (let i = 0; i < 1000; ++i) {
      const base = oneTo(9).map(round);
      slower +=
        compare(
          base,
          base.map(() => factor * round()),
          5,
        ).verdict === 'slower';
    }
    return slower;
  };
  const [same, slower] = [verdicts(1), verdicts(1.15)];
  assert.ok(same < 25, `${same} of 1,000 false alarms`);
  assert.ok(slower > 950, `${slower} of 1,000 found`);
});

test('instructions are read from perf stat, and their absence is noticed', () => {
  assert.equal(instructionsIn('# started\n123456789,,instructions:u,1000350,100.00,,\n'), 123456789);
  assert.equal(instructionsIn('<not supported>,,instructions:u,0,100.00,,\n'), undefined);
  assert.equal(instructionsIn('<not counted>,,instructions:u,0,0.00,,\n'), undefined);
  assert.equal(instructionsIn('perf: command not found\n'), undefined);
});

test('the CPU of the machine and of a process with an awkward name is read', () => {
  assert.deepEqual(machineSeconds('cpu  100 200 300 4000 500 60 70 80 9 9\ncpu0 1 2 3\n'), { busy: 7.3, stolen: 0.8 });
  assert.equal(ownSeconds(`7 (a) b (c) S 1 1 1 0 -1 4 0 0 0 0 100 200 300 400 20 0`), 10);
});

test('a bench waits until the machine is calm, says so once a minute, and gives up', async () => {
  const wait = async (busy, limit) => {
    let seconds = 0;
    const said = [];
    const measure = async () => {
      seconds += 5;
      return busy(seconds);
    };
    const outcome = await untilCalm({ limit, minutes: 3, say: (text) => said.push(text), measure, now: () => seconds * 1000 });
    return { ...outcome, said };
  };
  const calmAtOnce = await wait(() => 0.1, 0.3);
  assert.deepEqual(calmAtOnce, { calm: true, busy: 0.1, waited: 5, said: [] });
  const later = await wait((seconds) => (seconds < 100 ? 1.5 : 0.2), 0.3);
  assert.deepEqual([later.calm, later.waited, later.said.length], [true, 100, 2]);
  const never = await wait(() => 1.5, 0.3);
  assert.deepEqual([never.calm, never.waited], [false, 180]);
  assert.match(never.said.at(-1), /1\.50 cores are still busy after 3 minutes/);
  const careless = await wait(() => 1.5, Infinity);
  assert.deepEqual([careless.calm, careless.waited, careless.said], [false, 5, []]);
});
