// A node that keeps no journal, for comparisons.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from './lib/client.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

test('a race whose journal nobody keeps ends as the oracle says, as long as nothing dies', async (t) => {
  const world = new World();
  try {
    await world.guarded(async () => {
      await world.startNats();
      await world.startNode('node-1', ['--journal.storage', 'off']);
      world.client = await Client.connect(world.natsUrl);
      const log = await world.ride('riders', ['--classes', 3, '--racers', 50, '--ack', '--start', 'next']);
      const verdict = await verify(world.client, [log], world.rules, { kept: false });
      assert.ok(verdict.equal, verdict.report);
      const { streams } = await world.client.ask('$JS.API.STREAM.NAMES');
      assert.deepEqual(
        streams.filter((name) => name.includes('JOURNAL')),
        [],
      );
      t.diagnostic(verdict.report);
    })();
  } finally {
    await world.stop();
  }
});
