import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortRules } from '../../e2e/lib/world.mjs';
import { planOf, points } from './plan.mjs';

const plans = Array.from({ length: 500 }, (_, i) => planOf(7, i + 1, shortRules));

test('the same seed gives the same plans, another seed others', () => {
  assert.deepEqual(plans[41], planOf(7, 42, shortRules));
  assert.notDeepEqual(plans[41], planOf(8, 42, shortRules));
});

test('every round kills something, in the order of time', () => {
  for (const { strikes, points: armed } of plans) {
    assert.ok(strikes.length + armed.length > 0);
    assert.deepEqual(strikes, [...strikes].sort((a, b) => a.at - b.at));
  }
});

test('500 rounds come by every named place and every moment, and kill each kind of process', () => {
  const met = (values) => [...new Set(values)].sort();
  const strikes = plans.flatMap((plan) => plan.strikes);
  assert.deepEqual(met(plans.flatMap((plan) => plan.points.map(({ place }) => place))), points.map(([place]) => place).sort());
  assert.deepEqual(met(strikes.map(({ place }) => place)), ['across the deadline', 'close', 'riding', 'window end']);
  assert.deepEqual(met(strikes.map(({ what }) => what)), ['both', 'nats-server', 'node']);
});

test('what is down across the deadline dies before it and returns after it', () => {
  const deadline = 26_000;
  for (const { at, down } of plans.flatMap((plan) => plan.strikes).filter(({ place }) => place === 'across the deadline')) {
    assert.ok(at < deadline);
    assert.ok(at + down > deadline);
  }
});
