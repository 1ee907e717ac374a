// A small checkout to plant faults in, for the checks of ops/check.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * A git repository with these files, gone when the test ends.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files  path -> content
 */
export function plant(t, files) {
  const root = mkdtempSync(path.join(tmpdir(), 'alleycat-planted-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  execFileSync('git', ['init', '-q', root]);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

/** Runs a check of ops/check on a planted checkout; what it says is without colour, also where `CI` asks tools for some. */
export function check(name, root, args = []) {
  const run = spawnSync(path.join(projectDir, 'ops/check', name), args, {
    env: { ...process.env, ALLEYCAT_CHECK_ROOT: root, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  return { code: run.status, text: run.stdout + run.stderr };
}
