// The journal, read and written by its schema alone (messages/journal.proto): what stands in it, whoever put it there.

import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

import { deadlineOf } from '../../oracle/rules.mjs';

const schema = readFileSync(new URL('../../../messages/journal.proto', import.meta.url), 'utf8');
const JournalEntry = protobuf.parse(schema).root.lookupType('alleycat.v1.JournalEntry');

export const journalSubject = (classId, raceId) => `alleycat.journal.${classId}.${raceId}`;
export const journalStream = (classId) => `ALLEYCAT_JOURNAL_${classId}`;

/**
 * @typedef {object} JournalUpdate
 * @property {number} racerId
 * @property {number} second
 * @property {number} deviceTimestamp
 * @property {number} cadence     0.1 rpm
 * @property {number} resistance  0.1 %
 * @property {string} [name]
 */

/**
 * @param {Uint8Array} data
 * @returns {{mark: {epoch: number, written: number}} | {updates: JournalUpdate[]}}
 */
export function decodeEntry(data) {
  const { close, batch } = JournalEntry.toObject(JournalEntry.decode(data), { longs: Number, defaults: true, arrays: true });
  if (close) return { mark: { epoch: close.epoch, written: close.written } };
  const names = new Map(batch.nameAt.map((at, i) => [at, Buffer.from(batch.names[i]).toString()]));
  let racer = 0;
  let second = 0;
  let deviceTimestamp = 0;
  const updates = batch.racers.map((step, i) => {
    racer = (racer + step) >>> 0;
    second += batch.seconds[i];
    deviceTimestamp += batch.deviceTimestamps[i];
    const bits = batch.measured[3 * i] | (batch.measured[3 * i + 1] << 8) | (batch.measured[3 * i + 2] << 16);
    const update = { racerId: racer, second, deviceTimestamp, cadence: bits & 0xfff, resistance: bits >> 12 };
    return names.has(i) ? { ...update, name: names.get(i) } : update;
  });
  return { updates };
}

/**
 * @param {{epoch: number, written: number}} mark
 * @returns {Uint8Array}
 */
export function encodeMark(mark) {
  return JournalEntry.encode(JournalEntry.fromObject({ close: mark })).finish();
}

/**
 * A batch as an ingest actor writes it.
 * @param {JournalUpdate[]} updates
 * @returns {Uint8Array}
 */
export function encodeBatch(updates) {
  const steps = (key) => updates.map((update, i) => update[key] - (updates[i - 1]?.[key] ?? 0));
  const named = updates.flatMap(({ name }, i) => (name ? [i] : []));
  const batch = {
    racers: steps('racerId'),
    seconds: steps('second'),
    deviceTimestamps: steps('deviceTimestamp'),
    measured: Uint8Array.from(
      updates.flatMap(({ cadence, resistance }) => {
        const bits = cadence | (resistance << 12);
        return [bits & 0xff, (bits >> 8) & 0xff, bits >> 16];
      }),
    ),
    nameAt: named,
    names: named.map((i) => Buffer.from(updates[i].name)),
  };
  return JournalEntry.encode(JournalEntry.fromObject({ batch })).finish();
}

/**
 * What the journal says of some races.
 * @param {import('./client.mjs').Client} client
 * @param {{classId: number, raceId: number}[]} races
 * @param {import('../../oracle/rules.mjs').Rules} rules  a close mark counts when it was stored after the deadline
 * @returns {Promise<{marks: Map<string, number>, updates: (JournalUpdate & {classId: number, raceId: number, seq: number, at: number})[]}>}
 *   marks: sequence of the first close mark that counts by `class/race`; updates in their order, `at` = ms, by the stream's clock
 */
export async function readJournal(client, races, rules) {
  const marks = new Map();
  const updates = [];
  const wanted = new Set(races.map(({ classId, raceId }) => journalSubject(classId, raceId)));
  for (const classId of new Set(races.map((race) => race.classId)))
    for (const { subject, seq, at, data } of await client.readStream(journalStream(classId))) {
      if (!wanted.has(subject)) continue;
      const raceId = Number(subject.split('.').at(-1));
      const entry = decodeEntry(data);
      if ('updates' in entry) updates.push(...entry.updates.map((update) => ({ ...update, classId, raceId, seq, at })));
      else if (!marks.has(`${classId}/${raceId}`) && (rules.admit !== 'live' || at > deadlineOf(rules, raceId)))
        marks.set(`${classId}/${raceId}`, seq);
    }
  return { marks, updates };
}
