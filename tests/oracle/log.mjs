// The simulator's log: what was sent, and what was answered. One JSON object a line:
//
//   {"t":"sent","n":17,"ts":…,"update":{…}}             the update exactly as sent; `n` names it, also when it is sent again:
//                                                       each line is one message
//   {"t":"answer","n":17,"ts":…,"answer":{"ok":true,"seq":48211,"ts":…}}
//   {"t":"answer_lost","n":17,"ts":…,"answer":{…}}       the node answered, the bike was made not to hear it
//
// Other kinds of lines (start, end, lost, …) say nothing about what the node took in and are ignored.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * One update with everything that was answered to it.
 * @typedef {object} Sent
 * @property {object} update   as sent
 * @property {object[]} answers
 * @property {number} [sends]  how many messages it was; as many as there are answers, where it is not said
 */

/**
 * @param {AsyncIterable<string> | Iterable<string>} lines
 * @returns {Promise<Sent[]>} in the order of first sending
 * @throws {Error} on a line that is not JSON (a cut-off last line is no error: the simulator may have been killed), on
 *   an answer to nothing, or when one `n` names two different updates
 */
export async function parseLog(lines) {
  /** @type {Map<unknown, Sent & {text: string}>} */
  const byNumber = new Map();
  let number = 0;
  let broken = null;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    if (broken) throw new Error(broken);
    let entry;
    try {
      entry = JSON.parse(line);
    } catch {
      broken = `line ${number} of the log is not JSON: ${line.slice(0, 80)}`;
      continue;
    }
    if (entry.t === 'sent') {
      const text = JSON.stringify(entry.update);
      const known = byNumber.get(entry.n);
      if (!known) byNumber.set(entry.n, { update: entry.update, answers: [], sends: 1, text });
      else if (known.text === text) known.sends += 1;
      else throw new Error(`line ${number} of the log gives n ${entry.n} to another update`);
    } else if (entry.t === 'answer' || entry.t === 'answer_lost') {
      const known = byNumber.get(entry.n);
      if (!known) throw new Error(`line ${number} of the log answers n ${entry.n}, which was not sent`);
      known.answers.push(entry.answer);
    }
  }
  return [...byNumber.values()].map(({ update, answers, sends }) => ({ update, answers, sends }));
}

/**
 * @param {string} path
 * @returns {Promise<Sent[]>}
 */
export function readLog(path) {
  return parseLog(createInterface({ input: createReadStream(path), crlfDelay: Infinity }));
}
