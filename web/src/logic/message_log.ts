/** What went over the wire, newest last, bounded. */

export type Direction = 'sent' | 'received';

export interface LogEntry {
  number: number;
  at: number;
  direction: Direction;
  subject: string;
  /** The payload, shortened. */
  text: string;
  bytes: number;
  /** Of a sent message that wants an answer. */
  outcome: 'waiting' | 'ok' | 'refused' | 'none';
}

export interface LogFilter {
  direction: Direction | 'both';
  text: string;
}

export const MAX_TEXT = 400;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The beginning of a text, in memory of its own: a mere slice keeps the whole text, of up to 200 kB for a full race. */
const beginning = (text: string): string => `${decoder.decode(encoder.encode(text.slice(0, MAX_TEXT)))}…`;

export class MessageLog {
  private entries: LogEntry[] = [];
  private next = 1;
  /** Rises with each change. */
  version = 0;
  /** While it is paused, what comes is counted and not kept. */
  paused = false;
  missed = 0;

  constructor(private readonly limit = 500) {}

  /** @returns its number, for `settle`; 0 while paused. */
  add(at: number, direction: Direction, subject: string, text: string, wantsAnswer = false): number {
    this.version += 1;
    if (this.paused) {
      this.missed += 1;
      return 0;
    }
    this.entries.push({
      number: this.next,
      at,
      direction,
      subject,
      text: text.length > MAX_TEXT ? beginning(text) : text,
      bytes: text.length,
      outcome: wantsAnswer ? 'waiting' : 'none',
    });
    if (this.entries.length > this.limit) this.entries.splice(0, this.entries.length - this.limit);
    return this.next++;
  }

  settle(number: number, outcome: LogEntry['outcome']): void {
    const first = this.entries[0];
    const entry = first && this.entries[number - first.number];
    if (!entry) return;
    entry.outcome = outcome;
    this.version += 1;
  }

  resume(): void {
    this.paused = false;
    this.missed = 0;
    this.version += 1;
  }

  clear(): void {
    this.entries = [];
    this.version += 1;
  }

  /** Newest first, at most `limit`. */
  list(filter: LogFilter, limit = 200): LogEntry[] {
    const wanted = filter.text.trim().toLowerCase();
    const out: LogEntry[] = [];
    for (let i = this.entries.length - 1; i >= 0 && out.length < limit; i -= 1) {
      const entry = this.entries[i]!;
      if (filter.direction !== 'both' && entry.direction !== filter.direction) continue;
      if (wanted && !entry.subject.includes(wanted) && !entry.text.toLowerCase().includes(wanted)) continue;
      out.push({ ...entry });
    }
    return out;
  }
}
