import { Injectable } from '@nestjs/common';
import type { StageKind } from '../../domain/crm/records.js';
import { Database } from '../../infra/db/database.js';
import { bucketSql } from '../../mirror/index.js';
import type { InsightScope } from './insight-scope.js';
import { dealsInPipeline, moneySql, periodConditions, SINCE, Values } from './insight.sql.js';
import { Steps } from './steps.service.js';

/** Deals of a seller by where they stand and, of closed ones, by the bucket of their length. */
export interface SellerDeals {
  readonly sellerId: string;
  readonly kind: StageKind;
  /** Of open ones 0. */
  readonly bucket: number;
  readonly deals: number;
  readonly money: bigint;
}

export interface SellerReason {
  readonly sellerId: string;
  readonly reason: string;
  readonly deals: number;
}

export interface SellerSteps {
  readonly sellerId: string;
  readonly done: number;
  readonly omitted: number;
  /** Of the steps that are due within the week. */
  readonly plannedMinutes: number;
}

export interface AbsenceAhead {
  readonly userId: string;
  readonly from: string;
  readonly to: string;
}

/** What sellers have, did and will do. */
@Injectable()
export class SellersRepository {
  constructor(
    private readonly database: Database,
    private readonly steps: Steps,
  ) {}

  /** Open ones now, closed ones in the period. */
  async deals(scope: InsightScope): Promise<readonly SellerDeals[]> {
    interface Row {
      readonly seller: string;
      readonly kind: StageKind;
      readonly bucket: number;
      readonly n: number;
      readonly money: string;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const where = [...dealsInPipeline(values, scope, range), 'd.owner_id IS NOT NULL'];
      const period = periodConditions(values, scope, SINCE);
      if (period.length > 0) where.push(`(d.stage_kind = 'open' OR (${period.join(' AND ')}))`);
      const text = `SELECT d.owner_id AS seller, d.stage_kind AS kind, count(*)::int AS n, ${moneySql('d.amount')} AS money,
          CASE WHEN d.stage_kind = 'open' THEN 0 ELSE ${bucketSql(`(${SINCE} - d.created_at)`)} END AS bucket
        FROM deal d WHERE ${where.join(' AND ')} GROUP BY 1, 2, 5`;
      return { text, values: values.list };
    });
    return rows.map(({ seller, n, money, ...rest }) => ({
      sellerId: seller,
      deals: n,
      money: BigInt(money),
      ...rest,
    }));
  }

  async reasons(scope: InsightScope): Promise<readonly SellerReason[]> {
    interface Row {
      readonly seller: string;
      readonly reason: string;
      readonly n: number;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const where = [
        ...dealsInPipeline(values, scope, range),
        `d.stage_kind = 'lost' AND d.owner_id IS NOT NULL AND d.loss_reason <> ''`,
        ...periodConditions(values, scope, SINCE),
      ].join(' AND ');
      const text = `SELECT d.owner_id AS seller, d.loss_reason AS reason, count(*)::int AS n FROM deal d WHERE ${where} GROUP BY 1, 2`;
      return { text, values: values.list };
    });
    return rows.map(({ seller: sellerId, reason, n: deals }) => ({ sellerId, reason, deals }));
  }

  /** Of these people, in all pipelines: a day's work is one, whatever it is for. */
  async planned(
    scope: InsightScope,
    sellerIds: readonly string[],
    until: number,
  ): Promise<readonly SellerSteps[]> {
    const values = new Values();
    const account = values.add(scope.accountId, 'uuid');
    const people = values.add([...sellerIds], 'text[]');
    const finished = periodConditions(values, scope, 's.finished_at');
    const inPeriod = finished.length > 0 ? finished.join(' AND ') : 'true';
    const week = values.add(new Date(until), 'timestamptz');
    const rows = await this.database.query<{
      seller: string;
      done: number;
      omitted: number;
      minutes: number;
    }>(
      `WITH effort AS (
         SELECT v.template_id, v.version, s.value ->> 'key' AS step_key, (s.value ->> 'durationMinutes')::float8 AS minutes
         FROM plan_template_version v CROSS JOIN LATERAL jsonb_path_query(v.body, '$.stages[*].steps[*]') s(value)
         WHERE v.account_id = ${account}
       )
       SELECT s.owner_id AS seller, (count(*) FILTER (WHERE s.state = 'done' AND ${inPeriod}))::int AS done,
         (count(*) FILTER (WHERE s.state = 'failed' AND s.detail #>> '{outcome,cause}' = 'omission' AND ${inPeriod}))::int AS omitted,
         coalesce(sum(e.minutes) FILTER (WHERE s.state = 'actionable' AND s.due_at < ${week}), 0)::float8 AS minutes
       FROM plan_step s JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
         LEFT JOIN effort e ON e.template_id = p.template_id AND e.version = p.version AND e.step_key = s.step_key
       WHERE s.account_id = ${account} AND s.owner_id = ANY(${people}) AND s.state IN ('done', 'failed', 'actionable')
       GROUP BY 1`,
      values.list,
    );
    return rows.map(({ seller: sellerId, minutes: plannedMinutes, ...rest }) => ({
      sellerId,
      plannedMinutes,
      ...rest,
    }));
  }

  /** Absences that begin or go on within the days, both `YYYY-MM-DD`. */
  async absences(accountId: string, from: string, until: string): Promise<readonly AbsenceAhead[]> {
    const rows = await this.database.query<{ user_id: string; from_day: string; to_day: string }>(
      `SELECT user_id, from_day, to_day FROM absence
       WHERE account_id = $1::uuid AND to_day >= $2 AND from_day <= $3 ORDER BY from_day, user_id`,
      [accountId, from, until],
    );
    return rows.map(({ user_id: userId, from_day: from_, to_day: to }) => ({ userId, from: from_, to }));
  }
}
