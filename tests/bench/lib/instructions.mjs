// Instructions that a process executes, by `perf stat` where the machine has such counters; most virtual ones have none.

import { spawn, spawnSync } from 'node:child_process';

const event = 'instructions:u';
const perf = process.env.PERF ?? 'perf';

/** @returns {number | undefined} from what `perf stat -x ,` prints; undefined where it says that it cannot count them */
export function instructionsIn(text) {
  const line = text.split('\n').find((candidate) => candidate.split(',')[2]?.startsWith('instructions'));
  const count = Number(line?.split(',')[0] || NaN);
  return Number.isFinite(count) ? count : undefined;
}

/** Whether they can be counted here. */
export function countsInstructions() {
  const { error, stderr } = spawnSync(perf, ['stat', '-x', ',', '-e', event, 'true'], { encoding: 'utf8' });
  return error === undefined && instructionsIn(stderr) !== undefined;
}

/**
 * Counts from now on, all threads of a process.
 * @returns {Promise<() => Promise<number>>} to be called at the end: how many
 */
export async function countInstructions(pid) {
  const child = spawn(perf, ['stat', '-x', ',', '-e', event, '-p', `${pid}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.on('close', resolve));
  // It says nothing when it has begun.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return async () => {
    child.kill('SIGINT');
    await ended;
    const count = instructionsIn(said);
    if (count === undefined) throw new Error(`perf stat did not count instructions:\n${said}`);
    return count;
  };
}
