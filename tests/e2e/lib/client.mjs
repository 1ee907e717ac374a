// A NATS client that speaks the public subjects: JSON requests and collected messages.

import { setTimeout as sleep } from 'node:timers/promises';

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/**
 * @typedef {object} Heard
 * @property {string} subject
 * @property {number} at      ms since the epoch, by the clock of the test
 * @property {() => any} json
 */

/** A busy machine is no fault: only what does not come at all is. */
const patienceMs = 30_000;

/** What an answer may say of a class that changes hands or a node that starts: ask again (docs/queries.md). */
export const passing = new Set(['no_owner', 'not_ready', 'busy']);

/** An error that says what was asked for: "timeout" alone tells nobody anything. */
const named = (what, promise) =>
  promise.catch((error) => {
    throw new Error(`${what}: ${error.message}`, { cause: error });
  });

export class Client {
  /** @param {import('@nats-io/transport-node').NatsConnection} nc */
  constructor(nc) {
    this.nc = nc;
  }

  /** @param {string | string[]} url */
  static async connect(url) {
    return new Client(await connect({ servers: url, reconnect: true, maxReconnectAttempts: -1, reconnectTimeWait: 200 }));
  }

  close() {
    return this.nc.close();
  }

  /**
   * @param {string} subject
   * @param {object | string | Uint8Array} [body]  an object goes as JSON
   * @returns {Promise<any>} the answer, parsed
   */
  async ask(subject, body = '', timeoutMs = patienceMs) {
    const payload = typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body;
    const answer = await named(subject, this.nc.request(subject, payload, { timeout: timeoutMs }));
    return answer.json();
  }

  /** A query: `query('leaderboard.3', { limit: 10 })`. */
  query(what, args = {}) {
    return this.ask(`alleycat.query.${what}`, args);
  }

  /**
   * The same, asked again for as long as the answer is that it will be known in a moment.
   * @throws when it is another error, or still the same after half a minute; with its `code`
   */
  async answer(what, args = {}) {
    for (const until = Date.now() + patienceMs; ; await sleep(100)) {
      const answer = await this.query(what, args);
      if (!answer.error) return answer;
      if (!passing.has(answer.error.code) || Date.now() > until)
        throw Object.assign(new Error(`query ${what}: ${answer.error.code}: ${answer.error.message}`), { code: answer.error.code });
    }
  }

  /**
   * Collects everything on a subject from now on; resolves when the server knows the subscription.
   * @returns {Promise<Heard[]>} grows
   */
  async collect(subject) {
    /** @type {Heard[]} */
    const heard = [];
    this.nc.subscribe(subject, {
      callback: (error, message) => {
        if (!error) heard.push({ subject: message.subject, at: Date.now(), json: () => message.json() });
      },
    });
    await this.nc.flush();
    return heard;
  }

  /**
   * Everything a stream holds now.
   * @param {string} stream
   * @param {string} [filter]  one subject, `>` for all (nats-server 2.9 knows no more than one)
   * @returns {Promise<{subject: string, seq: number, at: number, data: Uint8Array}[]>} in its order; `at` in ms, by the stream's clock
   */
  async readStream(stream, filter = '>') {
    const js = jetstream(this.nc, { timeout: patienceMs });
    const consumer = await named(`a consumer of ${stream}`, js.consumers.get(stream, filter === '>' ? {} : { filter_subjects: filter }));
    const messages = [];
    let { num_pending: pending } = await named(`the consumer of ${stream}`, consumer.info());
    while (pending > 0) {
      const batch = await named(`messages of ${stream}`, consumer.fetch({ max_messages: Math.min(pending, 1000), expires: 10_000 }));
      for await (const message of batch) {
        messages.push({ subject: message.subject, seq: message.seq, at: message.time.getTime(), data: message.data });
        pending = message.info.pending;
      }
    }
    // It would end by itself: everything was said, and a server that is slow to end it takes nothing back.
    await consumer.delete().catch(() => {});
    return messages;
  }

  /**
   * Tells of everything that is and will be stored in a stream, until the client is closed. Resolves when it has begun.
   * @param {(message: {subject: string, seq: number, deleted: boolean}) => void} tell  `deleted`: the mark of a key that a bucket removed
   */
  async follow(stream, filter, tell) {
    const consumer = await named(
      `a consumer of ${stream}`,
      jetstream(this.nc, { timeout: patienceMs }).consumers.get(stream, { filter_subjects: filter }),
    );
    await consumer.consume({
      callback: ({ subject, seq, headers }) => tell({ subject, seq, deleted: Boolean(headers?.get('KV-Operation')) }),
    });
  }

  /**
   * The last message of a subject in a stream.
   * @returns {Promise<{seq: number, data: Uint8Array} | null>}
   */
  async lastOf(stream, subject) {
    const manager = await jetstreamManager(this.nc, { checkAPI: false, timeout: patienceMs });
    const message = await manager.streams.getMessage(stream, { last_by_subj: subject });
    return message && { seq: message.seq, data: message.data };
  }

  /**
   * Writes into a stream.
   * @param {string} subject
   * @param {Uint8Array} data
   * @returns {Promise<number>} its sequence
   */
  async append(subject, data) {
    return (await jetstream(this.nc, { timeout: patienceMs }).publish(subject, data)).seq;
  }

  /** @returns {Promise<string | undefined>} the name of the nats-server that leads a stream of a NATS cluster */
  async leaderOf(stream) {
    const manager = await jetstreamManager(this.nc, { checkAPI: false, timeout: patienceMs });
    return (await named(`the leader of ${stream}`, manager.streams.info(stream))).cluster?.leader;
  }

  /** @returns {Promise<{name: string, bytes: number}[]>} what the messages of each stream take */
  async streamBytes() {
    const manager = await jetstreamManager(this.nc, { checkAPI: false, timeout: patienceMs });
    const found = [];
    for await (const { config, state } of manager.streams.list()) found.push({ name: config.name, bytes: state.bytes });
    return found;
  }

  /** Removes all messages of a stream. */
  async purge(stream) {
    await (await jetstreamManager(this.nc)).streams.purge(stream);
  }

  /** @returns {Promise<Record<string, number>>} how many messages each subject of a stream holds */
  async streamSubjects(stream, filter = '>') {
    const manager = await jetstreamManager(this.nc, { checkAPI: false, timeout: patienceMs });
    const info = await named(`subjects of ${stream}`, manager.streams.info(stream, { subjects_filter: filter }));
    return info.state.subjects ?? {};
  }
}
