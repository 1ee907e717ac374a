// docs/events.md is the log: the check finds nothing in this checkout, and each fault that is planted.

import assert from 'node:assert/strict';
import test from 'node:test';
import { check, plant, projectDir } from './lib/planted.mjs';

const page = (...rows) => `| event | level | fields | means |\n|---|---|---|---|\n${rows.map((row) => `| ${row} |\n`).join('')}`;
const code =
  'log_event(log_level::warn, "nats.error",\n  {{"error", text("a, (b")}});\nenv.log->info("race.closed", {{"class", key.cls}});\n';
const rows = ['`nats.error` | warn | `error` | Trouble.', '`race.closed` | info | `class` | Over.'];
const files = (text, ...said) => ({ 'actors/a.cpp': text, 'docs/events.md': page(...said) });

test('every event of this checkout is described', () => {
  const { code: exit, text } = check('events', projectDir);
  assert.equal(exit, 0, text);
  assert.ok(Number(/events: (\d+) events, 0 faults/.exec(text)?.[1]) > 60, text);
});

test('what is described as it is is accepted', (t) => {
  const { code: exit, text } = check('events', plant(t, files(code, ...rows)));
  assert.equal(exit, 0, text);
  assert.match(text, /2 events, 0 faults/);
});

for (const [what, source, said, complaint] of [
  ['an event without a description', code, [rows[0]], 'race.closed is not in docs/events.md'],
  ['a description without an event', code, [...rows, '`race.gone` | info | | No.'], 'no code says race.gone'],
  ['another level', code.replace('::warn', '::error'), rows, 'nats.error has level error, docs/events.md says warn'],
  ['two levels', code.replace('log_level::warn', 'bad ? log_level::error : log_level::warn'), rows, 'nats.error has level error, warn'],
  [
    'another field',
    code.replace('{"class", key.cls}', '{"class", key.cls}, {"race", key.race}'),
    rows,
    'race.closed has fields class, race, docs/events.md says class',
  ],
  ['a description without words', code, [rows[0], '`race.closed` | info | `class` | '], 'race.closed means nothing'],
])
  test(`found: ${what}`, (t) => {
    const { code: exit, text } = check('events', plant(t, files(source, ...said)));
    assert.equal(exit, 1, text);
    assert.ok(text.includes(complaint), text);
  });
