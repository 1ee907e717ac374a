// Listens to what a page's bike says, and writes it down as the simulator does: the oracle reads both alike.

import { appendFileSync, writeFileSync } from 'node:fs';

/**
 * Everything one rider of one class sends from now on, and every answer to it.
 * @param {import('../../e2e/lib/client.mjs').Client} client
 * @param {string} log  path of the file
 * @returns {Promise<{sent: Map<string, object[]>, log: string}>} `sent`: by "race/second", all sendings of it
 */
export async function tap(client, classId, racerId, log) {
  writeFileSync(log, '');
  const sent = new Map();
  const asked = new Map();
  const write = (entry) => appendFileSync(log, `${JSON.stringify(entry)}\n`);
  client.nc.subscribe('_INBOX.>', {
    callback: (error, message) => {
      if (error || !asked.has(message.subject) || message.data.length === 0) return;
      write({ t: 'answer', n: asked.get(message.subject), ts: Date.now(), answer: message.json() });
    },
  });
  client.nc.subscribe(`alleycat.update.${classId}.${racerId}`, {
    callback: (error, message) => {
      if (error) return;
      const update = message.json();
      const n = `${update.raceId}/${update.second}`;
      sent.set(n, [...(sent.get(n) ?? []), update]);
      asked.set(message.reply, n);
      // The log names an update by `n`, and refuses another one under the same name.
      write({ t: 'sent', n, ts: Date.now(), update });
    },
  });
  await client.nc.flush();
  return { sent, log };
}
