// The dashboards' JSON: as the boards say, of Grafana's types, and of a schema of our own for what we use. That they are true is
// for check.test.mjs; that Grafana draws them, no test here can show.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { fill, labelsIn } from './lib/boards.mjs';
import { drawBoard, inUnit } from './lib/draw.mjs';
import { schema } from './lib/schema.mjs';

const root = resolve(import.meta.dirname, '../..');
const grafana = join(root, 'ops/grafana');
const inGrafana = createRequire(join(grafana, 'package.json'));
const docs = (name) => readFileSync(join(root, 'docs', name), 'utf8');
const files = readdirSync(join(grafana, 'dashboards')).sort();
const read = (file) => JSON.parse(readFileSync(join(grafana, 'dashboards', file), 'utf8'));

test('the JSON is what the boards say (ops/grafana/write_dashboards.mjs writes it)', async () => {
  const { allBoards } = await import(pathToFileURL(join(grafana, 'lib/all.mjs')));
  const boards = allBoards(docs('runbook.md'), docs('metrics.md'));
  assert.deepEqual(
    files,
    Object.keys(boards)
      .map((name) => `${name}.json`)
      .sort(),
  );
  for (const [name, board] of Object.entries(boards))
    assert.equal(readFileSync(join(grafana, 'dashboards', `${name}.json`), 'utf8'), `${JSON.stringify(board, null, 2)}\n`, name);
});

test("the boards are of the types of Grafana's own package", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(grafana, 'node_modules/typescript/bin/tsc'), '--project', join(grafana, 'tsconfig.json')],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stdout);
});

const { default: Ajv } = inGrafana('ajv');
const valid = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

for (const file of files)
  test(`${file} is of our schema: a unit, a description, thresholds and a way to the runbook on each panel`, () => {
    assert.ok(valid(read(file)), JSON.stringify(valid.errors, null, 1));
  });

test('the schema finds what is wrong', () => {
  const faults = {
    'a panel wider than the grid': (board) => (board.panels[0].gridPos.w = 30),
    'a mistyped key': (board) => (board.panels[0].titel = 'x'),
    'no unit': (board) => delete board.panels[0].fieldConfig.defaults.unit,
    'no description': (board) => (board.panels[0].description = ''),
    'no link': (board) => (board.panels[0].links = []),
    'no thresholds': (board) => delete board.panels[0].fieldConfig.defaults.thresholds,
    'a version in words': (board) => (board.schemaVersion = '41'),
    'another datasource': (board) => (board.panels[0].targets[0].datasource.uid = 'mine'),
  };
  for (const [what, plant] of Object.entries(faults)) {
    const board = read('overview.json');
    plant(board);
    assert.equal(valid(board), false, what);
  }
});

test('panels lie side by side, not on each other, and every link leads to a panel of the runbook', () => {
  const entries = new Map(read('runbook.json').panels.map(({ id, title }) => [id, title]));
  for (const file of files) {
    const { panels, uid } = read(file);
    const taken = new Set();
    for (const {
      gridPos: { x, y, w, h },
      links = [],
      title,
    } of panels) {
      for (let column = x; column < x + w; column++)
        for (let line = y; line < y + h; line++) {
          assert.ok(!taken.has(`${column} ${line}`), `${file}: ${title} lies on another panel`);
          taken.add(`${column} ${line}`);
        }
      for (const { url } of links) assert.ok(entries.has(Number(/^\/d\/alleycat-runbook\?viewPanel=(\d+)$/.exec(url)?.[1])), url);
    }
    assert.ok(uid.startsWith('alleycat-'));
  }
});

test('variables are filled in as Grafana does it', () => {
  assert.equal(fill('rate(a{node=~"$node",class=~"$class"}[$__rate_interval])'), 'rate(a{node=~".*",class=~".*"}[10s])');
  assert.deepEqual(labelsIn('{{node}} to {{peer}}'), ['node', 'peer']);
});

test('numbers are shown in their unit', () => {
  assert.deepEqual(
    [
      [0.0123, 's'],
      [75, 's'],
      [2048, 'bytes'],
      [0.5, 'percentunit'],
      [1234, 'cps'],
      [0, 's'],
      [12, 'bytes'],
      [NaN, 's'],
    ].map(([value, unit]) => inUnit(value, unit)),
    ['12.3 ms', '1.25 min', '2 KiB', '50 %', '1.23 k/s', '0 s', '12 B', 'no data'],
  );
});

test('a picture shows the panels of its dashboard, with the last numbers', () => {
  const board = read('overview.json');
  const answers = board.panels.map(({ targets }) =>
    targets.map(({ legendFormat }) => ({
      legend: legendFormat,
      series: [
        {
          labels: { node: '<n&1>', version: '1', revision: 'r' },
          values: [
            [0, 1],
            [10, 3],
          ],
        },
      ],
    })),
  );
  const picture = drawBoard(board, answers, { start: 0, end: 10 });
  for (const { title } of board.panels) assert.ok(picture.includes(title.replace('&', '&amp;')), title);
  assert.match(picture, /&lt;n&amp;1&gt;/);
  assert.doesNotMatch(picture, /NaN|undefined/);
});
