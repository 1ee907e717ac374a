// The queries as a NATS service, seen by a client library that knows nothing of Alleycat.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Svcm } from '@nats-io/services';

import { World } from './lib/world.mjs';

/** @type {World} */
let world;
before(async () => {
  world = await World.start();
});
after(() => world.stop());

/** Everything that answers within a moment. */
async function all(answers) {
  const found = [];
  for await (const answer of await answers) found.push(answer);
  return found;
}

test('a client library finds the node, its endpoints and what they did', async () =>
  world.guarded(async () => {
    const finder = new Svcm(world.client.nc).client({ maxWait: 2_000, stall: 1_000 });
    const [ping, ...others] = await all(finder.ping());
    assert.deepEqual(others, []);
    assert.deepEqual([ping.type, ping.name, ping.metadata], ['io.nats.micro.v1.ping_response', 'alleycat', { node: 'node-1' }]);
    assert.match(ping.id, /^[A-Za-z0-9]+$/);
    assert.match(ping.version, /^\d+\.\d+\.\d+/);
    assert.deepEqual(
      (await all(finder.ping('alleycat'))).map(({ id }) => id),
      [ping.id],
    );
    assert.deepEqual(
      (await all(finder.ping('alleycat', ping.id))).map(({ id }) => id),
      [ping.id],
    );

    const [info] = await all(finder.info('alleycat', ping.id));
    assert.equal(info.type, 'io.nats.micro.v1.info_response');
    assert.ok(info.description.length > 0);
    assert.deepEqual(
      info.endpoints.map(({ name, subject, queue_group }) => [name, subject, queue_group]),
      [
        ['query', 'alleycat.query.>', 'query'],
        ['ghost', 'alleycat.racer.*.ghost', 'query'],
      ],
    );

    const before = Date.now();
    await world.client.query('now');
    await world.client.query('classes');
    await world.client.query('leaderboard.99');
    await world.client.ask('alleycat.racer.8.ghost', '{}');
    const [stats] = await all(finder.stats('alleycat', ping.id));
    assert.equal(stats.type, 'io.nats.micro.v1.stats_response');
    assert.ok(Date.parse(stats.started) <= before);
    const [query, ghost] = stats.endpoints;
    assert.deepEqual([query.num_requests, query.num_errors, ghost.num_requests, ghost.num_errors], [3, 1, 1, 1]);
    assert.match(query.last_error, /unknown_class/);
    assert.ok(query.processing_time > 0 && query.average_processing_time === Math.floor(query.processing_time / 3));
    assert.equal((await all(finder.ping('alleycat', 'nobody')).catch(() => [])).length, 0);
  })());
