// A nats-server, a node and riders, on free ports and in a folder of their own.
//
// Programs come from the folder in ALLEYCAT_BIN (default: build/bin of this checkout), nats-server from the PATH.

import { mkdtempSync, rmSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

import { completeRules } from '../../oracle/rules.mjs';
import { Client } from './client.mjs';
import { freePort, Program } from './processes.mjs';
import { until } from './until.mjs';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../..');

/**
 * @param {string} [folder]  of the build; as usual where it is undefined
 * @returns {string} path of a program of Alleycat
 */
export function programIn(folder, name) {
  const path = join(folder ?? process.env.ALLEYCAT_BIN ?? join(root, 'build', 'bin'), name);
  if (!existsSync(path)) throw new Error(`${path} is not there: build it, or set ALLEYCAT_BIN to the folder it is in`);
  return path;
}

/** @returns {string} path of a program of this build; may be handed to forEach */
export const programPath = (name) => programIn(undefined, name);

/** @returns {string} */
export function natsServerPath() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const path = folders.map((folder) => join(folder, 'nats-server')).find((candidate) => existsSync(candidate));
  if (!path) throw new Error('nats-server is not installed');
  return path;
}

/** Ten-second races, six seconds of grace: ingest stops 5 s before the deadline. */
export const shortRules = completeRules({
  window_seconds: 10,
  ride_seconds: 10,
  grace_seconds: 6,
  classes: Array.from({ length: 13 }, (_, i) => ({ id: i + 1, score: i + 1 === 4 ? 'output' : 'total' })),
});

/** @returns {string} the rules as a node's configuration file */
function configText({ classes, ...race }) {
  // A nats-server reserves what its streams may take: with the 4 GiB of each journal as shipped, small disks are full at once.
  const lines = [
    '[journal]',
    `max_bytes = ${2 ** 28}`,
    '',
    '[race]',
    ...Object.entries(race).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  ];
  for (const { id, score } of classes)
    lines.push('', '[[class]]', `id = ${id}`, `name = "Course ${id}"`, `difficulty = ${Math.min(id, 6)}`, `score = "${score}"`);
  return `${lines.join('\n')}\n`;
}

export class World {
  /** @param {import('../../oracle/rules.mjs').Rules} rules */
  constructor(rules = shortRules) {
    this.rules = rules;
    this.folder = mkdtempSync(join(tmpdir(), 'alleycat-e2e-'));
    this.failed = false;
    /** @type {Program[]} every program started here, in order */
    this.programs = [];
    /** @type {string[]} more for nats-server's command line */
    this.natsFlags = [];
    writeFileSync(this.path('node.toml'), configText(rules));
    writeFileSync(this.path('rules.json'), JSON.stringify(rules));
  }

  /** @returns {string} a path in this world's folder */
  path(name) {
    return join(this.folder, name);
  }

  /** A nats-server, a node on it and a client. */
  static async start(rules) {
    ['alleycat-node', 'alleycat-sim'].forEach(programPath);
    const world = new this(rules);
    try {
      await world.prepare();
      await world.startNats();
      await world.startNode();
      world.client = await Client.connect(world.natsUrl);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
    return world;
  }

  /** Before anything is started. */
  async prepare() {}

  run(name, path, args, variables) {
    const program = new Program(name, path, args, variables);
    this.programs.push(program);
    return program;
  }

  async startNats() {
    this.natsPort ??= await freePort();
    const monitorPort = await freePort();
    this.natsUrl = `nats://127.0.0.1:${this.natsPort}`;
    mkdirSync(this.path('nats'), { recursive: true });
    const args = ['-a', '127.0.0.1', '-p', `${this.natsPort}`, '-m', `${monitorPort}`, '-js', '-sd', this.path('nats'), ...this.natsFlags];
    this.nats = this.run('nats-server', natsServerPath(), args);
    await this.untilReady(this.nats, `http://127.0.0.1:${monitorPort}/healthz`);
  }

  /**
   * @param {string} name  its data folder has the same name: a node started again under it finds its data
   * @param {string[]} [flags]
   * @param {Record<string, string>} [variables]  given, the node with crash points is started, with these
   * @param {object} [launch]
   * @param {Record<string, string>} [launch.env]  for the plain node too
   * @param {string[]} [launch.by]  a command that runs the node, which is appended to it
   * @param {string} [launch.bin]  the folder of another build, to take it from
   */
  async startNode(name = 'node-1', flags = [], variables = undefined, { env = {}, by = [], bin = undefined } = {}) {
    const port = this.httpPort ?? (await freePort());
    this.httpUrl = `http://127.0.0.1:${port}`;
    const args = [
      '--nats',
      this.natsUrl,
      '--name',
      name,
      '--data',
      this.path(name),
      '--listen',
      '127.0.0.1:0',
      '--http',
      `127.0.0.1:${port}`,
      '--config',
      this.path('node.toml'),
      ...flags,
    ];
    const [path, ...rest] = [...by, programIn(bin, variables ? 'alleycat-node-crash' : 'alleycat-node'), ...args];
    this.node = this.run(name, path, rest, { ...env, ...variables });
    await this.untilReady(this.node, `${this.httpUrl}/readyz`);
    return this.node;
  }

  /** @param {Program} program */
  async untilReady(program, url) {
    await until(`${program.name} is ready at ${url}`, async () => {
      if (!program.running) return true;
      return (await fetch(url)).ok;
    });
    if (!program.running) throw new Error(`${program.name} ended at once with ${await program.ended}:\n${program.report}`);
  }

  /**
   * Riders. `log` is the path of their log.
   * @param {string} name
   * @param {(string | number)[]} flags
   */
  startRiders(name, flags) {
    const log = this.path(`${name}.ndjson`);
    const args = ['--nats', this.natsUrl, '--log', log, '--quiet', '--json', ...flags.map(String)];
    return Object.assign(this.run(name, programPath('alleycat-sim'), args), { log });
  }

  /**
   * Riders, until the last one is done.
   * @param {string} name
   * @param {(string | number)[]} flags
   * @param {number[]} [outcomes]  exit codes that are no failure; 1 = some update stayed without an answer
   * @returns {Promise<string>} the path of their log
   * @throws {Error} on any other exit code
   */
  async ride(name, flags, outcomes = [0]) {
    const riders = this.startRiders(name, flags);
    const outcome = await riders.ended;
    if (!outcomes.includes(outcome)) throw new Error(`riders "${name}" ended with ${outcome}:\n${riders.report}`);
    return riders.log;
  }

  /** @returns {Promise<number>} a counter of the node; 0 where it does not show yet */
  async metric(name) {
    const text = await (await fetch(`${this.httpUrl}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return line ? Number(line.slice(name.length + 1)) : 0;
  }

  /** A test body that leaves the folder and tells what the programs said, when it fails. */
  guarded(body) {
    return async (...args) => {
      try {
        await body(...args);
      } catch (error) {
        this.failed = true;
        throw error;
      }
    };
  }

  /** Stops everything. The folder goes too, unless something failed. */
  async stop(error = null) {
    await this.client?.close();
    for (const program of [...this.programs].reverse()) await program.stop();
    if (error || this.failed) {
      console.error(`what the programs said (their files are in ${this.folder}):`);
      for (const program of this.programs) console.error(program.report);
    } else {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
