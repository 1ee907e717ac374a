// Faults on purpose that the harness has to find, on real processes: what the kills and the partitions check is checked.

import assert from 'node:assert/strict';

import { sleep, until } from '../e2e/lib/until.mjs';
import { clusterTest } from './lib/cluster_world.mjs';
import { faultsHeard, listenToAll, watchClaims } from './lib/listener.mjs';

/** A race under way, everything heard. */
async function underWay(world) {
  const listener = await listenToAll(world.client);
  const overwritten = await watchClaims(world.client);
  const race = await world.startRace();
  await until(
    'standings of every class',
    () => new Set(listener.beats().map(({ classId }) => classId)).size === world.rules.classes.length,
  );
  const faults = () => faultsHeard(listener.beats(), overwritten());
  return { listener, race, faults };
}

/** Somebody says what only the owner may. */
async function forge(world, beat, epoch) {
  const subject = `alleycat.race.${beat.classId}.${beat.raceId}.standings`;
  world.client.nc.publish(subject, JSON.stringify({ ...beat, epoch, ts: Date.now(), rows: [] }));
  await world.client.nc.flush();
}

clusterTest(
  'two owners at once, output of an old epoch that bursts out, and a claim that is overwritten are found',
  { nodes: 2 },
  async (world) => {
    const { listener, race, faults } = await underWay(world);
    await sleep(2000);
    assert.deepEqual(faults(), [], 'nothing is found where nothing is wrong');

    const ofClass = (classId) => listener.beats().findLast((beat) => beat.classId === classId);
    // Class 1: somebody else acts under a higher epoch, and the owner goes on.
    await forge(world, ofClass(1), ofClass(1).epoch + 1);
    await until('two owners of class 1 are found', () =>
      faults().some((fault) => /two owners of a class published side by side/.test(fault)),
    );

    // Class 2: a burst of an epoch that was over long ago, in a record of its own.
    const own = listener.beats().filter(({ classId }) => classId === 2);
    const old = { ...own.at(0), epoch: own.at(0).epoch - 1, ts: own.at(0).ts - 1000 };
    const burst = [{ ...old, at: old.ts }, ...own, ...Array.from({ length: 5 }, () => ({ ...old, at: old.ts + 10_000 }))];
    assert.match(faultsHeard(burst, [])[0], /5 standings of an old epoch left late/);
    assert.match(faultsHeard(burst, [], own.at(0).at)[0], /5 standings of an old epoch left late/);

    const { classes } = await world.client.query('cluster');
    const { epoch } = classes.find(({ classId }) => classId === 3);
    await world.client.append(`$KV.ALLEYCAT_CLUSTER.claim.3.${epoch}`, 'v=1 owner=node-9 incarnation=1 release=0 since=1620051628707');
    await until('the overwritten claim is found', () => faults().includes(`claim.3.${epoch} was written twice`));
    await race.riders.ended;
  },
);
