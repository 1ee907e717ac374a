// Riders who race against a stored ride.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { exact } from './lib/tables.mjs';
import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

/** @type {World} */
let world;
before(async () => {
  world = await World.start();
});
after(() => world.stop());

const choose = (racerId, body) => world.client.ask(`alleycat.racer.${racerId}.ghost`, { classId: 3, ...body });

test('a ghost chosen in the ride goes along from then on: the gap of each second', async (t) =>
  world.guarded(async () => {
    const riders = ['--classes', 3, '--racers', 20, '--first-racer', 100, '--ack', '--start', 'next'];
    const first = await world.ride('first', [...riders, '--seed', 1]);
    const verdict = await verify(world.client, [first], world.rules);
    assert.ok(verdict.equal, verdict.report);
    assert.equal((await choose(100, { ghost: 'leader' })).error?.code, 'not_riding');

    const curves = {};
    for (const what of ['leader', 'median', 'rank-2', '107']) curves[what] = (await world.client.query(`ghost.3.${what}`)).scores;
    const views = await world.client.collect('alleycat.racer.*.view');
    const second = world.startRiders('second', [...riders, '--seed', 2]);
    await until('everybody rides', () => new Set(views.map(({ subject }) => subject)).size === 20);
    const wanted = { 100: 'leader', 101: 'median', 102: 'rank-2', 103: 107 };
    for (const [racerId, ghost] of Object.entries(wanted)) {
      const answer = await choose(racerId, { ghost });
      assert.equal(answer.ok, true, JSON.stringify(answer));
      assert.equal(exact(answer.ghost.total), exact(curves[ghost].at(-1)));
    }
    // A rider who is still to come: for a race that is named.
    const { raceId } = views.at(-1).json();
    assert.equal((await choose(900, { ghost: 'leader' })).error.code, 'not_riding');
    assert.equal((await choose(900, { ghost: 'leader', raceId })).ok, true);
    const update = {
      event: 'update',
      deviceTimestamp: Date.now(),
      second: 1,
      raceId,
      name: 'Late',
      racerId: 900,
      classId: 3,
      cadence: 80,
      resistance: 40,
    };
    assert.equal((await world.client.ask('alleycat.update.3.900', update)).ok, true);
    assert.equal(await second.ended, 0, second.report);

    const heard = (racerId) => views.filter(({ subject }) => subject === `alleycat.racer.${racerId}.view`).map((message) => message.json());
    for (const [racerId, ghost] of Object.entries({ ...wanted, 900: 'leader' })) {
      const last = await until(`the last view of ${racerId}`, () =>
        heard(racerId).find((view) => view.ghost !== null && (racerId === '900' || view.second === world.rules.ride_seconds)),
      );
      const kind = typeof ghost === 'number' ? 'racer' : ghost;
      for (const view of heard(racerId).filter((each) => each.ghost !== null)) {
        assert.equal(view.ghost.kind, kind);
        assert.equal(exact(view.ghost.total), exact(curves[ghost][view.second - 1]), `${racerId} at ${view.second}`);
        assert.equal(exact(view.ghost.delta), exact(view.total) - exact(view.ghost.total));
      }
      if (ghost === 107) assert.equal(last.ghost.racerId, 107);
      if (ghost === 'median') assert.equal(last.ghost.racerId, null);
    }
    assert.ok(
      heard(110).every((view) => view.ghost === null),
      'nobody else has a ghost',
    );
    t.diagnostic(`${views.length} views`);
  })());

test('a ghost can be given up, and a bad request is answered', async () =>
  world.guarded(async () => {
    const views = await world.client.collect('alleycat.racer.100.view');
    const riders = world.startRiders('third', [
      '--classes',
      3,
      '--racers',
      1,
      '--first-racer',
      100,
      '--seed',
      3,
      '--ack',
      '--start',
      'next',
    ]);
    await until('the rider rides', () => views.some((message) => message.json().second < world.rules.ride_seconds));
    assert.equal((await choose(100, { ghost: 'leader' })).ok, true);
    await until('the ghost is there', () => views.some((message) => message.json().ghost !== null));
    assert.equal((await choose(100, { ghost: null })).ghost, null);
    await until('the ghost is gone', () => views.at(-1).json().ghost === null);
    for (const [body, code] of [
      [{ ghost: 'nobody' }, 'unknown_ghost'],
      [{}, 'bad_request'],
      [{ ghost: 'leader', classId: 99 }, 'unknown_class'],
      [{ ghost: 'rank-999' }, 'unknown_ghost'],
      [{ ghost: 'leader', classId: 5 }, 'unknown_ghost'],
    ])
      assert.equal((await choose(100, body)).error?.code, code, JSON.stringify(body));
    assert.equal(await riders.ended, 0, riders.report);
  })());
