// Real processes: started, listened to, killed. Nothing outlives the test.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

// Test files run side by side, and seconds lie between choosing a port and listening on it. So ports come from below those the
// kernel gives to outgoing connections, and a file named after it says who has one, for as long as its process lives.
const portsFolder = join(tmpdir(), `alleycat-ports-${process.getuid()}`);
const lowestPort = 12_000;
const portCount = 20_000;
/** @type {string[]} */
const reservations = [];
process.on('exit', () => reservations.forEach((file) => rmSync(file, { force: true })));

/** Whether this process may use a port. What a killed process left is free again. */
function reserve(port) {
  mkdirSync(portsFolder, { recursive: true });
  const file = join(portsFolder, `${port}`);
  try {
    writeFileSync(file, `${process.pid}`, { flag: 'wx' });
    reservations.push(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
  } catch {
    rmSync(file, { force: true });
  }
  return false;
}

async function canListen(port) {
  const server = createServer();
  const listening = await new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listening) await new Promise((resolve) => server.close(resolve));
  return listening;
}

/** @returns {Promise<number>} a free TCP port of 127.0.0.1 that no other test gets while this process lives */
export async function freePort() {
  for (;;) {
    const port = lowestPort + Math.floor(Math.random() * portCount);
    if (reserve(port) && (await canListen(port))) return port;
  }
}

/** A running program with everything it said. */
export class Program {
  /**
   * @param {string} name  for messages
   * @param {string} path
   * @param {string[]} args
   * @param {Record<string, string>} [extra]  variables for this program alone
   */
  constructor(name, path, args, extra = {}) {
    this.name = name;
    this.commandLine = [path, ...args].join(' ');
    this.stdout = '';
    this.stderr = '';
    // Settings of the caller (ALLEYCAT_BIN and such) are not meant for the programs: a node refuses keys it does not know.
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('ALLEYCAT_')));
    this.child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, ...extra } });
    alive.add(this.child);
    this.child.stdout.on('data', (chunk) => (this.stdout += chunk));
    this.child.stderr.on('data', (chunk) => (this.stderr += chunk));
    /** Settles when the program is gone: its exit code, or the signal that ended it. */
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => {
        this.stderr += `${error.message}\n`;
        resolve(error.message);
      });
      this.child.on('close', (code, signal) => {
        alive.delete(this.child);
        resolve(code ?? signal);
      });
    });
  }

  get running() {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined;
  }

  /** @returns {Promise<number | string>} exit code or signal */
  async stop(signal = 'SIGTERM', seconds = 30) {
    if (this.running) this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000);
    const outcome = await this.ended;
    clearTimeout(timer);
    return outcome;
  }

  /** `kill -9`: the program gets no chance to tidy up. */
  kill() {
    return this.stop('SIGKILL');
  }

  /** What it said last, for a failed test. */
  get report() {
    const tail = (text) =>
      text
        .trimEnd()
        .split('\n')
        .slice(-60)
        .map((line) => `    ${line}`)
        .join('\n');
    return `  ${this.commandLine}\n${tail(this.stderr)}\n${tail(this.stdout)}`;
  }
}
