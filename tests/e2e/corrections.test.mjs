// Corrections by an operator: on every node, after a restart, from an empty data folder.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { programPath, World } from './lib/world.mjs';

/** @returns {Promise<string>} what the command said */
async function alleycat(world, ...args) {
  const command = world.run(`alleycat ${args[0]}`, programPath('alleycat'), [
    '--nats',
    world.natsUrl,
    '--timeout',
    '20',
    ...args.map(String),
  ]);
  assert.equal(await command.ended, 0, command.report);
  return command.stdout;
}

/** Everywhere a rider's name shows, once the rider has ridden in these races of class 3. */
async function namesOf(client, racerId, races) {
  const own = ({ rows }) => rows.find((row) => row.racerId === racerId)?.name;
  const names = {
    leaderboard: own(await client.query('leaderboard.3', { limit: 1000 })),
    today: own(await client.query('leaderboard.3', { limit: 1000, period: '7d' })),
    allTime: own(await client.query('alltime.3.5', { limit: 1000 })),
    racer: (await client.query(`racer.${racerId}`)).name,
    search: own(await client.query('search', { text: `${racerId}` })),
  };
  for (const raceId of races) {
    names[`result ${raceId}`] = own(await client.query(`race.3.${raceId}`));
    names[`second 5 of ${raceId}`] = own(await client.query(`race.3.${raceId}`, { second: 5 }));
    names[`ride ${raceId}`] = (await client.query(`ride.3.${raceId}.${racerId}`)).name;
  }
  return names;
}

