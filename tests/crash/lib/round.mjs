// One round: riders in four classes, kills as planned, and after the close the comparison with the oracle.

import { decodeEntry } from '../../e2e/lib/journal.mjs';
import { readLog } from '../../oracle/log.mjs';
import { deadlineOf } from '../../oracle/rules.mjs';
import { resultsStream } from '../../e2e/lib/tables.mjs';
import { sleep, until } from '../../e2e/lib/until.mjs';
import { racesOf, verify } from '../../e2e/lib/verify.mjs';
import { rideAway } from './away.mjs';
import { watchOpenings } from './events.mjs';
import { killedAtPoint } from './scenario.mjs';
import { appendEarlyMark, straggleBehindMarks } from './straggler.mjs';

/**
 * @typedef {object} Kill
 * @property {string} place
 * @property {number} recovery  ms from the death until /readyz is ok again
 * @property {number} down      ms of them until it was started again
 * @property {number} died      ms since the epoch
 * @property {number} open      races of the round that were not closed then
 *
 * @typedef {object} Outcome
 * @property {Kill[]} kills
 * @property {string[]} notReached  named places that the node did not come by
 * @property {number} acknowledged  updates of this round
 * @property {number} stragglers    batches that were written behind a close mark
 * @property {number} leftOut       updates that were answered ok and did not count, though nothing before them was against it
 * @property {number} lost          seconds of rides that must be there and are not, or were acknowledged behind the mark
 * @property {number} twice         racers more than once in a table, seconds that must not be there, races opened again
 * @property {number} differences   of all that was compared
 * @property {number} seconds       how long the round took
 * @property {string} failure       '' = as the oracle says
 */

/** Kills and brings back what a plan says, until it is told to stop. */
class Striker {
  /**
   * @param {import('../../e2e/lib/world.mjs').World} world
   * @param {import('./plan.mjs').Plan} plan
   * @param {{flags: string[], variables: Record<string, string> | undefined}} node
   */
  constructor(world, plan, node) {
    this.world = world;
    this.strikes = [...plan.strikes];
    this.points = [...plan.points];
    this.node = node;
    /** @type {Kill[]} */
    this.kills = [];
    this.stopped = false;
  }

  /** Variables of the node's next start. */
  get variables() {
    if (this.points.length === 0) return this.node.variables;
    return { ...this.node.variables, ALLEYCAT_FAILPOINT: `${this.points[0].place}:${this.points[0].nth}` };
  }

  get idle() {
    return this.strikes.length === 0 && this.world.node.running && !this.busy;
  }

  /** Starts the node, again and again while it ends at a named place before it is ready. */
  async bringNode() {
    const atStart = [];
    for (;;) {
      const armed = this.points.length > 0;
      try {
        await this.world.startNode('node-1', this.node.flags, this.variables);
        break;
      } catch (error) {
        if (!armed || this.world.node.running || (await this.world.node.ended) !== killedAtPoint) throw error;
        atStart.push({ place: `${this.points.shift().place} (at start)`, died: Date.now() });
      }
    }
    for (const { place, died } of atStart) this.kills.push({ place, recovery: Date.now() - died, down: 0, died });
  }

  async strike({ what, down, place }) {
    const { world } = this;
    const died = Date.now();
    const victims = { node: [world.node], 'nats-server': [world.nats], both: [world.nats, world.node] }[what];
    await Promise.all(victims.map((victim) => victim.kill()));
    await sleep(down);
    const started = Date.now();
    if (what !== 'node') await world.startNats();
    if (what !== 'nats-server') await this.bringNode();
    else await until('the node is ready again', async () => !world.node.running || (await fetch(`${world.httpUrl}/readyz`)).ok);
    this.kills.push({ place: `${what}, ${place}`, recovery: Date.now() - died, down: started - died, died });
  }

