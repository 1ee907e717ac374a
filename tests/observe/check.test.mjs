// The short form of ops/observe-check, on real processes; and that its eye is sharp.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

import { answer } from './lib/boards.mjs';

const root = resolve(import.meta.dirname, '../..');

test('every panel has an answer from a cluster under load, and a killed node shows in the alerts', (t) => {
  const { status, stdout, stderr } = spawnSync(join(root, 'ops/observe-check'), ['--short'], { encoding: 'utf8', timeout: 300_000 });
  assert.equal(status, 0, `${stdout}${stderr}`);
  for (const line of stdout.split('\n').filter((each) => /^(a killed node|\d+ panels|\d+ metrics)/.test(each))) t.diagnostic(line);
});

const panel = (expr, legendFormat) => ({ targets: [{ expr, legendFormat, instant: true }] });
const series = (labels, value) => ({ labels, values: [[0, value]] });
const faultOf = async (found, legend) => (await answer({ ask: async () => found }, panel('x', legend), 0, 1))[0].fault;

test('what is wrong with an answer is found', async () => {
  assert.equal(await faultOf([series({ node: 'a' }, 1), series({ node: 'b' }, 2)], '{{node}}'), '');
  assert.equal(await faultOf([], 'x'), 'empty');
  assert.equal(await faultOf([series({}, NaN)], 'x'), 'not a number');
  assert.match(await faultOf([series({ node: 'a' }, 1)], '{{peer}}'), /no label "peer"/);
  assert.equal(await faultOf([series({ node: 'a' }, 1), series({ node: 'b' }, 2)], 'the same'), 'two series with the same legend');
});

test('an error of Prometheus is a fault', async () => {
  const refuses = { ask: () => Promise.reject(new Error('bad_data: parse error')) };
  assert.equal((await answer(refuses, panel('x', 'x'), 0, 1))[0].fault, 'bad_data: parse error');
});
