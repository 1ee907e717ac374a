// Where contenders meet: one nats-server, one at a time, the same riders for all.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { Client } from '../../e2e/lib/client.mjs';
import { Program } from '../../e2e/lib/processes.mjs';
import { until } from '../../e2e/lib/until.mjs';
import { programPath, World } from '../../e2e/lib/world.mjs';
import { completeRules } from '../../oracle/rules.mjs';
import { anonymousKb, cpuSeconds, load } from './cpu.mjs';

const root = resolve(import.meta.dirname, '../../..');
const seconds = 60; // of the history that peers hold: as far as closed loops ride
const nodeFlags = ['--race.admit', 'any', '--race.idle_close_seconds', '3600', '--standings.min_interval_ms', '0'];

/** Runs a program to its end. @returns {Promise<any>} what it printed, parsed */
export async function jsonOf(name, args) {
  const program = new Program(name, programPath(name), args.map(String));
  const code = await program.ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${program.report}`);
  return JSON.parse(program.stdout);
}

export class Arena {
  static async open() {
    const arena = new Arena();
    arena.world = new World(completeRules({}));
    arena.nextRace = 5_400_000;
    await arena.world.startNats();
    arena.client = await Client.connect(arena.world.natsUrl);
    return arena;
  }

  async close() {
    await this.client.close();
    await this.world.stop();
  }

  /** A data folder in which `racers` of each of `classes` have a ride of 300 seconds; made once a checkout. */
  async history(racers = 40_000, classes = 6) {
    const folder = join(root, 'build', 'bench', `history-${racers}-${classes}`);
    if (!existsSync(join(folder, 'complete'))) {
      rmSync(folder, { recursive: true, force: true });
      const program = new Program('bench-history', programPath('bench-history'), [
        '--data',
        folder,
        '--racers',
        `${racers}`,
        '--classes',
        `${classes}`,
      ]);
      if ((await program.ended) !== 0) throw new Error(program.report);
      mkdirSync(join(folder, 'complete'));
    }
    return folder;
  }

  /** A history that a node may change. */
  copyOf(folder, name) {
    execFileSync('cp', ['-r', folder, this.world.path(name)]);
    return this.world.path(name);
  }

  /** Anonymous memory of all programs of a contender. */
  rssMb({ programs }) {
    return programs.reduce((sum, { child }) => sum + anonymousKb(child.pid), 0) / 1024;
  }

  /** Cores that a contender takes while nothing happens. */
  async idle({ programs }, forSeconds) {
    await setTimeout(2_000);
    const cpu = () => programs.reduce((sum, { child }) => sum + cpuSeconds(child.pid), 0);
    const before = cpu();
    await setTimeout(forSeconds * 1_000);
    return (cpu() - before) / forSeconds;
  }

  async startRedis() {
    if (this.redis) return;
    this.redisSocket = this.world.path('redis.sock');
    this.redis = this.world.run('redis-server', '/usr/bin/redis-server', [
      '--port',
      '0',
      '--unixsocket',
      this.redisSocket,
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.world.folder,
    ]);
    await until('Redis is there', () => existsSync(this.redisSocket));
  }

  /** Journals are of no use to the next contender; those that stand would even be written by one that keeps none. */
  async forgetJournals() {
    for (let c = 1; c <= 6; ++c) await this.client.ask(`$JS.API.STREAM.DELETE.ALLEYCAT_JOURNAL_${c}`).catch(() => {});
  }

  async journalBytes() {
    let bytes = 0;
    for (let c = 1; c <= 6; ++c) bytes += (await this.client.ask(`$JS.API.STREAM.INFO.ALLEYCAT_JOURNAL_${c}`)).state?.bytes ?? 0;
    return bytes;
  }

  /**
   * @param {'durable' | 'off' | 'redis' | 'bare'} name
   * @param {object} [options]
   * @returns {Promise<{name: string, programs: Program[], metric?: (name: string) => Promise<number>, stop: () => Promise<void>}>}
   */
  async start(name, { views = 'off', raceSize = 1000, historyRacers = 40_000, classes = 6, flags = [], data = undefined } = {}) {
    const { world } = this;
    if (name === 'durable' || name === 'off') {
      await this.forgetJournals();
      const folder = data ?? (historyRacers ? await this.history(historyRacers, classes) : world.path(`empty-${this.nextRace}`));
      const began = performance.now();
      const node = await world.startNode('bench', [
        '--data',
        folder,
        '--race.views',
        views,
        '--race.capacity',
        `${Math.max(1000, raceSize)}`,
        '--journal.storage',
        name === 'off' ? 'off' : 'file',
        ...nodeFlags,
        ...flags,
      ]);
      return { name, programs: [node], readyMs: performance.now() - began, metric: (key) => world.metric(key), stop: () => node.stop() };
    }
    const args = ['--nats', world.natsUrl, '--race-size', raceSize, '--classes', classes, '--history', historyRacers, '--seconds', seconds];
    if (name === 'redis') {
      await this.startRedis();
      args.push('--redis', this.redisSocket);
    }
    const peer = world.run(`bench-peer ${name}`, programPath('bench-peer'), args.map(String));
    await until(
      `${name} is ready`,
      () => {
        if (!peer.running) throw new Error(peer.report);
        return peer.stdout.includes('ready');
      },
      { seconds: 300 },
    );
    return { name, programs: name === 'redis' ? [peer, this.redis] : [peer], stop: () => peer.stop() };
  }

  /**
   * Riders on a contender that was started.
   * @returns {Promise<object>} what bench-riders printed, and CPU in microseconds per update
   */
  async ride(contender, riderFlags, { classes = 6, raceSize = 1000 } = {}) {
    const { world } = this;
    const firstRace = this.nextRace;
    this.nextRace += 1000;
    const pids = contender.programs.map((program) => program.child.pid);
    const broker = world.nats.child.pid;
    const secondsBefore = contender.metric ? await contender.metric('alleycat_racer_seconds_total') : 0;
    const before = [pids.map(cpuSeconds), cpuSeconds(broker), cpuSeconds(process.pid)];
    const figures = await jsonOf('bench-riders', [
      '--nats',
      world.natsUrl,
      '--first-race',
      firstRace,
      '--classes',
      classes,
      '--race-size',
      raceSize,
      ...riderFlags,
    ]);
    const engine = pids.reduce((sum, pid, i) => sum + cpuSeconds(pid) - before[0][i], 0);
    const brokerCpu = cpuSeconds(broker) - before[1];
    const perUpdate = (cpu) => (cpu * 1e6) / figures.updates;
    return {
      ...figures,
      engineUs: perUpdate(engine),
      brokerUs: perUpdate(brokerCpu),
      rssMb: this.rssMb(contender),
      racerSeconds: contender.metric ? (await contender.metric('alleycat_racer_seconds_total')) - secondsBefore : undefined,
      load: load(),
    };
  }

  /** One contender from start to stop. */
  async run(name, riderFlags, options = {}) {
    const contender = await this.start(name, options);
    try {
      const figures = await this.ride(contender, riderFlags, options);
      if (name === 'durable') figures.journalPerUpdate = (await this.journalBytes()) / figures.updates;
      return figures;
    } finally {
      await contender.stop();
    }
  }

  /** Lines of a table file, in any order. */
  tables(path) {
    return new Map(
      readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => {
          const [cls, race, second, checksum, stale] = line.split(' ');
          return [`${cls} ${Number(race) % 1000} ${second}`, { checksum, stale: Number(stale) }];
        }),
    );
  }
}
