/** The portal's time: real time flows, the control API adds to it. Never steps back. */
export class VirtualClock {
  private offsetMs = 0;

  /** Epoch milliseconds. */
  now(): number {
    return Date.now() + this.offsetMs;
  }

  /** Whole epoch seconds, as the host stores every instant. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  advance(milliseconds: number): void {
    if (!Number.isFinite(milliseconds) || milliseconds < 0) {
      throw new RangeError('the clock only moves forward, by milliseconds');
    }
    this.offsetMs += milliseconds;
  }
}
