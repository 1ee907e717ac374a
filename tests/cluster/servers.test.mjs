// Three nats-servers that keep each stream three times: one is killed in the middle of a race, the one that leads, and it together
// with a class's owner. Nothing acknowledged is lost, and it goes on.

import assert from 'node:assert/strict';

import { sleep, until } from '../e2e/lib/until.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { clusterTest } from './lib/cluster_world.mjs';
import { fence, listenToAll, longestOverlap, longestPause, mostOverlapMs } from './lib/listener.mjs';

/** A leader's death takes up to 15 s of a race, which riders use up in sending again: there is time for it. */
const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 30,
  grace_seconds: 20,
  classes: [1, 2, 3].map((id) => ({ id, score: id === 3 ? 'output' : 'total' })),
});
/** What is measured on an idle machine is half of it at most; more than this is no slow machine. */
const longestGapMs = 30_000;

/** @returns {Promise<string>} the server that leads JetStream as a whole */
async function metaLeader(world) {
  return until('a leader of JetStream', async () => {
    for (const { program, monitor } of world.servers.values()) {
      if (!program.running) continue;
      const { meta_cluster: cluster } = await (await fetch(monitor.replace('healthz', 'jsz'))).json();
      if (cluster?.leader && world.servers.get(cluster.leader)?.program.running) return cluster.leader;
    }
    return false;
  });
}

/**
 * A race in whose middle something dies.
 * @param {(world: any) => Promise<{servers: string[], nodes: string[]}>} choose  whom to kill
 */
async function race(world, t, choose) {
  const listener = await listenToAll(world.client);
  const running = await world.startRace();
  await until('standings of every class', () => new Set(listener.beats().map(({ classId }) => classId)).size === rules.classes.length);
  await sleep(4000);
  const { servers, nodes } = await choose(world);
  const killed = Date.now();
  await Promise.all([...servers.map((name) => world.servers.get(name).program.kill()), ...nodes.map((name) => world.killNode(name))]);
  const heard = (since) =>
    new Set(
      listener
        .beats()
        .filter(({ at }) => at > since)
        .map(({ classId }) => classId),
    );
  await until('standings of every class again', () => heard(killed + 1000).size === rules.classes.length, { seconds: 60 });
  await Promise.all(servers.map((name) => world.startServer(name)));
  await Promise.all(nodes.map((name) => world.startNode(name)));
  await world.assertWhole(running, t);
  const beats = listener.beats();
  const { accepted } = fence(beats);
  const gap = longestPause(accepted, killed, running.begin + rules.ride_seconds * 1000);
  t.diagnostic(`${[...servers, ...nodes].join(' and ')} killed; longest pause between two standings of a race: ${gap} ms`);
  assert.ok(gap <= longestGapMs, `${gap} ms`);
  assert.ok(longestOverlap(beats).ms <= mostOverlapMs, 'one owner at a time');
  await until(
    'one owner of each class on three nodes',
    async () => {
      const { nodes: members, classes } = await world.client.query('cluster');
      return members.filter(({ state }) => state === 'live').length === 3 && classes.every(({ owner, ready }) => owner !== null && ready);
    },
    { seconds: 60 },
  );
}

clusterTest('one of three nats-servers is killed', { servers: 3, rules }, (world, t) =>
  race(world, t, async () => {
    const leaders = new Set([await metaLeader(world), await world.client.leaderOf('ALLEYCAT_JOURNAL_1')]);
    return { servers: [[...world.servers.keys()].find((name) => !leaders.has(name))], nodes: [] };
  }),
);

clusterTest('the leader of three nats-servers is killed', { servers: 3, rules }, (world, t) =>
  race(world, t, async () => ({ servers: [await metaLeader(world)], nodes: [] })),
);

clusterTest("the nats-server that leads a class's journal is killed together with the class's owner", { servers: 3, rules }, (world, t) =>
  race(world, t, async () => {
    const owner = await until('class 1 has an owner', async () => {
      const { classes } = await world.client.answer('cluster');
      return classes.find(({ classId }) => classId === 1).owner;
    });
    return { servers: [await world.client.leaderOf('ALLEYCAT_JOURNAL_1')], nodes: [owner] };
  }),
);
