// docs/alleycat.toml is what the program says about its options.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { projectDir } from './lib/planted.mjs';

const programs = process.env.ALLEYCAT_BIN ?? path.join(projectDir, 'build/bin');
const page = path.join(projectDir, 'docs/alleycat.toml');

/** Runs alleycat-node, without settings of the caller. */
function node(...args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('ALLEYCAT_')));
  return spawnSync(path.join(programs, 'alleycat-node'), args, { env, encoding: 'utf8' });
}

test('docs/alleycat.toml has every option as the program prints it (build/bin/alleycat-node --print-config --name node-1)', () => {
  const { status, stdout } = node('--print-config', '--name', 'node-1');
  assert.equal(status, 0);
  assert.ok(stdout.split('\n').filter((line) => /^[a-z_]+ = /.test(line)).length > 30, stdout);
  assert.equal(readFileSync(page, 'utf8'), stdout);
});

test('--check-config accepts it, and every file that is shipped', () => {
  for (const file of [page, path.join(projectDir, 'ops/debian/alleycat.toml')]) {
    const { status, stdout, stderr } = node('--config', file, '--check-config');
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'the configuration is valid\n');
  }
});

test('--check-config says where a file is wrong, and ends with 2', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'alleycat-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'broken.toml');
  writeFileSync(file, '[race]\ncapacity = 10\n[history]\nkeep_day = 3\n');
  const { status, stdout, stderr } = node('--config', file, '--check-config');
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /broken\.toml:4:1: unknown key history\.keep_day; did you mean history\.keep_days\?/);
});
