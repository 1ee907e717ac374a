// Real processes: started, listened to, killed. Nothing outlives the test.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** @returns {Promise<number>} a TCP port of 127.0.0.1 that was free a moment ago */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
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
    const tail = (text) => text.trimEnd().split('\n').slice(-60).map((line) => `    ${line}`).join('\n');
    return `  ${this.commandLine}\n${tail(this.stderr)}\n${tail(this.stdout)}`;
  }
}
