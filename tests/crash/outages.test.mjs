// Outages that a race has to live through: afterwards everything is as the oracle says.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { sleep, until } from '../e2e/lib/until.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { watchOpenings } from './lib/events.mjs';
import { crashRules } from './lib/rules.mjs';
import { armNode, assertEqual, killedAtPoint, scenario, startRace } from './lib/scenario.mjs';
import { appendBehindMark, isMarked } from './lib/straggler.mjs';

describe('nothing acknowledged is lost and nothing counts twice', { concurrency: 3 }, () => {
  scenario(
    'when the nats-server is killed and started again twenty times in one race',
    async (world, t) => {
      const { riders } = await startRace(world);
      const acknowledged = () => world.metric('alleycat_updates_acknowledged_total');
      for (let kill = 1; kill <= 20; kill += 1) {
        const before = await acknowledged();
        await until(`updates are acknowledged before kill ${kill}`, async () => (await acknowledged()) > before);
        assert.ok(riders.running, `riders still ride at kill ${kill}`);
        await world.nats.kill();
        await world.startNats();
      }
      assert.equal(await riders.ended, 0, riders.report);
      const { expected } = await assertEqual(world, [riders.log], t);
      assert.equal(expected.races.flatMap((race) => race.ranking).filter((row) => row.seconds === 60).length, 60, 'every ride is whole');
    },
    completeRules({ ...crashRules, ride_seconds: 60 }),
  );

  scenario("when every process is dead from before a race's deadline until after it", async (world, t) => {
    const { riders, raceId, deadline } = await startRace(world, ['--dropout', 0.5]);
    await sleep(deadline - 13_000 - Date.now()); // in the middle of the rides
    await riders.stop();
    await Promise.all([world.nats.kill(), world.node.kill()]);
    await sleep(deadline + 1000 - Date.now());
    await world.startNats();
    await world.startNode();
    const { actual } = await assertEqual(world, [riders.log], t);
    assert.deepEqual(
      actual.races.map((race) => race.raceId),
      [raceId, raceId],
    );
  });

  scenario('when a batch is delayed past the mark, and the race is read again with it', async (world, t) => {
    await armNode(world, { ALLEYCAT_FAILPOINT: 'race.mark_read:1' });
    const { riders, raceId } = await startRace(world);
    await until('the node ends at its first mark', async () => !world.node.running);
    assert.equal(await world.node.ended, killedAtPoint, world.node.report);
    // Of one race the mark is certain to be there; the other one is marked by the next node.
    const marked = await until('one race is marked', async () => {
      for (const classId of [1, 4]) if (await isMarked(world.client, { classId, raceId })) return classId;
      return null;
    });
    await appendBehindMark(world.client, { classId: marked, raceId }, world.rules);
    await world.startNode();
    assert.equal(await riders.ended, 0, riders.report);
    await assertEqual(world, [riders.log], t);
    assert.equal(await world.metric('alleycat_updates_refused_total{reason="out_of_time"}'), 3);
  });

  scenario('when two nodes share the classes: each race is closed once, and each node alone has everything', async (world, t) => {
    const first = world.node;
    const second = await world.startNode('node-2');
    const closed = (node) => node.stderr.split('race.closed').length + node.stdout.split('race.closed').length - 2;
    const { riders } = await startRace(world);
    assert.equal(await riders.ended, 0, riders.report);
    await assertEqual(world, [riders.log], t);
    await Promise.all([first.stop(), second.stop()]);
    assert.equal(closed(first) + closed(second), 2, 'each race once');
    for (const name of ['node-1', 'node-2']) {
      const node = await world.startNode(name);
      t.diagnostic(`${name} alone:`);
      await assertEqual(world, [riders.log], t);
      await node.stop();
    }
  });

  scenario('when a node comes back after a race that is done: it is not opened again', async (world, t) => {
    const openedAgain = await watchOpenings(world.client);
    const { riders } = await startRace(world);
    assert.equal(await riders.ended, 0, riders.report);
    await assertEqual(world, [riders.log], t);
    await world.node.kill();
    await world.startNode();
    await assertEqual(world, [riders.log], t);
    assert.deepEqual(openedAgain(), []);
  });
});
