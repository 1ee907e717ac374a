// Owners of running races are killed (`kill -9`), found by alleycat.query.cluster; everything is compared with the oracle.

import { randomFrom } from '../crash/lib/plan.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { racesOf, verify } from '../e2e/lib/verify.mjs';
import { readLog } from '../oracle/log.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { ClusterWorld } from './lib/cluster_world.mjs';
import { anySeed, optionsOf } from './lib/command.mjs';
import { faultsHeard, fence, gapsAfter, listenToAll, longestOverlap, watchClaims } from './lib/listener.mjs';

const usage = `Usage: tests/cluster/run [--kills K] [--racers N] [--nodes N] [--seed N]

Starts nats-server, nodes and riders in six classes, who ride races one after the other, and kills the owner of a running race, K times;
each comes back after a moment. Prints the time from each kill to the next standings of each of its races, and what must be zero.

  --kills K    1..200, default 3
  --racers N   per class, 1..1000, default 50
  --nodes N    2..9, default 3
  --seed N     0..4294967295, default random: repeats victims and moments
  --help       this text

Exit code 0 when nothing was lost and everything is as the oracle says, 1 when not, 2 for wrong usage.
`;

const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 20,
  grace_seconds: 10,
  classes: Array.from({ length: 6 }, (_, i) => ({ id: i + 1, score: i % 3 === 2 ? 'output' : 'total' })),
});

/** Riders of one race after the other, until told to stop. */
async function rideOn(world, racers, random, logs, ended) {
  for (let round = 1; !ended.now; round += 1) {
    const riders = world.startRiders(`race-${round}`, [
      '--classes',
      '1-6',
      '--racers',
      racers,
      '--ack',
      '--start',
      'next',
      '--stagger',
      8,
      '--seed',
      1 + Math.floor(random() * 1e6),
    ]);
    logs.push(riders.log);
    const code = await riders.ended;
    if (code !== 0) throw new Error(`riders ended with ${code}: some update was never answered\n${riders.report}`);
  }
}

async function play({ kills, racers, nodes, seed }) {
  const random = randomFrom(seed);
  const world = await ClusterWorld.startCluster({ nodes, rules });
  try {
    const listener = await listenToAll(world.client);
    const overwritten = await watchClaims(world.client);
    const logs = [];
    const ended = { now: false };
    const riding = rideOn(world, racers, randomFrom(seed ^ 0x5bd1e995), logs, ended);
    const gaps = [];
    /** Standings of the last two seconds, of races that have no result yet. */
    const alive = () => {
      const ends = listener.ends();
      return listener.beats().filter(({ at, classId, raceId }) => at > Date.now() - 2000 && !ends.has(`${classId}/${raceId}`));
    };
    const strike = async () => {
      for (let kill = 1; kill <= kills; kill += 1) {
        await until('races run', () => alive().length > 0, { seconds: 90 });
        await sleep(random() * 8000);
        const running = [...new Set(alive().map(({ classId }) => classId))];
        if (running.length === 0) {
          kill -= 1;
          continue;
        }
        const { classes } = await world.client.query('cluster');
        const struck = running[Math.floor(random() * running.length)];
        const victim = classes.find(({ classId }) => classId === struck).owner;
        if (victim === null) {
          kill -= 1;
          continue;
        }
        const owned = new Set(classes.filter(({ owner }) => owner === victim).map(({ classId }) => classId));
        const killed = Date.now();
        await world.killNode(victim);
        const found = await until(
          'standings by a higher epoch',
          () => {
            const now = gapsAfter(listener.beats(), killed, owned, listener.ends());
            return ![...now.values()].includes(Infinity) && now;
          },
          { seconds: 60 },
        );
        console.log(
          `kill ${kill} of ${kills}: ${victim}, owner of ${[...owned].join(', ')}; standings after ${[...found].map(([name, ms]) => `${name} ${ms}`).join(', ')} ms`,
        );
        gaps.push(...found.values());
        await sleep(random() * 2000);
        await world.startNode(victim);
      }
      ended.now = true;
    };
    await Promise.all([
      strike().catch((error) => {
        ended.now = true;
        throw error;
      }),
      riding,
    ]);
    const verdict = await verify(world.client, logs, rules, { presume: true, seconds: 120 });
    const beats = listener.beats();
    const overlap = longestOverlap(beats).ms;
    const { dropped } = fence(beats);
    const sent = (await Promise.all(logs.map(readLog))).flat();
    const acknowledged = sent.filter(({ answers }) => answers.some((answer) => answer?.ok)).length;
    const races = racesOf(sent).length;
    const sorted = gaps.sort((a, b) => a - b);
    const lost = verdict.expected.counts.left_out;
    console.log(
      `${races} races, ${kills} kills; from a kill to the next standings: median ${sorted[sorted.length >> 1]} ms, p99 ${sorted[Math.ceil(sorted.length * 0.99) - 1]} ms, longest ${sorted.at(-1)} ms`,
    );
    console.log(`two owners of a class heard at once: ${overlap} ms at most; ${dropped.length} standings of an old epoch`);
    console.log(`${acknowledged} updates acknowledged, ${lost} lost, ${verdict.differences.length} differences`);
    const faults = faultsHeard(beats, overwritten());
    faults.forEach((fault) => console.log(fault));
    if (!verdict.equal) console.log(verdict.report);
    return verdict.equal && lost === 0 && faults.length === 0;
  } catch (error) {
    world.failed = true;
    throw error;
  } finally {
    await world.stop();
  }
}

const options = optionsOf('tests/cluster/run', usage, {
  kills: { low: 1, high: 200, otherwise: 3 },
  racers: { low: 1, high: 1000, otherwise: 50 },
  nodes: { low: 2, high: 9, otherwise: 3 },
  seed: anySeed(),
});
console.log(`seed ${options.seed}`);
const good = await play(options).catch((error) => {
  console.error(error.message);
  return false;
});
process.exit(good ? 0 : 1);
