// A process of its own for each world: rounds come in as messages, their outcomes go out. Worlds share nothing, so that one
// that computes does not disturb another one's clock.

import { World } from '../../e2e/lib/world.mjs';
import { faults, planOf } from './plan.mjs';
import { playRound } from './round.mjs';
import { crashRules } from './rules.mjs';

/** @type {{seed: number, racers: number, fault?: keyof typeof faults, expectFailure: boolean}} */
const { seed, racers, fault, expectFailure } = JSON.parse(process.argv[2]);

const classesAtOnce = 4;
/** Races that one set of classes sees before the next set: the oracle computes all of them again in every round. */
const roundsPerClasses = 10;
const classIds = crashRules.classes.map(({ id }) => id);
const roundsPerWorld = (classIds.length / classesAtOnce) * roundsPerClasses;

/** @type {World | null} */
let world = null;
let played = 0;
let logs = [];

/** A round in the world of now, which a failed round or the last class ends. */
async function play(round) {
  const plan = planOf(seed, round, crashRules, { fault });
  if (played % roundsPerClasses === 0) logs = [];
  const first = Math.floor(played / roundsPerClasses) * classesAtOnce;
  const classes = classIds.slice(first, first + classesAtOnce).join(',');
  world ??= await World.start(crashRules);
  const before = world.programs.filter((program) => !program.running).length;
  const node = fault ? { flags: faults[fault].flags, variables: { ALLEYCAT_FAULT: fault } } : {};
  const outcome = await playRound(world, plan, { classes, racers, logs, ...node });
  played += 1;
  if (outcome.failure) {
    world.programs.splice(0, before);
    await end(expectFailure ? null : new Error(outcome.failure));
  } else if (played === roundsPerWorld) {
    await end();
  }
  process.send({ plan, outcome });
}

async function end(error = null) {
  await world?.stop(error);
  world = null;
  played = 0;
}

process.on('disconnect', () => process.exit(1));
process.on('message', async ({ round }) => {
  if (round !== undefined) return play(round);
  await end();
  process.exit(0);
});
process.send({ ready: true });
