/**
 * The wish to race against a ghost. The server keeps it with the race, and whoever takes the race over begins without: so it is
 * asked for until it is granted or refused for good, and again when the views come without it.
 *
 *     wished ──due──▶ asking ──ok──▶ granted ──a new owner, or views without it──▶ wished
 *                        │ no answer, not ready                 (again after a pause)
 *                        ├──────────────────▶ wished
 *                        └ refused for good ▶ refused
 */

import type { View } from '../contract/messages';

/** ms between two tries: doubles up to the longest. */
const firstPause = 1000;
const longestPause = 30_000;
/** A ghost has no score at some seconds; so many views in a row without it, and it is taken for lost. */
const viewsWithout = 3;

/** Refusals that will not change while the ride goes on. */
const final = new Set(['unknown_ghost', 'unknown_class', 'unknown_query', 'bad_request']);

const troubles: Record<string, string> = {
  unknown_ghost: 'there is no finished ride of this kind yet',
  unknown_query: 'not available on this server',
  unknown_class: 'this course is not run here',
  not_ready: 'the server is still reading that ride; it is asked again',
  not_riding: 'the server does not see this ride yet; it is asked again',
  offline: 'no connection; it is asked for when it is back',
};

export class GhostRequest {
  private state: 'wished' | 'asking' | 'granted' | 'refused';
  private dueAt = 0;
  private pause = firstPause;
  private without = 0;
  private epoch = 0;
  private code = '';
  private message = '';

  /** @param wanted  "none", "leader", "median", "rank-N" or a racer's id */
  constructor(readonly wanted: string) {
    this.state = wanted === 'none' ? 'granted' : 'wished';
  }

  /** Whether to ask now. */
  due(now: number): boolean {
    return this.state === 'wished' && now >= this.dueAt;
  }

  asked(): void {
    this.state = 'asking';
  }

  granted(): void {
    if (this.state !== 'asking') return;
    this.state = 'granted';
    this.without = 0;
    this.code = '';
  }

  failed(code: string, message: string, now: number): void {
    if (this.state !== 'asking') return;
    this.code = code;
    this.message = message;
    if (final.has(code)) this.state = 'refused';
    else this.again(now);
  }

  /** A view of this ride came. */
  saw({ epoch, ghost }: Pick<View, 'epoch' | 'ghost'>, now: number): void {
    if (this.wanted === 'none') return;
    const anew = this.epoch !== 0 && epoch > this.epoch;
    this.epoch = Math.max(this.epoch, epoch);
    if (ghost) {
      this.without = 0;
      this.pause = firstPause;
      return;
    }
    if (this.state !== 'granted') return;
    this.without += 1;
    if (anew) {
      this.state = 'wished';
      this.dueAt = now;
    } else if (this.without >= viewsWithout) {
      this.again(now);
    }
  }

  /** Why there is no ghost, in words; empty when nothing is wrong. */
  get trouble(): string {
    if (this.code === '') return '';
    return troubles[this.code] ?? (final.has(this.code) ? this.message : 'no answer; it is asked again');
  }

  private again(now: number): void {
    this.state = 'wished';
    this.dueAt = now + this.pause;
    this.pause = Math.min(this.pause * 2, longestPause);
  }
}
