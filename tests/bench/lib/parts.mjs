// The parts of `run`. Each rides its contenders in turn, as many rounds as there are, and puts a table into the report.

import { afterwards } from './afterwards.mjs';
import { jsonOf } from './arena.mjs';
import { sameContents } from './contents.mjs';
import { median } from './figures.mjs';

/** @typedef {{arena: import('./arena.mjs').Arena, report: import('./report.mjs').Report, quick: boolean,
 *   rounds: (whole: number, quick: number) => number, say: (text: string) => void}} Bench */

/** How tables call the contenders. */
const called = { durable: 'Alleycat', off: 'Alleycat, `journal.storage off`', redis: 'Redis rival', bare: 'bare loop' };
const column = (key, title, digits = 2) => ({ key, title, digits });
/** A column without bars in a chart: no measure, or another one again. */
const fact = (key, title, digits = 0) => ({ key, title, digits, fact: true });

/**
 * One run of each contender, in turn; who rides first changes from round to round.
 * @returns {Promise<Record<string, object>[]>} by round
 */
async function inTurn({ arena, say }, what, names, count, riderFlags, options) {
  const all = [];
  for (let round = 0; round < count; ++round) {
    const figures = {};
    for (let i = 0; i < names.length; ++i) {
      const name = names[(round + i) % names.length];
      say(`${what}, round ${round + 1} of ${count}: ${called[name]}`);
      figures[name] = await arena.run(name, riderFlags, options);
    }
    all.push(figures);
  }
  return all;
}

/** A figure of one contender, and its ratio to that of another, by round. */
const figuresOf = (all, name) => ({
  of: (pick) => all.map((round) => pick(round[name])),
  against: (other, pick) => all.map((round) => pick(round[name]) / pick(round[other])),
});
const key = (name) => (figures) => figures[name];
const inRounds = (count) => (count === 1 ? '1 round' : `${count} rounds`);
const both = ({ engineUs, brokerUs }) => engineUs + brokerUs;
const closeP50 = ({ close }) => close?.p50;
const closeP99 = ({ close }) => close?.p99;
const most = (values) => Math.max(...values);

/** Columns that every part with rides at real pace has. */
const pacedColumns = [
  column('p50', 'close p50 ms', 1),
  column('p99', 'close p99 ms', 1),
  fact('rankings', 'rankings a round'),
  column('p50Redis', 'p50 / Redis'),
  column('p50Bare', 'p50 / bare'),
  column('engine', 'engine us', 1),
  column('broker', 'broker us', 1),
  column('bothRedis', 'both / Redis'),
  column('bothBare', 'both / bare'),
  column('late', 'riders late p99 ms', 1),
  fact('missing', 'missing'),
  fact('overtaken', 'of it overtaken'),
];

function pacedRow(all, name, riders, others) {
  const { of, against } = figuresOf(all, name);
  const ratio = (other, pick) => (others.includes(other) ? against(other, pick) : undefined);
  return {
    name: `${riders.toLocaleString('en')} ${called[name]}`,
    p50: of(closeP50),
    p99: of(closeP99),
    rankings: most(of(({ close }) => close?.count ?? 0)),
    p50Redis: ratio('redis', closeP50),
    p50Bare: ratio('bare', closeP50),
    engine: of(key('engineUs')),
    broker: of(key('brokerUs')),
    bothRedis: ratio('redis', both),
    bothBare: ratio('bare', both),
    late: of(({ late }) => late.p99),
    missing: most(of(key('missing'))),
    overtaken: most(of(key('overtaken'))),
    journal: name === 'durable' ? of(key('journalPerUpdate')) : undefined,
  };
}

/** Riders at 1 Hz: a table with the contenders at each size. */
async function pacedTable(bench, title, { sizes, names, count, seconds, flags, columns = pacedColumns }) {
  const rows = [];
  for (const riders of sizes) {
    const all = await inTurn(bench, `${riders} riders`, names, count, ['--riders', riders, '--seconds', seconds, '--paced', ...flags]);
    rows.push(...names.map((name) => pacedRow(all, name, riders, names)));
  }
  bench.report.table(`${title}; ${inRounds(count)} of ${seconds} s`, columns, rows);
}

