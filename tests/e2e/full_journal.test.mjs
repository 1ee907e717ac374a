// A journal that fills up: bikes are told in time, close marks still have room, and once its races are closed it recovers by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from './lib/client.mjs';
import { journalSubject } from './lib/journal.mjs';
import { sleep, until } from './lib/until.mjs';
import { shortRules, World } from './lib/world.mjs';

const limit = 16 * 2 ** 20; // the smallest that a node takes
const rules = { ...shortRules, classes: shortRules.classes.slice(0, 1) };

test('a journal that is nearly full refuses with busy, closes its race, and takes updates again', async (t) => {
  const world = new World(rules);
  const body = world.guarded(async () => {
    await world.startNats();
    await world.startNode('node-1', ['--journal.max_bytes', `${limit}`]);
    world.client = await Client.connect(world.natsUrl);

    const window = rules.window_seconds * 1000;
    await sleep(window - (Date.now() % window));
    const raceId = Math.floor(Date.now() / window);
    const riders = world.startRiders('riders', ['--classes', 1, '--racers', 20, '--seconds', 5]);
    const update = () => {
      const start = Date.now() - 1000;
      return {
        event: 'update',
        deviceTimestamp: start + 1000,
        second: 1,
        raceId: Math.floor(start / window),
        name: 'Mira',
        racerId: 777,
        classId: 1,
        cadence: 80,
        resistance: 40,
      };
    };
    assert.equal(await riders.ended, 0, riders.report);

    // What does not decode takes room and changes nothing.
    const filler = new Uint8Array(900 * 1024).fill(0xff);
    for (let bytes = 0; bytes < 0.93 * limit; bytes += filler.length) await world.client.append(journalSubject(1, raceId), filler);

    const refused = await until('updates are refused', async () => {
      const answer = await world.client.ask('alleycat.update.1.777', update());
      return answer.ok ? null : answer;
    });
    assert.deepEqual([refused.error, refused.retry], ['busy', true]);
    assert.match(world.node.stderr, /journal\.filling class=1 percent=\d+/);
    await until('the metrics say how full it is', async () => {
      const metrics = await (await fetch(`${world.httpUrl}/metrics`)).text();
      const [, bytes] = /^alleycat_stream_bytes\{stream="ALLEYCAT_JOURNAL_1"\} ([\d.e+]+)$/m.exec(metrics) ?? [];
      return Number(bytes) > 0.9 * limit;
    });

    await until(
      'the race is closed and its journal purged',
      async () => {
        const answer = await world.client.ask('alleycat.update.1.777', update());
        return answer.ok;
      },
      { seconds: 60 },
    );
    const result = await world.client.query(`race.1.${raceId}`);
    assert.equal(result.state, 'closed');
    assert.equal(result.rows.filter(({ racerId }) => racerId !== 777).length, 20);
    t.diagnostic(`refused with "${refused.message}"`);
  });
  try {
    await body(t);
  } finally {
    await world.stop();
  }
});