  /** Kills the nats-server the moment a strike's message is heard. @returns {() => void} ends it */
  listen() {
    const heard = { batch: 0, mark: 0 };
    const subscription = this.world.client.nc.subscribe('alleycat.journal.*.*', {
      callback: (error, message) => {
        if (error) return;
        const what = 'mark' in decodeEntry(message.data) ? 'mark' : 'batch';
        // The mark that somebody writes too early is none.
        if (what === 'mark' && Date.now() <= deadlineOf(this.world.rules, Number(message.subject.split('.').at(-1)))) return;
        heard[what] += 1;
        const strike = this.strikes[0];
        if (!strike?.heard || strike.heard.what !== what || heard[what] !== strike.heard.nth) return;
        strike.due = true;
        this.world.nats.kill();
      },
    });
    return () => subscription.unsubscribe();
  }

  /** The node ended without a strike. */
  async afterPoint() {
    const died = Date.now();
    const outcome = await this.world.node.ended;
    const point = this.points.shift();
    if (!point || outcome !== killedAtPoint) throw new Error(`the node ended by itself with ${outcome}`);
    await this.bringNode();
    this.kills.push({ place: point.place, recovery: Date.now() - died, down: 0, died });
  }

  /** @param {number} begin  start of the window, ms since the epoch */
  async work(begin) {
    while (!this.stopped) {
      this.busy = true;
      if (!this.world.node.running) await this.afterPoint();
      else if (this.strikes.length > 0 && (this.strikes[0].heard ? this.strikes[0].due : Date.now() >= begin + this.strikes[0].at)) {
        await this.strike(this.strikes[0]);
        this.strikes.shift();
      }
      this.busy = false;
      await sleep(10);
    }
  }
}

/** How many of the races were open at each kill, by the time in their results. */
function noteOpenRaces(kills, races, results) {
  const names = new Set(races.map(({ classId, raceId }) => `${classId}/${raceId}`));
  const closed = results.filter(({ classId, raceId }) => names.has(`${classId}/${raceId}`)).map(({ ts }) => ts);
  for (const kill of kills) kill.open = closed.filter((ts) => ts > kill.died).length;
}

/** Counts of what differs, in the words of the promise. */
function countDifferences({ expected, actual, differences }, openedAgain) {
  const stored = new Map(actual.races.map((race) => [`${race.classId}/${race.raceId}`, race]));
  let lost = expected.counts.left_out;
  let twice = openedAgain.length;
  for (const race of expected.races) {
    const rides = stored.get(`${race.classId}/${race.raceId}`)?.rides ?? {};
    for (const [racerId, { cadence }] of Object.entries(race.rides)) {
      const have = rides[racerId]?.cadence ?? [];
      for (let i = 0; i < Math.max(cadence.length, have.length); i += 1) {
        const wanted = (cadence[i] ?? null) !== null;
        const there = (have[i] ?? null) !== null;
        if (wanted && !there) lost += 1;
        if (there && !wanted) twice += 1;
      }
    }
  }
  const tables = [
    ...actual.races.map((race) => race.ranking),
    ...Object.values(actual.leaderboard),
    ...Object.values(actual.allTime).flatMap(Object.values),
  ];
  for (const rows of tables) twice += rows.length - new Set(rows.map(({ racerId }) => racerId)).size;
  return { lost, twice, differences: differences.length };
}

/**
 * @param {import('../../e2e/lib/world.mjs').World} world
 * @param {import('./plan.mjs').Plan} plan
 * @param {object} options
 * @param {string} options.classes   as alleycat-sim takes them: "1,2,3,4"
 * @param {number} options.racers    per class
 * @param {string[]} options.logs    of the rounds before in these classes; grows by this round's
 * @param {string[]} [options.flags] of the node
 * @param {Record<string, string>} [options.variables]  given, always the node with crash points, with these
 * @returns {Promise<Outcome>}
 */
