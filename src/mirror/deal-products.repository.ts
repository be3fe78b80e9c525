import type { Instant } from '../domain/crm/time.js';
import type { Sql } from '../infra/db/sql.js';
import { joined, numbers, texts } from './columns.js';

/** A deal whose products are to be read, as it was when that was decided. */
export interface DueDeal {
  readonly id: string;
  readonly modifiedAt: Instant;
}

/** Whether deals can have products at all: without a catalogue there is nothing to ask for. */
export async function hasProducts(sql: Sql, accountId: string): Promise<boolean> {
  const rows = await sql.query('SELECT 1 FROM product WHERE account_id = $1 LIMIT 1', [accountId]);
  return rows.length > 0;
}

/** Open deals first, then the latest. */
export async function dueProducts(sql: Sql, accountId: string, limit: number): Promise<readonly DueDeal[]> {
  const rows = await sql.query<{ deal_id: string; modified_at: Date }>(
    `SELECT deal_id, modified_at FROM deal WHERE account_id = $1 AND products_due AND deleted_at IS NULL
     ORDER BY stage_kind = 'open' DESC, modified_at DESC, deal_id LIMIT $2`,
    [accountId, limit],
  );
  return rows.map((row) => ({ id: row.deal_id, modifiedAt: row.modified_at.getTime() }));
}

/**
 * Stores what was read of deals that did not change since; the others stay due. Returns the ids of deals whose products
 * are others now.
 */
export async function saveDealProducts(
  sql: Sql,
  accountId: string,
  deals: readonly DueDeal[],
  productsOf: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> {
  const rows = await sql.query<{ deal_id: string; changed: boolean }>(
    `UPDATE deal d SET product_ids = r.products, products_due = false
     FROM (SELECT id, seen, nullif(string_to_array(products, E'\u001f'), '{}') AS products
           FROM unnest($2::text[], $3::float8[], $4::text[]) AS each(id, seen, products)) r
     JOIN deal before ON before.account_id = $1 AND before.deal_id = r.id
     WHERE d.account_id = $1 AND d.deal_id = r.id AND d.modified_at = to_timestamp(r.seen / 1000)
     RETURNING d.deal_id, before.product_ids IS DISTINCT FROM d.product_ids AS changed`,
    [
      accountId,
      texts(deals, (one) => one.id),
      numbers(deals, (one) => one.modifiedAt),
      texts(deals, (one) => joined(productsOf.get(one.id) ?? [])),
    ],
  );
  return rows.filter((row) => row.changed).map((row) => row.deal_id);
}
