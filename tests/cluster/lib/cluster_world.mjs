// Several nodes, each with a data folder of its own, on one nats-server or on a cluster of three.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { Client } from '../../e2e/lib/client.mjs';
import { freePort } from '../../e2e/lib/processes.mjs';
import { sleep } from '../../e2e/lib/until.mjs';
import { verify } from '../../e2e/lib/verify.mjs';
import { natsServerPath, programPath, World } from '../../e2e/lib/world.mjs';
import { completeRules } from '../../oracle/rules.mjs';
import { Net } from './net.mjs';

const clusterConf = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../../ops/nats/cluster.conf');

/** From where browsers have the page, as the nats-servers are told. */
export const pageOrigin = 'http://race.example:8080';

/** Short races, with room for kills and returns: they close 40 seconds after they began. */
export const clusterRules = completeRules({
  window_seconds: 10,
  ride_seconds: 20,
  grace_seconds: 10,
  classes: [1, 2, 3].map((id) => ({ id, score: id === 3 ? 'output' : 'total' })),
});

export class ClusterWorld extends World {
  /**
   * @param {object} [options]
   * @param {number} [options.nodes]
   * @param {1 | 3} [options.servers]
   * @param {boolean} [options.namespaces]  each node in a network namespace of its own, to be cut by `world.net`
   * @param {(name: string) => string[]} [options.flags]  further ones of each node
   * @param {(name: string) => string} [options.program]  which build of `alleycat-node` each node runs
   * @param {boolean} [options.apart]  each node on a nats-server of its own, `node-2` on `nats-2`: what is asked there, it answers
   */
  static async startCluster({
    nodes = 3,
    servers = 1,
    namespaces = false,
    rules = clusterRules,
    flags = () => [],
    program,
    apart = false,
  } = {}) {
    ['alleycat-node', 'alleycat-sim'].forEach(programPath);
    const world = new this(rules);
    world.flagsOf = flags;
    world.programOf = program ?? world.programOf;
    if (apart) world.natsUrlOf = (name) => world.servers.get(name.replace('node', 'nats')).url;
    const names = Array.from({ length: nodes }, (_, i) => `node-${i + 1}`);
    try {
      /** @type {Net | null} */
      world.net = namespaces ? new Net(names) : null;
      world.hub = world.net?.hub ?? '127.0.0.1';
      await world.startServers(servers);
      await Promise.all(names.map((name) => world.startNode(name)));
      world.client = await Client.connect([...world.servers.values()].map(({ url }) => url));
    } catch (error) {
      await world.stop(error);
      throw error;
    }
    return world;
  }

  /** @type {Map<string, {program: import('../../e2e/lib/processes.mjs').Program, url: string, monitor: string, webSocket: number, mqtt: number, start: () => void}>} */
  servers = new Map();
  /** @type {(name: string) => string[]} */
  flagsOf = () => [];
  /** @type {(name: string) => string} where each node finds NATS */
  natsUrlOf = () => this.natsUrl;
  /** @type {(name: string) => string} which build of `alleycat-node` each node runs */
  programOf = () => programPath('alleycat-node');
  /** @type {Map<string, {program: import('../../e2e/lib/processes.mjs').Program, http: string}>} */
  nodes = new Map();

  /** More for the configuration of a single nats-server. */
  natsConf = '';

  async startServers(count) {
    const ports = await Promise.all(
      Array.from({ length: count }, async () => [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()]),
    );
    const routes = `[${ports.map(([, route]) => `nats://${this.hub}:${route}`).join(', ')}]`;
    // As shipped: a member of a queue group that is cut off is fed until its pings stay unanswered.
    writeFileSync(this.path('nats.conf'), `ping_interval: "2s"\nping_max: 2\n${this.natsConf}`);
    ports.forEach(([port, route, monitor, webSocket, mqtt], i) => {
      const name = `nats-${i + 1}`;
      const store = this.path(name);
      mkdirSync(store, { recursive: true });
      const common = ['-m', `${monitor}`];
      const args =
        count === 1
          ? ['-c', this.path('nats.conf'), '-a', this.hub, '-p', `${port}`, '-js', '-sd', store, ...common]
          : ['-c', clusterConf, ...common];
      const variables =
        count === 1
          ? {}
          : {
              ALLEYCAT_NATS_NAME: name,
              ALLEYCAT_NATS_LISTEN: `${this.hub}:${port}`,
              ALLEYCAT_NATS_CLUSTER_LISTEN: `${this.hub}:${route}`,
              ALLEYCAT_NATS_ROUTES: routes,
              ALLEYCAT_NATS_WS_LISTEN: `${this.hub}:${webSocket}`,
              ALLEYCAT_NATS_MQTT_LISTEN: `${this.hub}:${mqtt}`,
              ALLEYCAT_NATS_ORIGINS: JSON.stringify([pageOrigin]),
              ALLEYCAT_NATS_STORE: store,
            };
      const server = {
        program: null,
        url: `nats://${this.hub}:${port}`,
        monitor: `http://${this.hub}:${monitor}/healthz`,
        webSocket,
        mqtt,
        start: () => (server.program = this.run(name, natsServerPath(), args, variables)),
      };
      server.start();
      this.servers.set(name, server);
    });
    this.natsUrl = [...this.servers.values()].map(({ url }) => url).join(',');
    await Promise.all([...this.servers.values()].map((server) => this.untilReady(server.program, server.monitor)));
  }

