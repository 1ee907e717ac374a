// A cluster under load, watched by a real Prometheus; with all that happens on a day: a node that dies and returns, updates that
// are refused, questions.

import { ClusterWorld } from '../../cluster/lib/cluster_world.mjs';
import { until, sleep } from '../../e2e/lib/until.mjs';
import { Prometheus } from './prometheus.mjs';

const address = (http) => http.slice('http://'.length);

export class Checkup {
  /** @param {{racers: number}} options */
  static async start({ racers }) {
    const world = await ClusterWorld.startCluster();
    try {
      const nodes = new Map([...world.nodes].map(([name, { http }]) => [name, address(http)]));
      const prometheus = await Prometheus.start(world.path('prometheus'), nodes);
      world.programs.push(prometheus.program);
      return new Checkup(world, prometheus, racers);
    } catch (error) {
      await world.stop(error);
      throw error;
    }
  }

  constructor(world, prometheus, racers) {
    this.world = world;
    this.prometheus = prometheus;
    this.racers = racers;
    this.began = Date.now() / 1000;
    this.asking = true;
    this.races = 0;
    this.talk = this.askAndMisbehave();
  }

  /** Each second what people and bad bikes send. */
  async askAndMisbehave() {
    const { client } = this.world;
    const questions = [
      'now',
      'classes',
      'cluster',
      'leaderboard.1',
      'alltime.1.5',
      'races.1',
      'race.1.1',
      'racer.1',
      'ride.1.1.1',
      'ghost.1.leader',
      'leaderboard.77',
      'nonsense',
    ];
    while (this.asking) {
      await Promise.allSettled(questions.map((question) => client.query(question)));
      await Promise.allSettled([
        client.ask('alleycat.update.1.9', 'no update'),
        client.ask(
          'alleycat.update.1.9',
          JSON.stringify({
            event: 'update',
            deviceTimestamp: Date.now(),
            second: 999,
            raceId: 1,
            name: 'Late',
            racerId: 9,
            classId: 1,
            cadence: 80,
            resistance: 50,
          }),
        ),
        client.ask('alleycat.racer.1.ghost', JSON.stringify({ classId: 1, ghost: 'leader' })),
      ]);
      await sleep(1000);
    }
  }

  /** A race in every class from the next window on. */
  async startRace() {
    const { rules } = this.world;
    const window = rules.window_seconds * 1000;
    await sleep(Math.max(0, window - (Date.now() % window) - 1500)); // the last window's riders have begun
    const riders = this.world.startRiders(`riders-${++this.races}`, [
      '--classes',
      rules.classes.map(({ id }) => id).join(','),
      '--racers',
      this.racers,
      '--ack',
      '--start',
      'next',
    ]);
    await sleep(window - (Date.now() % window));
    return riders;
  }

  /** Every node has been scraped, and shows its classes. */
  async untilScraped() {
    await until('every class has an owner in Prometheus', async () => {
      const owners = await this.prometheus.ask('sum by (class) (alleycat_class_owned)');
      return owners.length === this.world.rules.classes.length && owners.every(({ values }) => values[0][1] === 1);
    });
  }

  /**
   * Kills a node and starts it again when the alert fires.
   * @returns seconds until the alert fired, and until it was over after the node was ready again
   */
  async loseAndReturn(name) {
    const alert = `AlleycatNodeDown ${name}`;
    const killed = performance.now();
    this.world.killNode(name);
    await until(`the alert "${alert}" fires`, async () => (await this.prometheus.firing()).includes(alert), { seconds: 60, everyMs: 100 });
    const fired = (performance.now() - killed) / 1000;
    const others = await this.prometheus.firing();
    await this.world.startNode(name);
    const ready = performance.now();
    await until(`the alert "${alert}" is over`, async () => !(await this.prometheus.firing()).includes(alert), {
      seconds: 60,
      everyMs: 100,
    });
    return { fired, cleared: (performance.now() - ready) / 1000, others };
  }

  /** Prometheus has seen the races of so many windows closed and merged, and once more after that. */
  async untilClosed(windows) {
    const races = windows * this.world.rules.classes.length;
    const merged = async () => (await this.prometheus.ask('sum(alleycat_races_merged_total)'))[0]?.values[0][1] ?? 0;
    await until(`${races} races are closed`, async () => (await merged()) >= races, { seconds: 120, everyMs: 500 });
    await sleep(4500);
  }

  async stop(error = null) {
    this.asking = false;
    await this.talk;
    await this.world.stop(error);
  }
}
