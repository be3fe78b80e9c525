import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../domain/crm/time.js';
import { CLOCK } from '../infra/clock.js';

export type PauseScope = 'all' | 'creations';

interface Standing {
  all: Instant;
  creations: Instant;
  failuresInARow: number;
  /** Writes per request that the host last found small enough; null: as many as it says it takes. */
  portion: number | null;
}

/**
 * What this process knows of accounts that should be left alone for a while. Kept in memory on purpose: another process
 * or a restart asks the host once and learns the same.
 */
@Injectable()
export class AccountPauses {
  private readonly standings = new Map<string, Standing>();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** The wider of the pauses that hold now. */
  of(accountId: string): PauseScope | null {
    const standing = this.standings.get(accountId);
    if (!standing) return null;
    const now = this.clock.now();
    if (standing.all > now) return 'all';
    return standing.creations > now ? 'creations' : null;
  }

  pause(accountId: string, scope: PauseScope, until: Instant): void {
    const standing = this.standing(accountId);
    standing[scope] = Math.max(standing[scope], until);
  }

  /** Counts failures of the account as a whole in a row; returns which one this is, from 1. */
  failure(accountId: string): number {
    return ++this.standing(accountId).failuresInARow;
  }

  /** The host carried something out: nothing is left of earlier failures. */
  success(accountId: string): void {
    const standing = this.standings.get(accountId);
    if (standing) standing.failuresInARow = 0;
  }

  /** The connection was repaired: try at once. */
  clear(accountId: string): void {
    this.standings.delete(accountId);
  }

  /** The host found `size` writes too many: half of it from now on. False when one is the least already. */
  shrink(accountId: string, size: number): boolean {
    if (size <= 1) return false;
    this.standing(accountId).portion = Math.ceil(size / 2);
    return true;
  }

  portion(accountId: string, most: number): number {
    return Math.min(most, this.standings.get(accountId)?.portion ?? most);
  }

  private standing(accountId: string): Standing {
    const known = this.standings.get(accountId);
    if (known) return known;
    const created: Standing = { all: 0, creations: 0, failuresInARow: 0, portion: null };
    this.standings.set(accountId, created);
    return created;
  }
}
