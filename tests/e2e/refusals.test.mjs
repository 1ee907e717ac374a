// What is wrong gets a clear answer and a counter, and the race goes on.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import protobuf from 'protobufjs';

import { sleep, until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

const schema = readFileSync(new URL('../../messages/update.proto', import.meta.url), 'utf8');
const Update = protobuf.parse(schema).root.lookupType('alleycat.v1.Update');

describe('a message that can not count', { concurrency: 4 }, () => {
  /** @type {World} */
  let world;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  /** A good update of a ride that began a moment ago. */
  function update(changes = {}) {
    const start = Date.now() - 1000;
    const raceId = Math.floor(start / 1000 / world.rules.window_seconds);
    return {
      event: 'update',
      deviceTimestamp: start + 1000,
      second: 1,
      raceId,
      name: 'Mira',
      racerId: 77,
      classId: 11,
      cadence: 80,
      resistance: 40,
      ...changes,
    };
  }
  const without = (key) => {
    const { [key]: gone, ...rest } = update();
    return rest;
  };
  const send = (body, subject = 'alleycat.update.11.77') => world.client.ask(subject, body);

  scenario('gets a refusal that names the reason, and a counter; the race goes on', async () => {
    const heldBack = world.startRiders('undisturbed', ['--classes', 11, '--racers', 20, '--ack', '--start', 'next']);
    const cases = [
      ['not JSON', 'bad_json', '{"event":"update",'],
      ['an array', 'bad_json', '[1,2,3]'],
      ['garbage after the object', 'bad_json', `${JSON.stringify(update())}x`],
      ['a missing second', 'missing_field', without('second')],
      ['a missing cadence', 'missing_field', without('cadence')],
      ['a missing device time', 'missing_field', without('deviceTimestamp')],
      ['a second in quotes', 'bad_number', update({ second: '1' })],
      ['a racer with decimals', 'bad_number', update({ racerId: 77.5 })],
      ['second 0', 'bad_second', update({ second: 0 })],
      ['a second beyond the ride', 'bad_second', update({ second: 11 })],
      ['second 301', 'bad_second', update({ second: 301 })],
      ['cadence 900', 'bad_cadence', update({ cadence: 900 })],
      ['a negative cadence', 'bad_cadence', update({ cadence: -1 })],
      ['resistance 101', 'bad_resistance', update({ resistance: 101 })],
      ['a name with a line break', 'bad_name', update({ name: 'Mira\nWins' })],
      ['a name with an escape sequence', 'bad_name', update({ name: '\u001b[31mMira' })],
      ['a name that turns the text around', 'bad_name', update({ name: '\u202eariM' })],
      ['a name of 65 bytes', 'bad_name', update({ name: 'x'.repeat(65) })],
      ['another rider in the body', 'identity_mismatch', update({ racerId: 78 })],
      ['another class in the body', 'identity_mismatch', update({ classId: 12 })],
      ['a race of tomorrow', 'bad_race', update({ raceId: update().raceId + 8640 })],
      ['a race that is over', 'too_late', update({ raceId: update().raceId - 10 })],
      ['more than 1 KiB', 'too_big', update({ extra: 'x'.repeat(1100) })],
    ];
    const counter = (reason) => `alleycat_updates_refused_total{reason="${reason}"}`;
    const reasons = [...new Set(cases.map(([, reason]) => reason)), 'unknown_class', 'bad_subject'];
    const before = new Map(await Promise.all(reasons.map(async (reason) => [reason, await world.metric(counter(reason))])));
    const sentFor = new Map();
    const refuse = async (what, reason, body, subject) => {
      const answer = await send(body, subject);
      assert.deepEqual({ ok: answer.ok, error: answer.error }, { ok: false, error: reason }, `${what}: ${JSON.stringify(answer)}`);
      assert.equal(typeof answer.message, 'string');
      assert.ok(answer.message.length > 5, `${what}: says more than "${answer.message}"`);
      assert.equal(answer.retry, false, what);
      assert.ok(Math.abs(answer.ts - Date.now()) < 60_000, what);
      sentFor.set(reason, (sentFor.get(reason) ?? 0) + 1);
    };
    for (const [what, reason, body] of cases) await refuse(what, reason, body);
    await refuse('a class that is not run here', 'unknown_class', update({ classId: 99 }), 'alleycat.update.99.77');
    await refuse('a rider in other than canonical decimal', 'bad_subject', update(), 'alleycat.update.11.077');
    const { message } = await send(update({ second: 301 }));
    assert.match(message, /301/);
    for (const [reason, count] of sentFor)
      await until(
        `${counter(reason)} has grown by ${count}`,
        async () => (await world.metric(counter(reason))) - before.get(reason) >= count,
      );

    assert.equal(await heldBack.ended, 0, heldBack.report);
    const verdict = await verify(world.client, [heldBack.log], world.rules);
    assert.ok(verdict.equal, verdict.report);
    assert.equal(verdict.expected.counts.accepted, 200);
  });

  scenario('is told to come again when it is only too early', async () => {
    // The bike's clock is ahead: second 10 of a ride that began now.
    const now = Date.now();
    const raceId = Math.floor(now / 1000 / world.rules.window_seconds) + 1;
    const answer = await send(update({ raceId, second: 10, deviceTimestamp: now, classId: 12, racerId: 5 }), 'alleycat.update.12.5');
    assert.deepEqual({ ok: answer.ok, error: answer.error, retry: answer.retry }, { ok: false, error: 'too_early', retry: true });
  });

  scenario('is never answered on a subject that does not begin with _INBOX', async () => {
    const { nc } = world.client;
    const good = update({ classId: 12, racerId: 6 });
    const heard = await world.client.collect('someone.else');
    const inJournal = await world.client.collect('alleycat.journal.12.1');
    const almost = await world.client.collect('_INBOXES.6');
    for (const reply of ['someone.else', 'alleycat.journal.12.1', '_INBOXES.6']) {
      nc.publish('alleycat.update.12.6', JSON.stringify(good), { reply });
      nc.publish('alleycat.update.12.6', 'nonsense', { reply });
      nc.publish('alleycat.query.now', '', { reply });
      nc.publish('alleycat.query.nonsense', '', { reply });
    }
    const answer = await send(good, 'alleycat.update.12.6');
    assert.equal(answer.ok, true, 'the same with an inbox is answered');
    assert.ok((await world.client.query('now')).rules, 'and so is a query');
    await sleep(500);
    assert.deepEqual([heard.length, inJournal.length, almost.length], [0, 0, 0]);
    assert.deepEqual(await world.client.streamSubjects('ALLEYCAT_JOURNAL_12', 'alleycat.journal.12.1'), {});
  });

  scenario('inside a batch of a gateway is refused alone, by its index', async () => {
    const rider = (racerId, changes) => update({ classId: 12, racerId, ...changes });
    const answer = await send({ updates: [rider(20), rider(21, { cadence: 900 }), rider(22)] }, 'alleycat.batch.gym-7');
    assert.deepEqual({ ok: answer.ok, stored: answer.stored }, { ok: false, stored: 2 }, JSON.stringify(answer));
    assert.deepEqual(
      answer.refused.map(({ index, error, retry }) => ({ index, error, retry })),
      [{ index: 1, error: 'bad_cadence', retry: false }],
    );
    const good = await send({ updates: [rider(23), rider(24)] }, 'alleycat.batch.gym-7');
    assert.deepEqual({ ok: good.ok, stored: good.stored }, { ok: true, stored: 2 }, JSON.stringify(good));
    const nonsense = await send('{"updates":', 'alleycat.batch.gym-7');
    assert.equal(nonsense.ok, false, JSON.stringify(nonsense));
  });

  scenario('as Protobuf is refused like JSON, and a good one is taken', async () => {
    const encode = ({ cadence, resistance, name, event, ...rest }) =>
      Update.encode({ ...rest, event: 1, name: Buffer.from(name), cadence: cadence * 10, resistance: resistance * 10 }).finish();
    const good = update({ classId: 12, racerId: 30 });
    const answer = await send(encode(good), 'alleycat.update.12.30');
    assert.equal(answer.ok, true, JSON.stringify(answer));
    for (const [reason, changes] of [
      ['bad_second', { second: 301 }],
      ['bad_cadence', { cadence: 900 }],
      ['bad_name', { name: 'a\u0007' }],
      ['identity_mismatch', { racerId: 31 }],
    ]) {
      const refused = await send(encode({ ...good, ...changes }), 'alleycat.update.12.30');
      assert.deepEqual({ ok: refused.ok, error: refused.error }, { ok: false, error: reason });
    }
    const garbage = await send(Buffer.from([0x0a, 0xff, 0x01]), 'alleycat.update.12.30');
    assert.deepEqual({ ok: garbage.ok, error: garbage.error }, { ok: false, error: 'bad_json' });
  });

  scenario('sent twice is acknowledged twice: a repeat is no fault of the bike', async () => {
    const good = update({ classId: 12, racerId: 7 });
    const first = await send(good, 'alleycat.update.12.7');
    const second = await send(good, 'alleycat.update.12.7');
    assert.equal(first.ok, true, JSON.stringify(first));
    assert.equal(second.ok, true, JSON.stringify(second));
    assert.ok(Number.isSafeInteger(first.seq) && second.seq >= first.seq);
  });
});