  /** Again, under the name and with the data it had. Ready when the promise settles. */
  async startServer(name) {
    const server = this.servers.get(name);
    server.start();
    await this.untilReady(server.program, server.monitor);
  }

  /**
   * A node on its old port and data if it was there before.
   * @param {string} name
   */
  async startNode(name, flags = []) {
    const address = this.net?.address(name) ?? '127.0.0.1';
    const http = this.nodes.get(name)?.http ?? `http://${address}:${await freePort()}`;
    const command = [
      ...(this.net?.inside(name) ?? []),
      this.programOf(name),
      '--nats',
      this.natsUrlOf(name),
      '--name',
      name,
      '--data',
      this.path(name),
      '--listen',
      `${address}:0`,
      ...(this.net ? ['--insecure'] : []),
      '--http',
      http.slice('http://'.length),
      '--config',
      this.path('node.toml'),
      ...this.flagsOf(name),
      ...flags,
    ];
    const program = this.run(name, command[0], command.slice(1));
    this.nodes.set(name, { program, http });
    await this.untilReady(program, `${http}/readyz`);
    return program;
  }

  entry(name) {
    const node = this.nodes.get(name);
    assert.ok(node, `a node ${name}`);
    return node;
  }

  /** `kill -9`. */
  killNode(name) {
    return this.entry(name).program.kill();
  }

  /** SIGTERM. @returns {Promise<number | string>} how it ended */
  drainNode(name) {
    return this.entry(name).program.stop('SIGTERM', 60);
  }

  /** SIGSTOP: alive for the kernel and its connections, dead for everybody who waits. */
  pauseNode(name) {
    this.entry(name).program.child.kill('SIGSTOP');
  }

  resumeNode(name) {
    this.entry(name).program.child.kill('SIGCONT');
  }

  /** @returns {Promise<number>} a counter of one node, with its labels as they are printed; 0 where it does not show yet */
  async metricOf(name, metric) {
    const text = await (await fetch(`${this.entry(name).http}/metrics`, { headers: { connection: 'close' } })).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${metric} `));
    return line ? Number(line.slice(metric.length + 1)) : 0;
  }

  /**
   * Riders in each class, who ask for answers, in the next window.
   * @param {string} [name]  of their log: those of a second race in a world need another one
   * @returns as the window begins; times in ms since the epoch
   */
  async startRace(flags = [], racers = 30, name = 'riders') {
    const window = this.rules.window_seconds * 1000;
    const left = () => window - (Date.now() % window);
    if (left() < 1000) await sleep(left() + 1);
    const begin = Date.now() + left();
    const riders = this.startRiders(name, [
      '--classes',
      this.rules.classes.map(({ id }) => id).join(','),
      '--racers',
      racers,
      '--ack',
      '--start',
      'next',
      ...flags,
    ]);
    await sleep(begin - Date.now());
    return { riders, begin, raceId: begin / window };
  }

  /** Every update was answered, and everything is as the oracle says. */
  async assertWhole({ riders }, t) {
    assert.equal(await riders.ended, 0, riders.report);
    const verdict = await verify(this.client, [riders.log], this.rules, { presume: true, seconds: 120 });
    assert.ok(verdict.equal, verdict.report);
    assert.equal(verdict.expected.counts.left_out, 0, 'acknowledged, but behind the mark');
    t.diagnostic(verdict.report);
    return verdict;
  }

  async stop(error = null) {
    for (const { program } of this.nodes.values()) if (program.running) program.child.kill('SIGCONT');
    await super.stop(error);
    this.net?.remove();
  }
}

/**
 * A test on a cluster of its own.
 * @param {string} name
 * @param {Parameters<typeof ClusterWorld.startCluster>[0]} options
 * @param {(world: ClusterWorld, t: import('node:test').TestContext) => Promise<void>} body
 */
export function clusterTest(name, options, body) {
  test(name, async (t) => {
    const world = await ClusterWorld.startCluster(options);
    try {
      await world.guarded(body)(world, t);
    } finally {
      await world.stop();
    }
  });
}
