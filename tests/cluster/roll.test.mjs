// `alleycat roll`: an operator restarts a cluster node by node while riders race, with a command of their own.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe } from 'node:test';

import { until } from '../e2e/lib/until.mjs';
import { programPath } from '../e2e/lib/world.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { clusterTest } from './lib/cluster_world.mjs';

/** A race in which there is time for three restarts. */
const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 40,
  grace_seconds: 10,
  classes: [1, 2, 3].map((id) => ({ id, score: id === 3 ? 'output' : 'total' })),
});

/** What stands for ssh and systemctl: asks this process to restart a node, and ends with 3 where it can not. */
async function supervisor(restart) {
  const server = createServer(async (request, response) => {
    response.statusCode = await restart(request.url.slice(1)).then(
      () => 200,
      () => 500,
    );
    response.end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const call = `fetch("http://127.0.0.1:${server.address().port}/" + process.env.ALLEYCAT_NODE).then((answer) => process.exit(answer.ok ? 0 : 3))`;
  return { command: `'${process.execPath}' -e '${call}'`, close: () => server.close() };
}

const nodesOf = async (world) => (await world.client.query('cluster')).nodes;
const incarnations = async (world) => new Map((await nodesOf(world)).map(({ name, incarnation }) => [name, incarnation]));

/** @returns how `alleycat roll` ended, after these arguments */
async function roll(world, ...args) {
  const program = world.run('roll', programPath('alleycat'), ['--nats', world.natsUrl, 'roll', ...args]);
  return { code: await program.ended, stdout: program.stdout, stderr: program.stderr };
}

describe('alleycat roll', { concurrency: 2 }, () => {
  clusterTest('restarts node after node in a race, and nothing is lost', { rules }, async (world, t) => {
    const race = await world.startRace();
    const before = await incarnations(world);
    const restarted = [];
    const by = await supervisor(async (name) => {
      // Whoever answers may have heard of it a moment later than who told the command.
      await until('the cluster is whole', async () => {
        const { nodes, classes } = await world.client.answer('cluster');
        return nodes.every(({ ready, state }) => ready && state === 'live') && classes.every(({ owner, ready }) => owner && ready);
      });
      restarted.push(name);
      assert.equal(await world.drainNode(name), 0);
      await world.startNode(name);
    });
    try {
      const { code, stdout, stderr } = await roll(world, '--json', by.command);
      assert.equal(code, 0, stderr);
      const said = JSON.parse(stdout);
      assert.deepEqual(said.nodes, ['node-1', 'node-2', 'node-3']);
      assert.deepEqual(restarted, said.nodes);
      assert.ok(said.standings > 0 && said.longestPauseMs > 0);
      assert.match(stderr, /3 nodes to restart: node-1, node-2, node-3\n1 of 3: node-1 is back after .* s, and every class is served\n/);
      const after = await incarnations(world);
      for (const [name, incarnation] of before) assert.ok(after.get(name) > incarnation, `${name} started again`);
      t.diagnostic(stderr.trimEnd().split('\n').at(-1));
    } finally {
      by.close();
    }
    await world.assertWhole(race, t);
  });

  clusterTest('stops at the first node that does not come back, and says why', { rules }, async (world) => {
    const asked = [];
    const failing = await supervisor(async (name) => {
      asked.push(name);
      throw new Error('no such host');
    });
    const gone = await supervisor((name) => world.drainNode(name));
    try {
      const unknown = await roll(world, '--node', 'node-9', failing.command);
      assert.deepEqual([unknown.code, unknown.stderr], [1, 'alleycat: there is no node node-9; there are node-1, node-2, node-3\n']);
      const failed = await roll(world, failing.command);
      assert.equal(failed.code, 1);
      assert.equal(failed.stderr, 'alleycat: the command failed for node-1 (exit code 3); the other nodes were left as they are\n');
      assert.deepEqual(asked, ['node-1']);
      const lost = await roll(world, '--wait', '3', '--node', 'node-2', '--node', 'node-3', gone.command);
      assert.equal(lost.code, 1);
      assert.match(lost.stderr, /^alleycat: after node-2 was restarted \(3 s, --wait\): node-2 is .*; nothing else is stopped\n$/);
      assert.ok(world.entry('node-3').program.running);
      await world.killNode('node-3');
      await until('it is missed', async () => (await nodesOf(world)).some(({ state }) => state === 'dead'));
      const unwell = await roll(world, '--wait', '1', failing.command);
      assert.equal(unwell.code, 1);
      assert.equal(unwell.stderr, 'alleycat: before anything is stopped (1 s, --wait): node-3 is dead; nothing else is stopped\n');
      assert.deepEqual(asked, ['node-1'], 'nothing was tried on a cluster that is not whole');
      assert.equal((await roll(world)).code, 2);
    } finally {
      failing.close();
      gone.close();
    }
  });
});
