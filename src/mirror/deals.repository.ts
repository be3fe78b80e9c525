import type { HostDeal } from '../contract/streams.js';
import type { Instant } from '../domain/crm/time.js';
import { CopyRows, uuidBytes } from '../infra/db/copy-rows.js';
import type { Sql, Transaction } from '../infra/db/sql.js';
import { ids, joined, jsonText, newestById, numbers, texts } from './columns.js';

/**
 * Lists do not unnest, so they travel as text: products and tags joined by a sign that no list holds, fields as JSON.
 * `products` null: this host tells them apart, and what an earlier read brought stays until they are read again.
 */
const UPSERT = `
INSERT INTO deal AS d (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, currency,
  source_id, company_id, contact_id, created_at, modified_at, stage_since, last_activity_at, product_ids, products_due,
  tags, loss_reason, fields, synced_at, deleted_at)
SELECT $1, r.id, r.title, r.pipeline, r.stage, r.kind, r.owner, r.amount::numeric, r.currency,
  r.source, r.company, r.contact, to_timestamp(r.created / 1000), to_timestamp(r.modified / 1000),
  to_timestamp(r.since / 1000), to_timestamp(r.active / 1000), nullif(string_to_array(r.products, E'\x1f'), '{}'),
  r.products IS NULL, string_to_array(r.tags, E'\x1f'), r.loss, r.fields::jsonb, to_timestamp($2::float8 / 1000), NULL
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
  $11::text[], $12::text[], $13::text[], $14::float8[], $15::float8[], $16::float8[], $17::float8[], $18::text[],
  $19::text[], $20::text[], $21::text[])
  AS r(id, title, pipeline, stage, kind, owner, amount, currency, source, company, contact, created, modified,
  since, active, products, tags, loss, fields)
ON CONFLICT (account_id, deal_id) DO UPDATE SET
  title = excluded.title, pipeline_id = excluded.pipeline_id, stage_id = excluded.stage_id,
  stage_kind = excluded.stage_kind, owner_id = excluded.owner_id, amount = excluded.amount,
  currency = excluded.currency, source_id = excluded.source_id, company_id = excluded.company_id,
  contact_id = excluded.contact_id, created_at = excluded.created_at, modified_at = excluded.modified_at,
  stage_since = excluded.stage_since,
  last_activity_at = coalesce(excluded.last_activity_at, d.last_activity_at),
  product_ids = CASE WHEN excluded.products_due THEN d.product_ids ELSE excluded.product_ids END,
  products_due = excluded.products_due, tags = excluded.tags, loss_reason = excluded.loss_reason,
  fields = excluded.fields, synced_at = excluded.synced_at, deleted_at = NULL
WHERE (excluded.modified_at, excluded.synced_at) >= (d.modified_at, d.synced_at)
  AND (d.deleted_at IS NULL OR excluded.synced_at > d.deleted_at)
  AND (d.deleted_at IS NOT NULL OR (d.title, d.pipeline_id, d.stage_id, d.stage_kind, d.owner_id, d.amount,
    d.currency, d.source_id, d.company_id, d.contact_id, d.created_at, d.modified_at, d.stage_since,
    d.last_activity_at, d.product_ids, d.tags, d.loss_reason, d.fields) IS DISTINCT FROM (excluded.title,
    excluded.pipeline_id, excluded.stage_id, excluded.stage_kind, excluded.owner_id, excluded.amount,
    excluded.currency, excluded.source_id, excluded.company_id, excluded.contact_id, excluded.created_at,
    excluded.modified_at, excluded.stage_since, coalesce(excluded.last_activity_at, d.last_activity_at),
    CASE WHEN excluded.products_due THEN d.product_ids ELSE excluded.product_ids END, excluded.tags,
    excluded.loss_reason, excluded.fields))
RETURNING deal_id`;

/**
 * Writes what is newer than ours and returns the ids that really changed.
 *
 * `readAt` is the database's clock just before the read began. It decides between two reads that show the same second
 * of the host's clock (the later read wins), and a tombstone gives way only to a read that began after it was set.
 */
export async function upsertDeals(
  sql: Sql,
  accountId: string,
  deals: readonly HostDeal[],
  readAt: Instant,
): Promise<readonly string[]> {
  const rows = newestById(deals);
  if (rows.length === 0) return [];
  const changed = await sql.query<{ deal_id: string }>(UPSERT, columnsOf(accountId, rows, readAt));
  return changed.map((row) => row.deal_id);
}

/** Of a deal, in the order of `loadDeals`. */
const LOADED = `deal (account_id, synced_at, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, currency,
  source_id, company_id, contact_id, created_at, modified_at, stage_since, last_activity_at, product_ids, products_due,
  tags, loss_reason, fields)`;
const LOADED_COLUMNS = 22;

