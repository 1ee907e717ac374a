// node storm.mjs NATS_URL RATE SECONDS CLASSES RACERS: questions of all kinds at a fixed rate from 8 clients, whatever the answers do.
// Prints one line: how long answers took, and how many of each kind there were.

import { Client } from '../../e2e/lib/client.mjs';
import { sleep } from '../../e2e/lib/until.mjs';
import { percentile } from './figures.mjs';
import { questionsOf } from './questions.mjs';

const [url] = process.argv.slice(2);
const [rate, seconds, classes, racers] = process.argv.slice(3).map(Number);

/** Questions at a fixed rate, all kinds in turn. @returns {Promise<{times: number[], codes: Map<string, number>}>} */
async function stormOf(clients, rate, seconds) {
  const kinds = Object.values(questionsOf(classes, racers));
  const times = [];
  const codes = new Map();
  const count = (code) => codes.set(code, (codes.get(code) ?? 0) + 1);
  const waiting = [];
  const began = performance.now();
  for (let sent = 0; sent < rate * seconds;) {
    for (; sent < ((performance.now() - began) / 1000) * rate; sent += 1) {
      const [what, args] = kinds[sent % kinds.length]();
      const asked = performance.now();
      waiting.push(
        clients[sent % clients.length].query(what, args).then(
          (answer) => {
            times.push(performance.now() - asked);
            count(answer.error?.code ?? 'answered');
          },
          () => count('no answer'),
        ),
      );
    }
    await sleep(5);
  }
  await Promise.all(waiting);
  return { times, codes };
}

const clients = await Promise.all(Array.from({ length: 8 }, () => Client.connect(url)));
const { times, codes } = await stormOf(clients, rate, seconds);
console.log(
  `p50 ${percentile(times, 0.5).toFixed(2)} ms  p99 ${percentile(times, 0.99).toFixed(2)} ms: ${[...codes].map(([code, n]) => `${n} ${code}`).join(', ')}`,
);
await Promise.all(clients.map((each) => each.close()));
