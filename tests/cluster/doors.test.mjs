// The shipped nats-server configurations: pages of other sites are refused, bikes by MQTT are taken, on each of three servers.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { freePort } from '../e2e/lib/processes.mjs';
import { until } from '../e2e/lib/until.mjs';
import { natsServerPath, programPath, World } from '../e2e/lib/world.mjs';
import { clusterTest, pageOrigin } from './lib/cluster_world.mjs';
import { handshake, publishByMqtt } from './lib/doors.mjs';

const foreign = ['http://evil.example', 'http://race.example:8081', 'https://race.example:8080', 'http://race.example', 'null'];

clusterTest('three nats-servers serve the page and MQTT bikes, and no other page', { servers: 3 }, async (world) => {
  for (const { webSocket } of world.servers.values()) {
    assert.equal(await handshake(world.hub, webSocket, pageOrigin), 101);
    assert.equal(await handshake(world.hub, webSocket, null), 101, 'what is no browser says no origin');
    for (const origin of foreign) assert.equal(await handshake(world.hub, webSocket, origin), 403, origin);
  }
  const stored = () =>
    Promise.all(['node-1', 'node-2', 'node-3'].map((name) => world.metricOf(name, 'alleycat_updates_acknowledged_total')));
  const { window_seconds } = world.rules;
  for (const { mqtt } of world.servers.values()) {
    const before = (await stored()).reduce((sum, count) => sum + count);
    const now = Date.now();
    const raceId = Math.floor(now / 1000 / window_seconds);
    const update = {
      event: 'update',
      deviceTimestamp: now,
      second: 1,
      raceId,
      name: 'Adell',
      racerId: 8 + mqtt,
      classId: 1,
      cadence: 74.2,
      resistance: 74,
    };
    await publishByMqtt(world.hub, mqtt, `alleycat/update/1/${update.racerId}`, JSON.stringify(update));
    await until('the update by MQTT is in the journal', async () => (await stored()).reduce((sum, count) => sum + count) > before);
  }
});

test("the nats-server of ops/up lets the nodes' pages in and no other", async () => {
  const world = new World();
  try {
    const [port, webSocket, mqtt] = [await freePort(), await freePort(), await freePort()];
    const store = world.path('nats');
    mkdirSync(store, { recursive: true });
    world.run('nats', natsServerPath(), ['-c', resolve(import.meta.dirname, '../../ops/nats/up.conf')], {
      ALLEYCAT_NATS_LISTEN: `127.0.0.1:${port}`,
      ALLEYCAT_NATS_WS_LISTEN: `127.0.0.1:${webSocket}`,
      ALLEYCAT_NATS_MQTT_LISTEN: `127.0.0.1:${mqtt}`,
      ALLEYCAT_NATS_ORIGINS: '["http://127.0.0.1:8080", "http://localhost:8080"]',
      ALLEYCAT_NATS_STORE: `"${store}"`,
    });
    await until('the WebSocket is open', () => handshake('127.0.0.1', webSocket, null).catch(() => false));
    for (const origin of ['http://127.0.0.1:8080', 'http://localhost:8080'])
      assert.equal(await handshake('127.0.0.1', webSocket, origin), 101);
    for (const origin of foreign) assert.equal(await handshake('127.0.0.1', webSocket, origin), 403, origin);
  } finally {
    await world.stop();
  }
});

test("a node's own nats-server lets the node's page in, by whatever name of the machine, and no other", async () => {
  const world = new World();
  try {
    const [http, webSocket] = [await freePort(), await freePort()];
    const node = world.run('node', programPath('alleycat-node'), [
      '--data',
      world.path('node'),
      '--name',
      'alone',
      '--nats-port',
      '0',
      '--ws-port',
      `${webSocket}`,
      '--http',
      `0.0.0.0:${http}`,
      '--http.origins',
      pageOrigin,
      '--config',
      world.path('node.toml'),
    ]);
    await world.untilReady(node, `http://127.0.0.1:${http}/readyz`);
    const host = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
    for (const origin of [`http://127.0.0.1:${http}`, `http://localhost:${http}`, `http://${host}:${http}`, pageOrigin])
      assert.equal(await handshake('127.0.0.1', webSocket, origin), 101, origin);
    for (const origin of [...foreign, `http://127.0.0.1:${http + 1}`, `https://127.0.0.1:${http}`])
      assert.equal(await handshake('127.0.0.1', webSocket, origin), 403, origin);
  } finally {
    await world.stop();
  }
});
