import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { DealFacts } from '../../domain/pushing/rule.types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';

/** What was lost earlier is history, not news: a first copy of an account tells nobody of it. */
const NEWS_DAYS = 3;

/** Lost, and neither the host nor the panel nor a failed step of the last days says why. The deal is `d`. */
export const SILENT = `d.stage_kind = 'lost' AND d.deleted_at IS NULL AND coalesce(d.loss_reason, '') = ''
  AND NOT EXISTS (SELECT 1 FROM deal_deed x WHERE x.account_id = d.account_id AND x.deal_id = d.deal_id
    AND x.kind = 'close' AND x.undone_at IS NULL AND x.at > coalesce(d.stage_since, d.modified_at) - interval '1 day')
  AND NOT EXISTS (SELECT 1 FROM plan_step s WHERE s.account_id = d.account_id AND s.deal_id = d.deal_id
    AND s.state = 'failed' AND s.finished_at > coalesce(d.stage_since, d.modified_at) - interval '2 days')`;

interface LossRow {
  readonly deal_id: string;
  readonly owner_id: string | null;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly created_at: Date;
  readonly lost_at: Date;
}

/** Losses without a word: noted when a deal changes, looked at by the next round. */
@Injectable()
export class AlertLossRepository {
  constructor(private readonly database: Database) {}

  /** Something happened to these deals: who names a reason, or lives again, is left alone from now on. */
  async note(accountId: string, dealIds: readonly string[], now: Instant): Promise<void> {
    // Every change of a deal comes by here: where nobody asked for this rule it costs one look at an index.
    const [asked] = await this.database.query<{ yes: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM alert_rule WHERE account_id = $1::uuid AND kind = 'lostWithoutReason' AND is_on)
         OR EXISTS (SELECT 1 FROM alert WHERE account_id = $1::uuid AND rule_id = 'lostWithoutReason' AND over_at IS NULL)
         AS yes`,
      [accountId],
    );
    if (asked?.yes !== true) return;
    const parameters = [accountId, [...dealIds]];
    await this.database.query(
      `INSERT INTO silent_loss AS l (account_id, deal_id, lost_at, check_at)
       SELECT d.account_id, d.deal_id, coalesce(d.stage_since, d.modified_at), '-infinity' FROM deal d
       WHERE d.account_id = $1::uuid AND d.deal_id = ANY($2::text[]) AND ${SILENT}
         AND coalesce(d.stage_since, d.modified_at) > $3::timestamptz - interval '${NEWS_DAYS} days'
         AND EXISTS (SELECT 1 FROM alert_rule r WHERE r.account_id = d.account_id AND r.kind = 'lostWithoutReason' AND r.is_on)
       ON CONFLICT (account_id, deal_id) DO UPDATE SET lost_at = excluded.lost_at, check_at = excluded.check_at`,
      [...parameters, new Date(now)],
    );
    const told = `SELECT d.deal_id FROM deal d WHERE d.account_id = $1::uuid AND d.deal_id = ANY($2::text[])
      AND NOT (${SILENT})`;
    await this.database.query(
      `DELETE FROM silent_loss WHERE account_id = $1::uuid AND deal_id IN (${told})`,
      parameters,
    );
    await this.database.query(
      `UPDATE alert SET over_at = $3, next_at = NULL, state = CASE state WHEN 'open' THEN 'over' ELSE state END,
         acted_at = CASE WHEN at > $3::timestamptz - interval '1 day' THEN $3::timestamptz END
       WHERE account_id = $1::uuid AND deal_id IN (${told}) AND kind = 'lostWithoutReason' AND over_at IS NULL`,
      [...parameters, new Date(now)],
    );
  }

  /** Locked; as facts of rules. */
  async due(tx: Sql, accountId: string, now: Instant, limit: number): Promise<readonly DealFacts[]> {
    const rows = await tx.query<LossRow>(
      `SELECT d.deal_id, d.owner_id, d.pipeline_id, d.stage_id, d.created_at, l.lost_at
       FROM silent_loss l JOIN deal d ON d.account_id = l.account_id AND d.deal_id = l.deal_id
       WHERE l.account_id = $1::uuid AND l.check_at <= $2 ORDER BY l.check_at, l.deal_id LIMIT $3 FOR UPDATE OF l`,
      [accountId, new Date(now), limit],
    );
    return rows.map(factsOf);
  }

  /** When each is to be looked at again; null: it was found, or nothing waits for it. */
  async checkNext(
    tx: Sql,
    accountId: string,
    checks: readonly { readonly dealId: string; readonly at: Instant | null }[],
  ): Promise<void> {
    const parameters = [accountId, checks.map((check) => check.dealId), checks.map((check) => check.at)];
    await tx.query(
      `WITH c AS (SELECT deal_id, at FROM unnest($2::text[], $3::float8[]) AS c(deal_id, at)), gone AS (
         DELETE FROM silent_loss l USING c WHERE l.account_id = $1::uuid AND l.deal_id = c.deal_id AND c.at IS NULL)
       UPDATE silent_loss l SET check_at = to_timestamp(c.at / 1000) FROM c
       WHERE l.account_id = $1::uuid AND l.deal_id = c.deal_id AND c.at IS NOT NULL`,
      parameters,
    );
  }
}

function factsOf(row: LossRow): DealFacts {
  const lostAt = row.lost_at.getTime();
  return {
    pulse: {
      dealId: row.deal_id,
      pipelineId: row.pipeline_id,
      stageId: row.stage_id,
      stageKind: 'lost',
      ownerId: row.owner_id,
      amount: null,
      createdAt: row.created_at.getTime(),
      stageSince: lostAt,
      lastEvent: { kind: 'stageMoved', at: lostAt },
      unsorted: false,
      acceptedAt: null,
      plan: null,
      waitingUntil: null,
      snoozedUntil: null,
      pushedAt: null,
    },
    norm: { normMs: null, stuckAfterMs: null, place: 0, openStages: 1 },
    plansOn: false,
    touches: 0,
    leftOpen: null,
    lostSilently: lostAt,
    putOff: null,
  };
}