const three = ['durable', 'redis', 'bare'];

/** @type {Record<string, (bench: Bench) => Promise<void>>} */
export const parts = {
  async contents({ arena, report }) {
    await sameContents(arena, { riders: 2_000, seconds: 30 });
    report.note(
      'Alleycat, the Redis rival and the bare loop agree on every row of 60 rankings of 1,000: rank, racer, total, all-time rank.',
    );
  },

  async saturated(bench) {
    const names = ['durable', 'off', 'redis', 'bare'];
    const count = bench.rounds(9, 3);
    const all = await inTurn(bench, 'saturated', names, count, ['--riders', 6_000, '--seconds', 60]);
    bench.report.table(
      `6,000 riders, closed loop, standings only; ${inRounds(count)}`,
      [
        column('rate', 'updates/s', 0),
        column('engine', 'engine us'),
        column('broker', 'broker us'),
        column('engineRedis', 'engine / Redis'),
        column('engineBare', 'engine / bare'),
        column('rateRedis', 'rate / Redis'),
        column('rateBare', 'rate / bare'),
        column('journal', 'journal B an update', 1),
        column('memory', 'MB', 0),
        fact('racerSeconds', 'seconds to racers'),
        fact('missing', 'missing'),
        fact('overtaken', 'of it overtaken'),
      ],
      names.map((name) => {
        const { of, against } = figuresOf(all, name);
        return {
          name: called[name],
          rate: of(key('rate')),
          engine: of(key('engineUs')),
          broker: of(key('brokerUs')),
          engineRedis: against('redis', key('engineUs')),
          engineBare: against('bare', key('engineUs')),
          rateRedis: against('redis', key('rate')),
          rateBare: against('bare', key('rate')),
          journal: name === 'durable' ? of(key('journalPerUpdate')) : undefined,
          memory: median(of(key('rssMb'))),
          racerSeconds: name === 'durable' || name === 'off' ? Math.min(...of(key('racerSeconds'))) : undefined,
          missing: most(of(key('missing'))),
          overtaken: most(of(key('overtaken'))),
        };
      }),
    );
    bench.report.note(
      'MB: Alleycat holds histories of 300 s, the others of 60 s, Redis itself counted with its rival; part memory compares by second.',
    );
  },

  async metrics({ arena, report, rounds, say }) {
    const count = rounds(9, 3);
    const rows = [];
    for (const [name, views, flags] of [
      ['standings only', 'off', []],
      ['a view for everybody, every update answered', 'all', ['--views', '--answers']],
    ]) {
      const engine = { on: [], off: [] };
      for (let round = 0; round < count; ++round)
        for (const timing of round % 2 ? ['off', 'on'] : ['on', 'off']) {
          say(`metrics, ${name}, round ${round + 1} of ${count}: ${timing}`);
          const options = { views, historyRacers: 1_000, flags: ['--metrics.timing', timing] };
          engine[timing].push((await arena.run('durable', ['--riders', 6_000, '--seconds', 60, ...flags], options)).engineUs);
        }
      const ratio = engine.on.map((us, i) => us / engine.off[i]);
      rows.push({ name, on: engine.on, off: engine.off, ratio });
      if (median(ratio) > 1.03) process.exitCode = 1;
    }
    report.table(
      `6,000 riders, closed loop, ${inRounds(count)}: with times and figures of actors, and without (metrics.timing off); at most 1.03`,
      [column('on', 'on, engine us'), column('off', 'off, engine us'), column('ratio', 'on / off', 3)],
      rows,
    );
  },

  async paced(bench) {
    await pacedTable(bench, 'At 1 Hz, riders spread over the second', {
      sizes: bench.quick ? [10_000] : [1_000, 10_000, 40_000],
      names: three,
      count: bench.rounds(3, 2),
      seconds: bench.quick ? 8 : 15,
      flags: [],
      columns: [...pacedColumns, column('journal', 'journal B an update', 1)],
    });
  },

  async phase(bench) {
    await pacedTable(bench, 'At 1 Hz, everybody in phase: last update of a second sent to complete standings received', {
      sizes: [1_000, 10_000, 40_000],
      names: three,
      count: bench.rounds(5, 2),
      seconds: bench.quick ? 8 : 15,
      flags: ['--in-phase'],
    });
  },

  async huge(bench) {
    for (const [what, flags] of [
      ['riders spread over the second', []],
      ['everybody in phase', ['--in-phase']],
    ])
      await pacedTable(bench, `100,000 riders at 1 Hz, ${what}`, {
        sizes: [100_000],
        names: bench.quick ? ['durable', 'bare'] : three,
        count: bench.rounds(3, 1),
        seconds: bench.quick ? 10 : 15,
        flags,
      });
  },

  async full(bench) {
    const { arena, report, say } = bench;
    const [count, seconds] = [bench.rounds(3, 1), bench.quick ? 10 : 20];
    const rows = [];
    for (const riders of [1_000, 6_000, 10_000]) {
      const runs = [];
      for (let round = 0; round < count; ++round) {
        say(`full, ${riders} riders, round ${round + 1} of ${count}`);
        const flags = ['--riders', riders, '--seconds', seconds, '--paced', '--answers', '--views'];
        runs.push(await arena.run('durable', flags, { views: 'all' }));
      }
      const of = (pick) => runs.map(pick);
      rows.push({
        name: riders.toLocaleString('en'),
        engine: of(key('engineUs')),
        broker: of(key('brokerUs')),
        p50: of(closeP50),
        p99: of(closeP99),
        viewP50: of(({ view }) => view?.p50),
        viewP99: of(({ view }) => view?.p99),
        answerP50: of(({ answer }) => answer?.p50),
        answerP99: of(({ answer }) => answer?.p99),
        unanswered: most(of(({ updates, answered }) => updates - answered)),
        unseen: most(of(({ updates, views }) => updates - views)),
        missing: most(of(key('missing'))),
      });
    }
    report.table(
      `A view for every rider, every update answered, at 1 Hz; ${inRounds(count)} of ${seconds} s`,
      [
        column('engine', 'engine us', 1),
        column('broker', 'broker us', 1),
        column('p50', 'close p50 ms', 1),
        column('p99', 'close p99 ms', 1),
        column('viewP50', 'view p50 ms', 1),
        column('viewP99', 'view p99 ms', 1),
        column('answerP50', 'answer p50 ms', 1),
        column('answerP99', 'answer p99 ms', 1),
        fact('unanswered', 'updates without an answer'),
        fact('unseen', 'updates without a view of their own'),
        fact('missing', 'seconds missing'),
      ],
      rows,
    );
    const views = { off: [], all: [] };
    for (let round = 0; round < count; ++round)
      for (const kind of round % 2 ? ['all', 'off'] : ['off', 'all']) {
        say(`full, closed loop, round ${round + 1} of ${count}: views ${kind}`);
        views[kind].push(await arena.run('durable', ['--riders', 6_000, '--seconds', 60], { views: kind }));
      }
    report.table(
      `What views cost: 6,000 riders, closed loop; ${inRounds(count)}`,
      [column('rate', 'updates/s', 0), column('engine', 'engine us'), column('broker', 'broker us')],
      Object.entries(views).map(([kind, runs]) => ({
        name: `views ${kind}`,
        rate: runs.map(key('rate')),
        engine: runs.map(key('engineUs')),
        broker: runs.map(key('brokerUs')),
      })),
    );
  },

  async raw({ arena, report, rounds }) {
    const rows = [];
    for (const [name, flags] of [
      ['raw core NATS', []],
      ['raw JetStream, a message an update', ['--jetstream']],
    ]) {
      const rate = [];
      for (let i = 0; i < rounds(3, 3); ++i) rate.push((await jsonOf('bench-raw', ['--nats', arena.world.natsUrl, ...flags])).rate);
      rows.push({ name, rate });
    }
    report.table('NATS with nothing behind it', [column('rate', 'messages/s', 0)], rows);
  },

  async races({ arena, report, rounds, say }) {
    const runs = { 1_000: [], 100_000: [] };
    const count = rounds(3, 1);
    for (let round = 0; round < count; ++round)
      for (const riders of [1_000, 100_000]) {
        say(`races, round ${round + 1} of ${count}: ${riders / 1_000}`);
        const flags = ['--riders', riders, '--seconds', riders === 1_000 ? 300 : 12];
        runs[riders].push(await arena.run('durable', flags, { historyRacers: 1_000 }));
      }
    const us = (riders) => runs[riders].map(key('engineUs'));
    const base = us(1_000);
    report.table(
      `Closed loop, races of 1,000; ${inRounds(count)}`,
      [column('engine', 'engine us'), column('broker', 'broker us'), column('growth', 'engine / one race')],
      [1_000, 100_000].map((riders) => ({
        name: riders === 1_000 ? '1 race' : '100 races',
        engine: us(riders),
        broker: runs[riders].map(key('brokerUs')),
        growth: us(riders).map((value, i) => value / base[i]),
      })),
    );
  },

  async stored({ arena, report, rounds, say }) {
    const runs = { 40_000: [], 1_000_000: [] };
    const count = rounds(3, 1);
    for (let round = 0; round < count; ++round)
      for (const racers of [40_000, 1_000_000]) {
        say(`stored, round ${round + 1} of ${count}: ${racers}`);
        runs[racers].push(await arena.run('durable', ['--riders', 1_000, '--seconds', 300], { historyRacers: racers, classes: 1 }));
      }
    const us = (racers) => runs[racers].map(key('engineUs'));
    const base = us(40_000);
    report.table(
      `1,000 riders of one class, closed loop; ${inRounds(count)}`,
      [column('engine', 'engine us'), column('growth', 'engine / 40,000'), column('memory', 'MB', 0)],
      [40_000, 1_000_000].map((racers) => ({
        name: `${racers.toLocaleString('en')} riders stored`,
        engine: us(racers),
        growth: us(racers).map((value, i) => value / base[i]),
        memory: median(runs[racers].map(key('rssMb'))),
      })),
    );
  },

  async memory({ arena, report, rounds }) {
    const stored = 6 * 40_000;
    const kept = { durable: 300, redis: 60 };
    const empty = await arena.start('durable', { historyRacers: 0 });
    const base = arena.rssMb(empty);
    await empty.stop();
    const ready = [];
    let full;
    for (let i = 0; i < rounds(3, 3); ++i) {
      const node = await arena.start('durable');
      ready.push(node.readyMs);
      full = arena.rssMb(node);
      await node.stop();
    }
    const rival = await arena.start('redis');
    const redis = await arena.redisMemory();
    const peer = arena.rssMb(rival) - arena.rssMb({ programs: [arena.redis] });
    await rival.stop();
    const bytes = (mb, seconds) => (mb * 2 ** 20) / (stored * seconds);
    report.table(
      `6 x 40,000 riders stored, nobody rides`,
      [
        fact('seconds', 'seconds stored of each'),
        column('mb', 'MB', 0),
        column('bytes', 'B a stored second', 1),
        column('whole', 'kB a history of 300 s', 2),
        column('ready', 'start to ready ms', 0),
      ],
      [
        { name: 'Alleycat, anonymous memory', seconds: kept.durable, mb: full, bytes: bytes(full - base, kept.durable), ready },
        { name: 'Redis, used_memory', seconds: kept.redis, mb: redis.usedMb, bytes: bytes(redis.usedMb, kept.redis) },
        { name: 'Redis, resident', seconds: kept.redis, mb: redis.rssMb, bytes: bytes(redis.rssMb, kept.redis) },
      ].map((row) => ({ ...row, whole: (row.bytes * 300) / 1024 })),
    );
    report.note(
      `An empty node has ${Math.round(base)} MB, left out of its B and kB; the Redis rival's own process ${Math.round(peer)} MB, not in the table.`,
    );
  },

  async profile(bench) {
    const { arena, report, rounds, say } = bench;
    const count = rounds(3, 2);
    const plain = { allocations: [], bytes: [], voluntary: [], involuntary: [] };
    for (const [what, riders] of [
      ['6,000 riders, closed loop', ['--riders', 6_000, '--seconds', 60]],
      ['10,000 riders at 1 Hz, spread', ['--riders', 10_000, '--seconds', bench.quick ? 8 : 15, '--paced']],
    ]) {
      const rows = [];
      for (const name of three) {
        const row = { name: called[name], ...structuredClone(plain) };
        for (let round = 0; round < count; ++round) {
          say(`profile, ${what}, round ${round + 1} of ${count}: ${called[name]}`);
          for (const [key, value] of Object.entries(await arena.profile(name, riders))) row[key]?.push(value);
        }
        rows.push(row);
      }
      report.table(
        `${what}: for each update; ${inRounds(count)}`,
        [
          column('allocations', 'allocations'),
          column('bytes', 'bytes allocated', 0),
          column('voluntary', 'context switches, waiting', 3),
          column('involuntary', 'context switches, time over', 3),
        ],
        rows,
      );
      const { engineUs, threads, libraries, functions } = await arena.samples('durable', riders);
      const shares = (of, title) =>
        report.table(
          `${what}: Alleycat's ${title}, of ${engineUs.toFixed(2)} us an update`,
          [column('percent', '%', 1), fact('us', 'us an update', 2)],
          of.map(({ name, share }) => ({ name, percent: 100 * share, us: share * engineUs })),
        );
      shares(threads, 'threads');
      if (libraries) {
        shares(libraries, 'libraries');
        shares(functions, 'functions, without what they call');
      } else report.note('perf is not here, or may not sample: no functions.');
    }
    report.note("The rival's allocations are of its own process, Redis left out; its context switches are of both.");
  },

  // Before `close`, whose rules are others: a cluster refuses a node that comes with the former ones.
  async idle({ arena, report, rounds, quick }) {
    const idle = [];
    for (let round = 0; round < rounds(3, 2); ++round) {
      const node = await arena.start('durable');
      idle.push(100 * (await arena.idle(node, quick ? 5 : 20)));
      await node.stop();
    }
    report.table('A node on which nobody rides', [column('idle', '% of a core')], [{ name: called.durable, idle }]);
  },

  async close({ arena, report, rounds, say }) {
    const count = rounds(3, 1);
    const runs = { 1: [], 6: [] };
    for (let round = 0; round < count; ++round)
      for (const races of [1, 6]) {
        say(`close, round ${round + 1} of ${count}: ${races}`);
        runs[races].push(await afterwards(arena, races));
      }
    report.table(
      `Races of 1,000 rides of 300 s end, 40,000 stored in each class; 6,000 ride in phase at 1 Hz; ${inRounds(count)}`,
      [
        column('took', 'close mark to stored, merged and told ms', 0),
        column('p50Before', 'live close p50 ms before', 1),
        column('p50', 'p50 meanwhile', 1),
        column('p99Before', 'live close p99 ms before', 1),
        column('p99', 'p99 meanwhile', 1),
        column('ratio', 'p99 meanwhile / before'),
      ],
      [1, 6].map((races) => {
        const of = (pick) => runs[races].map(pick);
        return {
          name: races === 1 ? '1 race' : `${races} races at once`,
          took: runs[races].flatMap(({ took }) => took),
          p50Before: of(({ before }) => closeP50(before)),
          p50: of(({ meanwhile }) => closeP50(meanwhile)),
          p99Before: of(({ before }) => closeP99(before)),
          p99: of(({ meanwhile }) => closeP99(meanwhile)),
          ratio: of(({ before, meanwhile }) => closeP99(meanwhile) / closeP99(before)),
        };
      }),
    );
  },
};

/** What is worth its time when there is little of it. */
export const partsOfQuick = ['contents', 'saturated', 'paced', 'phase', 'huge', 'memory', 'idle', 'close'];
