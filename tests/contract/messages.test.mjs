// Everything that a cluster under load says is as docs/asyncapi.yaml says, and every kind of message is seen.

import assert from 'node:assert/strict';

import { passing } from '../e2e/lib/client.mjs';
import { until } from '../e2e/lib/until.mjs';
import { clusterTest } from '../cluster/lib/cluster_world.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { Document } from './lib/document.mjs';

const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 15,
  grace_seconds: 8,
  classes: [1, 2].map((id) => ({ id, score: id === 2 ? 'output' : 'total' })),
});

clusterTest(
  'what is said by two nodes, 80 riders and whoever asks is as the document says',
  { nodes: 2, rules, flags: () => ['--race.views', 'all'] },
  async (world, t) => {
    const document = new Document();
    const faults = [];
    let judged = 0;
    world.client.nc.subscribe('alleycat.>', {
      callback: (_, message) => {
        // Rides in the results stream are Protobuf, as the journal is.
        if (!document.channelOf(message.subject)) return;
        judged += 1;
        const body = message.data.length === 0 ? {} : parsed(message);
        if (body !== undefined) faults.push(...document.judge(message.subject, body));
      },
    });
    await world.client.nc.flush();
    /** Asks, judges the answer, returns it. */
    const ask = async (subject, body = {}) => {
      const answer = await world.client.ask(subject, body);
      faults.push(...document.judgeAnswer(subject, answer));
      return answer;
    };
    /** The same, asked again while a class changes hands: what is told to come again is judged too, but it is no answer. */
    const query = (what, body) =>
      until(`an answer to ${what}`, async () => {
        const answer = await ask(`alleycat.query.${what}`, body);
        return !passing.has(answer.error?.code) && answer;
      });
    const update = (racerId, more = {}) => {
      const now = Date.now();
      const raceId = Math.floor(now / 1000 / rules.window_seconds);
      return { event: 'update', deviceTimestamp: now, second: 1, raceId, racerId, classId: 1, cadence: 74.2, resistance: 74, ...more };
    };

    // A first race gives the second one bests, records and ghosts.
    const first = await world.startRace([], 40);
    await until('it is open', async () => (await query('now')).classes.every(({ races }) => races.length > 0));
    await query('race.1.' + first.raceId);
    await query(`race.1.${first.raceId}`, { second: 'half', limit: 5 });
    await world.assertWhole(first, t);

    const second = await world.startRace(['--duplicate', '0.2'], 40);
    const [rider, other] = (await query('leaderboard.1', { limit: 2 })).rows.map(({ racerId }) => racerId);
    await until('the ghost is chosen', async () => (await ask(`alleycat.racer.${rider}.ghost`, { classId: 1, ghost: other })).ok);
    await ask('alleycat.racer.4000000000.ghost', { classId: 1, ghost: 'leader' });
    assert.equal((await ask('alleycat.update.1.9001', update(9001, { power: 230, heartRate: 140, view: true, name: 'Ada' }))).ok, true);
    assert.equal((await ask('alleycat.update.1.9001', update(9001, { second: 301 }))).error, 'bad_second');
    assert.equal((await ask('alleycat.update.1.9001', 'nonsense')).error, 'bad_json');
    const batch = await ask('alleycat.batch.gym', { updates: [update(9002), update(9003, { cadence: 900 })] });
    assert.deepEqual([batch.ok, batch.stored, batch.refused.length], [false, 1, 1]);
    assert.equal((await ask('alleycat.batch.gym', { updates: [update(9004)] })).ok, true);
    // An owner that was stopped and wakes is fenced; then it is sent away, and what it owned changes hands.
    const owner = await until('class 1 has an owner', async () => (await query('cluster')).classes[0].owner);
    world.pauseNode(owner);
    await until('it was taken over', async () => (await query('cluster')).classes.every((each) => each.owner !== owner && each.ready));
    world.resumeNode(owner);
    await until('it was fenced', () => document.alternatives.has('Fenced'));
    // 1: updates that a stopped node had taken may be without an answer.
    assert.ok([0, 1].includes(await second.riders.ended), second.riders.report);
    await until(
      'its races are closed',
      async () => {
        const lists = await Promise.all([1, 2].map((course) => query(`races.${course}`, { limit: 10 })));
        return lists.every(({ rows }) => rows.some(({ raceId }) => raceId === second.raceId));
      },
      { seconds: 90 },
    );

    for (const course of [1, 2]) {
      const { raceId } = second;
      await query(`race.${course}.${raceId}`);
      await query(`race.${course}.${raceId}`, { second: 7 });
      await query(`alltime.${course}.7`, { limit: 5, around: rider });
      for (const period of ['all', 'today', '7d', '30d']) await query(`leaderboard.${course}`, { period });
      for (const who of ['leader', 'median', 'rank-2', rider]) await query(`ghost.${course}.${who}`);
      await query(`ride.${course}.${raceId}.${rider}`);
    }
    await query('classes');
    await query('search', { text: 'ad' });
    await query(`racer.${rider}`, { limit: 3 });
    const { raceId } = second;
    await query(`rename.${rider}`, { name: 'Adell', by: 'marshal' });
    await query(`hide.${rider}`);
    await query(`clear.${rider}`);
    await query(`exclude.1.${raceId}.${other}`, { by: 'marshal' });
    await query(`race.1.${raceId}`);
    await query('forget.9001');
    await query('audit', { limit: 10 });
    for (const wrong of ['leaderboard.99', 'race.1.1', 'racer.4000000000', 'ride.1.1.1', 'nonsense', 'drain.node-9']) await query(wrong);
    const left = document.alternatives.get('NodeCameOrLeft') ?? 0;
    await query('drain.node-2');
    await until('it has left', () => (document.alternatives.get('NodeCameOrLeft') ?? 0) > left);

    assert.deepEqual([...new Set(faults)].slice(0, 20), []);
    await until('the dead letters are out', () => document.seen.has('deadLetter'));
    const events = document.api.components.schemas.Event.oneOf.map(({ $ref }) => $ref.split('/').at(-1));
    // Strangers at the nodes' own port: tests/cluster/tls.test.mjs.
    const elsewhere = ['PeerRefused'];
    assert.deepEqual(
      {
        messages: document.messages.filter((name) => !document.seen.has(name)),
        events: events.filter((name) => !document.alternatives.has(name) && !elsewhere.includes(name)),
      },
      { messages: [], events: [] },
      'all were seen',
    );
    t.diagnostic(`${judged} messages judged: ${[...document.seen].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  },
);

/** What was sent wrong on purpose is no JSON, or not as it should be: nodes refuse it, we do not judge it. */
function parsed(message) {
  const wrong = message.subject.startsWith('alleycat.update.') || message.subject.startsWith('alleycat.batch.');
  try {
    const body = message.json();
    return wrong && (body.second > rules.ride_seconds || body.updates?.some(({ cadence }) => cadence > 250)) ? undefined : body;
  } catch (error) {
    if (wrong) return undefined;
    throw error;
  }
}
