// Two nodes are cut off from each other and both reach NATS: questions for the other's classes go over NATS.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { passing } from '../e2e/lib/client.mjs';
import { until } from '../e2e/lib/until.mjs';
import { ClusterWorld } from './lib/cluster_world.mjs';
import { namespacesWork } from './lib/net.mjs';

test("with the link between two nodes cut, each question still has the owner's answer", async (t) => {
  assert.ok(namespacesWork(), 'needs network namespaces: root, and `ip` (iproute2), where `ip netns add` is allowed');
  const world = await ClusterWorld.startCluster({ nodes: 2, namespaces: true });
  try {
    await world.guarded(async () => {
      const sent = async () =>
        (await Promise.all(['node-1', 'node-2'].map((name) => world.metricOf(name, 'alleycat_peer_detours_total{way="sent"}')))).reduce(
          (sum, value) => sum + value,
        );
      const linked = (name, peer) => world.metricOf(name, `alleycat_peer_up{peer="${peer}"}`);
      await until('links both ways', async () => (await linked('node-1', 'node-2')) === 1 && (await linked('node-2', 'node-1')) === 1);
      const owners = await until('both own something', async () => {
        const names = new Set((await world.client.answer('cluster')).classes.map(({ owner }) => owner));
        return names.size === 2 && !names.has(null) && names;
      });
      const race = await world.startRace();
      await world.assertWhole(race, t);
      const ask = () => Promise.all(world.rules.classes.map(({ id }) => world.client.answer(`leaderboard.${id}`, { limit: 30 })));
      const boards = await ask();
      boards.forEach(({ rows }) => assert.ok(rows.length > 0));
      const before = await sent();
      world.net.cutBetween('node-1', 'node-2');
      // Queries go to either node by chance: of 30 rounds some meet the one that does not own the class. At first the link is
      // not yet known to be down.
      for (let round = 0; round < 30; round += 1) (await ask()).forEach(({ rows }, i) => assert.deepEqual(rows, boards[i].rows));
      await until(
        'the links are known to be down',
        async () => (await linked('node-1', 'node-2')) === 0 && (await linked('node-2', 'node-1')) === 0,
      );
      // Half of them meet the node that does not own the class; asked again, they would come to the owner by chance.
      const answered = [];
      for (let round = 0; round < 30; round += 1)
        for (const [i, { id }] of world.rules.classes.entries()) {
          const answer = await world.client.query(`leaderboard.${id}`, { limit: 30 });
          answered.push(!passing.has(answer.error?.code));
          if (answered.at(-1)) assert.deepEqual(answer.rows, boards[i].rows);
        }
      assert.ok(answered.filter(Boolean).length > 0.8 * answered.length, 'questions for the other are answered at once');
      assert.ok((await sent()) > before, 'questions went over NATS');
      await until('a link that is down is no death: owners stay, and are heard of', async () => {
        const { nodes, classes } = await world.client.answer('cluster');
        return nodes.every(({ state }) => state === 'live') && classes.every(({ owner, ready }) => owners.has(owner) && ready);
      });
      // A node that is told to leave by one that has no link to it.
      const { program } = world.entry('node-2');
      for (let round = 0; round < 4; round += 1) await world.client.query('drain.node-2').catch(() => {});
      await until('node-2 has left', () => !program.running, { seconds: 40 });
      assert.equal(await program.ended, 0, 'however often it is told');
      await until('node-1 owns all', async () => (await world.client.query('cluster')).classes.every(({ owner }) => owner === 'node-1'));
    })();
  } finally {
    await world.stop();
  }
});
