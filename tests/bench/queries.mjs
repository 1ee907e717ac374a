// How long each query takes, with 6 classes of 40,000 riders stored, and what live standings notice of it. See --help.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Client } from '../e2e/lib/client.mjs';
import { Program } from '../e2e/lib/processes.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { programPath, World } from '../e2e/lib/world.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { load } from './lib/cpu.mjs';
import { percentile } from './lib/figures.mjs';
import { questionsOf } from './lib/questions.mjs';

const usage = `Usage: node tests/bench/queries.mjs [--racers N] [--classes N] [--live N] [--rounds N] [--storm N]

Stores riders, lets others race at real pace, and asks every question meanwhile, one after the other from one client; a page has 100
rows. Standings are watched three times: without questions, with them, and in a storm from 8 clients, who do not wait for answers.

  --racers N   stored per class, default 40000
  --classes N  default 6
  --live N     riders of each class who race, default 1000
  --rounds N   of each question, default 200
  --storm N    questions a second in the storm, default 2000
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    racers: { type: 'string', default: '40000' },
    classes: { type: 'string', default: '6' },
    live: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '200' },
    storm: { type: 'string', default: '2000' },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const [racers, classes, live, rounds, storm] = [values.racers, values.classes, values.live, values.rounds, values.storm].map(Number);

// In a process of its own: whoever asks so much hears standings late, whatever the node does.
const stormFile = fileURLToPath(new URL('lib/storm.mjs', import.meta.url));
const questions = questionsOf(classes, racers);

/** Milliseconds of each call. @throws {Error} for an answer that is none */
async function timesOf(client, ask) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const [what, args] = ask();
    const began = performance.now();
    const answer = await client.query(what, args);
    times.push(performance.now() - began);
    if (answer.error) throw new Error(`${what}: ${answer.error.code}: ${answer.error.message}`);
  }
  return times;
}

/** What the standings did in a span: how far apart those of a race were, in ms. */
function gapsOf(heard, from, to) {
  const last = new Map();
  const gaps = [];
  for (const { subject, at } of heard.filter((message) => message.at >= from && message.at < to)) {
    if (last.has(subject)) gaps.push(at - last.get(subject));
    last.set(subject, at);
  }
  return gaps.length === 0
    ? 'no standings'
    : `${gaps.length} standings, apart p50 ${percentile(gaps, 0.5)} ms, p99 ${percentile(gaps, 0.99)} ms`;
}

const world = new World(completeRules({ classes: Array.from({ length: classes }, (_, i) => ({ id: i + 1, score: 'total' })) }));
try {
  await world.startNats();
  const filling = new Program('bench-history', programPath('bench-history'), [
    '--data',
    world.path('node-1'),
    '--racers',
    `${racers}`,
    '--classes',
    `${classes}`,
  ]);
  if ((await filling.ended) !== 0) throw new Error(filling.report);
  await world.startNode();
  const client = await Client.connect(world.natsUrl);
  const watching = await Client.connect(world.natsUrl);
  const heard = await watching.collect('alleycat.race.*.*.top');
  if (live > 0) {
    world.startRiders('riders', [
      '--racers',
      live,
      '--classes',
      Array.from({ length: classes }, (_, i) => i + 1).join(','),
      '--first-racer',
      1,
      '--seed',
      1,
      '--start',
      'now',
    ]);
    await until('the races are on', () => heard.length >= classes * 3);
  }
  const quiet = Date.now();
  if (live > 0) await sleep(8_000);
  const asking = Date.now();
  for (const [name, ask] of Object.entries(questions)) {
    const times = await timesOf(client, ask);
    console.log(
      `${name.padEnd(20)} p50 ${percentile(times, 0.5).toFixed(2).padStart(7)} ms  p99 ${percentile(times, 0.99).toFixed(2).padStart(7)} ms`,
    );
  }
  const end = Date.now();
  const stormBegins = Date.now();
  const storming = new Program('storm', process.execPath, [stormFile, world.natsUrl, storm, 8, classes, racers].map(String));
  if ((await storming.ended) !== 0) throw new Error(storming.report);
  const stormEnds = Date.now();
  console.log(`storm of ${storm}/s      ${storming.stdout.trim()}`);
  if (live > 0) {
    console.log(`without questions  ${gapsOf(heard, quiet, asking)}`);
    console.log(`with questions     ${gapsOf(heard, asking, end)}`);
    console.log(`in the storm       ${gapsOf(heard, stormBegins, stormEnds)}`);
  }
  console.log(`${classes} x ${racers} stored, ${classes} x ${live} racing, ${rounds} questions each; load ${load()}`);
  await Promise.all([client.close(), watching.close()]);
} finally {
  await world.stop();
}
