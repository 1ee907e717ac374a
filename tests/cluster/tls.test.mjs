// Nodes that speak TLS with each other: all is as without, and whoever has no certificate of their authority gets no link.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { programPath } from '../e2e/lib/world.mjs';
import { until } from '../e2e/lib/until.mjs';
import { Authority } from '../node/peers/peer.mjs';
import { clusterTest } from './lib/cluster_world.mjs';

const ours = new Authority();
const foreign = new Authority();
after(() => [ours, foreign].forEach((authority) => authority.remove()));

const flagsOf = ({ cert, key, ca }) => ['--tls-cert', cert, '--tls-key', key, '--tls-ca', ca];
const untrusted = (world, name) => world.metricOf(name, 'alleycat_peer_refusals_total{reason="untrusted"}');
const linked = (world, name, peer) => world.metricOf(name, `alleycat_peer_up{peer="${peer}"}`);

clusterTest(
  'three nodes race over TLS, and refuse peers without a certificate or with a foreign one',
  { flags: (name) => flagsOf(ours.issue(name)) },
  async (world, t) => {
    const names = ['node-1', 'node-2', 'node-3'];
    await until('links among all', async () => {
      const up = await Promise.all(
        names.flatMap((name) => names.filter((other) => other !== name).map((other) => linked(world, name, other))),
      );
      return up.every((value) => value === 1);
    });
    const race = await world.startRace();
    const refused = await world.client.collect('alleycat.event.peer_refused');
    const strangers = { foreign: flagsOf(foreign.issue('foreign')), plain: [] };
    for (const [name, flags] of Object.entries(strangers)) {
      const before = await Promise.all(names.map((each) => untrusted(world, each)));
      world.flagsOf = () => [];
      await world.startNode(name, flags);
      await until(`${name} is refused by each of the three`, async () => {
        const now = await Promise.all(names.map((each) => untrusted(world, each)));
        return now.every((count, i) => count > before[i]);
      });
      for (const each of names) assert.equal(await linked(world, each, name), 0, `${each} has no link to ${name}`);
      for (const each of names) assert.equal(await linked(world, name, each), 0, `${name} has no link to ${each}`);
      assert.equal(await world.drainNode(name), 0);
    }
    await until('each of the three says so', () =>
      names.every((name) =>
        refused.some((message) => {
          const { node, reason, address } = message.json();
          return node === name && reason === 'untrusted' && address === '127.0.0.1';
        }),
      ),
    );
    await until('the three have theirs', async () => {
      const up = await Promise.all(
        names.flatMap((name) => names.filter((other) => other !== name).map((other) => linked(world, name, other))),
      );
      return up.every((value) => value === 1);
    });
    await world.assertWhole(race, t);
  },
);

/** Refused before anything is opened or connected. @returns {string} what it says */
function refusal(flags) {
  const { status, stderr } = spawnSync(programPath('alleycat-node'), ['--nats', 'nats://127.0.0.1:1', '--data', ours.folder, ...flags], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.ok(status === 1 || status === 2, `exit code ${status}: ${stderr}`);
  return stderr;
}

test('files that do not fit together are refused at start, by name', () => {
  const one = ours.issue('one');
  const two = ours.issue('two');
  assert.match(refusal(['--tls-cert', one.cert]), /node\.tls_cert, node\.tls_key and node\.tls_ca belong together/);
  assert.match(refusal(flagsOf({ ...one, cert: `${one.cert}.gone` })), /TLS between nodes: cannot read .*one\.pem\.gone/);
  assert.match(refusal(flagsOf({ ...one, key: two.key })), /two\.key is no private key of .*one\.pem: key values mismatch/);
  assert.match(refusal(flagsOf({ ...one, cert: one.key })), /one\.key is no certificate/);
  assert.match(refusal(flagsOf({ ...one, ca: foreign.issue('one').ca })), /no node would take .*one\.pem by .*ca\.pem: /);
  copyFileSync(one.key, `${one.ca}.txt`);
  assert.match(refusal(flagsOf({ ...one, ca: `${one.ca}.txt` })), /ca\.pem\.txt is no certificate/);
});

test('a listener that others reach needs TLS or --insecure', () => {
  assert.match(refusal(['--listen', '0.0.0.0:0']), /--tls-cert, --tls-key and --tls-ca, or --insecure/);
  assert.match(refusal(['--listen', '0.0.0.0:0', '--insecure']), /give --advertise HOST:PORT/);
});
