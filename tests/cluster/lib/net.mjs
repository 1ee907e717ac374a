// A small network of namespaces that can be cut: one bridge, one namespace for each node, the test and the nats-servers on
// the bridge's own address. Needs root and `ip`.

import { spawnSync } from 'node:child_process';

const ip = (...args) => {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
};

/** @returns {boolean} whether this machine lets us: containers often do not */
export function namespacesWork() {
  try {
    const probe = `alleycat-probe-${process.pid}`;
    ip('netns', 'add', probe);
    ip('netns', 'delete', probe);
    return true;
  } catch {
    return false;
  }
}

/** @returns {number} below 10,000, of a bridge that is made: another process may have taken any number before us */
function claimBridge() {
  for (let tries = 1; ; tries += 1) {
    const id = Math.floor(Math.random() * 10_000);
    try {
      ip('link', 'add', `ac${id}`, 'type', 'bridge');
      return id;
    } catch (error) {
      if (!error.message.includes('File exists') || tries === 20) throw error;
    }
  }
}

export class Net {
  /** @param {string[]} names  of nodes, at most 200 */
  constructor(names) {
    const id = claimBridge();
    this.bridge = `ac${id}`;
    this.prefix = `10.${200 + Math.floor(id / 250)}.${id % 250}`;
    /** Where the test and the nats-servers are. */
    this.hub = `${this.prefix}.254`;
    /** @type {Map<string, {namespace: string, link: string, address: string}>} */
    this.places = new Map();
    this.removeAtExit = () => this.remove();
    process.on('exit', this.removeAtExit);
    ip('address', 'add', `${this.hub}/24`, 'dev', this.bridge);
    ip('link', 'set', this.bridge, 'up');
    names.forEach((name, i) => this.#add(name, i + 1));
  }

  #add(name, number) {
    const place = { namespace: `${this.bridge}-${number}`, link: `${this.bridge}v${number}`, address: `${this.prefix}.${number}` };
    ip('netns', 'add', place.namespace);
    this.places.set(name, place);
    ip('link', 'add', place.link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', place.namespace);
    ip('link', 'set', place.link, 'master', this.bridge, 'up');
    ip('-n', place.namespace, 'address', 'add', `${place.address}/24`, 'dev', 'eth0');
    ip('-n', place.namespace, 'link', 'set', 'lo', 'up');
    ip('-n', place.namespace, 'link', 'set', 'eth0', 'up');
  }

  #place(name) {
    const place = this.places.get(name);
    if (!place) throw new Error(`nobody is called ${name}`);
    return place;
  }

  address(name) {
    return this.#place(name).address;
  }

  /** What a command line of `name` begins with. */
  inside(name) {
    return ['ip', 'netns', 'exec', this.#place(name).namespace];
  }

  /** From everybody, as if the cable were pulled: nothing is refused, nothing comes. */
  cut(name) {
    ip('link', 'set', this.#place(name).link, 'down');
  }

  heal(name) {
    ip('link', 'set', this.#place(name).link, 'up');
  }

  /** From the nats-servers alone. */
  cutFromHub(name) {
    this.#blackhole('add', name, this.hub);
  }

  healHub(name) {
    this.#blackhole('delete', name, this.hub);
  }

  /** Two nodes from each other. */
  cutBetween(one, other) {
    this.#blackhole('add', one, this.address(other));
    this.#blackhole('add', other, this.address(one));
  }

  healBetween(one, other) {
    this.#blackhole('delete', one, this.address(other));
    this.#blackhole('delete', other, this.address(one));
  }

  #blackhole(what, name, address) {
    ip('-n', this.#place(name).namespace, 'route', what, 'blackhole', `${address}/32`);
  }

  /** When the processes inside have ended. */
  remove() {
    process.off('exit', this.removeAtExit);
    for (const { namespace } of this.places.values()) spawnSync('ip', ['netns', 'delete', namespace]);
    this.places.clear();
    spawnSync('ip', ['link', 'delete', this.bridge]);
  }
}
