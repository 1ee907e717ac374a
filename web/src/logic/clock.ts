/**
 * The server's clock, seen from here. The device's own clock may be wrong or jump: only its monotonic counter is used.
 *
 * Each answer of `query.now` gives the server's time somewhere between question and answer. The middle is off by at most
 * half the round trip, so the quickest round trip of the last few is believed.
 */

interface Sample {
  offset: number;
  roundTrip: number;
}

export class ServerClock {
  private samples: Sample[] = [];
  private readonly keep: number;

  /**
   * @param monotonic  ms that only go forward
   * @param keep       how many samples are remembered: drift wins over an old quick one
   */
  constructor(
    private readonly monotonic: () => number,
    keep = 8,
  ) {
    this.keep = keep;
  }

  /** Whether the server's time is known. */
  get set(): boolean {
    return this.samples.length > 0;
  }

  /** The server's ms since the epoch; before the first sample, a guess of the caller's. */
  now(otherwise: () => number = Date.now): number {
    const best = this.best();
    return best ? this.monotonic() + best.offset : otherwise();
  }

  /** By how many ms the time may be off. */
  get uncertainty(): number {
    return (this.best()?.roundTrip ?? Infinity) / 2;
  }

  /**
   * @param asked     `monotonic()` when the question left
   * @param answered  `monotonic()` when the answer came
   * @param serverMs  what it said
   */
  learn(asked: number, answered: number, serverMs: number): void {
    const roundTrip = Math.max(0, answered - asked);
    this.samples.push({ offset: serverMs - (asked + answered) / 2, roundTrip });
    if (this.samples.length > this.keep) this.samples.shift();
  }

  /** After the device slept: its counter may have stood still. */
  forget(): void {
    this.samples = [];
  }

  private best(): Sample | undefined {
    return this.samples.reduce<Sample | undefined>((best, s) => (best && best.roundTrip <= s.roundTrip ? best : s), undefined);
  }
}
