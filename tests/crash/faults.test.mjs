// Faults planted on purpose (racing/failpoint.hpp): the harness has to see each of them, or its silence is worth nothing.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { until } from '../e2e/lib/until.mjs';
import { watchOpenings } from './lib/events.mjs';
import { armNode, assertCaught, assertEqual, scenario, startRace } from './lib/scenario.mjs';
import { appendEarlyMark } from './lib/straggler.mjs';

describe('a node is caught', { concurrency: 3 }, () => {
  scenario('that answers before the update is stored', async (world, t) => {
    await armNode(world, { ALLEYCAT_FAULT: 'ack_early' }, ['--journal.linger_ms', '1000']);
    const { riders } = await startRace(world);
    await until('riders ride', async () => (await world.metric('alleycat_updates_received_total')) > 120);
    await world.node.kill(); // with up to a second of updates that were answered and not written
    await world.startNode();
    await riders.ended;
    await assertCaught(world, [riders.log], t);
  });

  scenario('that takes a close mark before the deadline for one that counts', async (world, t) => {
    await armNode(world, { ALLEYCAT_FAULT: 'early_mark' });
    const { riders, raceId } = await startRace(world);
    await until('riders ride', async () => (await world.metric('alleycat_updates_received_total')) > 120);
    await appendEarlyMark(world.client, { classId: 1, raceId });
    await riders.ended;
    const differences = await assertCaught(world, [riders.log], t);
    assert.ok(
      differences.some((line) => line.startsWith(`race 1/${raceId}`)),
      differences.join('\n'),
    );
  });

  scenario('that does not look whether a race was applied', async (world, t) => {
    await armNode(world, { ALLEYCAT_FAULT: 'skip_applied' });
    const openedAgain = await watchOpenings(world.client);
    const { riders, raceId } = await startRace(world);
    await riders.ended;
    await assertEqual(world, [riders.log], t);
    await until('both races are done', async () => (await world.metric('alleycat_races_open')) === 0);
    assert.deepEqual(openedAgain(), []);
    await armNode(world, { ALLEYCAT_FAULT: 'skip_applied' });
    await world.client.nc.flush();
    assert.deepEqual(openedAgain().sort(), [`1/${raceId}`, `4/${raceId}`]);
  });
});
