// ops/test counts what really ran: a part that fails, or runs nothing, can not look like a success.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { projectDir } from './lib/planted.mjs';

/** Runs bash lines with the parts of ops/test at hand. */
function bash(script, input = '') {
  const folder = mkdtempSync(path.join(tmpdir(), 'alleycat-parts-'));
  const prelude = `set -euo pipefail; source ops/lib/common.sh; source ops/lib/parts.sh; logs='${folder}'\n`;
  const run = spawnSync('bash', ['-c', prelude + script], { cwd: projectDir, input, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return { code: run.status, text: run.stdout + run.stderr, lines: run.stdout.trimEnd().split('\n') };
}

const counts = [
  ['ctest', 0, '100% tests passed, 0 tests failed out of 345\n', '345 0 0'],
  ['ctest', 8, '98% tests passed, 7 tests failed out of 345\n', '338 7 0'],
  ['ctest', 8, 'No tests were found!!!\n', '0 1 0'],
  ['node_tests', 0, '# tests 5\n# suites 0\n# pass 5\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n', '5 0 0'],
  ['node_tests', 1, 'ℹ tests 5\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 0\n', '2 2 1'],
  ['node_tests', 0, 'ℹ tests 0\nℹ pass 0\nℹ fail 0\n', '0 1 0'],
  ['node_tests', 1, 'SyntaxError\n', '0 1 0'],
  ['vitest', 0, ' Test Files  9 passed (9)\n      Tests  166 passed (166)\n', '166 0 0'],
  [
    'vitest',
    1,
    '\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[31m1 failed\u001b[39m\u001b[22m | \u001b[32m165 passed\u001b[39m | 2 skipped (168)\n',
    '165 1 2',
  ],
  ['vitest', 1, 'No test files found, exiting with code 1\n', '0 1 0'],
  ['rounds', 0, 'seed 1\n24 passed, 0 failed\n', '24 0 0'],
  ['rounds', 1, '22 passed, 2 failed\n', '22 2 0'],
  ['rounds', 1, 'a world ended with 1\n', '0 1 0'],
  ['command', 0, 'whatever\n', '1 0 0'],
  ['command', 3, 'whatever\n', '0 1 0'],
];
for (const [kind, code, output, expected] of counts)
  test(`${kind} saying ${JSON.stringify(output.split('\n')[0])} with exit code ${code} counts ${expected}`, () => {
    assert.equal(bash(`count_${kind} ${code}`, output).text.trim(), expected);
  });

test('the last line sums the parts, and a failed one makes the whole fail', () => {
  const run = bash(`
    part good count_ctest echo '100% tests passed, 0 tests failed out of 3' || true
    part bad count_command false || true
    summary`);
  assert.equal(run.code, 1);
  assert.equal(run.lines.at(-1), '3 passed, 1 failed');
});

test('a part that says it passed but exits with an error has failed', () => {
  const run = bash(`
    part liar count_ctest bash -c 'echo "100% tests passed, 0 tests failed out of 3"; exit 1' || true
    summary`);
  assert.equal(run.code, 1);
  assert.equal(run.lines.at(-1), '3 passed, 1 failed');
});

test('all parts passing is a success, none at all is not', () => {
  assert.equal(bash(`part good count_command true; summary`).code, 0);
  assert.equal(bash(`summary`).code, 1);
});
