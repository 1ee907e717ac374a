// docs/bikes.md is true: its bike rides, its list of errors is the list, a device without answers finds what is missing.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { MqttDevice } from './lib/mqtt.mjs';
import { freePort } from './lib/processes.mjs';
import { sleep, until } from './lib/until.mjs';
import { World } from './lib/world.mjs';

const doc = readFileSync(new URL('../../docs/bikes.md', import.meta.url), 'utf8');

/** The block of the document with this name. */
function block(name) {
  const [, found] = doc.match(new RegExp(`^\`\`\`js ${name}\n(.*?)^\`\`\``, 'ms')) ?? [];
  assert.ok(found, `docs/bikes.md has ${name}`);
  return found;
}

test('every error of an answer is in the document, with its retry', () => {
  const source = (name) => readFileSync(new URL(`../../racing/${name}`, import.meta.url), 'utf8');
  const names = source('update.cpp')
    .match(/refusal_names\{(.*?)\}/s)[1]
    .match(/\w+/g);
  const ofAnswers = names.slice(1, names.indexOf('duplicate'));
  const retried = source('update.hpp')
    .match(/worth_a_retry\(refusal r\) \{(.*?)\}/s)[1]
    .match(/(?<=refusal::)\w+/g);
  const rows = doc.split('\n').filter((line) => /\| (true|false) \|$/.test(line));
  const told = rows.flatMap((row) =>
    row
      .split('|')[1]
      .match(/\w+/g)
      .map((name) => [name, row.endsWith('| true |')]),
  );
  assert.deepEqual(told.sort(), ofAnswers.map((name) => [name, retried.includes(name)]).sort());
  for (const name of names.slice(names.indexOf('duplicate'))) assert.ok(doc.includes(`\`${name}\``), `${name} is told`);
});

describe('a bike', { concurrency: 2 }, () => {
  /** @type {World} */
  let world;
  let mqttPort;
  before(async () => {
    world = await World.start();
    mqttPort = await freePort();
    await world.nats.stop();
    writeFileSync(world.path('nats.conf'), `server_name: test\nmqtt { listen: "127.0.0.1:${mqttPort}" }\n`);
    world.natsFlags = ['-c', world.path('nats.conf')];
    await world.startNats();
    await until('the node is ready again', async () => (await fetch(`${world.httpUrl}/readyz`)).ok);
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));
  /** The result of the only race of a class, as the queries tell it. */
  const resultOf = (classId) =>
    until(`the race of class ${classId} is closed`, async () => {
      const { rows } = await world.client.query(`races.${classId}`);
      return rows.length === 1 && (await world.client.query(`race.${classId}.${rows[0].raceId}`));
    });

  scenario('as in the document loses nothing when the node is killed in the middle of its ride', async () => {
    const folder = world.path('bike');
    mkdirSync(folder);
    symlinkSync(new URL('./node_modules', import.meta.url).pathname, `${folder}/node_modules`);
    writeFileSync(`${folder}/bike.mjs`, block('bike.mjs'));
    const bike = world.run('bike', process.execPath, [`${folder}/bike.mjs`, world.natsUrl, '3', '8', 'Adell']);
    await until('the bike sees itself ranked', () => /^second 3: total [\d.]+, 1 of 1$/m.test(bike.stdout));
    await world.node.kill();
    await sleep(1500);
    await world.startNode();
    assert.equal(await bike.ended, 0, bike.report);
    assert.match(bike.stdout, /^race \d+: 10 of 10 seconds stored$/m);
    const { rows } = await resultOf(3);
    assert.deepEqual(
      rows.map(({ racerId, name, seconds, finished }) => [racerId, name, seconds, finished]),
      [[8, 'Adell', 10, true]],
    );
  });

  scenario('that speaks MQTT gets no answers, and sees in its view which seconds to send again', async () => {
    const { ts, rules } = await world.client.query('now');
    const ahead = ts - Date.now();
    const start = Date.now();
    const raceId = Math.floor((start + ahead) / 1000 / rules.windowSeconds);
    const device = await MqttDevice.connect(mqttPort, 'bike-9');
    try {
      device.subscribe('alleycat/racer/9/view');
      await until('the connection and the subscription are acknowledged', () => device.packets >= 2);
      const send = (second) => {
        const update = {
          event: 'update',
          deviceTimestamp: start + 1000 * second,
          second,
          raceId,
          racerId: 9,
          classId: 5,
          cadence: 80,
          resistance: 40,
        };
        device.publish('alleycat/update/5/9', JSON.stringify(update));
      };
      const view = () => (device.heard.length > 0 ? JSON.parse(device.heard.at(-1).message) : { second: 0, missing: [] });
      for (let second = 1; second <= 10; second += 1) {
        await sleep(start + 1000 * second - Date.now());
        if (second !== 4 && second !== 7) send(second);
      }
      // The other bike's node dies in between: more than the two may be missing, and the end of the ride.
      await until('a view tells what is missing', () => [4, 7].every((second) => view().missing.includes(second)));
      assert.equal(device.heard.at(-1).topic, 'alleycat/racer/9/view');
      await until(
        'nothing is missing',
        () => {
          const { second, missing } = view();
          missing.forEach(send);
          for (let beyond = second + 1; beyond <= 10; beyond += 1) send(beyond);
          return second === 10 && missing.length === 0;
        },
        { everyMs: 500 },
      );
    } finally {
      device.close();
    }
    const { rows } = await resultOf(5);
    assert.deepEqual(
      rows.map(({ racerId, seconds, finished }) => [racerId, seconds, finished]),
      [[9, 10, true]],
    );
  });
});
