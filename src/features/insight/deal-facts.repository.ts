import { Injectable } from '@nestjs/common';
import type { Stage, StageKind } from '../../domain/crm/records.js';
import { bucketSql } from '../../mirror/index.js';
import { Database } from '../../infra/db/database.js';
import type { InsightScope } from './insight-scope.js';
import {
  CLIENT,
  dealsInPipeline,
  moneySql,
  periodConditions,
  PRODUCTS,
  SINCE,
  Values,
  type DealRange,
} from './insight.sql.js';
import { Steps } from './steps.service.js';

/** Deals that stand in a stage. */
export interface StageSum {
  readonly stageId: string;
  readonly kind: StageKind;
  readonly deals: number;
  readonly money: bigint;
  /** Of them, those that tell an amount. */
  readonly priced: number;
  /** Money of those that came here within the last year. */
  readonly yearMoney: bigint;
  /** When the first of them was made, milliseconds; infinite without any. */
  readonly since: number;
}

/** Deals of one row and one column of a crossing. */
export interface CrossingSum {
  readonly by: 'stage' | 'seller' | 'client';
  readonly row: string;
  readonly productId: string;
  readonly deals: number;
  readonly money: bigint;
}

/** Deals by the length of their way from being made to won or lost, or until now. */
export interface CycleSum {
  readonly closed: boolean;
  readonly bucket: number;
  readonly deals: number;
}

interface SumRow {
  readonly n: number;
  readonly money: string;
}

/** Stands for the clients beyond the largest. */
export const OTHERS = '~';
const YEAR = `interval '365 days'`;

/** What the deals of a pipeline are now: counts and money by where they stand. */
@Injectable()
export class DealFactsRepository {
  constructor(
    private readonly database: Database,
    private readonly steps: Steps,
  ) {}

  /** Of the pipeline, in its order. */
  stages({ accountId, pipelineId }: InsightScope): Promise<readonly Pick<Stage, 'id' | 'kind'>[]> {
    return this.database.query(
      `SELECT stage_id AS id, kind FROM stage WHERE account_id = $1::uuid AND pipeline_id = $2 AND deleted_at IS NULL
       ORDER BY sort, stage_id`,
      [accountId, pipelineId],
    );
  }

  async stageSums(scope: InsightScope): Promise<readonly StageSum[]> {
    interface Row extends SumRow {
      readonly stage_id: string;
      readonly stage_kind: StageKind;
      readonly priced: number;
      readonly year_money: string;
      readonly since: number;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const now = values.add(new Date(scope.now), 'timestamptz');
      const where = dealsInPipeline(values, scope, range).join(' AND ');
      const text = `SELECT d.stage_id, d.stage_kind, count(*)::int AS n, ${moneySql('d.amount')} AS money,
          count(d.amount)::int AS priced, ${moneySql(`CASE WHEN ${SINCE} > ${now} - ${YEAR} THEN d.amount END`)} AS year_money,
          (extract(epoch FROM min(d.created_at)) * 1000)::float8 AS since
        FROM deal d WHERE ${where} GROUP BY 1, 2`;
      return { text, values: values.list };
    });
    return [...Map.groupBy(rows, (row) => `${row.stage_kind} ${row.stage_id}`).values()].map((some) => ({
      stageId: some[0]?.stage_id ?? '',
      kind: some[0]?.stage_kind ?? 'open',
      ...summed(some),
      priced: some.reduce((sum, row) => sum + row.priced, 0),
      yearMoney: some.reduce((sum, row) => sum + BigInt(row.year_money), 0n),
      since: Math.min(...some.map((row) => row.since)),
    }));
  }

  /** Open deals by stage, seller and the largest clients, each crossed with products. */
  async crossings(scope: InsightScope, clients: readonly string[]): Promise<readonly CrossingSum[]> {
    interface Row extends SumRow {
      readonly by: CrossingSum['by'];
      readonly row: string;
      readonly product_id: string;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const shown = values.add([...clients], 'text[]');
      const text = `SELECT b.by, b.row, p.product_id, count(*)::int AS n, ${moneySql('d.amount')} AS money
        FROM deal d CROSS JOIN LATERAL (SELECT ${PRODUCTS} AS product_id) p
        CROSS JOIN LATERAL (VALUES ('stage', d.stage_id), ('seller', coalesce(d.owner_id, '')),
          ('client', CASE WHEN ${CLIENT} = ANY(${shown}) THEN ${CLIENT} ELSE '${OTHERS}' END)) AS b(by, row)
        WHERE ${openDeals(values, scope, range)} GROUP BY 1, 2, 3`;
      return { text, values: values.list };
    });
    const groups = Map.groupBy(rows, (row) => `${row.by} ${row.product_id} ${row.row}`);
    return [...groups.values()].flatMap((some) => {
      const [first] = some;
      return first ? { by: first.by, row: first.row, productId: first.product_id, ...summed(some) } : [];
    });
  }

  /** Those with most open deals. */
  async largestClients(scope: InsightScope, limit: number): Promise<readonly string[]> {
    const values = new Values();
    const where = openDeals(values, scope, { after: '', until: null });
    const rows = await this.database.query<{ client: string }>(
      `SELECT ${CLIENT} AS client FROM deal d WHERE ${where} GROUP BY 1
       ORDER BY count(*) DESC, sum(d.amount) DESC NULLS LAST, 1 LIMIT ${values.add(limit, 'int')}`,
      values.list,
    );
    return rows.map((row) => row.client);
  }

  /** Deals made in the period, by how long they took or have taken. */
  async cycles(scope: InsightScope): Promise<readonly CycleSum[]> {
    interface Row {
      readonly closed: boolean;
      readonly bucket: number;
      readonly n: number;
    }
    const rows = await this.steps.rows<Row>(scope.accountId, (range) => {
      const values = new Values();
      const now = values.add(new Date(scope.now), 'timestamptz');
      const where = [
        ...dealsInPipeline(values, scope, range),
        ...periodConditions(values, scope, 'd.created_at'),
      ];
      const end = `(CASE WHEN d.stage_kind = 'open' THEN ${now} ELSE ${SINCE} END)`;
      const text = `SELECT d.stage_kind <> 'open' AS closed, ${bucketSql(`(${end} - d.created_at)`)} AS bucket, count(*)::int AS n
        FROM deal d WHERE ${where.join(' AND ')} GROUP BY 1, 2`;
      return { text, values: values.list };
    });
    return rows.map(({ closed, bucket, n }) => ({ closed, bucket, deals: n }));
  }
}

function openDeals(values: Values, scope: InsightScope, range: DealRange): string {
  return [...dealsInPipeline(values, scope, range), `d.stage_kind = 'open'`].join(' AND ');
}

function summed(rows: readonly SumRow[]): { readonly deals: number; readonly money: bigint } {
  return {
    deals: rows.reduce((sum, row) => sum + row.n, 0),
    money: rows.reduce((sum, row) => sum + BigInt(row.money), 0n),
  };
}