export async function playRound(world, plan, { classes, racers, logs, flags = [], variables }) {
  const clock = plan.clock === 0 ? undefined : { ALLEYCAT_CLOCK_OFFSET_MS: `${plan.clock}` };
  const node = {
    flags: [...flags, '--journal.ingest_actors', `${plan.ingests}`],
    variables: clock || variables ? { ...clock, ...variables } : undefined,
  };
  const striker = new Striker(world, plan, node);
  const outcome = {
    kills: striker.kills,
    notReached: [],
    acknowledged: 0,
    stragglers: 0,
    leftOut: 0,
    lost: 0,
    twice: 0,
    differences: 0,
    seconds: 0,
    failure: '',
  };
  const started = Date.now();
  const endStragglers = straggleBehindMarks(world.client, world.rules);
  const deafen = striker.listen();
  try {
    const openedAgain = await watchOpenings(world.client);
    await world.node.stop();
    await striker.bringNode();
    const window = world.rules.window_seconds * 1000;
    const left = () => window - (Date.now() % window);
    if (left() < 1000) await sleep(left() + 1);
    const begin = Date.now() + left();
    // Starts all over the window.
    const stagger = world.rules.window_seconds - 1;
    const faults = Object.entries(plan.faults).flatMap(([name, chance]) => [`--${name}`, chance]);
    const riders = world.startRiders(`round-${plan.round}`, [
      '--classes',
      classes,
      '--racers',
      racers,
      '--ack',
      '--start',
      'next',
      '--stagger',
      stagger,
      '--seed',
      plan.seed,
      ...faults,
    ]);
    const awayLog = world.path(`round-${plan.round}-away.jsonl`);
    logs.push(riders.log, awayLog);
    const raceId = begin / window;
    const away = rideAway(world.client, world.rules, {
      races: classes.split(',').map((classId) => ({ classId: Number(classId), raceId })),
      riders: plan.away,
      seed: plan.seed,
      log: awayLog,
    });
    // In the middle of the rides somebody writes a close mark: it must end nothing.
    const early = setTimeout(
      () => {
        for (const classId of classes.split(',').map(Number)) appendEarlyMark(world.client, { classId, raceId }).catch(() => {}); // NATS may be dead at that moment
      },
      begin + (window + world.rules.ride_seconds * 1000) / 2 - Date.now(),
    );

    const watch = async () => {
      const [code] = await Promise.all([riders.ended, away]);
      if (code !== 0 && code !== 1) throw new Error(`riders ended with ${code}: ${riders.stderr.trimEnd()}`);
      const races = racesOf(await readLog(riders.log));
      const results = races.map(({ classId, raceId }) => `alleycat.result.${classId}.${raceId}`);
      let closed = 0;
      await until(
        'the races are closed',
        async () => {
          if (!striker.idle) return false;
          const stored = await world.client.streamSubjects(resultsStream, 'alleycat.result.>');
          if (!results.every((subject) => subject in stored)) return false;
          closed ||= Date.now();
          // A named place behind the result is passed in a moment, or not at all.
          return striker.points.length === 0 || Date.now() - closed > 3000;
        },
        { seconds: 120, everyMs: 100 },
      );
    };
    try {
      const work = striker.work(begin);
      await Promise.race([watch(), work]);
      striker.stopped = true;
      await work;
      // A named place may have been reached while the last look at the stream was under way.
      if (!world.node.running) await striker.afterPoint();
    } finally {
      striker.stopped = true;
      clearTimeout(early);
      await riders.stop('SIGKILL');
    }
    outcome.notReached = striker.points.map(({ place, nth }) => `${place}:${nth}`);
    outcome.acknowledged = [...(await readLog(riders.log)), ...(await readLog(awayLog))].filter(({ answers }) =>
      answers.some((answer) => answer?.ok),
    ).length;
    const verdict = await verify(world.client, logs, world.rules, { presume: true });
    noteOpenRaces(striker.kills, racesOf(await readLog(riders.log)), verdict.results);
    const again = openedAgain();
    outcome.leftOut = verdict.expected.counts.left_out;
    Object.assign(outcome, countDifferences(verdict, again));
    const amiss = [
      ...(verdict.equal ? [] : [verdict.report]),
      ...(verdict.expected.counts.left_out > 0
        ? [`${verdict.expected.counts.left_out} updates were acknowledged and came behind the close mark`]
        : []),
      ...again.map((race) => `race ${race} was opened again after its close`),
    ];
    outcome.failure = amiss.join('\n');
  } catch (error) {
    outcome.failure = error.message;
  } finally {
    outcome.stragglers = endStragglers();
    deafen();
    outcome.seconds = (Date.now() - started) / 1000;
  }
  return outcome;
}
