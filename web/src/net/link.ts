/**
 * The connection to NATS, straight from the browser over WebSocket. It reconnects for ever; subscriptions survive. Everything
 * that goes over it is written to the message log; what comes in passes the gate.
 */

import { wsconnect, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { shallowRef } from 'vue';

import type { ErrorAnswer, Update } from '../contract/messages';
import type { AnswerOn, Heard, QueryAnswer, UpdateAnswer } from '../contract/subjects';
import { MessageLog } from '../logic/message_log';
import { Gate } from './gate';

export type LinkState = 'connecting' | 'up' | 'down';

/** A question that got no good answer. `code` is the server's, or "offline", "timeout", "no_responders", "bad_answer". */
export class QueryError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'QueryError';
  }

  /** The server does not know this question: it is older, or it was built without it. */
  get unavailable(): boolean {
    return this.code === 'unknown_query';
  }
}

/** Stops what was begun; harmless when repeated. */
export type Stop = () => void;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const askTimeout = 5000;
/** Rides go on while the connection is away; it is tried often. */
const reconnectEvery = 500;
/** A dead connection (a cable pulled) shows by its silence. */
const pingEvery = 2000;

export type AnswerHandler = (number: number, answer: UpdateAnswer | null) => void;

export class Link {
  readonly state = shallowRef<LinkState>('connecting');
  /** Why there is no connection, for people. */
  readonly trouble = shallowRef('');
  readonly log = new MessageLog();
  readonly gate = new Gate();
  private connection: NatsConnection | null = null;
  private readonly onUp = new Set<() => void>();
  /** Replies to updates come here, each below its second: also those that come late. */
  private answers = '';
  private answerHandler: AnswerHandler | null = null;
  private readonly waiting = new Map<number, number>();
  private readonly readAnswer = this.gate.answers('alleycat.update.*.*');
  private readonly opened: Promise<NatsConnection>;

  constructor(url: string) {
    this.opened = this.open(url);
  }

