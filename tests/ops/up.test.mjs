// ops/up as people start it: it begins with a history, once, and ends in what to look at.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';

import { Client } from '../e2e/lib/client.mjs';
import { until } from '../e2e/lib/until.mjs';
import { projectDir } from './lib/planted.mjs';

/** ops/up with three riders, up to its last screen. It builds what is missing: patience. */
async function start(t, folder, ...flags) {
  const child = spawn(path.join(projectDir, 'ops/up'), ['--racers', '3', '--data', folder, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = { out: '', ended: once(child, 'close') };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (piece) => (run.out += piece));
  t.after(() => child.kill('SIGKILL'));
  // It ends with an empty line.
  await until('the last screen', () => /metrics http[^\n]*\n(?:[^\n]+\n)*\n/.test(run.out) || child.exitCode !== null, { seconds: 1200 });
  assert.equal(child.exitCode, null, run.out);
  const [url] = /nats:[^ ]+/.exec(run.out.slice(run.out.indexOf('NATS nats:')));
  const client = await Client.connect(url);
  t.after(() => client.close());
  run.past = async (classId) =>
    (
      await until('the node answers', async () => {
        const answer = await client.query(`races.${classId}`, { limit: 100 });
        return answer.rows && answer;
      })
    ).rows;
  run.stop = async () => {
    await client.close();
    child.kill('SIGINT');
    assert.deepEqual(await run.ended, [0, null], run.out);
  };
  return run;
}

const folderOf = (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'alleycat-up-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

test('the first start stores 30 races in each of six classes; the second finds them', async (t) => {
  const folder = folderOf(t);
  // What an interrupted first start leaves: it is begun anew.
  mkdirSync(path.join(folder, 'nats'));
  writeFileSync(path.join(folder, 'nats/left'), '');
  writeFileSync(path.join(folder, 'history'), 'begun\n');

  const first = await start(t, folder);
  assert.match(first.out, /^-- 4 of 6, NATS \.\.\.$/m);
  assert.match(first.out, /^-- 5 of 6, a history of 30 simulated races in each class \(--empty: without\): done in \d+ s$/m);
  assert.match(first.out, /The history is simulated: 30 races in each of six classes/);
  assert.ok(!existsSync(path.join(folder, 'nats/left')));
  for (const classId of [1, 2, 3, 4, 5, 6]) assert.equal((await first.past(classId)).length, 30);
  await first.stop();

  const second = await start(t, folder);
  assert.match(second.out, /^-- 5 of 5, 3 node\(s\): done in \d+ s$/m);
  assert.doesNotMatch(second.out, /a history of/);
  assert.equal((await second.past(6)).length, 30);
  await second.stop();
  assert.equal(readFileSync(path.join(folder, 'history'), 'utf8'), 'done\n');
});

test('--empty begins with nothing, and says so', async (t) => {
  const run = await start(t, folderOf(t), '--empty');
  assert.match(run.out, /The beginning was empty \(--empty\)/);
  assert.deepEqual(await run.past(6), []);
  await run.stop();
});
