/** How often a held account is looked at again. */
const LOOK_MS = 2_000;
/** However long the bulk write lasts, somebody who finished a task by hand is heard after this time. */
const LONGEST_HOLD_MS = 60_000;

/**
 * Decides when task hints are read again. While a bulk write of ours is under way nearly all of them are its echoes, and
 * reading them one by one would take the requests that the write needs: they are collected until it is over.
 */
export class TaskFloods {
  /** Since when an account's hints are held. */
  private readonly held = new Map<string, number>();

  /** Returns 0 when they may be read now, else how long to collect. `now` in milliseconds of any steady clock. */
  admit(accountId: string, bulkWrite: boolean, now: number): number {
    const since = this.held.get(accountId) ?? now;
    if (bulkWrite && now - since < LONGEST_HOLD_MS) {
      this.held.set(accountId, since);
      return LOOK_MS;
    }
    this.held.delete(accountId);
    return 0;
  }
}
