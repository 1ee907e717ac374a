// One node's peers as a process, and certificates for them.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = join(process.env.ALLEYCAT_BIN ?? fileURLToPath(new URL('../../../build/bin', import.meta.url)), 'peer_process');

/** No event that a test waits for takes longer, however busy the machine. */
const patience_ms = 60_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));

/** What peer_process answers to `echo BYTES` (first = 3) and `long BYTES` (first = 7). */
export function digestOf(bytes, first) {
  const text = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; ++i) text[i] = (i * 31 + first) & 0xff;
  return createHash('sha256').update(text).digest('hex');
}

export class Peer {
  /** @param {Record<string, string | number>} extra  protocol, grace, cert, key, ca */
  constructor(name, incarnation, port, extra = {}) {
    this.name = name;
    this.incarnation = incarnation;
    /** @type {Record<string, any>[]} everything it said; `at` is when, in ms */
    this.said = [];
    this.errors = '';
    this.waiting = [];
    this.tags = 0;
    const options = Object.entries(extra).map(([key, value]) => `${key}=${value}`);
    this.child = spawn(program, [name, String(incarnation), `127.0.0.1:${port}`, ...options]);
    alive.add(this.child);
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(code ?? signal)));
    this.ended.then(() => alive.delete(this.child));
    this.child.stdin.on('error', () => {});
    this.child.stderr.on('data', (chunk) => (this.errors += chunk));
    let rest = '';
    this.child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.said.push({ ...JSON.parse(line), at: performance.now() });
      this.waiting = this.waiting.filter((look) => !look());
    });
  }

  /** Started and listening. */
  static async start(name, incarnation = 1, extra = {}, port = 0) {
    const peer = new Peer(name, incarnation, port, extra);
    peer.port = (await peer.event('listening')).port;
    return peer;
  }

  tell(line) {
    this.child.stdin.write(`${line}\n`);
  }

  /**
   * The first event of this kind, from the `from`th thing it said on, that has these fields.
   * @returns {Promise<Record<string, any>>}
   */
  event(kind, fields = {}, from = 0) {
    const fits = (said) => said.event === kind && Object.entries(fields).every(([key, value]) => said[key] === value);
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.said.slice(from).find(fits);
        if (found) {
          clearTimeout(timer);
          resolve(found);
        }
        return found !== undefined;
      };
      const timer = setTimeout(() => {
        const wanted = `${this.name} never said ${kind} ${JSON.stringify(fields)}`;
        reject(new Error(`${wanted}\n${this.said.map((said) => JSON.stringify(said)).join('\n')}\n${this.errors}`));
      }, patience_ms);
      if (!look()) this.waiting.push(look);
    });
  }

  count(kind) {
    return this.said.filter((said) => said.event === kind).length;
  }

  connect(to, port = to.port) {
    this.tell(`connect ${to.name} ${to.incarnation} 127.0.0.1 ${port}`);
  }

  /** Asks, and waits for the outcome. */
  ask(node, what, { cls = 0, epoch = 0, deadline = 30_000 } = {}) {
    const tag = String(++this.tags);
    this.tell(`ask ${tag} ${node} ${cls} ${epoch} ${deadline} ${what}`);
    return this.event('answered', { tag });
  }

  async rows() {
    const from = this.said.length;
    this.tell('rows');
    return this.event('rows', {}, from);
  }

  signal(which) {
    this.child.kill(which);
  }

  /** @returns {Promise<number | string>} exit code or signal */
  stop() {
    this.tell('quit');
    return this.ended;
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Both ways up. */
export async function together(one, other) {
  one.connect(other);
  other.connect(one);
  await Promise.all([one.event('up', { node: other.name }), other.event('up', { node: one.name })]);
}

/** A folder with a CA and the certificates it gave. */
export class Authority {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'alleycat-ca-'));
    this.#openssl('req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -subj /CN=ca');
  }

  /** @returns what Peer takes */
  issue(name) {
    this.#openssl(`req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
    this.#openssl(`x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ${name}.pem`);
    const file = (end) => join(this.folder, `${name}.${end}`);
    return { cert: file('pem'), key: file('key'), ca: join(this.folder, 'ca.pem') };
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #openssl(line) {
    const done = spawnSync('openssl', line.split(' '), { cwd: this.folder, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`openssl ${line}: ${done.stderr}`);
  }
}
