#!/usr/bin/env node
// After a run of riders: waits for the results of their races, compares everything with the oracle, prints the podiums.
//
//   node verify_once.mjs --nats URL --log FILE [--log FILE]… --rules RULES.json [--seconds 60]
//
// Exit code: 0 all equal, 1 not equal or no result in time (the reason is printed), 2 wrong usage.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { Client } from '../e2e/lib/client.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { completeRules } from './rules.mjs';

/** @param {import('./oracle.mjs').RaceTables} race */
function podium(race) {
  const rows = race.ranking.filter((row) => row.rank !== null && row.rank <= 3);
  const others = race.ranking.filter((row) => row.rank === null).length;
  const lines = rows.map((row) => {
    const total = (row.total / 10_000).toFixed(4);
    return `  ${String(row.rank).padStart(2)}. ${(row.name || '(no name)').padEnd(24)} ${String(row.racerId).padStart(8)} ${total.padStart(13)}`;
  });
  if (lines.length === 0) lines.push('  nobody finished');
  const finished = `${race.ranking.length - others} of ${race.ranking.length} finished`;
  return [`Class ${race.classId}, race ${race.raceId}: ${finished}`, ...lines].join('\n');
}

const { values } = parseArgs({
  options: {
    nats: { type: 'string' },
    log: { type: 'string', multiple: true },
    rules: { type: 'string' },
    seconds: { type: 'string', default: '60' },
  },
});
if (!values.nats || !values.log || !values.rules || !(Number(values.seconds) > 0)) {
  console.error('usage: verify_once.mjs --nats URL --log FILE [--log FILE]… --rules RULES.json [--seconds 60]');
  process.exit(2);
}
let client;
try {
  const rules = completeRules(JSON.parse(readFileSync(values.rules, 'utf8')));
  client = await Client.connect(values.nats);
  const { equal, report, actual, expected } = await verify(client, values.log, rules, { seconds: Number(values.seconds), presume: true });
  for (const race of actual.races) console.log(podium(race));
  const { accepted, sent, unanswered } = expected.counts;
  console.log(`${accepted} of ${sent} updates accepted${unanswered > 0 ? `, ${unanswered} never answered` : ''}`);
  console.log(report);
  process.exitCode = equal ? 0 : 1;
} catch (error) {
  console.error(`not verified: ${error.message}`);
  process.exitCode = 1;
} finally {
  await client?.close();
}
