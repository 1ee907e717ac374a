// What the tests of this folder share: a world of their own each, a race in it, and the comparison at the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sleep } from '../../e2e/lib/until.mjs';
import { verify } from '../../e2e/lib/verify.mjs';
import { World } from '../../e2e/lib/world.mjs';
import { crashRules } from './rules.mjs';

/** Exit code of a node that ended at a named place. */
export const killedAtPoint = 137;

/**
 * A test on a world of its own.
 * @param {string} name
 * @param {(world: World, t: import('node:test').TestContext) => Promise<void>} body
 */
export function scenario(name, body, rules = crashRules) {
  test(name, async (t) => {
    const world = await World.start(rules);
    try {
      await world.guarded(body)(world, t);
    } finally {
      await world.stop();
    }
  });
}

/** The node again, with crash points and these variables. */
export async function armNode(world, variables, flags = []) {
  await world.node.stop();
  await world.startNode('node-1', flags, variables);
}

/**
 * 30 riders each of class 1, which ranks by totals, and class 4, which ranks by outputs, in the next window.
 * @returns as the window begins; `begin` and `deadline` in ms since the epoch
 */
export async function startRace(world, flags = []) {
  const { window_seconds, ride_seconds, grace_seconds } = world.rules;
  const window = window_seconds * 1000;
  const left = () => window - (Date.now() % window);
  if (left() < 1000) await sleep(left() + 1);
  const begin = Date.now() + left();
  const riders = world.startRiders('riders', [
    '--classes',
    '1,4',
    '--racers',
    30,
    '--ack',
    '--start',
    'next',
    '--stagger',
    window_seconds - 1,
    ...flags,
  ]);
  await sleep(begin - Date.now());
  return { riders, begin, raceId: begin / window, deadline: begin + window + (ride_seconds + grace_seconds) * 1000 };
}

/** Everything is as the oracle says, and nothing that was acknowledged came behind its race's mark. */
export async function assertEqual(world, logs, t) {
  const verdict = await verify(world.client, logs, world.rules, { presume: true });
  assert.ok(verdict.equal, verdict.report);
  assert.equal(verdict.expected.counts.left_out, 0, 'acknowledged, but behind the mark');
  t.diagnostic(verdict.report);
  return verdict;
}

/**
 * The opposite, for a planted fault.
 * @returns {Promise<string[]>} what the oracle sees; an assertion fails when it sees nothing
 */
export async function assertCaught(world, logs, t) {
  let differences;
  try {
    ({ differences } = await verify(world.client, logs, world.rules, { presume: true }));
  } catch (error) {
    differences = [error.message];
  }
  for (const difference of differences.slice(0, 3)) t.diagnostic(difference);
  assert.notEqual(differences.length, 0, 'the oracle saw no difference');
  return differences;
}
