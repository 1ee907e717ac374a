// The units of systemd: nothing for systemd-analyze to complain about, and not much that they could do to the machine.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { projectDir } from './lib/planted.mjs';

const units = path.join(projectDir, 'ops/systemd');
const names = readdirSync(units).filter((name) => name.endsWith('.service'));

/** @returns {{code: number, text: string}} */
function analyze(...args) {
  const run = spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, SYSTEMD_PAGER: '', LC_ALL: 'C.UTF-8' } });
  assert.equal(run.error, undefined);
  return { code: run.status, text: run.stdout + run.stderr };
}

/** The units as they are installed, with programs that are there: those of the package are not, on a machine that builds it. */
function installed(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alleycat-units-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = names.map((name) => path.join(folder, name));
  files.forEach((file, i) =>
    writeFileSync(file, readFileSync(path.join(units, names[i]), 'utf8').replaceAll('/usr/bin/alleycat-node', '/bin/true')),
  );
  return files;
}

test('systemd-analyze verify has nothing to say', (t) => {
  assert.deepEqual(names.sort(), ['alleycat-nats.service', 'alleycat-node.service']);
  const { code, text } = analyze('verify', '--man=no', ...installed(t));
  assert.equal(text, '');
  assert.equal(code, 0);
});

test('it would have: a key that does not exist', (t) => {
  const [file] = installed(t);
  writeFileSync(file, readFileSync(file, 'utf8').replace('ProtectHome=yes', 'ProtectHouse=yes'));
  assert.match(analyze('verify', '--man=no', file).text, /ProtectHouse/);
});

for (const name of names)
  test(`${name} is exposed little: at most 1.5 of 10`, (t) => {
    const { code, text } = analyze('security', '--offline=true', '--no-pager', '--threshold=15', path.join(units, name));
    t.diagnostic(text.trimEnd().split('\n').at(-1));
    assert.match(text, /Overall exposure level for \S+: [0-9.]+ OK/);
    assert.equal(code, 0, text);
  });
