// The hook of ops/hooks refuses a commit with a fault in what is staged, and only then.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { plant, projectDir } from './lib/planted.mjs';

/** A checkout with the project's checks, the hook switched on. */
function checkout(t) {
  const root = plant(t, { 'racing/ids.hpp': '#pragma once\n', 'README.md': '`*`: the rule for all files\n' });
  mkdirSync(path.join(root, 'ops'));
  for (const part of ['ops/check', 'ops/hooks', 'ops/lib', '.clang-format', '.shellcheckrc', '.prettierrc.json', '.prettierignore'])
    cpSync(path.join(projectDir, part), path.join(root, part), { recursive: true });
  for (const part of ['package.json', 'package-lock.json', 'eslint.config.mjs', 'node_modules'])
    symlinkSync(path.join(projectDir, part), path.join(root, part));
  writeFileSync(path.join(root, '.gitignore'), 'node_modules\n');
  execFileSync('git', ['-C', root, 'config', 'core.hooksPath', 'ops/hooks']);
  return {
    commit(files, args = []) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
        writeFileSync(path.join(root, name), content);
        execFileSync('git', ['-C', root, 'add', name]);
      }
      const name = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
      const env = { ...process.env };
      for (const key of Object.keys(env)) if (key.startsWith('GIT_')) delete env[key];
      const run = spawnSync('git', [...name, 'commit', '-m', 'a change', ...args], { cwd: root, env, encoding: 'utf8' });
      return { code: run.status, text: run.stdout + run.stderr };
    },
  };
}

test('a commit without a fault passes, in silence', (t) => {
  const { commit } = checkout(t);
  const done = commit({ 'racing/a.hpp': '#pragma once\n', 'tests/a.mjs': 'export const a = 1;\n', 'docs/a.md': '# A\n' });
  assert.equal(done.code, 0, done.text);
  assert.doesNotMatch(done.text, /pre-commit/);
});

const faults = [
  ['racing/a.hpp', 'int   a;\n', 'format'],
  ['racing/a.hpp', `// ${'w'.repeat(150)}\n`, 'width'],
  ['racing/a.hpp', '#include <caf/all.hpp>\n', 'direction'],
  ['docs/a.md', '[nothing](b.md)\n', 'docs'],
  ['ops/run.sh', '#!/bin/sh\nrm $1\n', 'lint'],
];
for (const [file, content, check] of faults)
  test(`${check} holds up a commit with a fault in ${file}, and --no-verify lets it through`, (t) => {
    const { commit } = checkout(t);
    const refused = commit({ [file]: content });
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.text, new RegExp(`pre-commit: ${check}: not committed`));
    assert.equal(commit({}, ['--no-verify']).code, 0);
  });

test('a fault that is not staged does not hold up a commit', (t) => {
  const { commit } = checkout(t);
  assert.equal(commit({ 'racing/a.hpp': 'int   a;\n' }, ['--no-verify']).code, 0);
  const done = commit({ 'racing/b.hpp': '#pragma once\n' });
  assert.equal(done.code, 0, done.text);
});
