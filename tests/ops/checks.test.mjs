// Each check fails on the fault it is there for, and passes without.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { check, plant, projectDir } from './lib/planted.mjs';

const clean = {
  'racing/ids.hpp': '#include <cstdint>\n',
  'cluster/ownership.hpp': '#include "racing/ids.hpp"\n',
  'messages/json.hpp': '#include "racing/ids.hpp"\n#include <simdjson.h>\n',
  'persistence/store.cpp': '#include "racing/ids.hpp"\n#include <lmdb.h>\n',
  'actors/race.hpp': '#include "racing/ids.hpp"\n#include "cluster/ownership.hpp"\n#include <caf/all.hpp>\n',
  'node/main.cpp': '#include "actors/race.hpp"\n#include "messages/json.hpp"\n#include <caf/all.hpp>\n#include <nats/nats.h>\n',
  'simulator/main.cpp': '#include "messages/json.hpp"\n#include <nats/nats.h>\n',
  'ops/alleycat/main.cpp': '#include "messages/json.hpp"\n#include <nats/nats.h>\n',
  'tests/node/node_test.cpp': '#include "persistence/store.hpp"\n#include <lmdb.h>\n#include <nats/nats.h>\n',
};

test('the declared direction is accepted', (t) => {
  const { code, text } = check('direction', plant(t, clean));
  assert.equal(code, 0, text);
  assert.match(text, /8 sources, 0 faults/);
});

const faults = [
  ['racing/a.cpp', '#include "messages/json.hpp"', 'racing/ must not include messages/'],
  ['racing/a.cpp', '#include "../actors/race.hpp"', 'racing/ must not include actors/'],
  ['racing/a.cpp', '#include <caf/all.hpp>', 'racing/ must not see CAF'],
  ['racing/a.cpp', '#include <fmt/format.h>', 'racing/ must not see fmt'],
  ['racing/a.cpp', '  #  include <google/protobuf/message.h>', 'racing/ must not see Protobuf'],
  ['racing/a.cpp', '#include <simdjson.h>', 'racing/ must not see simdjson'],
  ['cluster/a.cpp', '#include "actors/race.hpp"', 'cluster/ must not include actors/'],
  ['cluster/a.cpp', '#include <caf/all.hpp>', 'cluster/ must not see CAF'],
  ['cluster/a.cpp', '#include <nats/nats.h>', 'cluster/ must not see NATS'],
  ['racing/a.cpp', '#include "cluster/fence.hpp"', 'racing/ must not include cluster/'],
  ['messages/a.cpp', '#include <nats/nats.h>', 'messages/ must not see NATS'],
  ['messages/a.cpp', '#include "persistence/store.hpp"', 'messages/ must not include persistence/'],
  ['persistence/a.cpp', '#include "messages/json.hpp"', 'persistence/ must not include messages/'],
  ['actors/a.cpp', '#include "messages/json.hpp"', 'actors/ must not include messages/'],
  ['actors/a.cpp', '#include "persistence/store.hpp"', 'actors/ must not include persistence/'],
  ['actors/a.cpp', '#include "node/config/read_config.hpp"', 'actors/ must not include node/'],
  ['actors/a.cpp', '#include <lmdb.h>', 'actors/ must not see LMDB'],
  ['actors/a.cpp', '#include "messages/update.pb.h"', 'actors/ must not see Protobuf'],
  ['simulator/a.cpp', '#include "actors/race.hpp"', 'simulator/ must not include actors/'],
  ['simulator/a.cpp', '#include <caf/all.hpp>', 'simulator/ must not see CAF'],
  ['ops/alleycat/a.cpp', '#include "node/config/read_config.hpp"', 'ops/alleycat/ must not include node/'],
  ['node/nats/a.cpp', '#include <caf/all.hpp>', 'node/nats/ must not see CAF'],
  ['node/config/a.cpp', '#include "node/nats/streams.hpp"', 'node/config/ must not include node/nats/'],
  ['node/ports/a.cpp', '#include "node/backend.hpp"', 'node/ports/ must not include node/'],
  ['node/http/a.cpp', '#include <nats/nats.h>', 'node/http/ must not see NATS'],
  ['node/a.cpp', '#include <lmdb.h>', 'node/ must not see LMDB'],
  ['node/a.cpp', '#include "tests/e2e/a.hpp"', 'node/ must not include tests/'],
];
for (const [file, line, complaint] of faults)
  test(`${file} with ${line.trim()} is refused, by line`, (t) => {
    const { code, text } = check('direction', plant(t, { ...clean, [file]: `\n${line}\n` }));
    assert.equal(code, 1, text);
    assert.ok(text.includes(`${file}:2: ${complaint}`), text);
  });

