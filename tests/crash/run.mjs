// The crash harness: see `usage`.

import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { programPath } from '../e2e/lib/world.mjs';
import { describePlan, faults } from './lib/plan.mjs';
import { seconds, summary } from './lib/summary.mjs';

const usage = `Usage: tests/crash/run [OPTIONS]

Rounds of short races, four classes at a time, with lossy riders that ask for answers. In each round the node, the
nats-server or both are killed (kill -9) at a moment drawn from the seed, or the node ends at a named place of
racing/failpoint.hpp, and are started again; behind every close mark somebody writes a batch that must not count. When the
races are closed everything is compared with the oracle: nothing acknowledged is lost, nothing counts twice. The last line
is "N passed, N failed".

  --rounds N        how many, default 10; a round takes about 25 seconds
  --only N          round N of the schedule alone
  --seed N          0..4294967295, default random; the seed repeats the schedule
  --racers N        per class, default 30
  --worlds N        rounds at a time, each in a world of its own, default 4 for each core, at most 16
  --fault NAME      plant a fault in the node: ${Object.keys(faults).join(', ')}
  --expect-failure  exit code 0 if a round failed, 1 if none did: the harness must see a planted fault
  --help            this text

Programs come from the folder in ALLEYCAT_BIN (default: build/bin of this checkout). Exit code 0 when nothing failed,
1 when something did, 2 when the command line is wrong or a program is missing.
`;

const mostWorlds = 16;

/** @returns {ReturnType<typeof readOptions>} */
function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '10' },
      only: { type: 'string' },
      seed: { type: 'string', default: `${Math.floor(Math.random() * 2 ** 32)}` },
      racers: { type: 'string', default: '30' },
      worlds: { type: 'string', default: `${Math.min(mostWorlds, 4 * cpus().length)}` },
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
  if (values.fault !== undefined && !(values.fault in faults)) throw new Error(`--fault takes one of ${Object.keys(faults).join(', ')}`);
  return {
    ...values,
    expectFailure: values['expect-failure'],
    rounds: values.only === undefined ? Array.from({ length: whole('rounds', 1, 100_000) }, (_, i) => i + 1) : [whole('only', 1, 100_000)],
    seed: whole('seed', 0, 2 ** 32 - 1),
    racers: whole('racers', 1, 1000),
    worlds: whole('worlds', 1, mostWorlds),
  };
}

/**
 * Plays rounds in a process of its own until `next` has no more.
 * @param {() => number | undefined} next
 * @param {(plan: import('./lib/plan.mjs').Plan, outcome: import('./lib/round.mjs').Outcome) => void} report
 * @returns {Promise<void>}
 * @throws {Error} when the process ends before
 */
function playIn({ seed, racers, fault, expectFailure }, next, report) {
  const player = fork(new URL('./lib/player.mjs', import.meta.url), [JSON.stringify({ seed, racers, fault, expectFailure })], {
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    player.on('message', ({ plan, outcome }) => {
      if (plan) report(plan, outcome);
      player.send({ round: next() });
    });
    player.on('error', reject);
    player.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a world ended with ${code}`))));
  });
}

/** What a round was and how it went, in three lines; more when it failed. */
function tell({ seed }, plan, outcome) {
  const kills = outcome.kills.map(({ place, recovery, open }) => `${place}: ${open ?? '?'} races open, ready after ${seconds(recovery)}`);
  const missed = outcome.notReached.map((place) => `${place}: not reached`);
  console.log(`round ${plan.round}, seed ${plan.seed}: ${describePlan(plan)}`);
  console.log(`  ${[...kills, ...missed].join(', ')}`);
  console.log(`  ${outcome.acknowledged} acknowledged, ${outcome.failure ? 'FAILED' : 'equal'}, ${outcome.seconds.toFixed(0)} s`);
  if (outcome.failure)
    console.log(`${outcome.failure.replace(/^/gm, '    ')}\n    again: tests/crash/run --seed ${seed} --only ${plan.round}`);
}

async function main() {
  let options;
  try {
    options = readOptions();
    if (options.help) {
      process.stdout.write(usage);
      return 0;
    }
    ['alleycat-node', 'alleycat-sim', 'alleycat-node-crash'].forEach(programPath);
  } catch (error) {
    console.error(`${error.message}\ntests/crash/run --help tells more`);
    return 2;
  }
  console.log(`seed ${options.seed}`);
  const began = Date.now();
  const outcomes = [];
  const report = (plan, outcome) => {
    outcomes.push(outcome);
    tell(options, plan, outcome);
  };
  const waiting = [...options.rounds];
  const worlds = Math.min(options.worlds, waiting.length);
  const ends = await Promise.allSettled(Array.from({ length: worlds }, () => playIn(options, () => waiting.shift(), report)));
  const broken = ends.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);

  console.log(summary(outcomes, { seconds: (Date.now() - began) / 1000, worlds }));
  for (const message of broken) console.error(message);
  if (broken.length > 0 || outcomes.length < options.rounds.length) return 1;
  return outcomes.some(({ failure }) => failure !== '') === options.expectFailure ? 0 : 1;
}

process.exitCode = await main();