describe('after two races', () => {
  /** @type {World} */
  let world;
  let races;
  before(async () => {
    world = await World.start();
    try {
      const riders = ['--classes', 3, '--racers', 20, '--ack'];
      const logs = [
        await world.ride('first', [...riders, '--seed', 1, '--start', 'next']),
        await world.ride('second', [...riders, '--seed', 2, '--start', 'next']),
      ];
      const verdict = await verify(world.client, logs, world.rules);
      assert.ok(verdict.equal, verdict.report);
      races = verdict.results.map(({ raceId }) => raceId);
      assert.equal(races.length, 2);
      await until('both races are merged', async () => (await world.client.query('races.3')).rows.length === 2);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  /** Only this node runs from here on. */
  const alone = async (name, flags = []) => {
    for (const program of world.programs) if (/^node-/.test(program.name) && program.running) await program.stop();
    await world.startNode(name, flags);
  };
  const isNamed = async (racerId, name) => {
    const names = await namesOf(world.client, racerId, races);
    assert.deepEqual(names, Object.fromEntries(Object.keys(names).map((where) => [where, name])));
  };

  scenario('a renamed rider has the new name everywhere, on every node, and keeps it', async () => {
    const first = world.node;
    await world.startNode('node-2');
    const {
      rows: [{ racerId, name: before }, other],
    } = await world.client.query('leaderboard.3');
    const said = await alleycat(world, 'rename', racerId, 'Żaneta Ñandú');
    assert.match(said, /Żaneta Ñandú/);
    await until('both nodes have it', () => [first, world.node].every(({ stderr }) => /edit\.applied kind=rename/.test(stderr)));

    for (const name of ['node-1', 'node-2']) {
      await alone(name);
      await isNamed(racerId, 'Żaneta Ñandú');
      assert.deepEqual((await world.client.query('search', { text: 'nandu' })).rows, [{ racerId, name: 'Żaneta Ñandú' }]);
      assert.ok((await world.client.query('search', { text: before, limit: 1000 })).rows.every((row) => row.racerId !== racerId));
      const { rows } = await world.client.query('races.3');
      for (const { winner } of rows) if (winner.racerId === racerId) assert.equal(winner.name, 'Żaneta Ñandú');
      assert.equal((await namesOf(world.client, other.racerId, races)).leaderboard, other.name);
    }

    // node-1 does not hear of the second one until it is back, and node-2 begins from nothing.
    await alleycat(world, 'rename', racerId, 'Zoe');
    await alone('node-1');
    await isNamed(racerId, 'Zoe');
    await world.node.stop();
    rmSync(world.path('node-2'), { recursive: true });
    await alone('node-2');
    await isNamed(racerId, 'Zoe');
    await alone('node-2', ['--rebuild']);
    await isNamed(racerId, 'Zoe');

    const { rows } = await world.client.query('audit');
    assert.deepEqual(
      rows.map(({ edit, racerId: of, name }) => [edit, of, name]),
      [
        ['rename', racerId, 'Zoe'],
        ['rename', racerId, 'Żaneta Ñandú'],
      ],
    );
    assert.ok(rows.every(({ at }) => Date.now() - at < 600_000));
    assert.deepEqual((await world.client.query('audit', { before: rows[0].seq, limit: 1 })).rows, [rows[1]]);
  });

  scenario('in a race that comes later, live and as stored, the given name shows, not the one the bike sends', async () => {
    const { rows } = await world.client.query('leaderboard.3');
    const racerId = rows.find(({ name }) => name === 'Zoe').racerId;
    const standings = await world.client.collect('alleycat.race.3.*.standings');
    const results = await world.client.collect('alleycat.race.3.*.result');
    await world.ride('third', ['--classes', 3, '--racers', 20, '--ack', '--seed', 3, '--start', 'next']);
    await until('its result is out', () => results.length > 0);
    const own = (heard) =>
      heard.map((each) => each.json().rows.find((row) => row.racerId === racerId)?.name).filter((name) => name !== undefined);
    assert.deepEqual([...new Set(own(results))], ['Zoe']);
    assert.deepEqual([...new Set(own(standings))], ['Zoe']);
    assert.equal((await world.client.query('search', { text: 'zoe' })).rows.length, 1);
  });

  scenario('what cannot be done is refused in words, and leaves no correction', async () => {
    const { rows: before } = await world.client.query('audit');
    const { racerId } = (await world.client.query('leaderboard.3')).rows[0];
    const refusals = [
      ['rename.4000000000', { name: 'Nobody' }, 'unknown_racer'],
      ['rename.x', { name: 'Nobody' }, 'unknown_racer'],
      [`rename.${racerId}`, { name: '' }, 'bad_name'],
      [`rename.${racerId}`, {}, 'bad_name'],
      [`rename.${racerId}`, { name: 'x'.repeat(65) }, 'bad_name'],
      [`rename.${racerId}`, { name: 'line\nbreak' }, 'bad_name'],
      [`rename.${racerId}`, { name: 7 }, 'bad_request'],
      [`rename.${racerId}`, { name: 'Fine', by: 'line\nbreak' }, 'bad_request'],
      ['audit', { limit: -1 }, 'bad_request'],
    ];
    for (const [what, body, code] of refusals)
      assert.equal((await world.client.query(what, body)).error?.code, code, `${what} ${JSON.stringify(body)}`);
    assert.deepEqual((await world.client.query('audit')).rows, before);
  });
});

describe('rides that do not count, riders who are hidden or forgotten', () => {
  /** @type {World} */
  let world;
  const logs = [];
  /** @type {import('../oracle/oracle.mjs').Edit[]} */
  let edits = [];
  const riders = ['--classes', '3-4', '--racers', 40, '--ack'];
  before(async () => {
    world = await World.start();
    try {
      for (const seed of [1, 2]) logs.push(await world.ride(`race ${seed}`, [...riders, '--seed', seed, '--start', 'next']));
      await agrees();
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  /** Everything is as the oracle says, and the audit log has every correction. */
  const agrees = async () => {
    const verdict = await verify(world.client, logs, world.rules, { edits });
    assert.ok(verdict.equal, verdict.report);
    const told = await world.client.query('audit', { limit: 100 });
    assert.deepEqual(
      told.rows.map(({ edit, racerId }) => [edit, racerId]).reverse(),
      edits.map(({ edit, racerId }) => [edit, racerId]),
    );
    return verdict;
  };
  const correct = async (...args) => {
    const answer = JSON.parse(await alleycat(world, ...args, '--json'));
    assert.equal(answer.ok, true);
    assert.equal(answer.applied, true);
    edits = (await world.client.query('audit', { limit: 100 })).rows.reverse();
    assert.equal(edits.at(-1).seq, answer.seq);
    return answer;
  };
  const alone = async (name, flags = []) => {
    for (const program of world.programs) if (/^node-/.test(program.name) && program.running) await program.stop();
    await world.startNode(name, flags);
  };

  let away;
  scenario('an excluded ride goes last, the others close up, and bests come from the other rides', async () => {
    await world.startNode('node-2');
    await agrees();
    // It will come back with what it had.
    away = world.node;
    await away.stop();
    world.node = world.programs.find(({ name }) => name === 'node-1');
    for (const classId of [3, 4]) {
      const {
        rows: [{ racerId, raceId, total }],
      } = await world.client.query(`leaderboard.${classId}`);
      const answer = await correct('exclude', classId, raceId, racerId);
      assert.deepEqual(answer.resultsChanged, [{ classId, raceId }]);
      const { rows } = await world.client.query(`leaderboard.${classId}`, { limit: 1000 });
      const own = rows.find((row) => row.racerId === racerId);
      assert.ok(own === undefined || (own.total < total && own.raceId !== raceId), JSON.stringify(own));
      const { rows: week } = await world.client.query(`leaderboard.${classId}`, { limit: 1000, period: '7d' });
      const plain = ({ racerId: id, raceId: race, total: score }) => [id, race, score];
      assert.deepEqual(week.map(plain), rows.map(plain));
      const moment = await world.client.query(`race.${classId}.${raceId}`, { second: 10 });
      assert.ok(moment.rows.every((row) => row.racerId !== racerId));
      assert.equal((await world.client.query(`ride.${classId}.${raceId}.${racerId}`)).excluded, true);
      const ghost = await world.client.query(`ghost.${classId}.leader`);
      assert.equal(ghost.racerId, rows[0].racerId);
    }
    await agrees();
  });

  let hidden;
  scenario("a hidden rider is in no table of bests, nobody's ghost and not found, and still in results, without a name", async () => {
    hidden = (await world.client.query('leaderboard.3')).rows[0].racerId;
    await correct('hide', hidden);
    assert.deepEqual(
      (await world.client.query('search', { text: `${hidden}` })).rows.filter((row) => row.racerId === hidden),
      [],
    );
    assert.notEqual((await world.client.query('ghost.3.leader')).racerId, hidden);
    assert.equal((await world.client.query(`ghost.3.${hidden}`)).error.code, 'unknown_ghost');
    const verdict = await agrees();
    for (const { classId, raceId } of verdict.results) {
      const own = (await world.client.query(`race.${classId}.${raceId}`)).rows.find((row) => row.racerId === hidden);
      if (own) assert.equal(own.name, '');
    }
  });

  let forgotten;
  let name;
  /** Nothing of the forgotten rider is answered or left in a stream, apart from the correction itself. */
  const isForgotten = async () => {
    assert.equal((await world.client.query(`racer.${forgotten}`)).error?.code, 'unknown_racer');
    assert.deepEqual(
      (await world.client.query('search', { text: `${forgotten}` })).rows.filter((row) => row.racerId === forgotten),
      [],
    );
    for (const stream of ['ALLEYCAT_RESULTS', 'ALLEYCAT_BESTS', 'ALLEYCAT_EDITS'])
      for (const { subject, data } of await world.client.readStream(stream)) {
        assert.ok(!Buffer.from(data).includes(name), `${stream} ${subject}`);
        const tokens = subject.split('.');
        const racer = { ride: tokens[4], best: tokens[3] }[tokens[1]];
        assert.notEqual(racer, `${forgotten}`, subject);
      }
  };
  scenario('a forgotten rider leaves records, results, changelog and corrections, and the reply says what', async () => {
    const { rows } = await world.client.query('leaderboard.4', { limit: 1000 });
    forgotten = rows.find(({ racerId }) => racerId !== hidden).racerId;
    await correct('rename', forgotten, 'Xylophania Forgettable');
    name = 'Xylophania Forgettable';
    const { rides } = await world.client.query(`racer.${forgotten}`);
    assert.ok(rides.length >= 2);
    const answer = await correct('forget', forgotten, '--yes');
    const key = ({ classId, raceId }) => `${classId}/${raceId}`;
    assert.deepEqual(answer.removed.rides.map(key).sort(), rides.map(key).sort());
    assert.equal(answer.removed.name, true);
    assert.equal(answer.removed.corrections, 1);
    assert.equal(answer.streams.rides, rides.length);
    assert.equal(answer.streams.corrections, 1);
    assert.ok(answer.agesOut.journal > Date.now() && answer.agesOut.deadLetters > Date.now());
    await isForgotten();
    await agrees();
    assert.equal((await world.client.query(`forget.${forgotten}`)).error.code, 'unknown_racer');
  });

  scenario('so it is at a node that was away, and at one that begins from nothing', async () => {
    await alone('node-2');
    await agrees();
    await isForgotten();
    await world.node.stop();
    rmSync(world.path('node-2'), { recursive: true });
    await alone('node-2');
    await agrees();
    await isForgotten();
    await alone('node-2', ['--rebuild']);
    await agrees();
    await isForgotten();
  });

  scenario('in a race that comes later the forgotten rider is a new one, and the hidden one stays hidden', async () => {
    logs.push(await world.ride('race 3', [...riders, '--seed', 3, '--start', 'next']));
    await agrees();
    assert.equal((await world.client.query(`racer.${forgotten}`)).rides.length >= 1, true);
  });

  scenario('what is taken back counts again', async () => {
    const corrected = new Set(edits.filter(({ edit }) => edit === 'exclude' || edit === 'hide').map(({ racerId }) => racerId));
    corrected.delete(forgotten);
    for (const racerId of corrected) await correct('clear', racerId);
    await agrees();
    await alone('node-1');
    await agrees();
    await world.node.stop();
    rmSync(world.path('node-1'), { recursive: true });
    await alone('node-1');
    await agrees();
  });

  scenario('a ride that is not there can not be excluded, and a rider is not forgotten without being asked twice', async () => {
    const { racerId, raceId } = (await world.client.query('leaderboard.3')).rows[0];
    for (const [what, code] of [
      [`exclude.3.${raceId}.4000000000`, 'unknown_ride'],
      [`exclude.3.1.${racerId}`, 'unknown_race'],
      [`exclude.99.1.${racerId}`, 'unknown_class'],
      ['exclude.3', 'bad_request'],
      ['hide.4000000000', 'unknown_racer'],
      ['forget.x', 'unknown_racer'],
      ['clear.4000000000', 'unknown_racer'],
    ])
      assert.equal((await world.client.query(what)).error?.code, code, what);
    const command = world.run('alleycat forget', programPath('alleycat'), ['--nats', world.natsUrl, 'forget', `${racerId}`]);
    assert.equal(await command.ended, 1);
    assert.match(command.stderr, /--yes/);
    await agrees();
  });
});
