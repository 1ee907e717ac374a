// NATS comes back with an empty disk while the nodes run: streams and bucket are made anew, and a race is ridden.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';

import { until } from '../e2e/lib/until.mjs';
import { clusterTest } from './lib/cluster_world.mjs';

clusterTest('NATS loses everything, no node is restarted, and the next race counts', {}, async (world, t) => {
  const owned = async () => (await world.client.ask('alleycat.query.cluster', '', 2000)).classes;
  const highest = Math.max(...(await owned()).map(({ epoch }) => epoch));
  const [name] = world.servers.keys();
  await world.servers.get(name).program.kill();
  rmSync(world.path(name), { recursive: true });
  await world.startServer(name);
  const back = Date.now();
  await until('each class has an owner by an epoch above all that were', async () =>
    (await owned()).every(({ owner, ready, epoch }) => owner !== null && ready && epoch > highest),
  );
  await until('the streams are there', async () => {
    await Promise.all(
      ['ALLEYCAT_RESULTS', 'ALLEYCAT_BESTS', ...world.rules.classes.map(({ id }) => `ALLEYCAT_JOURNAL_${id}`)].map((stream) =>
        world.client.streamSubjects(stream),
      ),
    );
    return true;
  });
  t.diagnostic(`owners and streams ${Date.now() - back} ms after NATS`);
  const race = await world.startRace();
  await world.assertWhole(race, t);
  for (const { program } of world.nodes.values()) assert.ok(program.running);
});
