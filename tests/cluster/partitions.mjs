// Schedules of partitions and pauses, each from a seed and on a cluster of its own; everything is compared with the oracle.

import { randomFrom } from '../crash/lib/plan.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { ClusterWorld } from './lib/cluster_world.mjs';
import { anySeed, optionsOf } from './lib/command.mjs';
import { faultsHeard, fence, listenToAll, longestPause, watchClaims } from './lib/listener.mjs';
import { namespacesWork } from './lib/net.mjs';

const kinds = ['nats', 'peer', 'all', 'pause', 'halves'];

const usage = `Usage: tests/cluster/partitions [--schedules N] [--seed N] [--kind KIND] [--racers N] [--jobs N]

Starts nats-server and three nodes, each node in a network namespace of its own, and riders in three classes; in the middle of their race it
cuts the network or stops a process, and heals it. What happens follows from the seed: schedule i has seed + i, so a schedule is repeated by
--seed with the number it printed and --schedules 1. Five schedules in a row show each kind of trouble once, in the order of:

  nats    a node is cut off from NATS (and from what else is on that machine), not from its peers
  peer    two nodes are cut off from each other
  all     a node is cut off from everybody
  pause   a process stands still for 30 s (SIGSTOP)
  halves  one node on one side, two on the other; NATS is with either

  --schedules N  1..1000, default 5
  --seed N       0..4294967295, default random
  --kind KIND    only this one, whatever the seed says
  --racers N     per class, 1..1000, default 20
  --jobs N       schedules at a time, 1..8, default 2
  --help         this text

Needs root and \`ip\` (iproute2). Exit code 0 when nothing was lost, each class has one owner and everything is as the oracle says, 1 when not,
2 for wrong usage.
`;

/** Races that close 50 s after they began: a process that stood still for 30 s wakes before. */
const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 25,
  grace_seconds: 15,
  classes: [1, 2, 3].map((id) => ({ id, score: id === 3 ? 'output' : 'total' })),
});

/**
 * What will happen.
 * @returns {{kind: string, victim: number, other: number, hubWithOne: boolean, after: number, lasts: number}} nodes by number; seconds
 */
function plan(seed, kind = kinds[seed % kinds.length]) {
  const random = randomFrom(seed);
  const victim = Math.floor(random() * 3);
  return {
    kind,
    victim,
    other: (victim + 1 + Math.floor(random() * 2)) % 3,
    hubWithOne: random() < 0.5,
    after: 2 + random() * 6,
    lasts: kind === 'pause' ? 30 : 3 + random() * 17,
  };
}

/** @returns {{what: string, begin: () => void, end: () => void}} */
function trouble(world, { kind, victim, other, hubWithOne }) {
  const names = [...world.nodes.keys()];
  const one = names[victim];
  const rest = names.filter((name) => name !== one);
  switch (kind) {
    case 'nats':
      return { what: `${one} cut off from NATS`, begin: () => world.net.cutFromHub(one), end: () => world.net.healHub(one) };
    case 'peer':
      return {
        what: `${one} and ${names[other]} cut off from each other`,
        begin: () => world.net.cutBetween(one, names[other]),
        end: () => world.net.healBetween(one, names[other]),
      };
    case 'all':
      return { what: `${one} cut off from everybody`, begin: () => world.net.cut(one), end: () => world.net.heal(one) };
    case 'pause':
      return { what: `${one} stands still`, begin: () => world.pauseNode(one), end: () => world.resumeNode(one) };
    default: {
      const outside = hubWithOne ? rest : [one];
      return {
        what: `${one} on one side, ${rest.join(' and ')} on the other, NATS with ${hubWithOne ? one : 'the two'}`,
        begin: () => {
          rest.forEach((name) => world.net.cutBetween(one, name));
          outside.forEach((name) => world.net.cutFromHub(name));
        },
        end: () => {
          rest.forEach((name) => world.net.healBetween(one, name));
          outside.forEach((name) => world.net.healHub(name));
        },
      };
    }
  }
}

