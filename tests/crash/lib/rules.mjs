// Races as short as they can be: they close after 19 seconds.

import { completeRules } from '../../oracle/rules.mjs';

/** Ingest stops 5 s before the deadline, a second after the last one was ridden. */
export const crashRules = completeRules({
  window_seconds: 5,
  ride_seconds: 8,
  grace_seconds: 6,
  classes: Array.from({ length: 12 }, (_, i) => ({ id: i + 1, score: (i + 1) % 4 === 0 ? 'output' : 'total' })),
});
