// Recorded rides ridden as one race of full length, thirty times as fast, on a node that does not look at the clock.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { outputOf } from '../oracle/oracle.mjs';
import { completeRules } from '../oracle/rules.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

/** A recording of one ride: `seconds` lines that follow from the ride's number. */
function recordedRide(ride, seconds) {
  return Array.from({ length: seconds }, (_, i) => {
    const cadence = 70 + ((i * (ride + 3)) % 37);
    const resistance = 30 + ((i * i + ride * 7) % 41);
    return { ride, second: i + 1, cadence, resistance };
  });
}

describe('recorded rides', { concurrency: 2 }, () => {
  /** @type {World} */
  let world;
  before(async () => {
    world = await World.start(completeRules({ admit: 'any' }));
  });
  after(() => world.stop());
  const scenario = (name, body) => test(name, (t) => world.guarded(body)(t));

  async function replay(name, classId, file) {
    const log = await world.ride(name, ['--classes', classId, '--replay', file, '--speed', 30, '--ack', '--first-racer', classId * 1000]);
    const verdict = await verify(world.client, [log], world.rules);
    assert.ok(verdict.equal, verdict.report);
    return verdict;
  }

  scenario('are ridden window by window, and come in the order of their totals', async () => {
    const rides = [recordedRide(0, 300), recordedRide(1, 650), recordedRide(2, 299), recordedRide(3, 301)];
    const lines = rides.flat().map(({ ride, second, cadence, resistance }) => `${ride},${second},100,${cadence},${resistance}`);
    const file = world.path('rides.csv');
    writeFileSync(file, `${['ride,second,output_w,cadence_rpm,resistance_pct', ...lines].join('\n')}\n`);
    const { actual } = await replay('generated', 1, file);

    const windows = [rides[0], rides[1].slice(0, 300), rides[1].slice(300, 600), rides[3].slice(0, 300)];
    const total = (window) =>
      window.reduce((sum, row) => sum + outputOf({ cadence: row.cadence * 10, resistance: row.resistance * 10 }), 0);
    const descending = (totals) => [...totals].sort((a, b) => b - a);
    // The four start within a second; where a window of races ends in it, they ride in two races, each ranked for itself.
    const races = actual.races.map((race) => race.ranking.map((row) => row.total));
    for (const ranked of races) assert.deepEqual(ranked, descending(ranked));
    assert.deepEqual(descending(races.flat()), descending(windows.map(total)));
  });

  const own = process.env.ALLEYCAT_RIDES;
  if (own)
    scenario(`from ${own} come in the order of the oracle`, async (t) => {
      const { report } = await replay('own', 2, own);
      t.diagnostic(report);
    });
});
