import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { Cause } from './day.types.js';

export interface PushCount {
  readonly user_id: string;
  readonly pushes: number;
  readonly answered: number;
  /** Median of the working minutes to the answer. */
  readonly minutes: number | null;
}

export interface ReasonCount {
  readonly user_id: string;
  readonly reason: string;
  readonly cause: Cause | null;
  readonly n: number;
}

/** What a week's review counts besides the days themselves. */
@Injectable()
export class ReviewRepository {
  constructor(private readonly database: Database) {}

  /** Questions that reached these people in the time. */
  async pushes(
    accountId: string,
    userIds: readonly string[],
    from: Instant,
    to: Instant,
  ): Promise<ReadonlyMap<string, PushCount>> {
    const rows = await this.database.query<PushCount>(
      `SELECT user_id, count(*)::int AS pushes, (count(*) FILTER (WHERE state = 'answered'))::int AS answered,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes)::float8 AS minutes
       FROM push WHERE account_id = $1::uuid AND user_id = ANY($2::text[]) AND state <> 'withdrawn'
         AND deliver_at >= $3 AND deliver_at < $4 GROUP BY user_id`,
      [accountId, [...userIds], new Date(from), new Date(to)],
    );
    return new Map(rows.map((row) => [row.user_id, row]));
  }

  /** Why things of these days were not done or moved. A reason of the list counts under its key, whatever was added. */
  async reasons(
    accountId: string,
    userIds: readonly string[],
    from: string,
    to: string,
    names: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, readonly ReasonCount[]>> {
    const rows = await this.database.query<ReasonCount & { readonly reason_key: string | null }>(
      `SELECT user_id, reason_key, min(reason) AS reason, min(cause) AS cause, count(*)::int AS n FROM day_item
       WHERE account_id = $1::uuid AND user_id = ANY($2::text[]) AND day >= $3 AND day <= $4
         AND kind IN ('notDone', 'moved') AND reason <> ''
       GROUP BY user_id, reason_key, CASE WHEN reason_key IS NULL THEN reason END
       ORDER BY n DESC, reason`,
      [accountId, [...userIds], from, to],
    );
    const named = rows.map(({ reason_key: key, ...row }) => ({
      ...row,
      reason: (key === null ? undefined : names.get(key)) ?? row.reason,
    }));
    return Map.groupBy(named, (row) => row.user_id);
  }

  /** Deals that stood longer than their stage's limit and left it in the time, by owner. */
  async stuckMoved(
    accountId: string,
    userIds: readonly string[],
    from: Instant,
    to: Instant,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ owner_id: string; n: number }>(
      `SELECT d.owner_id, count(DISTINCT d.deal_id)::int AS n
       FROM deal d JOIN stage_visit v ON v.account_id = d.account_id AND v.deal_id = d.deal_id
         JOIN stage_norm n ON n.account_id = v.account_id AND n.pipeline_id = v.pipeline_id AND n.stage_id = v.stage_id
       WHERE d.account_id = $1::uuid AND d.owner_id = ANY($2::text[]) AND d.deleted_at IS NULL
         AND (d.stage_since >= $3 OR d.stage_since IS NULL) AND v.left_at >= $3 AND v.left_at < $4
         AND v.left_at - v.entered_at > n.stuck_after_ms * interval '1 millisecond'
       GROUP BY d.owner_id`,
      [accountId, [...userIds], new Date(from), new Date(to)],
    );
    return new Map(rows.map((row) => [row.owner_id, row.n]));
  }
}
