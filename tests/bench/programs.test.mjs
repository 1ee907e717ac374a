// What `run` and `guard` say to who calls them wrongly: before anything is built or started.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'alleycat-no-programs-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const call = (name, args) => spawnSync(fileURLToPath(new URL(name, import.meta.url)), args, { encoding: 'utf8', timeout: 20_000 });

for (const [name, args, why] of [
  ['guard', [], /one or two commits are wanted/],
  ['guard', ['a', 'b', 'c'], /one or two commits are wanted/],
  ['guard', ['no-such-commit'], /no commit no-such-commit here/],
  ['guard', ['--programs', folder], /--programs takes two folders/],
  ['guard', ['--programs', folder, folder], /has no alleycat-node/],
  ['guard', ['HEAD', '--rounds', 'many'], /--rounds takes a number from 1 on, not 'many'/],
  ['guard', ['HEAD', '--limit', '-1'], /--limit/],
  ['guard', ['HEAD', '--only', 'nothing'], /no load 'nothing'/],
  ['guard', ['HEAD', '--faster'], /--faster/],
  ['run', ['--only', 'saturated,nothing'], /no part 'nothing'/],
  ['run', ['--rounds', '0'], /--rounds takes a number above 0, not '0'/],
  ['run', ['--faster'], /--faster/],
])
  test(`${name} ${args.map((arg) => (arg === folder ? 'FOLDER' : arg)).join(' ')} is refused by name`, () => {
    const { status, stdout, stderr } = call(name, args);
    assert.deepEqual([status, stdout], [2, ''], stderr);
    assert.match(stderr, why);
  });

test('both tell what they take', () => {
  for (const name of ['guard', 'run', 'chart']) {
    const { status, stdout, stderr } = call(name, ['--help']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^Usage: tests/bench/${name} `));
  }
});
