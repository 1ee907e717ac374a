// docs/asyncapi.yaml is a valid AsyncAPI document, its examples are as its schemas say, and it knows what the code knows.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { Parser } from '@asyncapi/parser';

import { Document, file } from './lib/document.mjs';

const project = resolve(import.meta.dirname, '../..');

test('the document is valid by AsyncAPI itself', async () => {
  const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'));
  assert.deepEqual(
    diagnostics.map(({ code, path, message }) => `${path.join('.')}: ${message} (${code})`),
    [],
  );
  assert.equal(document.version(), '3.1.0');
  assert.ok(document.channels().length > 20);
});

test('every message has an example, and each is as its schema says', () => {
  const document = new Document();
  for (const [name, { examples }] of Object.entries(document.api.components.messages)) {
    assert.ok(examples?.length > 0, `${name} has an example`);
    for (const { payload } of examples) assert.deepEqual(document.faults(name, payload), [], name);
  }
});

test('a field too many, one too few or one of another type is a fault', () => {
  const document = new Document();
  const [{ payload: standings }] = document.api.components.messages.standings.examples;
  const changed = (change) => document.faults('standings', change(structuredClone(standings)));
  assert.deepEqual(
    changed((table) => table),
    [],
  );
  assert.match(changed((table) => ({ ...table, more: 1 })).join(), /additional properties {"additionalProperty":"more"}/);
  assert.match(changed(({ asOf: _, ...table }) => table).join(), /required property 'asOf'/);
  assert.match(changed((table) => ((table.rows[0].rank = 'first'), table)).join(), /^\/rows\/0\/rank must be integer,null/);
  assert.match(document.judge('alleycat.nothing.1', {}).join(), /is of no channel/);
});

test('every schema is used', () => {
  const text = readFileSync(file, 'utf8');
  for (const name of new Document().schemas.keys())
    assert.ok(text.includes(`'#/components/schemas/${name}'`), `${name} is used by something`);
});

test('refusals and error codes are those of the code and of the pages', () => {
  const { schemas } = new Document().api.components;
  const source = readFileSync(resolve(project, 'racing/update.cpp'), 'utf8');
  const names = /refusal_names\{([^}]*)\}/.exec(source)[1].match(/\w+(?=")/g);
  assert.deepEqual(
    schemas.RefusalReason.enum,
    names.filter((name) => name !== 'none'),
  );
  assert.deepEqual(Object.keys(schemas.RefusalReason['x-meaning']), schemas.RefusalReason.enum, 'each has a meaning');
  const code = schemas.ErrorAnswer.properties.error.properties.code;
  assert.deepEqual(Object.keys(code['x-meaning']), code.enum, 'each has a meaning');
  const page = readFileSync(resolve(project, 'docs/queries.md'), 'utf8');
  const table = page.slice(page.indexOf('| code | is |'), page.indexOf('## Finding the nodes'));
  const codes = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => line.split('|')[1].match(/\w+/g));
  assert.deepEqual([...code.enum].sort(), codes.sort());
});
