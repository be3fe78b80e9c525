import type { KnownDeal, KnownDeals } from '../contract/known-deals.js';
import type { Instant } from '../domain/crm/time.js';
import type { Sql } from '../infra/db/sql.js';
import { ids } from './columns.js';

const DEALS_PER_PAGE = 2_500;

interface Row {
  deal_id: string;
  created_ms: number;
  pipeline_id: string;
  stage_id: string;
  first_row: string | null;
}

/** `d` is the deal. */
const COLUMNS = `d.deal_id, (extract(epoch FROM d.created_at) * 1000)::float8 AS created_ms, d.pipeline_id, d.stage_id,
  (SELECT t.host_id FROM stage_transition t WHERE t.account_id = d.account_id AND t.deal_id = d.deal_id
     AND t.host_id <> '' ORDER BY t.at LIMIT 1) AS first_row`;

/** The mirror's side of `KnownDeals`, for one account. */
export function knownDeals(sql: Sql, accountId: string): KnownDeals {
  return {
    async oldest(): Promise<Instant | null> {
      const [row] = await sql.query<{ ms: number | null }>(
        `SELECT (extract(epoch FROM min(created_at)) * 1000)::float8 AS ms FROM deal
         WHERE account_id = $1 AND deleted_at IS NULL`,
        [accountId],
      );
      return row?.ms ?? null;
    },
    async named(wanted: readonly string[]): Promise<readonly KnownDeal[]> {
      const rows = await sql.query<Row>(
        `SELECT ${COLUMNS} FROM unnest($2::text[]) AS w(id) JOIN deal d ON d.account_id = $1 AND d.deal_id = w.id
         WHERE d.deleted_at IS NULL`,
        [accountId, ids(wanted)],
      );
      return rows.map(dealOf);
    },
    async *all(after: string | null): AsyncGenerator<readonly KnownDeal[], void, void> {
      for (let last = after ?? ''; ;) {
        const rows = await sql.query<Row>(
          `SELECT ${COLUMNS} FROM deal d WHERE d.account_id = $1 AND d.deal_id > $2 AND d.deleted_at IS NULL
           ORDER BY d.deal_id LIMIT ${DEALS_PER_PAGE}`,
          [accountId, last],
        );
        if (rows.length > 0) yield rows.map(dealOf);
        if (rows.length < DEALS_PER_PAGE) return;
        last = rows.at(-1)?.deal_id ?? last;
      }
    },
  };
}

function dealOf(row: Row): KnownDeal {
  return {
    id: row.deal_id,
    createdAt: row.created_ms,
    pipelineId: row.pipeline_id,
    stageId: row.stage_id,
    firstRow: row.first_row,
  };
}
