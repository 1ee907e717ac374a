import assert from 'node:assert/strict';
import { test } from 'node:test';

import { faults, planOf, points } from './plan.mjs';
import { crashRules } from './rules.mjs';

const plans = Array.from({ length: 500 }, (_, i) => planOf(7, i + 1, crashRules));

test('the same seed gives the same plans, another seed others', () => {
  assert.deepEqual(plans[41], planOf(7, 42, crashRules));
  assert.notDeepEqual(plans[41], planOf(8, 42, crashRules));
});

test('every round kills something, in the order of time', () => {
  for (const { strikes, points: armed } of plans) {
    assert.ok(strikes.length + armed.length > 0);
    assert.deepEqual(
      strikes,
      [...strikes].sort((a, b) => a.at - b.at),
    );
  }
});

test('500 rounds come by every named place and every moment, and kill each kind of process', () => {
  const met = (values) => [...new Set(values)].sort();
  const strikes = plans.flatMap((plan) => plan.strikes);
  assert.deepEqual(met(plans.flatMap((plan) => plan.points.map(({ place }) => place))), points.map(([place]) => place).sort());
  assert.deepEqual(met(strikes.map(({ place }) => place)), [
    'across the deadline',
    'around a close mark',
    'around an acknowledgement',
    'close',
    'riding',
    'window end',
  ]);
  assert.deepEqual(met(strikes.map(({ what }) => what)), ['both', 'nats-server', 'node']);
  assert.deepEqual(met(plans.map(({ clock }) => `${clock}`)), ['-900', '0', '900']);
  assert.deepEqual(met(plans.map(({ ingests }) => ingests)), [1, 2, 3]);
});

test('what is down across the deadline dies before it and returns after it', () => {
  const deadline = 19_000;
  for (const { at, down } of plans.flatMap((plan) => plan.strikes).filter(({ place }) => place === 'across the deadline')) {
    assert.ok(at < deadline);
    assert.ok(at + down > deadline);
  }
});

test('with a planted fault every plan has the one kill that lets it show, and no dropouts', () => {
  for (const fault of Object.keys(faults))
    for (let round = 1; round <= 20; round += 1) {
      const { strikes, points: armed, faults: riders } = planOf(7, round, crashRules, { fault });
      assert.equal(strikes.length + armed.length, 1);
      assert.equal(riders.dropout, 0);
    }
});
