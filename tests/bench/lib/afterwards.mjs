// What the end of races costs.

import { rmSync } from 'node:fs';

import { until } from '../../e2e/lib/until.mjs';

/**
 * Races that rode to their end, on a node of their own with 40,000 riders stored in each class.
 * @param {import('./arena.mjs').Arena} arena
 * @param {number} races  of 1,000 riders each, which end at once
 * @returns {Promise<{took: number[], before: object, meanwhile: object}>} milliseconds from each close mark to stored, merged and told;
 *   what 6,000 riders in phase saw before the races ended and while they did
 */
export async function afterwards(arena, races) {
  const told = await arena.client.collect('alleycat.event.race_closed');
  const data = arena.copyOf(await arena.history(), `closing-${arena.nextRace}`);
  const node = await arena.start('durable', { data, flags: ['--race.idle_close_seconds', '4'] });
  try {
    const live = () => arena.ride(node, ['--riders', 6_000, '--seconds', 8, '--paced', '--in-phase']);
    const before = await live();
    const race = arena.nextRace;
    await arena.ride(node, ['--riders', races * 1_000, '--seconds', 300]);
    const meanwhile = await live();
    const closed = () => told.map((heard) => heard.json()).filter((event) => event.raceId === race);
    await until('the races are closed', () => closed().length === races, { seconds: 60 });
    const took = closed().map(({ classId, ts }) => {
      const mark = node.programs[0].stderr
        .split('\n')
        .find((line) => / race\.marked /.test(line) && line.includes(`class=${classId} `) && line.includes(`race=${race}`));
      return ts - Date.parse(mark.split(' ')[0]);
    });
    return { took, before, meanwhile };
  } finally {
    await node.stop();
    rmSync(data, { recursive: true });
  }
}