// Put together here, so that this file itself is accepted.
const texts = [
  [`/${'root'}/alleycat/build`, "an absolute path of somebody's machine"],
  [`see /${'home'}/ann/notes.md`, "an absolute path of somebody's machine"],
  [`"resolved": "https://${'registry'}.example.org/a.tgz"`, 'the host of a package registry'],
];
for (const [line, complaint] of texts)
  test(`a file with ${complaint} is refused`, (t) => {
    const { code, text } = check('direction', plant(t, { ...clean, 'docs/notes.md': `${line}\n` }));
    assert.equal(code, 1, text);
    assert.ok(text.includes(`docs/notes.md:1: ${complaint}`), text);
  });

test('a checkout without sources is no success', (t) => {
  assert.equal(check('direction', plant(t, { 'README.md': 'nothing\n' })).code, 1);
  assert.equal(check('format', plant(t, { 'README.md': 'nothing\n' })).code, 1);
});

test('a file that is not laid out is refused, and laid out by --fix', (t) => {
  const root = plant(t, { 'racing/a.cpp': 'int   main( ){return 0;}\n' });
  copyFileSync(path.join(projectDir, '.clang-format'), path.join(root, '.clang-format'));
  const before = check('format', root);
  assert.equal(before.code, 1, before.text);
  assert.match(before.text, /racing\/a\.cpp:1/);
  assert.equal(check('format', root, ['--fix']).code, 0);
  assert.equal(check('format', root).code, 0);
});

test('a comment that is too wide is refused; code, addresses and types may be wider', (t) => {
  const wide = 'w'.repeat(140);
  const root = plant(t, {
    'racing/a.cpp': `int a; // short\n// ${wide}\nconst char* b = "${wide}";\n// https://example.org/${wide}\n`,
    'ops/run.sh': `# ${wide}\n`,
    'tests/a.mjs': `/** @type {${wide}} */\n`,
  });
  const { code, text } = check('width', root);
  assert.equal(code, 1, text);
  assert.deepEqual(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(': ')[0]),
    ['ops/run.sh:1', 'racing/a.cpp:2', 'width'],
  );
  assert.equal(check('width', root, ['tests/a.mjs']).code, 0);
});

const lintFaults = [
  ['ops/run.sh', '#!/usr/bin/env bash\nrm $1\n', /run\.sh:2:4: .*SC2086/],
  ['ops/run', '#!/bin/sh\nrm $1\n', /ops\/run:2:4: .*SC2086/],
  ['tests/a.mjs', 'export const a = 1;\nconst b = 2;\n', /no-unused-vars/],
  ['tests/a.mjs', "export const a = {'b':1};\n", /\[warn\] tests\/a\.mjs/],
  ['web/src/a.ts', 'export const a: any = 1;\n', /no-explicit-any/],
  ['web/src/a.vue', '<template>\n  <p v-for="a in [1]">{{ a }}</p>\n</template>\n', /vue\/require-v-for-key/],
  ['web/src/a.css', 'p { color:red }\n', /\[warn\] web\/src\/a\.css/],
];
for (const [file, content, complaint] of lintFaults)
  test(`lint refuses ${JSON.stringify(content)} in ${file}`, (t) => {
    const { code, text } = check('lint', plant(t, { [file]: content }));
    assert.equal(code, 1, text);
    assert.match(text, complaint);
  });

