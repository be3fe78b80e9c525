import { Injectable } from '@nestjs/common';
import type { StageKind } from '../../domain/crm/records.js';
import { Database } from '../../infra/db/database.js';
import { bucketSql } from '../../mirror/index.js';
import type { InsightScope } from './insight-scope.js';
import {
  dealsInPipeline,
  moneySql,
  periodConditions,
  SINCE,
  stepState,
  Values,
  workConditions,
} from './insight.sql.js';
import { Steps } from './steps.service.js';

/** Deals of a seller by where they stand. */
export interface SellerSum {
  readonly sellerId: string;
  readonly open: number;
  readonly won: number;
  readonly lost: number;
  readonly wonMoney: bigint;
  /** Lengths of won deals, as pairs of bucket and count. */
  readonly cycles: readonly (readonly [number, number])[];
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
  async deals(scope: InsightScope): Promise<readonly SellerSum[]> {
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
          CASE WHEN d.stage_kind <> 'won' THEN 0 ELSE ${bucketSql(`(${SINCE} - d.created_at)`)} END AS bucket
        FROM deal d WHERE ${where.join(' AND ')} GROUP BY 1, 2, 5`;
      return { text, values: values.list };
    });
    return [...Map.groupBy(rows, (row) => row.seller)].map(([sellerId, own]) => {
      const won = own.filter((row) => row.kind === 'won');
      const count = (kind: StageKind): number =>
        own.reduce((sum, row) => (row.kind === kind ? sum + row.n : sum), 0);
      return {
        sellerId,
        open: count('open'),
        won: count('won'),
        lost: count('lost'),
        wonMoney: won.reduce((sum, row) => sum + BigInt(row.money), 0n),
        cycles: won.map(({ bucket, n }) => [bucket, n] as const),
      };
    });
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
    return [...Map.groupBy(rows, (row) => JSON.stringify([row.seller, row.reason])).values()].flatMap(
      (same) => {
        const [first] = same;
        const deals = same.reduce((sum, row) => sum + row.n, 0);
        return first ? { sellerId: first.seller, reason: first.reason, deals } : [];
      },
    );
  }

  /** By whom the step is to be done, in all pipelines: a day's work is one, whatever it is for. */
  async work(scope: InsightScope): Promise<readonly SellerSteps[]> {
    interface Row {
      readonly seller: string;
      readonly done: number;
      readonly omitted: number;
      readonly minutes: number;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const where = [...workConditions(values, scope, range), `s.state IN ('done', 'failed', 'actionable')`];
      const state = (one: 'planned' | 'done' | 'omitted'): string => stepState(values, scope, one);
      const text = `WITH effort AS (
          SELECT v.template_id, v.version, s.value ->> 'key' AS step_key, (s.value ->> 'durationMinutes')::float8 AS minutes
          FROM plan_template_version v CROSS JOIN LATERAL jsonb_path_query(v.body, '$.stages[*].steps[*]') s(value)
          WHERE v.account_id = ${values.add(scope.accountId, 'uuid')}
        )
        SELECT s.owner_id AS seller, (count(*) FILTER (WHERE ${state('done')}))::int AS done,
          (count(*) FILTER (WHERE ${state('omitted')}))::int AS omitted,
          coalesce(sum(e.minutes) FILTER (WHERE ${state('planned')}), 0)::float8 AS minutes
        FROM plan_step s JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
          JOIN deal d ON d.account_id = s.account_id AND d.deal_id = s.deal_id
          LEFT JOIN effort e ON e.template_id = p.template_id AND e.version = p.version AND e.step_key = s.step_key
        WHERE ${where.join(' AND ')} AND s.owner_id IS NOT NULL GROUP BY 1`;
      return { text, values: values.list };
    });
    return [...Map.groupBy(rows, (row) => row.seller)].map(([sellerId, own]) => ({
      sellerId,
      done: own.reduce((sum, row) => sum + row.done, 0),
      omitted: own.reduce((sum, row) => sum + row.omitted, 0),
      plannedMinutes: own.reduce((sum, row) => sum + row.minutes, 0),
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
