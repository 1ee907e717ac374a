// CPU time of processes, from the kernel's scheduler: exact to the nanosecond, all threads together.

import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';

/** @returns {number} seconds that all threads of a process have run so far; threads that ended are not in it */
export function cpuSeconds(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // it ended between the two reads
    }
  }
  return nanoseconds / 1e9;
}

/** @returns {number} kB of anonymous memory in RAM */
export function anonymousKb(pid) {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** How busy the machine is: absolute figures taken at another load do not compare. */
export const load = () => loadavg()[0].toFixed(1);
