// A node that cannot start says why and ends; nobody has to kill it.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { freePort } from './lib/processes.mjs';
import { until } from './lib/until.mjs';
import { programPath, World } from './lib/world.mjs';

/** The exit code, or the signal; an error when it does not end. */
const endOf = (program) => until(`${program.name} ends`, async () => (program.running ? null : [await program.ended]), { seconds: 30 });

test('a port of the page that is taken is named, and the node ends with 1', async () => {
  const world = new World();
  const taken = createServer();
  try {
    await world.guarded(async () => {
      await world.startNats();
      const port = await freePort();
      await new Promise((resolve) => taken.listen(port, '127.0.0.1', resolve));
      const args = [
        '--nats',
        world.natsUrl,
        '--name',
        'node-1',
        '--data',
        world.path('node-1'),
        '--listen',
        '127.0.0.1:0',
        '--http',
        `127.0.0.1:${port}`,
      ];
      const node = world.run('node-1', programPath('alleycat-node'), args);
      assert.deepEqual(await endOf(node), [1], node.report);
      assert.match(node.stderr, / error node\.failed error=.*in use/);
    })();
  } finally {
    taken.close();
    await world.stop();
  }
});

test('a node that waits for NATS ends when it is told to', async () => {
  const world = new World();
  try {
    await world.guarded(async () => {
      const args = [
        '--nats',
        `nats://127.0.0.1:${await freePort()}`,
        '--name',
        'node-1',
        '--data',
        world.path('node-1'),
        '--listen',
        '127.0.0.1:0',
        '--http',
        '127.0.0.1:0',
      ];
      const node = world.run('node-1', programPath('alleycat-node'), args);
      await until('it waits', () => node.stderr.includes('nats.not_ready'));
      node.child.kill('SIGTERM');
      assert.deepEqual(await endOf(node), [1], node.report);
      assert.match(node.stderr, / error node\.failed error=/);
    })();
  } finally {
    await world.stop();
  }
});
