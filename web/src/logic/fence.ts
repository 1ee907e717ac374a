/**
 * Live output carries the epoch of whoever owned the class. An owner that lost it may still be talking: what it says is left out.
 * Results are final whoever published them, and do not come by here.
 */
export class Fence {
  /** Class → the highest epoch heard. */
  private readonly highest = new Map<number, number>();
  /** Messages of older epochs that were left out. */
  dropped = 0;

  /** Whether this may be shown; remembers its epoch if so. */
  admits({ classId, epoch }: { classId: number; epoch: number }): boolean {
    if (epoch >= (this.highest.get(classId) ?? 0)) {
      this.highest.set(classId, epoch);
      return true;
    }
    this.dropped += 1;
    return false;
  }
}
