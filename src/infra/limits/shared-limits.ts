import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../db/database.js';

export interface BucketRule {
  readonly capacity: number;
  readonly drainPerSecond: number;
  readonly reserve: number;
}

const LONGEST_YIELDING_MS = 60_000;

/**
 * A leaky bucket and pauses per account, kept in the database, so that all processes share what the host grants to the
 * account. Time is the database's clock: processes need not agree about theirs.
 */
export class AccountLimits {
  constructor(
    private readonly database: Database,
    private readonly accountId: string,
  ) {}

  /**
   * Waits until `cost` fits and takes it. The low lane leaves `rule.reserve` of the capacity to the high one; who waited
   * there for a minute goes as if in the high one, so that nothing starves however busy that is.
   */
  async take(bucket: string, rule: BucketRule, cost: number, lane: 'high' | 'low'): Promise<void> {
    const startedAt = performance.now();
    for (;;) {
      const yields = lane === 'low' && performance.now() - startedAt < LONGEST_YIELDING_MS;
      const ceiling = yields ? rule.capacity - rule.reserve : rule.capacity;
      const waitMs = await this.tryTake(bucket, rule, cost, Math.max(ceiling, cost));
      if (waitMs === 0) return;
      await sleep(waitMs);
    }
  }

  /** Nothing fits before `until`: the host said that its bucket is fuller than ours. */
  async drain(bucket: string, until: number): Promise<void> {
    await this.pause(`bucket:${bucket}`, until);
  }

  /** Pauses a method (or `*`) for every process; a later end wins. */
  async pause(method: string, until: number): Promise<void> {
    await this.database.query(
      `INSERT INTO host_limit (account_id, key, level, level_at, paused_until)
       VALUES ($1, $2, 0, clock_timestamp(), to_timestamp($3::float8 / 1000))
       ON CONFLICT (account_id, key)
       DO UPDATE SET paused_until = greatest(host_limit.paused_until, excluded.paused_until)`,
      [this.accountId, `pause:${method}`, until],
    );
  }

  /** Ends a pause of a method (or `*`) for every process. */
  async resume(method: string): Promise<void> {
    await this.database.query(
      'UPDATE host_limit SET paused_until = NULL WHERE account_id = $1 AND key = $2',
      [this.accountId, `pause:${method}`],
    );
  }

  /** Null when the method may be called now. */
  async pausedUntil(method: string): Promise<number | null> {
    const [row] = await this.database.query<{ until: Date | null }>(
      `SELECT max(paused_until) AS until FROM host_limit
       WHERE account_id = $1 AND key IN ($2, 'pause:*') AND paused_until > clock_timestamp()`,
      [this.accountId, `pause:${method}`],
    );
    return row?.until ? row.until.getTime() : null;
  }

  /** Returns 0 when taken, else the milliseconds until it would fit. The row's lock makes concurrent takers queue. */
  private async tryTake(bucket: string, rule: BucketRule, cost: number, ceiling: number): Promise<number> {
    const keys = [this.accountId, `bucket:${bucket}`, `pause:bucket:${bucket}`];
    const taken = await this.database.query(TAKE, [...keys, rule.drainPerSecond, cost, ceiling]);
    if (taken.length > 0) return 0;
    const [row] = await this.database.query<{ wait_ms: number }>(WAIT, [
      ...keys,
      rule.drainPerSecond,
      cost,
      ceiling,
    ]);
    if (row) return Math.max(1, Math.ceil(row.wait_ms));
    await this.database.query(
      `INSERT INTO host_limit (account_id, key, level, level_at) VALUES ($1, $2, 0, clock_timestamp())
       ON CONFLICT DO NOTHING`,
      [this.accountId, `bucket:${bucket}`],
    );
    return 1;
  }
}

/** What is left of the level after draining since it was last touched. `$4` is the drain per second. */
const LEVEL_NOW = `greatest(0, level - extract(epoch FROM clock_timestamp() - level_at)::float8 * $4::float8)`;

/** `$1` account, `$2` the bucket's key, `$3` key of its pause, `$4` drain per second, `$5` cost, `$6` ceiling. */
const TAKE = `
UPDATE host_limit SET level = ${LEVEL_NOW} + $5::float8, level_at = clock_timestamp()
WHERE account_id = $1 AND key = $2 AND ${LEVEL_NOW} + $5::float8 <= $6::float8
  AND NOT EXISTS (SELECT 1 FROM host_limit pause
    WHERE pause.account_id = $1 AND pause.key = $3 AND pause.paused_until > clock_timestamp())
RETURNING 1 AS taken`;

const WAIT = `
SELECT greatest(
  (${LEVEL_NOW} + $5::float8 - $6::float8) / $4::float8 * 1000,
  (SELECT extract(epoch FROM pause.paused_until - clock_timestamp())::float8 * 1000 FROM host_limit pause
    WHERE pause.account_id = $1 AND pause.key = $3),
  1)::float8 AS wait_ms
FROM host_limit WHERE account_id = $1 AND key = $2`;

@Injectable()
export class SharedLimitsFactory {
  constructor(private readonly database: Database) {}

  for(accountId: string): AccountLimits {
    return new AccountLimits(this.database, accountId);
  }
}
