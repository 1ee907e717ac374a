// What ops/up starts ends with it: in order when it is stopped, and at all when it is killed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';

import { until } from '../e2e/lib/until.mjs';
import { projectDir } from './lib/planted.mjs';

/** A process that is there and no zombie. */
function isAlive(pid) {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A bash script with the processes of ops/up at hand; it starts two and then does `rest`. Gone when the test ends. */
async function script(t, rest) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alleycat-processes-'));
  const text = `set -euo pipefail
    source ops/lib/common.sh
    source ops/lib/processes.sh
    trap 'stop_all; exit 0' TERM
    trap 'stop_all' EXIT
    for name in first second; do
      start $name '${folder}/log' bash -c 'trap "echo '$name' >>${folder}/order; exit 0" TERM; echo ready; while true; do sleep 0.05; done'
    done
    until [ "$(grep -c ready '${folder}/log')" = 2 ]; do sleep 0.05; done
    echo "\${started_pids[*]}"
    ${rest}`;
  const child = spawn('bash', ['-c', text], { cwd: projectDir, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => (out += piece));
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  await until('both processes are started', () => out.includes('\n'));
  return { child, ended, folder, pids: out.split('\n')[0].split(' ').map(Number), out: () => out };
}

test('stopped, it stops the last started first', async (t) => {
  const run = await script(t, 'while true; do sleep 0.05; done');
  assert.ok(run.pids.every(isAlive));
  run.child.kill('SIGTERM');
  assert.deepEqual(await run.ended, [0, null]);
  assert.equal(readFileSync(path.join(run.folder, 'order'), 'utf8'), 'second\nfirst\n');
  assert.ok(!run.pids.some(isAlive));
});

test('killed, it leaves nothing behind', async (t) => {
  const run = await script(t, 'while true; do sleep 0.05; done');
  run.child.kill('SIGKILL');
  await until('both processes are gone', () => !run.pids.some(isAlive));
});

test('waiting for something ends when a process has ended, and says which', async (t) => {
  const run = await script(t, 'kill -KILL "${started_pids[0]}"; wait_for 600 "nothing" false || echo gave up');
  assert.deepEqual(await run.ended, [0, null]);
  assert.match(run.out(), /first ended while waiting for nothing\ngave up/);
});
