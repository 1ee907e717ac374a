/**
 * Questions about a race at one second or another, while somebody drags a slider: one at a time, always the latest wish next, and
 * the last few answers kept.
 */
export class Moments<T> {
  /** By key, the longest unused first. */
  private readonly kept = new Map<string, T>();
  private wish: { key: string; take: (answer: T) => void; fail: (fault: unknown) => void } | null = null;
  private asking = false;

  /**
   * @param ask    asks the server
   * @param limit  answers that are kept
   */
  constructor(
    private readonly ask: (key: string) => Promise<T>,
    private readonly limit = 24,
  ) {}

  /** Takes the place of a wish that is not asked yet: that one is told nothing. */
  want(key: string, take: (answer: T) => void, fail: (fault: unknown) => void = () => undefined): void {
    const known = this.kept.get(key);
    if (known !== undefined) {
      this.wish = null;
      this.keep(key, known);
      take(known);
      return;
    }
    this.wish = { key, take, fail };
    if (!this.asking) void this.go();
  }

  has(key: string): boolean {
    return this.kept.has(key);
  }

  private async go(): Promise<void> {
    this.asking = true;
    while (this.wish) {
      const { key, take, fail } = this.wish;
      this.wish = null;
      try {
        const answer = await this.ask(key);
        this.keep(key, answer);
        take(answer);
      } catch (fault) {
        fail(fault);
      }
    }
    this.asking = false;
  }

  private keep(key: string, answer: T): void {
    this.kept.delete(key);
    this.kept.set(key, answer);
    if (this.kept.size > this.limit) this.kept.delete(this.kept.keys().next().value!);
  }
}
