// Programs of a commit, built beside those of this checkout.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, copyFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(new URL('../../..', import.meta.url).pathname);
/** Of a build, what a comparison needs. */
const programs = ['alleycat-node', 'bench-history'];

const git = (...args) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
/** What it prints is progress: ours goes to stdout. */
const build = (folder, ...targets) => {
  const loud = { cwd: folder, stdio: ['ignore', process.stderr, process.stderr] };
  execFileSync('cmake', ['--preset', 'ci', '--log-level=WARNING'], loud);
  execFileSync('cmake', ['--build', '--preset', 'ci', '--parallel', `${availableParallelism()}`, '--target', ...targets], loud);
};

/** @returns {string | undefined} the full name of a commit */
export function commitOf(name) {
  try {
    return git('rev-parse', '--verify', '--quiet', `${name}^{commit}`);
  } catch {
    return undefined;
  }
}

/** "8c0ffee tests: what it did" */
export const titleOf = (commit) => git('log', '-1', '--format=%h %s', commit);

/**
 * Builds a commit with the preset of the benchmarks in build/guard, or takes what was built of it before. Only the programs stay.
 * @param {string} commit  its full name
 * @returns {string} their folder
 */
export function programsOf(commit) {
  const folder = join(root, 'build', 'guard', commit.slice(0, 12));
  const done = join(folder, 'bin');
  if (existsSync(done)) return done;
  const source = join(folder, 'source');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  const archive = join(folder, 'source.tar');
  execFileSync('git', ['-C', root, 'archive', '--output', archive, commit]);
  execFileSync('tar', ['-x', '-f', archive, '-C', source]);
  build(source, ...programs);
  const unfinished = join(folder, 'unfinished');
  mkdirSync(unfinished);
  for (const program of programs) copyFileSync(join(source, 'build', 'bin', program), join(unfinished, program));
  renameSync(unfinished, done);
  for (const left of [archive, source]) rmSync(left, { recursive: true });
  return done;
}

/** Builds what is checked out here, with what is not committed. @returns {string} the folder of its programs */
export function programsOfCheckout() {
  build(root, ...programs, 'bench-riders');
  return join(root, 'build', 'bin');
}
