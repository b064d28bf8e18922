/**
 * Break before make: contacts open at once and close only where no interlock and no dead time is in the way.
 * @module
 */

export class RelayBank {
  private closed: number;
  private readonly interlocks: number[];
  private readonly periodMs: number;
  /** Uptime at which each relay was last seen closed, and turns of the control loop since then. */
  private readonly openedMs: number[];
  private readonly openTurns: number[];

  /**
   * @param relays how many there are.
   * @param interlocks relays of which at most one may be closed, one bit each, by group.
   * @param periodMs of the control loop.
   */
  constructor(relays: number, interlocks: number[], periodMs: number) {
    this.closed = 0;
    this.interlocks = interlocks;
    this.periodMs = periodMs;
    this.openedMs = [];
    this.openTurns = [];
    for (let i = 0; i < relays; i++) {
      this.openedMs.push(0);
      this.openTurns.push(0);
    }
  }

  /** One turn: opens what is not wanted, and closes of the rest what it may. Returns the closed relays, never any that exclude each other. */
  drive(wanted: number, deadTimeMs: number, nowMs: number): number {
    const before = this.closed;
    let next = before & wanted;
    for (let i = 0; i < this.openedMs.length; i++) {
      const bit = 1 << i;
      this.openTurns[i] = (this.openTurns[i] || 0) + 1;
      if (before & bit) {
        this.openedMs[i] = nowMs;
        this.openTurns[i] = 0;
      }
    }
    for (let i = 0; i < this.openedMs.length; i++) {
      const bit = 1 << i;
      if (wanted & ~next & bit && this.mayClose(bit, wanted, deadTimeMs, nowMs)) next |= bit;
    }
    this.closed = next;
    return next;
  }

  /** The dead time counts by the clock and by turns: the clock may jump, and turns that were late come all at once. */
  private mayClose(bit: number, wanted: number, deadTimeMs: number, nowMs: number): boolean {
    return this.interlocks.every((group) => {
      const others = group & bit ? group & ~bit : 0;
      if (others & wanted) return false;
      for (let i = 0; i < this.openedMs.length; i++) {
        if (!(others & (1 << i))) continue;
        if (nowMs - (this.openedMs[i] || 0) < deadTimeMs || (this.openTurns[i] || 0) * this.periodMs < deadTimeMs) return false;
      }
      return true;
    });
  }
}
