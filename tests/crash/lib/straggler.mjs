// A batch that comes too late: somebody's updates, written into the journal right behind a close mark.

import { decodeEntry, encodeBatch, encodeMark, journalStream, journalSubject } from '../../e2e/lib/journal.mjs';
import { until } from '../../e2e/lib/until.mjs';
import { deadlineOf } from '../../oracle/rules.mjs';

/** Racers of these numbers ride only in batches behind a mark: nobody may ever see them. */
export const firstStraggler = 900_000;

/** @returns {Promise<boolean>} whether the last message of a race's journal is a close mark */
export async function isMarked(client, { classId, raceId }) {
  const last = await client.lastOf(journalStream(classId), journalSubject(classId, raceId));
  return last !== null && 'mark' in decodeEntry(last.data);
}

/**
 * Writes good updates of a rider who started with the window, as soon as the race's mark is stored.
 * @param {import('../../e2e/lib/client.mjs').Client} client
 * @param {{classId: number, raceId: number}} race
 * @param {import('../../oracle/rules.mjs').Rules} rules
 * @returns {Promise<number>} position of the batch
 */
export async function appendBehindMark(client, { classId, raceId }, rules, racerId = firstStraggler) {
  const start = raceId * rules.window_seconds * 1000;
  const update = (second) => ({ racerId, second, deviceTimestamp: start + 1000 * second, cadence: 900, resistance: 500, name: 'Too Late' });
  await until(`the mark of race ${classId}/${raceId} is stored`, () => isMarked(client, { classId, raceId }));
  return client.append(journalSubject(classId, raceId), encodeBatch([1, 2, 3].map(update)));
}

/**
 * Writes a close mark in the middle of a race. It was stored before the deadline, so it ends nothing.
 * @param {import('../../e2e/lib/client.mjs').Client} client
 * @param {{classId: number, raceId: number}} race
 */
export async function appendEarlyMark(client, { classId, raceId }) {
  return client.append(journalSubject(classId, raceId), encodeMark({ epoch: 1, written: Date.now() }));
}

/**
 * Writes such a batch behind every close mark that is heard of.
 * @param {import('../../e2e/lib/client.mjs').Client} client
 * @param {import('../../oracle/rules.mjs').Rules} rules
 * @returns {() => number} ends it; how many were written
 */
export function straggleBehindMarks(client, rules) {
  let written = 0;
  const subscription = client.nc.subscribe('alleycat.journal.*.*', {
    callback: (error, message) => {
      if (error || !('mark' in decodeEntry(message.data))) return;
      const [classId, raceId] = message.subject.split('.').slice(-2).map(Number);
      // Behind a mark that was written too early, updates still count.
      if (Date.now() <= deadlineOf(rules, raceId)) return;
      // Not written is no fault: the nats-server may have been killed in between.
      appendBehindMark(client, { classId, raceId }, rules).then(
        () => (written += 1),
        () => {},
      );
    },
  });
  return () => {
    subscription.unsubscribe();
    return written;
  };
}
