// The crash harness: see `usage`.

import { parseArgs } from 'node:util';

import { programPath, shortRules, World } from '../e2e/lib/world.mjs';
import { describePlan, planOf } from './lib/plan.mjs';
import { playRound } from './lib/round.mjs';
import { seconds, summary } from './lib/summary.mjs';

const usage = `Usage: tests/crash/run [OPTIONS]

Rounds of short races, four classes at a time, with lossy riders that ask for answers. In each round the node, the
nats-server or both are killed (kill -9) at a moment drawn from the seed, or the node ends at a named place of
actors/failpoint.hpp, and are started again. When the races are closed everything is compared with the oracle: nothing
acknowledged is lost, nothing counts twice. The last line is "N passed, N failed".

  --rounds N        how many, default 10; a round takes about 35 seconds
  --only N          round N of the schedule alone
  --seed N          0..4294967295, default random; the seed repeats the schedule
  --racers N        per class, default 30
  --worlds N        rounds at a time, each in a world of its own, default 1
  --fault NAME      plant a fault in the node (ack_early: it answers before the update is stored)
  --expect-failure  exit code 0 if a round failed, 1 if none did: the harness must see a planted fault
  --help            this text

Programs come from the folder in ALLEYCAT_BIN (default: build/bin of this checkout). Exit code 0 when nothing failed,
1 when something did, 2 when the command line is wrong or a program is missing.
`;

const classesAtOnce = 4;
/** Races that one set of classes sees before the next set: the oracle computes all of them again in every round. */
const roundsPerClasses = 10;

/** @returns {ReturnType<typeof readOptions>} */
function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '10' },
      only: { type: 'string' },
      seed: { type: 'string', default: `${Math.floor(Math.random() * 2 ** 32)}` },
      racers: { type: 'string', default: '30' },
      worlds: { type: 'string', default: '1' },
      fault: { type: 'string' },
      'expect-failure': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const whole = (name, low, high) => {
    const number = Number(values[name]);
    if (!/^\d+$/.test(values[name]) || number < low || number > high) throw new Error(`--${name} takes a number from ${low} to ${high}`);
    return number;
  };
  return {
    ...values,
    rounds: values.only === undefined ? Array.from({ length: whole('rounds', 1, 100_000) }, (_, i) => i + 1) : [whole('only', 1, 100_000)],
    seed: whole('seed', 0, 2 ** 32 - 1),
    racers: whole('racers', 1, 1000),
    worlds: whole('worlds', 1, 16),
  };
}

/** Rounds one after the other in one world, which a failed round or the last class ends. */
async function playRounds(rounds, options, withPoints, report) {
  const classIds = shortRules.classes.map(({ id }) => id);
  const flags = options.fault ? ['--journal.linger_ms', '1000'] : [];
  const variables = options.fault ? { ALLEYCAT_FAULT: options.fault } : undefined;
  let world = null;
  let played = 0;
  let logs = [];
  for (const round of rounds) {
    const plan = planOf(options.seed, round, shortRules, { fault: options.fault !== undefined });
    if (plan.points.length > 0 && !withPoints) {
      report(plan, null);
      continue;
    }
    if (played % roundsPerClasses === 0) logs = [];
    const first = Math.floor(played / roundsPerClasses) * classesAtOnce;
    const classes = classIds.slice(first, first + classesAtOnce).join(',');
    world ??= await World.start();
    const before = world.programs.filter((program) => !program.running).length;
    const outcome = await playRound(world, plan, { classes, racers: options.racers, logs, flags, variables });
    report(plan, outcome);
    played += 1;
    if (outcome.failure) {
      world.programs.splice(0, before);
      await world.stop(options['expect-failure'] ? null : new Error(outcome.failure));
    } else if (played === (classIds.length / classesAtOnce) * roundsPerClasses) {
      await world.stop();
    } else {
      continue;
    }
    world = null;
    played = 0;
  }
  await world?.stop();
}

async function main() {
  let options;
  let withPoints = true;
  try {
    options = readOptions();
    if (options.help) {
      process.stdout.write(usage);
      return 0;
    }
    ['alleycat-node', 'alleycat-sim'].forEach(programPath);
    if (options.fault) programPath('alleycat-node-crash');
  } catch (error) {
    console.error(`${error.message}\ntests/crash/run --help tells more`);
    return 2;
  }
  try {
    programPath('alleycat-node-crash');
  } catch (error) {
    withPoints = false;
    console.log(`rounds with named places are left out: ${error.message}`);
  }

  const outcomes = [];
  let leftOut = 0;
  console.log(`seed ${options.seed}`);
  const report = (plan, outcome) => {
    const name = `round ${plan.round}, seed ${plan.seed}: ${describePlan(plan)}`;
    if (outcome === null) {
      leftOut += 1;
      console.log(`${name}\n  left out: no alleycat-node-crash`);
      return;
    }
    outcomes.push(outcome);
    const kills = outcome.kills.map(({ place, recovery, open }) => `${place}: ${open ?? '?'} races open, ready after ${seconds(recovery)}`);
    const missed = outcome.notReached.map((place) => `${place}: not reached`);
    console.log(`${name}\n  ${[...kills, ...missed].join(', ')}\n  ${outcome.acknowledged} acknowledged, ${outcome.failure ? 'FAILED' : 'equal'}`);
    if (outcome.failure) console.log(`${outcome.failure.replace(/^/gm, '    ')}\n    again: tests/crash/run --seed ${options.seed} --only ${plan.round}`);
  };
  const shares = Array.from({ length: options.worlds }, (_, w) => options.rounds.filter((_round, i) => i % options.worlds === w));
  await Promise.all(shares.map((rounds) => playRounds(rounds, options, withPoints, report)));

  if (leftOut > 0) console.log(`${leftOut} rounds left out: no alleycat-node-crash`);
  console.log(summary(outcomes));
  const failed = outcomes.some(({ failure }) => failure !== '');
  return failed === options['expect-failure'] ? 0 : 1;
}

process.exitCode = await main();