/**
 * Every node lives, and every class has one owner that says it is ready. What was answered last stands in `world.lastCluster`. After a cut
 * the server may still hand a question to a connection that is gone: it is lost, and asked again soon.
 */
async function settled(world) {
  world.lastCluster = await world.client
    .ask('alleycat.query.cluster', {}, 1000)
    .catch((error) => ({ nodes: [], classes: [], error: `${error}` }));
  const { nodes, classes } = world.lastCluster;
  return (
    nodes.filter(({ state }) => state === 'live').length === world.nodes.size &&
    classes.length === rules.classes.length &&
    classes.every(({ owner, ready }) => owner !== null && ready)
  );
}

/** @returns {Promise<string[]>} what is wrong; what happened is printed */
async function play(seed, { kind, racers }) {
  const steps = plan(seed, kind);
  const world = await ClusterWorld.startCluster({ rules, namespaces: true });
  try {
    const listener = await listenToAll(world.client);
    const overwritten = await watchClaims(world.client);
    const race = await world.startRace(['--stagger', 8, '--seed', 1 + (seed % 1_000_000)], racers);
    await until('standings of every class', () => new Set(listener.beats().map(({ classId }) => classId)).size === rules.classes.length);
    await sleep(steps.after * 1000);
    const { what, begin, end } = trouble(world, steps);
    const from = Date.now();
    begin();
    await sleep(steps.lasts * 1000);
    end();
    const healed = Date.now();
    await until('one owner of each class on three nodes', () => settled(world), { seconds: 60 });
    const whole = Date.now() - healed;
    const code = await race.riders.ended;
    const verdict = await verify(world.client, [race.riders.log], rules, { presume: true, seconds: 120 });
    const beats = listener.beats();
    const { accepted, dropped } = fence(beats);
    const pause = longestPause(accepted, from, Math.min(healed, race.begin + rules.ride_seconds * 1000));
    const faults = faultsHeard(beats, overwritten(), steps.kind === 'pause' ? healed : null);
    if (code !== 0) faults.push(`riders ended with ${code}: some update was never answered\n${race.riders.report}`);
    if (!verdict.equal) faults.push(verdict.report);
    if (verdict.expected.counts.left_out !== 0) faults.push(`${verdict.expected.counts.left_out} acknowledged updates lost`);
    console.log(
      `seed ${seed}: ${what} for ${steps.lasts.toFixed(1)} s; longest pause between two standings ${pause} ms, whole again after ${whole} ms; ${dropped.length} standings of an old epoch${dropped.length > 0 ? `, up to ${Math.max(...dropped.map(({ ts, at }) => at - ts))} ms after they were published` : ''}; ${verdict.differences.length} differences${faults.length > 0 ? '; FAILED' : ''}`,
    );
    world.failed = faults.length > 0;
    return faults;
  } catch (error) {
    world.failed = true;
    console.log(`seed ${seed}: FAILED`);
    return [error.stack, `the cluster as it was last told: ${JSON.stringify(world.lastCluster)}`];
  } finally {
    await world.stop();
  }
}

const options = optionsOf(
  'tests/cluster/partitions',
  usage,
  {
    schedules: { low: 1, high: 1000, otherwise: 5 },
    seed: anySeed(),
    racers: { low: 1, high: 1000, otherwise: 20 },
    jobs: { low: 1, high: 8, otherwise: 2 },
  },
  { kind: kinds },
);
if (!namespacesWork()) {
  console.error(
    'tests/cluster/partitions: needs network namespaces: run it as root, with `ip` (iproute2), where `ip netns add` is allowed',
  );
  process.exit(1);
}
const seeds = Array.from({ length: options.schedules }, (_, i) => (options.seed + i) % 2 ** 32);
let failed = 0;
const work = async () => {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const faults = await play(seed, options);
    if (faults.length === 0) continue;
    failed += 1;
    console.log(
      `${faults.join('\n')}\nrepeat with: tests/cluster/partitions --seed ${seed} --schedules 1${options.kind ? ` --kind ${options.kind}` : ''} --racers ${options.racers}`,
    );
  }
};
await Promise.all(Array.from({ length: options.jobs }, work));
console.log(`${options.schedules} schedules, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