/** Stores deals that are all new, in a fraction of the time. Fails as a whole when one of them is there already. */
export async function loadDeals(
  tx: Transaction,
  accountId: string,
  deals: readonly HostDeal[],
  readAt: Instant,
): Promise<void> {
  if (deals.length === 0) return;
  const rows = new CopyRows(LOADED_COLUMNS);
  const account = uuidBytes(accountId);
  for (const deal of deals) {
    rows.begin();
    rows.uuid(account);
    rows.instant(readAt);
    rows.text(deal.id);
    rows.text(deal.title);
    rows.text(deal.pipelineId);
    rows.text(deal.stageId);
    rows.text(deal.stageKind);
    rows.text(deal.ownerId);
    rows.decimal(deal.amount);
    rows.text(deal.currency);
    rows.text(deal.sourceId);
    rows.text(deal.companyId);
    rows.text(deal.contactId);
    rows.instant(deal.createdAt);
    rows.instant(deal.modifiedAt);
    rows.instant(deal.stageSince);
    rows.instant(deal.lastActivityAt);
    rows.texts(deal.productIds);
    rows.flag(deal.productIds === null);
    rows.texts(deal.tags.length === 0 ? null : deal.tags);
    rows.text(deal.lossReason);
    rows.json(jsonText(deal.fields));
  }
  await tx.load(LOADED, rows.end());
}

function columnsOf(accountId: string, rows: readonly HostDeal[], readAt: Instant): readonly unknown[] {
  return [
    accountId,
    readAt,
    texts(rows, (one) => one.id),
    texts(rows, (one) => one.title),
    texts(rows, (one) => one.pipelineId),
    texts(rows, (one) => one.stageId),
    texts(rows, (one) => one.stageKind),
    texts(rows, (one) => one.ownerId),
    texts(rows, (one) => one.amount),
    texts(rows, (one) => one.currency),
    texts(rows, (one) => one.sourceId),
    texts(rows, (one) => one.companyId),
    texts(rows, (one) => one.contactId),
    numbers(rows, (one) => one.createdAt),
    numbers(rows, (one) => one.modifiedAt),
    numbers(rows, (one) => one.stageSince),
    numbers(rows, (one) => one.lastActivityAt),
    texts(rows, (one) => one.productIds && joined(one.productIds)),
    texts(rows, (one) => (one.tags.length === 0 ? null : joined(one.tags))),
    texts(rows, (one) => one.lossReason),
    texts(rows, (one) => jsonText(one.fields)),
  ];
}

/**
 * Marks deals as deleted after a read that did not find them. A deal that we never saw gets an empty tombstone too:
 * an older page that is still on its way must not bring it to life. Returns the ids that were alive in the mirror.
 */
export async function buryDeals(
  sql: Sql,
  accountId: string,
  dealIds: readonly string[],
): Promise<readonly string[]> {
  if (dealIds.length === 0) return [];
  const buried = await sql.query<{ deal_id: string }>(
    `UPDATE deal SET deleted_at = clock_timestamp()
     WHERE account_id = $1 AND deal_id = ANY($2::text[]) AND deleted_at IS NULL RETURNING deal_id`,
    [accountId, ids(dealIds)],
  );
  await sql.query(
    `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, created_at, modified_at,
       synced_at, deleted_at)
     SELECT $1, id, '', '', '', 'open', to_timestamp(0), to_timestamp(0), to_timestamp(0), clock_timestamp()
     FROM unnest($2::text[]) id ON CONFLICT (account_id, deal_id) DO NOTHING`,
    [accountId, ids([...new Set(dealIds)])],
  );
  return buried.map((row) => row.deal_id);
}

/** Of these ids of the host, those that the mirror does not hold alive. */
export async function missingDeals(
  sql: Sql,
  accountId: string,
  dealIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await sql.query<{ id: string }>(
    `SELECT id FROM unnest($2::text[]) id WHERE NOT EXISTS
       (SELECT FROM deal d WHERE d.account_id = $1 AND d.deal_id = id AND d.deleted_at IS NULL)`,
    [accountId, ids(dealIds)],
  );
  return rows.map((row) => row.id);
}

/** Live ids after `after` (null: from the start) that were read before `readBefore`. */
export async function liveDealIds(
  sql: Sql,
  accountId: string,
  page: { readonly after: string | null; readonly readBefore: Instant; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await sql.query<{ deal_id: string }>(
    `SELECT deal_id FROM deal WHERE account_id = $1 AND deal_id > $2 AND deleted_at IS NULL
       AND synced_at < to_timestamp($3::float8 / 1000)
     ORDER BY deal_id LIMIT $4`,
    [accountId, page.after ?? '', page.readBefore, page.limit],
  );
  return rows.map((row) => row.deal_id);
}

/** All ids after `after`, tombstones included: their visits follow from their history like any other. */
export async function knownDealIds(
  sql: Sql,
  accountId: string,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const rows = await sql.query<{ deal_id: string }>(
    'SELECT deal_id FROM deal WHERE account_id = $1 AND deal_id > $2 ORDER BY deal_id LIMIT $3',
    [accountId, after ?? '', limit],
  );
  return rows.map((row) => row.deal_id);
}
