// /status: what people see who have neither Prometheus nor Grafana.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from './lib/until.mjs';
import { World } from './lib/world.mjs';

test('/status shows owners, rates and the last events, as a page and as JSON', async () => {
  const world = await World.start();
  try {
    await world.guarded(async () => {
      const status = async () => (await fetch(`${world.httpUrl}/status.json`)).json();
      const still = await status();
      assert.equal(still.node, 'node-1');
      assert.equal(still.ready, true);
      assert.deepEqual(
        still.classes.map(({ classId, owner, here, lagMs }) => ({ classId, owner, here, lagMs })),
        world.rules.classes.map(({ id }) => ({ classId: id, owner: 'node-1', here: true, lagMs: 0 })),
      );
      assert.deepEqual(
        still.nodes.map(({ name, state, ready }) => ({ name, state, ready })),
        [{ name: 'node-1', state: 'live', ready: true }],
      );
      assert.equal(still.seconds.acknowledged50, null);

      const riders = world.startRiders('riders', ['--racers', 20, '--classes', 1, '--ack', '--start', 'next']);
      const riding = await until('rates and times show the riders', async () => {
        const now = await status();
        return now.perSecond.acknowledged > 1 && now.riders === 20 && now.perSecond.standings > 0 && now.seconds.standings99 && now;
      });
      assert.ok(riding.seconds.acknowledged50 <= riding.seconds.acknowledged99);
      assert.ok(riding.perSecond.received < 40, 'a rate of the last 10 s, not a sum');
      assert.equal(riding.races, 1);
      assert.ok(
        riding.events.some((line) => /info race\.opened class=1 /.test(line)),
        riding.events.join('\n'),
      );
      assert.ok(riding.events.length <= 50);

      const response = await fetch(`${world.httpUrl}/status`);
      assert.match(response.headers.get('content-type'), /^text\/html/);
      const page = await response.text();
      assert.match(page, /<td>1<\/td><td>Course 1<\/td><td>node-1<\/td>/);
      assert.match(page, /<td>Riders live here<\/td><td>20<\/td>/);
      assert.match(page, /<li>[^<]*race\.opened class=1/);
      assert.doesNotMatch(page, /style=|<script/, 'the content security policy would not let it');
      assert.match(await (await fetch(`${world.httpUrl}/status.css`)).text(), /table/);
      assert.equal(await riders.ended, 0);
      await until('the rates are 0 again', async () => (await status()).perSecond.received === 0, { seconds: 40 });
    })();
  } finally {
    await world.stop();
  }
});
