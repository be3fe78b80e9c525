import { Injectable } from '@nestjs/common';
import type { DealGroup } from '../../domain/insight/forecast-groups.js';
import { bucketSql } from '../../mirror/index.js';
import type { InsightScope } from './insight-scope.js';
import {
  CLIENT,
  dealsInPipeline,
  moneySql,
  periodConditions,
  PRODUCTS,
  REFERRED,
  SINCE,
  Values,
} from './insight.sql.js';
import { Steps } from './steps.service.js';

/** What clients bought, counted: everything that the page of clients needs. */
export interface ClientFact {
  /**
   * `wait`: clients by the bucket of time from the first to the second purchase (`way` repeat), or until now (open).
   * `product`: clients who bought it (`way`). `pair`: clients who bought `way` and `other`. `crossed`, `referred`,
   * `client`: clients. `repeatMoney`: `n` is money of all purchases but the first.
   */
  readonly kind: 'wait' | 'product' | 'pair' | 'crossed' | 'referred' | 'client' | 'repeatMoney';
  readonly way: string;
  readonly other: string;
  readonly n: number;
}

export interface LossFact {
  readonly reason: string;
  /** The stage out of which it was lost; null where no move is known. */
  readonly stageId: string | null;
  readonly deals: number;
  readonly money: bigint;
}

/** Lost deals of one reason by seller, product or source; an empty id: of none. */
export interface LossPartFact {
  readonly reason: string;
  readonly by: 'seller' | 'product' | 'source';
  readonly id: string;
  readonly deals: number;
}

/** Open deals by age, clients by what they bought, losses by where. */
@Injectable()
export class OutlookRepository {
  constructor(private readonly steps: Steps) {}

