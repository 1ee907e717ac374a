// What a contender does for an update: allocations, context switches, the CPU of its threads and of its functions.

import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const slotBytes = 64;

/** What is in the table of count_allocations.cpp, all threads together. @param {Buffer} table */
export function allocationsIn(table) {
  const sum = { allocations: 0, bytes: 0, deallocations: 0 };
  for (let at = 0; at + slotBytes <= table.length; at += slotBytes)
    for (const [i, name] of Object.keys(sum).entries()) sum[name] += Number(table.readBigUInt64LE(at + 8 * i));
  return sum;
}

/** Changes of threads so far, of all threads that live: of their own will (they wait), and because their time was over. */
export function switchesOf(pid) {
  const sum = { voluntary: 0, involuntary: 0 };
  for (const { status } of threadsOf(pid, { status: 'status' })) {
    const count = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)[1]);
    sum.voluntary += count('voluntary_ctxt_switches');
    sum.involuntary += count('nonvoluntary_ctxt_switches');
  }
  return sum;
}

/** Seconds that threads have run, by their name. @returns {Map<string, number>} */
export function threadSeconds(pid) {
  const seconds = new Map();
  for (const { comm, schedstat } of threadsOf(pid, { comm: 'comm', schedstat: 'schedstat' })) {
    const name = comm.trim();
    seconds.set(name, (seconds.get(name) ?? 0) + Number(schedstat.split(' ')[0]) / 1e9);
  }
  return seconds;
}

/** Files of each thread of a process. */
function* threadsOf(pid, files) {
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    let found;
    try {
      found = Object.fromEntries(
        Object.entries(files).map(([key, file]) => [key, readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'utf8')]),
      );
    } catch {
      continue; // it ended between the two reads
    }
    yield found;
  }
}

// The clock works on virtual machines too, where the counters of the processor are not to be had.
const sampling = ['record', '--quiet', '-e', 'cpu-clock', '-F', '997'];

/** Whether `perf` is here and may sample. */
export const canSample = () => spawnSync('perf', [...sampling, '-o', '/dev/null', 'true']).status === 0;

/**
 * Samples a process from now on.
 * @param {string} file  for the samples
 * @returns {Promise<() => Promise<void>>} to be called at the end
 */
export async function sample(pid, file) {
  const child = spawn('perf', [...sampling, '-o', file, '-p', `${pid}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  return async () => {
    child.kill('SIGINT');
    await ended;
    if (said.trim()) throw new Error(`perf record: ${said.trim()}`);
  };
}

/**
 * @param {string} file  samples
 * @param {'dso' | 'dso,symbol'} by
 * @returns {{name: string, share: number}[]} what takes most first; shares 0..1
 */
export function sharesOf(file, by) {
  const args = [
    'report',
    '-i',
    file,
    '--stdio',
    '--no-children',
    '--sort',
    by,
    '--field-separator',
    '\t',
    '--percent-limit',
    '0.4',
    '--call-graph',
    'none',
  ];
  const { status, stdout, stderr } = spawnSync('perf', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`perf report: ${stderr}`);
  return sharesIn(stdout);
}

/** What `perf report` printed, as in `sharesOf`. */
export function sharesIn(text) {
  return text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split('\t').map((word) => word.trim()))
    .map(([percent, library, symbol = '']) => ({ name: shortened(library, symbol), share: parseFloat(percent) / 100 }));
}

/** Names of templates fill pages; what a function is called stands in front. Behind it perf has columns of its own, empty here. */
function shortened(library, symbol) {
  const where = library === '[kernel.kallsyms]' ? 'kernel' : library;
  const name = `${where} ${symbol.replace(/^\[.\] /, '').replace(/(\s+-)+$/, '')}`.trim().replaceAll('|', '/');
  return name.length > 110 ? `${name.slice(0, 107)}...` : name;
}