test('lint accepts what is right, looks only at the files it is given, and repairs layout with --fix', (t) => {
  const root = plant(t, { 'ops/run': '#!/bin/sh\nrm "$1"\n', 'tests/a.mjs': 'export const a = [ 1 ];\n', 'docs/a.md': '# A\n' });
  assert.equal(check('lint', root, ['ops/run', 'docs/a.md']).code, 0);
  assert.equal(check('lint', root, ['docs/a.md']).code, 0);
  assert.equal(check('lint', root).code, 1);
  const fixed = check('lint', root, ['--fix']);
  assert.equal(fixed.code, 0, fixed.text);
  const after = check('lint', root);
  assert.equal(after.code, 0, after.text);
  assert.match(after.text, /1 shell scripts, 1 files of scripts and the page/);
});

test('a checkout without anything to lint is no success', (t) => {
  assert.equal(check('lint', plant(t, { 'README.md': 'nothing\n' })).code, 1);
});

/** What CMake would have written for one file, with the compiler launcher and GCC's precompiled header in it. */
function compileCommands(root, file) {
  const command = `cmake -E env A=b ccache /usr/bin/c++ -std=c++20 -Werror -Winvalid-pch -include ${root}/cmake_pch.hxx -c ${file}`;
  return JSON.stringify([{ directory: root, command, file }]);
}

test('a fault that clang-tidy knows is refused, and the same file without it accepted', (t) => {
  const root = plant(t, {
    'faulty.cpp': '#include <string>\nbool no_name(const std::string& s) { return s.size() == 0; }\n',
    'clean.cpp': '#include <string>\nbool no_name(const std::string& s) { return s.empty(); }\n',
  });
  copyFileSync(path.join(projectDir, '.clang-tidy'), path.join(root, '.clang-tidy'));
  const tidy = (name) => {
    const file = path.join(root, name);
    writeFileSync(path.join(root, 'compile_commands.json'), compileCommands(root, file));
    return check('tidy', root, ['--build', root, file]);
  };
  const found = tidy('faulty.cpp');
  assert.equal(found.code, 1, found.text);
  assert.match(found.text, /faulty\.cpp:2.*readability-container-size-empty/);
  const clean = tidy('clean.cpp');
  assert.equal(clean.code, 0, clean.text);
});

/** Builds target check_headers of a project with one library. */
function checkHeaders(t, files) {
  const root = plant(t, {
    'CMakeLists.txt': `cmake_minimum_required(VERSION 3.25)
      project(planted LANGUAGES CXX)
      add_library(alleycat_racing STATIC racing/a.cpp)
      target_include_directories(alleycat_racing PUBLIC \${CMAKE_SOURCE_DIR})
      include(${path.join(projectDir, 'ops/check/headers.cmake')})\n`,
    'racing/a.cpp': '#include "racing/a.hpp"\n',
    'racing/a.hpp': '#pragma once\n#include <string>\nstd::string a();\n',
    ...files,
  });
  execFileSync('cmake', ['-G', 'Ninja', '-S', root, '-B', `${root}/build`], { stdio: 'ignore' });
  const run = spawnSync('ninja', ['-C', `${root}/build`, 'check_headers'], { encoding: 'utf8' });
  return { code: run.status, text: run.stdout + run.stderr };
}

test('headers that compile alone and a library that links alone are accepted', (t) => {
  const { code, text } = checkHeaders(t, {});
  assert.equal(code, 0, text);
});

test('a header that leans on what others include is refused', (t) => {
  const { code, text } = checkHeaders(t, { 'racing/b.hpp': '#pragma once\ninline std::string b() { return {}; }\n' });
  assert.notEqual(code, 0);
  assert.match(text, /racing\/b\.hpp:2/);
});

test('a header without a guard is refused', (t) => {
  const { code, text } = checkHeaders(t, { 'racing/b.hpp': 'struct b {};\n' });
  assert.notEqual(code, 0);
  assert.match(text, /redefinition of .struct b/);
});

test('a library that uses what it does not link is refused', (t) => {
  const { code, text } = checkHeaders(t, { 'racing/a.cpp': 'int elsewhere();\nint uses() { return elsewhere(); }\n' });
  assert.notEqual(code, 0);
  assert.match(text, /undefined reference to `elsewhere\(\)'/);
});
