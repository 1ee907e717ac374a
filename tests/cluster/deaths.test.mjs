// Nodes that die or are cut off in the middle of a race: nothing acknowledged is lost, all comes out as the
// oracle says.

import { sleep, until } from '../e2e/lib/until.mjs';
import { clusterTest, gapsAfter } from './lib/cluster_world.mjs';
import { namespacesWork } from './lib/net.mjs';

/** In the middle of a race: standings of all classes come, and most of the rides are still to come. */
async function midRace(world) {
  const heard = await world.client.collect('alleycat.race.*.*.standings');
  const race = await world.startRace();
  await until('standings of every class', () => new Set(heard.map(({ subject }) => subject)).size >= world.rules.classes.length);
  await sleep(2000);
  return { ...race, heard };
}

clusterTest('a node of three killed in the middle of a race', {}, async (world, t) => {
  const race = await midRace(world);
  const killed = Date.now();
  await world.killNode('node-2');
  const gaps = await until('standings of every class again', () => {
    const found = gapsAfter(race.heard, killed);
    return found.length >= world.rules.classes.length && found;
  });
  t.diagnostic(`from the kill to the next standings of each class: ${gaps.join(', ')} ms`);
  await world.assertWhole(race, t);
  // One that comes back has and tells the same.
  await world.startNode('node-2');
});

if (namespacesWork())
  clusterTest('a node cut off in the middle of a race, and back before its end', { namespaces: true }, async (world, t) => {
    const race = await midRace(world);
    world.net.cut('node-3');
    await sleep(6000); // the servers give it up after 4 to 6 s
    world.net.heal('node-3');
    await world.assertWhole(race, t);
    const ready = async () => (await fetch(`${world.entry('node-3').http}/readyz`)).ok;
    await until('the node that was cut off is ready again', ready);
  });
