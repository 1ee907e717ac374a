import { expect, test } from 'vitest';

import { readApi, talks } from '../contract/document';
import { used } from '../contract/checks';
import { typesOf } from '../contract/types';
import { Gate } from '../src/net/gate';

const api = readApi();
const example = (message: string) => structuredClone(api.components.messages[message]!.examples[0]!.payload) as Record<string, unknown>;
const subject = (channel: string) => api.channels[channel]!.address!.replaceAll(/\{\w+\}/g, '1');
const kinds = talks(api).filter(({ channel }) => used.includes(channel));

test('the types are those of the document: npm run contract writes them', async () => {
  await expect(await typesOf(api)).toMatchFileSnapshot('../src/contract/messages.ts');
});

test('the document’s examples pass, of all that the page hears and asks', () => {
  const gate = new Gate(() => expect.fail('nothing is wrong'));
  for (const { channel, action, messages, answers } of kinds)
    for (const kind of action === 'send' ? messages : answers)
      for (const { payload } of api.components.messages[kind]!.examples) {
        const take = action === 'send' ? gate.heard(subject(channel)) : gate.answers(subject(channel));
        expect(take(JSON.stringify(payload)), channel).toEqual({ kind, message: payload });
      }
  expect(gate.total).toBe(0);
});

test('a message without a field that must be there, or with one of another type, is left out and counted, and said once', () => {
  const said: string[] = [];
  const gate = new Gate((text) => said.push(text));
  let bad = 0;
  for (const { channel, action, messages } of kinds.filter((each) => each.action === 'send')) {
    expect(action).toBe('send');
    const take = gate.heard(subject(channel));
    for (const field of Object.keys(example(messages[0]!))) {
      const less = example(messages[0]!);
      delete less[field];
      const schema = api.components.schemas[api.components.messages[messages[0]!]!.payload.$ref!.split('/').at(-1)!]!;
      if (schema.required?.includes(field)) {
        expect(take(JSON.stringify(less)), `${channel} without ${field}`).toBeNull();
        bad += 1;
      }
      expect(take(JSON.stringify({ ...example(messages[0]!), [field]: { of: 'another type' } })), `${channel} ${field}`).toBeNull();
      bad += 1;
    }
    for (const text of ['', '{', 'null', '7', '[]']) {
      expect(take(text), text).toBeNull();
      bad += 1;
    }
  }
  expect(gate.total).toBe(bad);
  expect([...gate.dropped.keys()].sort()).toEqual(['event', 'leaderboard', 'standings', 'view']);
  expect(said.length).toBe(4);
  expect(said.join()).toMatch(/standings on alleycat\.race\.1\.1\.standings is left out: .*classId.*see \/docs\/api/);
});

test('one bad row of a thousand is enough; a field that is not known is none', () => {
  const gate = new Gate(() => {});
  const table = example('standings');
  const [row] = table.rows as object[];
  table.rows = Array.from({ length: 1000 }, () => ({ ...row, later: 'added' }));
  const take = gate.heard('alleycat.race.3.*.standings');
  expect(take(JSON.stringify(table))).not.toBeNull();
  (table.rows as object[])[999] = { ...row, total: '1973.244' };
  expect(take(JSON.stringify(table))).toBeNull();
  expect(gate.dropped).toEqual(new Map([['standings', 1]]));
});

test('an answer may be an error, and an answer to an update a refusal', () => {
  const gate = new Gate(() => {});
  expect(gate.answers('alleycat.query.race.3.1')(JSON.stringify(example('error')))?.kind).toBe('error');
  expect(gate.answers('alleycat.update.3.8')(JSON.stringify(example('refused')))?.kind).toBe('refused');
  expect(gate.answers('alleycat.update.3.8')('{"ok":true}')).toBeNull();
  expect(() => gate.heard('alleycat.nobody.knows')).toThrow(/no channel/);
});

test('a thousand rows are checked in less time than they take to read', ({ annotate }) => {
  const table = example('standings');
  const [row] = table.rows as object[];
  table.rows = Array.from({ length: 1000 }, (_, i) => ({ ...row, rank: i + 1, racerId: i, name: `Rider ${i}` }));
  const text = JSON.stringify(table);
  const gate = new Gate();
  const checks: number[] = [];
  gate.checked = (ms) => checks.push(ms);
  const take = gate.heard('alleycat.race.3.5400172.standings');
  const rounds = 300;
  const began = performance.now();
  for (let i = 0; i < rounds; i += 1) expect(take(text)).not.toBeNull();
  const whole = (performance.now() - began) / rounds;
  const median = checks.sort((a, b) => a - b)[rounds / 2]!;
  void annotate(`standings of 1,000 rows (${text.length} bytes): ${median.toFixed(3)} ms to check, ${whole.toFixed(3)} ms with JSON.parse`);
  console.log(`standings of 1,000 rows (${text.length} bytes): ${median.toFixed(3)} ms to check, ${whole.toFixed(3)} ms with JSON.parse`);
  expect(median).toBeLessThan(whole / 2);
});
