/**
 * A bike's side of the protocol: which updates it keeps, which it sends again, and when it lets go. The same rules as
 * `simulator/bike`. No network and no clock in it; it is plain data, so that it survives a reload.
 *
 *     ride() ──▶ held ──due──▶ sent ──ok / refused for good──▶ settled
 *                  ▲            │ no answer in time, `retry`, reconnect
 *                  └────────────┘             deadline of the race ──▶ given up
 */

import type { Update } from '../contract/messages';
import type { UpdateAnswer } from '../contract/subjects';

export type SendReason = 'first' | 'timeout' | 'retry' | 'reconnect';

export interface Kept {
  /** Counts the updates of a ride from 1; here the own second. */
  number: number;
  update: Update;
  /** When to send it (again); server ms. */
  due: number;
  /** When the race takes it no more; server ms. */
  deadline: number;
  sends: number;
  /** Refusals that said `retry`. */
  putOff: number;
  reason: SendReason;
}

/** What an answer meant; `unknown`: already settled or given up. */
export type Meaning = 'accepted' | 'refused' | 'again' | 'unknown';

/** ms */
export const ringRules = {
  /** After each of the first 3 sends; then it doubles. */
  answerTimeout: 1000,
  longestTimeout: 4000,
  /** After the first refusal that says `retry`; then it doubles. */
  retryPause: 500,
  longestPause: 2000,
};

const doubled = (wait: number, times: number, longest: number): number => Math.min(wait * 2 ** Math.min(times, 10), longest);

export class Ring {
  /** Oldest first. A ride has at most `rideSeconds` of them. */
  readonly kept: Kept[];

  /** @param kept  what was kept before a reload; all of it is due at once. */
  constructor(kept: Kept[] = []) {
    this.kept = kept.map((entry) => ({ ...entry, due: 0, reason: entry.sends > 0 ? 'reconnect' : 'first' }));
  }

  ride(update: Update, due: number, deadline: number): void {
    this.kept.push({ number: update.second, update, due, deadline, sends: 0, putOff: 0, reason: 'first' });
  }

  find(number: number): Kept | undefined {
    return this.kept.find((entry) => entry.number === number);
  }

  /** The update left, or got lost on its way: a bike can not tell. */
  sent(number: number, now: number): void {
    const entry = this.find(number);
    if (!entry) return;
    entry.sends += 1;
    entry.due = now + doubled(ringRules.answerTimeout, Math.max(0, entry.sends - 3), ringRules.longestTimeout);
    entry.reason = 'timeout';
  }

  /** @param answer  null for "nobody listens" */
  answered(number: number, answer: UpdateAnswer | null, now: number): Meaning {
    const entry = this.find(number);
    if (!entry) return 'unknown';
    if (!answer || (!answer.ok && answer.retry)) {
      entry.due = now + doubled(ringRules.retryPause, entry.putOff, ringRules.longestPause);
      entry.putOff += 1;
      entry.reason = 'retry';
      return 'again';
    }
    this.kept.splice(this.kept.indexOf(entry), 1);
    return answer.ok ? 'accepted' : 'refused';
  }

  /** Everything sent and not answered is due at once: the connection may have swallowed it. */
  reconnected(now: number): void {
    for (const entry of this.kept) {
      if (entry.sends === 0) continue;
      entry.due = Math.min(entry.due, now);
      entry.reason = 'reconnect';
    }
  }

  /** Drops what can count no more. @returns what was dropped. */
  giveUp(now: number): Kept[] {
    const dropped = this.kept.filter((entry) => entry.deadline <= now);
    for (const entry of dropped) this.kept.splice(this.kept.indexOf(entry), 1);
    return dropped;
  }

  /** What to send now, oldest first, at most `limit`; after `sent` it is due later. */
  due(now: number, limit: number): Kept[] {
    const out: Kept[] = [];
    for (const entry of this.kept) {
      if (out.length === limit) break;
      if (entry.due <= now) out.push(entry);
    }
    return out;
  }
}

/** How many updates may leave now: after an outage all bikes have much to send at the same moment. */
export class SendPace {
  private left: number;
  private last = -Infinity;

  /** @param perSecond  also how many may leave at once */
  constructor(private readonly perSecond = 40) {
    this.left = perSecond;
  }

  /** @param now  ms that only go forward @returns whole updates, 0..perSecond */
  allowed(now: number): number {
    this.left = Math.min(this.perSecond, this.left + ((now - this.last) * this.perSecond) / 1000);
    this.last = now;
    return Math.floor(this.left);
  }

  sent(): void {
    this.left -= 1;
  }
}