  private async open(url: string): Promise<NatsConnection> {
    for (;;) {
      try {
        const connection = await wsconnect({
          servers: url,
          name: 'alleycat page',
          maxReconnectAttempts: -1,
          reconnectTimeWait: reconnectEvery,
          reconnectJitter: 200,
          reconnectJitterTLS: 200,
          pingInterval: pingEvery,
          maxPingOut: 2,
          timeout: 4000,
          ignoreAuthErrorAbort: true,
          noAsyncTraces: true,
        });
        this.connection = connection;
        void this.watch(connection);
        this.answers = `_INBOX.${token()}`;
        connection.subscribe(`${this.answers}.*`, {
          callback: (error, message) => {
            if (!error) this.updateAnswered(message);
          },
        });
        this.becameUp();
        return connection;
      } catch (error) {
        this.trouble.value = error instanceof Error ? error.message : String(error);
        this.state.value = 'down';
        await new Promise((resolve) => setTimeout(resolve, reconnectEvery));
      }
    }
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'reconnecting' || status.type === 'staleConnection') {
        if (this.state.value !== 'down') this.state.value = 'down';
      } else if (status.type === 'reconnect') {
        this.becameUp();
      } else if (status.type === 'error') {
        this.trouble.value = String(status.error?.message ?? status.error);
      }
    }
    this.state.value = 'down';
  }

  private becameUp(): void {
    this.state.value = 'up';
    this.trouble.value = '';
    for (const handler of [...this.onUp]) handler();
  }

  /** Called now if the connection is up, and each time it comes up again. */
  whenUp(handler: () => void): Stop {
    this.onUp.add(handler);
    if (this.state.value === 'up') handler();
    return () => this.onUp.delete(handler);
  }

  /**
   * Asks on a subject and reads the answer.
   * @throws {QueryError}
   */
  async ask<Subject extends string>(subject: Subject, body: object = {}): Promise<AnswerOn<Subject>> {
    const connection = this.connection;
    if (!connection || this.state.value !== 'up') throw new QueryError('offline', 'there is no connection to the server');
    const text = JSON.stringify(body);
    const number = this.log.add(Date.now(), 'sent', subject, text, true);
    let data: Uint8Array;
    try {
      data = (await connection.request(subject, encoder.encode(text), { timeout: askTimeout })).data;
    } catch (error) {
      this.log.settle(number, 'refused');
      const name = error instanceof Error ? error.name : '';
      // The library wraps "no responders" into an error of the request.
      const nobody =
        name === 'NoRespondersError' || (error instanceof Error && (error.cause as Error | undefined)?.name === 'NoRespondersError');
      throw nobody
        ? new QueryError('no_responders', 'no node of the server answers')
        : new QueryError('timeout', 'the server did not answer in time');
    }
    const answer = decoder.decode(data);
    this.log.settle(number, 'ok');
    this.log.add(Date.now(), 'received', subject, answer);
    const passed = this.gate.answers(subject)(answer);
    if (!passed) throw new QueryError('bad_answer', 'the answer is not as it should be');
    if (passed.kind === 'error') {
      this.log.settle(number, 'refused');
      const { code, message } = (passed.message as ErrorAnswer).error;
      throw new QueryError(code, message);
    }
    return passed.message as AnswerOn<Subject>;
  }

  /** `query('leaderboard.3', { limit: 10 })` */
  query<What extends string>(what: What, body: object = {}): Promise<QueryAnswer<What>> {
    return this.ask(`alleycat.query.${what}`, body);
  }

  /** Settles when the server knows of everything that is listened to by now: an answer to what is asked then is not older than the news. */
  async listening(): Promise<void> {
    await (await this.opened).flush();
  }

  /** Everything on a subject from now on, also after reconnects. What the gate leaves out does not come. */
  listen<Subject extends string>(subject: Subject, handler: (message: Heard<Subject>, subject: string) => void): Stop {
    const read = this.gate.heard(subject);
    let subscription: Subscription | null = null;
    let stopped = false;
    void this.opened.then((connection) => {
      if (stopped) return;
      subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) return;
          const text = decoder.decode(message.data);
          this.log.add(Date.now(), 'received', message.subject, text);
          const passed = read(text);
          if (passed) handler(passed.message as Heard<Subject>, message.subject);
        },
      });
    });
    return () => {
      stopped = true;
      subscription?.unsubscribe();
      subscription = null;
    };
  }

  /** Who is told about the answers to updates: one at a time. */
  handleAnswers(handler: AnswerHandler | null): void {
    this.answerHandler = handler;
    this.waiting.clear();
  }

  /** Sends an update whose answer goes to the handler, with this number. @returns whether it left. */
  sendUpdate(update: Update, number: number): boolean {
    const connection = this.connection;
    if (!connection || this.state.value !== 'up') return false;
    const subject = `alleycat.update.${update.classId}.${update.racerId}`;
    const text = JSON.stringify(update);
    try {
      connection.publish(subject, encoder.encode(text), { reply: `${this.answers}.${number}` });
    } catch {
      return false;
    }
    this.waiting.set(number, this.log.add(Date.now(), 'sent', subject, text, true));
    return true;
  }

  private updateAnswered(message: Msg): void {
    const number = Number(message.subject.slice(message.subject.lastIndexOf('.') + 1));
    const logged = this.waiting.get(number) ?? 0;
    this.waiting.delete(number);
    // Nobody listens: nats-server says so with an empty message and a status in its header.
    if (message.data.length === 0) {
      this.log.settle(logged, 'refused');
      this.answerHandler?.(number, null);
      return;
    }
    const text = decoder.decode(message.data);
    const passed = this.readAnswer(text);
    if (!passed) return;
    const answer = passed.message as UpdateAnswer;
    this.log.settle(logged, answer.ok ? 'ok' : 'refused');
    this.log.add(Date.now(), 'received', `answer to second ${number}`, text);
    this.answerHandler?.(number, answer);
  }
}

/** Letters nobody else has; `crypto.randomUUID` is not there on plain HTTP. */
function token(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, '0')).join('');
}