  async openGroups(scope: InsightScope): Promise<readonly DealGroup[]> {
    interface Row {
      readonly stage_id: string;
      readonly age: number;
      readonly n: number;
      readonly amount: number;
      readonly squares: number;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const now = values.add(new Date(scope.now), 'timestamptz');
      const where = [...dealsInPipeline(values, scope, range), `d.stage_kind = 'open'`].join(' AND ');
      const text = `SELECT d.stage_id, ${coarse(`greatest(0, floor(date_part('epoch', ${now} - ${SINCE}) / 86400))::int`)} AS age,
          count(*)::int AS n, coalesce(sum(d.amount), 0)::float8 AS amount,
          coalesce(sum(d.amount::float8 * d.amount::float8), 0) AS squares
        FROM deal d WHERE ${where} GROUP BY 1, 2`;
      return { text, values: values.list };
    });
    const sum = (same: readonly Row[], of: (row: Row) => number): number =>
      same.reduce((all, row) => all + of(row), 0);
    return [...Map.groupBy(rows, (row) => `${row.age} ${row.stage_id}`).values()].map((same) => ({
      stageId: same[0]?.stage_id ?? '',
      age: same[0]?.age ?? 0,
      deals: sum(same, (row) => row.n),
      amount: sum(same, (row) => row.amount),
      squares: sum(same, (row) => row.squares),
    }));
  }

  clients(scope: InsightScope): Promise<readonly ClientFact[]> {
    return this.steps.parts<ClientFact>((part) => {
      const values = new Values();
      const now = values.add(new Date(scope.now), 'timestamptz');
      const where = [
        ...dealsInPipeline(values, scope),
        `d.stage_kind = 'won' AND ${CLIENT} <> ''`,
        `abs(hashtext(${CLIENT})::bigint) % ${part.of} = ${part.at}`,
        ...periodConditions(values, scope, SINCE),
      ].join(' AND ');
      const text = `WITH won AS MATERIALIZED (
          SELECT ${CLIENT} AS client, ${SINCE} AS at, d.amount, coalesce(d.product_ids, '{}') AS products,
            ${REFERRED} AS referred,
            row_number() OVER w AS place, first_value(coalesce(d.product_ids, '{}')) OVER w AS first_products
          FROM deal d WHERE ${where} WINDOW w AS (PARTITION BY ${CLIENT} ORDER BY ${SINCE}, d.deal_id)
        ), people AS MATERIALIZED (
          SELECT client, min(at) AS first, min(at) FILTER (WHERE place = 2) AS second,
            bool_or(place > 1 AND NOT products <@ first_products) AS crossed, bool_or(place = 1 AND referred) AS referred
          FROM won GROUP BY client
        ), bought AS MATERIALIZED (SELECT DISTINCT client, unnest(products) AS product FROM won)
        SELECT 'wait' AS kind, CASE WHEN second IS NULL THEN 'open' ELSE 'repeat' END AS way,
          ${bucketSql(`(coalesce(second, ${now}) - first)`)}::text AS other, count(*)::float8 AS n FROM people GROUP BY 2, 3
        UNION ALL SELECT 'client', '', '', count(*)::float8 FROM people
        UNION ALL SELECT 'crossed', '', '', count(*)::float8 FROM people WHERE crossed
        UNION ALL SELECT 'referred', '', '', count(*)::float8 FROM people WHERE referred
        UNION ALL SELECT 'repeatMoney', '', '', coalesce(sum(amount), 0)::float8 FROM won WHERE place > 1
        UNION ALL SELECT 'product', product, '', count(*)::float8 FROM bought GROUP BY 2
        UNION ALL SELECT 'pair', a.product, b.product, count(*)::float8
          FROM bought a JOIN bought b ON b.client = a.client AND b.product <> a.product GROUP BY 2, 3`;
      return { text, values: values.list };
    });
  }

  /** Lost deals by the stage out of which they were lost, in the period of the loss. */
  async losses(scope: InsightScope): Promise<readonly LossFact[]> {
    interface Row {
      readonly reason: string;
      readonly stage_id: string | null;
      readonly n: number;
      readonly money: string;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const where = [
        ...dealsInPipeline(values, scope, range),
        `d.stage_kind = 'lost'`,
        ...periodConditions(values, scope, SINCE),
      ].join(' AND ');
      const account = values.add(scope.accountId, 'uuid');
      const pipeline = values.add(scope.pipelineId, 'text');
      // Named once more on both visits, so that of all visits only these few are gone through.
      const lost = `ANY (ARRAY(SELECT stage_id FROM stage WHERE account_id = ${account} AND pipeline_id = ${pipeline} AND kind = 'lost'))`;
      const text = `SELECT coalesce(d.loss_reason, '') AS reason, v.stage_id, count(*)::int AS n,
          ${moneySql('d.amount')} AS money
        FROM deal d
          LEFT JOIN stage_visit l ON l.account_id = d.account_id AND l.deal_id = d.deal_id AND l.left_at IS NULL
            AND l.pipeline_id = ${pipeline} AND l.stage_id = ${lost}
          LEFT JOIN stage_visit v ON v.account_id = d.account_id AND v.deal_id = d.deal_id AND v.seq = l.seq - 1
            AND v.pipeline_id = ${pipeline} AND v.next_stage_id = ${lost}
        WHERE ${where} GROUP BY 1, 2`;
      return { text, values: values.list };
    });
    return [...Map.groupBy(rows, (row) => JSON.stringify([row.reason, row.stage_id])).values()].flatMap(
      (same) => {
        const [first] = same;
        if (!first) return [];
        const deals = same.reduce((sum, row) => sum + row.n, 0);
        const money = same.reduce((sum, row) => sum + BigInt(row.money), 0n);
        return { reason: first.reason, stageId: first.stage_id, deals, money };
      },
    );
  }

  /** The same deals by who and what. */
  async lossParts(scope: InsightScope): Promise<readonly LossPartFact[]> {
    const rows = await this.steps.rows<LossPartFact>(scope.accountId, (range) => {
      const values = new Values();
      const where = [
        ...dealsInPipeline(values, scope, range),
        `d.stage_kind = 'lost'`,
        ...periodConditions(values, scope, SINCE),
      ].join(' AND ');
      const text = `SELECT coalesce(d.loss_reason, '') AS reason, b.by, b.id, count(*)::int AS deals
        FROM deal d CROSS JOIN LATERAL (
          SELECT 'seller' AS by, coalesce(d.owner_id, '') AS id UNION ALL SELECT 'source', coalesce(d.source_id, '')
          UNION ALL SELECT 'product', ${PRODUCTS}) b
        WHERE ${where} GROUP BY 1, 2, 3`;
      return { text, values: values.list };
    });
    const groups = Map.groupBy(rows, (row) => JSON.stringify([row.reason, row.by, row.id]));
    return [...groups.values()].flatMap((same) => {
      const [first] = same;
      return first ? { ...first, deals: same.reduce((sum, row) => sum + row.deals, 0) } : [];
    });
  }
}

/** Days of the first two months, weeks of the first year, months after it: an old deal's chance changes slowly. */
function coarse(days: string): string {
  return `(CASE WHEN ${days} <= 60 THEN ${days} WHEN ${days} <= 365 THEN ${days} / 7 * 7 ELSE ${days} / 30 * 30 END)`;
}
