// What the end of races costs.

import { until } from '../../e2e/lib/until.mjs';

/** Races that rode to their end: how long each close takes, and what riders of running races notice of six at once. */
export async function afterwards(arena, say) {
  const told = await arena.client.collect('alleycat.event.race_closed');
  for (const races of [1, 6]) {
    const node = await arena.start('durable', {
      data: arena.copyOf(await arena.history(), `closing-${races}`),
      flags: ['--race.idle_close_seconds', '4'],
    });
    const live = (seconds) => arena.ride(node, ['--riders', 6_000, '--seconds', seconds, '--paced', '--in-phase']);
    const before = races === 6 ? await live(8) : undefined;
    const race = arena.nextRace;
    await arena.ride(node, ['--riders', races * 1_000, '--seconds', 300]);
    const meanwhile = races === 6 ? await live(8) : undefined;
    const closed = () => told.map((heard) => heard.json()).filter((event) => event.raceId === race);
    await until('the races are closed', () => closed().length === races, { seconds: 60 });
    const took = closed().map(({ classId, ts }) => {
      const mark = node.programs[0].stderr
        .split('\n')
        .find((line) => / race\.marked /.test(line) && line.includes(`class=${classId} `) && line.includes(`race=${race}`));
      return ts - Date.parse(mark.split(' ')[0]);
    });
    say(`${races} x 1,000 rides of 300 s into 40,000: ${took.join(', ')} ms from the close mark to stored, merged and told`);
    if (meanwhile)
      say(
        `running races: close p50 / p99 ${meanwhile.close.p50} / ${meanwhile.close.p99} ms while six closed, ${before.close.p50} / ${before.close.p99} ms before`,
      );
    await node.stop();
  }
}
