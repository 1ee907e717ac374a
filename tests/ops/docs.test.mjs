// ops/check/docs fails on each way in which pages and files part, and passes where they agree.

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { check, plant } from './lib/planted.mjs';

const agreed = {
  'README.md':
    '# Top\n\n[parts](CONTRIBUTING.md#the-parts--all) [racing](racing/) [notes](<docs/notes.md#a-note-twice-1>) [far](https://example.org/x.md)\n\n`run`\n',
  'CONTRIBUTING.md': '# The parts & all\n\n| part | what |\n|---|---|\n| `unit` | ctest |\n| `long` (`--full`) | more |\n\nText.\n',
  'ops/test': '#!/bin/sh\nparts=(unit)\nlong_parts=(long)\n',
  'ops/README.md': '# ops\n\n| here | is |\n|---|---|\n| `test` | everything |\n',
  'racing/README.md': '# racing\n\n| file | is |\n|---|---|\n| `fold` | a pair |\n| `ids.hpp`, `*_table.hpp` | others |\n',
  'racing/fold.hpp': '',
  'racing/fold.cpp': '',
  'racing/ids.hpp': '',
  'racing/day_table.hpp': '',
  'tests/README.md': '# tests\n\n`*_test.cpp`: named after what it tests.\n',
  'tests/racing/README.md': '# tests/racing\n',
  'tests/racing/fold_test.cpp': '',
  'docs/notes.md': '# A note, *twice*\n\n# A `note`, twice\n\n`[no](link)`\n\n    [no](link)\n\n```\n[no](link)\n```\n',
};

test('pages and files that agree are accepted', (t) => {
  const { code, text } = check('docs', plant(t, agreed));
  assert.equal(code, 0, text);
  assert.match(text, /7 pages, 13 files, 0 faults/);
});

const faults = [
  ['racing/new.cpp', '', 'racing/new.cpp: not in racing/README.md'],
  ['racing/inner/new.cpp', '', 'racing/inner/new.cpp: not in racing/README.md'],
  ['tests/racing/stage.hpp', '', 'tests/racing/stage.hpp: not in tests/racing/README.md'],
  ['ops/start', '#!/bin/sh\n', 'ops/start: not in ops/README.md'],
  ['ops/README.md', '| here | is |\n|---|---|\n| `test`, `gone` | all |\n', 'ops/README.md: there is no gone'],
  ['docs/a.md', '[b](b.md)\n', 'docs/a.md: the link to b.md leads nowhere'],
  ['docs/a.md', '![b](../pictures/b.png)\n', 'docs/a.md: the link to ../pictures/b.png leads nowhere'],
  ['docs/a.md', '<img src="b.png">\n', 'docs/a.md: the link to b.png leads nowhere'],
  ['docs/a.md', '[b](notes.md#another)\n', 'docs/a.md: docs/notes.md has no heading for the link to #another'],
  ['docs/a.md', '# A\n\n[b](#b)\n', 'docs/a.md: docs/a.md has no heading for the link to #b'],
  ['ops/test', '#!/bin/sh\nparts=(unit e2e)\nlong_parts=(long)\n', 'CONTRIBUTING.md: part e2e of ops/test is missing'],
  ['ops/test', '#!/bin/sh\nparts=(unit)\n', 'CONTRIBUTING.md: ops/test has no part long'],
];
for (const [file, content, complaint] of faults)
  test(`"${complaint}" is said`, (t) => {
    const { code, text } = check('docs', plant(t, { ...agreed, [file]: content }));
    assert.equal(code, 1, text);
    assert.deepEqual(text.trim().split('\n').slice(0, -1), [complaint]);
  });

/** Programs that say this when they are asked for help. */
function withPrograms(t, pages, help) {
  const root = plant(t, { ...agreed, ...pages });
  const programs = plant(
    t,
    Object.fromEntries(Object.entries(help).map(([name, text]) => [name, `#!/bin/sh\ncat <<'EOT'\n${text}\nEOT\n`])),
  );
  for (const name of Object.keys(help)) chmodSync(path.join(programs, name), 0o755);
  return check('docs', root, ['--programs', programs]);
}

const pages = {
  'docs/alleycat.1': '.B \\-\\-json\n.B \\-\\-help\n\\fB\\-\\-limit\\fR\n\\fBtop\\fR\n',
  'docs/alleycat-node.8': '.B \\-\\-config\n',
  'docs/alleycat.toml': '[http]\n# The page.\nlisten = "a"\n# cert = ""\n',
  'simulator/README.md': '`--racers`\n',
};
const help = {
  alleycat: 'Options:\n  -h,--help   this\n  --json      lines\n  --limit N   rows\nSubcommands:\n  top         a table',
  'alleycat-node': 'Options:\n  --config FILE  TOML\n  --http,--http.listen HOST:PORT\n              where\n  --http.cert FILE  PEM',
  'alleycat-sim': 'Options:\n  --racers UINT  riders',
};

test('flags that stand in the man page, by their key or in the README are accepted', (t) => {
  const { code, text } = withPrograms(t, pages, help);
  assert.equal(code, 0, text);
});

const unsaid = [
  ['alleycat', '  --offset N  rows', 'docs/alleycat.1: --offset of alleycat is missing'],
  ['alleycat', '  ride        one', 'docs/alleycat.1: ride of alleycat is missing'],
  ['alleycat-node', '  --http.key FILE  PEM', 'docs/alleycat-node.8: --http.key of alleycat-node is missing'],
  ['alleycat-sim', '  --race UINT  number', 'simulator/README.md: --race of alleycat-sim is missing'],
];
for (const [program, line, complaint] of unsaid)
  test(`"${complaint}" is said`, (t) => {
    const { code, text } = withPrograms(t, pages, { ...help, [program]: `${help[program]}\n${line}` });
    assert.equal(code, 1, text);
    assert.deepEqual(text.trim().split('\n').slice(0, -1), [complaint]);
  });

test('a checkout without pages is no success', (t) => {
  assert.equal(check('docs', plant(t, { 'a.txt': '' })).code, 1);
});
