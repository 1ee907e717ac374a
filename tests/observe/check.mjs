// Runs every question of every dashboard against a real Prometheus that watches a real cluster under load. Called by
// ops/observe-check.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { answer, fill, readBoards } from './lib/boards.mjs';
import { Checkup } from './lib/checkup.mjs';
import { drawBoard } from './lib/draw.mjs';
import { leftOut } from './lib/left_out.mjs';

const root = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: { short: { type: 'boolean', default: false }, pictures: { type: 'string' } },
});

const faults = [];
const say = (...words) => console.log(...words);
const fault = (text) => {
  faults.push(text);
  say(`  FAULT ${text}`);
};

/** Number of a panel, for the table. */
function show({ series, fault: what }) {
  if (what) return what;
  const last = series.map(({ values }) => values.at(-1)?.[1]).filter(Number.isFinite);
  const figure = last.length ? last.reduce((a, b) => a + b) / last.length : NaN;
  return `${series.length} series, mean ${Number.isFinite(figure) ? Number(figure.toPrecision(3)) : '-'}`;
}

async function checkBoards({ prometheus, began }) {
  const end = Date.now() / 1000;
  const asked = [];
  const answers = {};
  let panels = 0,
    questions = 0;
  for (const [file, board] of Object.entries(readBoards())) {
    say(`\n${board.title}`);
    answers[file] = { board, panels: [] };
    for (const variable of board.templating.list) {
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(variable.query.query);
      const values = await prometheus.labelValues(selector, label);
      say(`  ${`$${variable.name}`.padEnd(44)} ${values.join(' ')}`);
      if (values.length === 0) fault(`${file}: variable ${variable.name} offers nothing`);
    }
    for (const annotation of board.annotations.list) {
      const found = await prometheus.askRange(fill(annotation.expr), began, end);
      if (found.length === 0) fault(`${file}: annotation ${annotation.name} is empty`);
    }
    for (const panel of board.panels) {
      panels++;
      const found = await answer(prometheus, panel, began, end);
      answers[file].panels.push(found);
      for (const one of found) {
        questions++;
        asked.push(one.expr);
        say(`  ${panel.title.padEnd(44)} ${one.legend.padEnd(28)} ${show(one)}`);
        if (one.fault) fault(`${file}: ${panel.title}: ${one.expr}: ${one.fault}`);
      }
    }
  }
  say(`\n${panels} panels, ${questions} questions`);
  return { asked, answers, end };
}

/** Every metric is on a panel, in a rule, or left out on purpose; and what is left out is not on a panel. */
async function checkCoverage(world, asked) {
  const rules = readFileSync(join(root, 'ops/prometheus/alleycat.rules.yml'), 'utf8');
  const recorded = [...rules.matchAll(/record: (\S+)\n\s+expr: ([^]*?)(?=\n\s+(?:#|- )|\n\n)/g)];
  let shown = asked.join('\n');
  for (const [, name, expr] of recorded) if (shown.includes(name)) shown += `\n${expr}`;
  const page = await (await fetch(`${[...world.nodes.values()][0].http}/metrics`)).text();
  // rc 3 for what breaks Prometheus' habits of naming.
  const lint = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
  if (lint.status !== 0) fault(`promtool check metrics: ${lint.stdout}${lint.stderr}`);
  if (/\b(racer|rider|race)(_?id)?="/i.test(page.replaceAll(/name="[a-z]+"|verb="[a-z_]+"/g, '')))
    fault('a racer or a race stands in a label');
  const exported = [...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  const isShown = (name) => new RegExp(`\\b${name}(_bucket|_count|_sum)?\\b`).test(shown);
  for (const name of exported) {
    if (!isShown(name) && !(name in leftOut)) fault(`${name} is on no panel`);
    if (isShown(name) && name in leftOut) fault(`${name} is on a panel and listed as left out`);
  }
  const documented = [...readFileSync(join(root, 'docs/metrics.md'), 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  for (const name of documented) if (!exported.includes(name)) fault(`${name} is in docs/metrics.md and not exported`);
  for (const name of exported) if (!documented.includes(name)) fault(`${name} is exported and not in docs/metrics.md`);
  say(`${exported.length} metrics, ${Object.keys(leftOut).length} left out on purpose`);
}

const checkup = await Checkup.start({ racers: options.short ? 30 : 200 });
let failure = null;
try {
  await checkup.untilScraped();
  const races = [await checkup.startRace()];
  const { fired, cleared, others } = await checkup.loseAndReturn('node-2');
  say(
    `a killed node shows in the alerts after ${fired.toFixed(1)} s (${others.join(', ')}), and clears ${cleared.toFixed(1)} s after it is ready again`,
  );
  if (fired > 15) fault(`the alert took ${fired.toFixed(1)} s, not 15`);
  if (!options.short) races.push(await checkup.startRace(), await checkup.startRace());
  for (const riders of races) if ((await riders.ended) !== 0) fault(`riders: ${riders.report}`);
  // A race's close shows in two scrapes.
  await checkup.untilClosed(races.length);
  const { asked, answers, end } = await checkBoards(checkup);
  await checkCoverage(checkup.world, asked);
  if (options.pictures) {
    mkdirSync(options.pictures, { recursive: true });
    for (const [file, { board, panels }] of Object.entries(answers))
      writeFileSync(join(options.pictures, `${file}.svg`), drawBoard(board, panels, { start: checkup.began, end }));
    say(`pictures in ${options.pictures}`);
  }
} catch (error) {
  failure = error;
}
await checkup.stop(failure);
if (failure) throw failure;
if (faults.length) {
  say(`\n${faults.length} faults:`);
  for (const each of faults) say(`  ${each}`);
}
process.exit(faults.length ? 1 : 0);
