// What else the machine does: the figures of a bench are worth nothing beside a build.

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';

const ticksASecond = 100; // what Linux shows to programs, on every architecture

/**
 * CPU of all processes together since the machine was started, in seconds; `stolen` is what other virtual machines took. From
 * /proc/stat.
 * @param {string} [text]
 */
export function machineSeconds(text = readFileSync('/proc/stat', 'utf8')) {
  const [user, nice, system, , , irq, softirq, stolen = 0] = text.split('\n', 1)[0].trim().split(/\s+/).slice(1).map(Number);
  return { busy: (user + nice + system + irq + softirq) / ticksASecond, stolen: stolen / ticksASecond };
}

/** CPU of this process and of those it started that have ended, in seconds. From /proc/self/stat. */
export function ownSeconds(text = readFileSync('/proc/self/stat', 'utf8')) {
  // The name of the program, in brackets, may contain anything.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [utime, stime, cutime, cstime] = fields.slice(11, 15);
  return (utime + stime + cutime + cstime) / ticksASecond;
}

/**
 * Cores that are busy now, in the mean over some seconds. The load average would not do: a minute after the last part of a bench it
 * still shows a third of that part's own work, and nothing of what began just now.
 */
export async function busyCores(seconds = 5) {
  const [before, began] = [machineSeconds(), performance.now()];
  await setTimeout(seconds * 1000);
  const after = machineSeconds();
  return (after.busy + after.stolen - before.busy - before.stolen) / ((performance.now() - began) / 1000);
}

/**
 * Returns when fewer than `limit` cores are busy, or after `minutes`.
 * @param {object} options
 * @param {number} options.limit  cores; Infinity: looks once and does not wait
 * @param {number} options.minutes
 * @param {(text: string) => void} options.say  told once when there is something to wait for, and every minute
 * @param {() => Promise<number>} [options.measure]
 * @param {() => number} [options.now]  milliseconds
 * @returns {Promise<{calm: boolean, busy: number, waited: number}>} cores busy at the end, seconds waited
 */
export async function untilCalm({ limit, minutes, say, measure = busyCores, now = () => performance.now() }) {
  const began = now();
  let told;
  for (;;) {
    const busy = await measure();
    const waited = (now() - began) / 1000;
    if (busy < limit) return { calm: Number.isFinite(limit), busy, waited };
    if (waited >= minutes * 60) {
      say(`${busy.toFixed(2)} cores are still busy after ${minutes} minutes: measuring beside it`);
      return { calm: false, busy, waited };
    }
    if (told === undefined || waited - told >= 60) {
      told = waited;
      say(`waiting until fewer than ${limit} cores are busy with something else (now ${busy.toFixed(2)}; at most ${minutes} minutes)`);
    }
  }
}

/** "2 x AMD EPYC" */
export const machineName = () => `${availableParallelism()} x ${cpus()[0].model}`;
