// A node that ends, as by kill -9, at each named place (racing/failpoint.hpp): after its return everything is as the oracle says.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { until } from '../e2e/lib/until.mjs';
import { armNode, assertEqual, killedAtPoint, scenario, startRace } from './lib/scenario.mjs';

/** Place, and the how many-th passage of it is the last one. */
const places = [
  ['ingest.append', 40], // a batch is about to be sent
  ['ingest.answer', 40], // a batch is stored, its bikes have not heard
  ['race.mark', 1], // the race is due, its mark not written
  ['race.mark_read', 1], // the mark is read, nothing computed
  ['closing.rides', 1], // the rides are in the stream, the result is not
  ['class.merge', 1], // the result is stored, nothing merged
  ['store.applied', 1], // LMDB has committed, nobody knows
  ['closing.result', 1], // the result is stored, the class has not heard
  ['closing.applied', 1], // applied, the bests not announced
  ['closing.announced', 1], // the bests are in the changelog, the store has not noted it
  ['closing.done', 1], // everything is done, the race is still there
];

describe('a node that ends', { concurrency: 4 }, () => {
  for (const [place, nth] of places)
    scenario(`at ${place} and comes back has lost nothing and counted nothing twice`, async (world, t) => {
      await armNode(world, { ALLEYCAT_FAILPOINT: `${place}:${nth}` });
      const { riders } = await startRace(world);
      await until('the node ends', async () => !world.node.running, { seconds: 90 });
      assert.equal(await world.node.ended, killedAtPoint, world.node.report);
      await world.startNode();
      assert.equal(await riders.ended, 0, riders.report);
      await assertEqual(world, [riders.log], t);
    });
});
