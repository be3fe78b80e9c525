import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import { addCheckpoints, makeDue } from './checkpoints.repository.js';
import { wakeHints } from './inbox.repository.js';
import { COPY_STEPS, LATE_STEPS, RECONCILE_STEP } from './streams/streams.js';

export const MIRROR_CHANNEL = 'dozhim_mirror';

/** What the accounts tell the mirror. All of it is idempotent and returns before the work is done. */
@Injectable()
export class Mirror {
  constructor(private readonly database: Database) {}

  /** The account is connected: copy it, or after a pause bring the copy up to date. */
  async start(accountId: string): Promise<void> {
    await addCheckpoints(this.database, accountId, COPY_STEPS, 'waiting');
    await addCheckpoints(this.database, accountId, [...LATE_STEPS, RECONCILE_STEP], 'following');
    await this.sweepNow(accountId);
  }

  /** Sweeps every stream now, and works off what rested after a failure: after a reconnection, or when asked for. */
  async sweepNow(accountId: string): Promise<void> {
    await makeDue(this.database, accountId, [...COPY_STEPS, ...LATE_STEPS]);
    await wakeHints(this.database, accountId);
    await this.database.query('SELECT pg_notify($1, $2)', [MIRROR_CHANNEL, accountId]);
  }

  /** The slow walk over all ids, now: finds deletions that nobody told us of. */
  async reconcileNow(accountId: string): Promise<void> {
    await makeDue(this.database, accountId, [RECONCILE_STEP]);
    await this.database.query('SELECT pg_notify($1, $2)', [MIRROR_CHANNEL, accountId]);
  }
}
