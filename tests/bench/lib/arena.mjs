// Where contenders meet: one nats-server, one at a time, the same riders for all.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { Client } from '../../e2e/lib/client.mjs';
import { Program } from '../../e2e/lib/processes.mjs';
import { sleep, until } from '../../e2e/lib/until.mjs';
import { programIn, programPath, World } from '../../e2e/lib/world.mjs';
import { completeRules } from '../../oracle/rules.mjs';
import { anonymousKb, cpuSeconds, load } from './cpu.mjs';
import { countInstructions } from './instructions.mjs';
import { machineSeconds, ownSeconds } from './machine.mjs';
import { allocationsIn, canSample, sample, sharesOf, switchesOf, threadSeconds } from './profile.mjs';

const root = resolve(new URL('../../..', import.meta.url).pathname);
const seconds = 60; // of the history that peers hold: as far as closed loops ride
/** What a contender still does so long after the riders' end belongs to its CPU: racer actors without a view hear within 0.7 s. */
const afterwardsMs = 1000;
const nodeFlags = ['--race.admit', 'any', '--race.idle_close_seconds', '3600', '--standings.min_interval_ms', '0'];

/** Runs a program to its end. @returns {Promise<any>} what it printed, parsed */
export async function jsonOf(name, args, bin = undefined) {
  const program = new Program(name, programIn(bin, name), args.map(String));
  const code = await program.ended;
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${program.report}`);
  return JSON.parse(program.stdout);
}

/** @param {string} [bin]  the folder that the program comes from, if another than the usual */
async function makeHistory(folder, racers, classes, bin = undefined) {
  const args = ['--data', folder, '--racers', racers, '--classes', classes].map(String);
  const program = new Program('bench-history', programIn(bin, 'bench-history'), args);
  if ((await program.ended) !== 0) throw new Error(program.report);
}

export class Arena {
  /** @param {string} [ridersBin]  the folder that the riders come from, if another than the usual */
  static async open(ridersBin = undefined) {
    const arena = new Arena();
    arena.ridersBin = ridersBin;
    arena.world = new World(completeRules({}));
    arena.histories = new Map(); // folders, by build and kind
    arena.nextRace = 5_400_000;
    arena.others = 0; // cores that were busy with something else during a ride, at most; whoever reads it may set it back
    await arena.world.startNats();
    arena.client = await Client.connect(arena.world.natsUrl);
    return arena;
  }

  async close() {
    await this.client.close();
    await this.world.stop();
  }

  /**
   * A data folder in which `racers` of each of `classes` have a ride of 300 seconds, for as long as this arena stands: what races that end
   * leave in it concerns no other run. Made once a checkout, and copied.
   * @param {string} [bin]  the folder of another build, whose data may be laid out otherwise: made by that
   */
  async history(racers = 40_000, classes = 6, bin = undefined) {
    const kind = `history-${racers}-${classes}`;
    const known = `${bin ?? ''}/${kind}`;
    if (!this.histories.has(known)) {
      const own = this.world.path(`${kind}-${this.histories.size}`);
      if (bin) await makeHistory(own, racers, classes, bin);
      else {
        const kept = join(root, 'build', 'bench', kind);
        if (!existsSync(join(kept, 'complete'))) {
          rmSync(kept, { recursive: true, force: true });
          await makeHistory(kept, racers, classes);
          mkdirSync(join(kept, 'complete'));
        }
        cpSync(kept, own, { recursive: true });
      }
      this.histories.set(known, own);
    }
    return this.histories.get(known);
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

  /** What Redis says that its memory is, in MB: all that it holds (`used_memory`), and what it has of the machine. */
  async redisMemory() {
    const text = execFileSync('/usr/bin/redis-cli', ['-s', this.redisSocket, 'INFO', 'memory'], { encoding: 'utf8' });
    const mb = (key) => Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(text)[1]) / 2 ** 20;
    return { usedMb: mb('used_memory'), rssMb: mb('used_memory_rss') };
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
   * @param {string} [options.bin]  the folder of another build, to take the contender from
   * @param {Record<string, string>} [options.env]  variables for the contender's own process
   * @returns {Promise<{name: string, programs: Program[], metric?: (name: string) => Promise<number>, stop: () => Promise<void>}>}
   */
  async start(name, options = {}) {
    const { views = 'off', raceSize = 1000, historyRacers = 40_000, classes = 6, flags = [], data, bin, env } = options;
    const { world } = this;
    if (name === 'durable' || name === 'off') {
      await this.forgetJournals();
      const folder = data ?? (historyRacers ? await this.history(historyRacers, classes, bin) : world.path(`empty-${this.nextRace}`));
      const began = performance.now();
      const node = await world.startNode(
        'bench',
        [
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
        ],
        undefined,
        { bin, env },
      );
      return { name, programs: [node], readyMs: performance.now() - began, metric: (key) => world.metric(key), stop: () => node.stop() };
    }
    const args = ['--nats', world.natsUrl, '--race-size', raceSize, '--classes', classes, '--history', historyRacers, '--seconds', seconds];
    if (name === 'redis') {
      await this.startRedis();
      args.push('--redis', this.redisSocket);
    }
    const peer = world.run(`bench-peer ${name}`, programIn(bin, 'bench-peer'), args.map(String), env);
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
   * @param {object} [options]
   * @param {boolean} [options.instructions]  count those of the contender's first program; only where they can be counted
   * @returns {Promise<object>} what bench-riders printed; CPU in microseconds per update (`engineUs`, `brokerUs`); `others`: cores that
   *   were busy with something else, other virtual machines on this one among it
   */
  async ride(contender, riderFlags, { classes = 6, raceSize = 1000, instructions = false } = {}) {
    const { world } = this;
    const firstRace = this.nextRace;
    this.nextRace += 1000;
    const pids = contender.programs.map((program) => program.child.pid);
    const broker = world.nats.child.pid;
    const racerSeconds = async () => (contender.metric ? await contender.metric('alleycat_racer_seconds_total') : 0);
    const spent = () => {
      const machine = machineSeconds();
      return {
        at: performance.now() / 1000,
        machine: machine.busy + machine.stolen,
        own: ownSeconds(),
        engine: pids.map(cpuSeconds),
        broker: cpuSeconds(broker),
      };
    };
    const secondsBefore = await racerSeconds();
    const counted = instructions ? await countInstructions(pids[0]) : undefined;
    const before = spent();
    const flags = ['--nats', world.natsUrl, '--first-race', firstRace, '--classes', classes, '--race-size', raceSize, ...riderFlags];
    const figures = await jsonOf('bench-riders', flags, this.ridersBin);
    await sleep(afterwardsMs);
    const after = spent();
    const executed = await counted?.();
    const engine = after.engine.reduce((sum, seconds, i) => sum + seconds - before.engine[i], 0);
    const brokerCpu = after.broker - before.broker;
    const perUpdate = (cpu) => (cpu * 1e6) / figures.updates;
    const others = Math.max(0, (after.machine - before.machine - (after.own - before.own) - engine - brokerCpu) / (after.at - before.at));
    this.others = Math.max(this.others, others);
    return {
      ...figures,
      engineUs: perUpdate(engine),
      brokerUs: perUpdate(brokerCpu),
      instructions: executed === undefined ? undefined : executed / figures.updates,
      others,
      rssMb: this.rssMb(contender),
      racerSeconds: contender.metric ? (await racerSeconds()) - secondsBefore : undefined,
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

  /** Allocations and context switches of a contender, for each update. */
  async profile(name, riderFlags) {
    const file = this.world.path('allocations');
    writeFileSync(file, '');
    // The library of C++ second: `new` of a contender's own allocator would not be counted.
    const env = { LD_PRELOAD: `${programPath('libbench_allocations.so')}:libstdc++.so.6`, BENCH_ALLOCATIONS: file };
    const contender = await this.start(name, { env });
    try {
      const pids = contender.programs.map((program) => program.child.pid);
      const counts = () => {
        const sum = allocationsIn(readFileSync(file));
        for (const { voluntary, involuntary } of pids.map(switchesOf)) {
          sum.voluntary = (sum.voluntary ?? 0) + voluntary;
          sum.involuntary = (sum.involuntary ?? 0) + involuntary;
        }
        return sum;
      };
      const before = counts();
      const { updates } = await this.ride(contender, riderFlags);
      const after = counts();
      return Object.fromEntries(Object.keys(after).map((key) => [key, (after[key] - before[key]) / updates]));
    } finally {
      await contender.stop();
    }
  }

  /**
   * Where the CPU of a contender goes.
   * @returns {Promise<{engineUs: number, threads: object[], libraries?: object[], functions?: object[]}>} name and share (0..1) of each;
   *   libraries and functions only where perf can sample
   */
  async samples(name, riderFlags) {
    const contender = await this.start(name);
    try {
      const { pid } = contender.programs[0].child;
      const before = threadSeconds(pid);
      const { engineUs } = await this.ride(contender, riderFlags);
      const took = [...threadSeconds(pid)].map(([thread, seconds]) => ({ name: thread, share: seconds - (before.get(thread) ?? 0) }));
      const all = took.reduce((sum, { share }) => sum + share, 0);
      const threads = took.map(({ name: thread, share }) => ({ name: thread, share: share / all })).sort((a, b) => b.share - a.share);
      if (!canSample()) return { engineUs, threads };
      // A ride of its own: sampling costs a little.
      const file = this.world.path('samples');
      const stop = await sample(pid, file);
      await this.ride(contender, riderFlags);
      await stop();
      return { engineUs, threads, libraries: sharesOf(file, 'dso'), functions: sharesOf(file, 'dso,symbol').slice(0, 30) };
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
