import type { BookRow } from './book.repository.js';
import { folded } from './book.texts.js';
import type { BookKind } from './salesbook.view.js';

/** What is asked for; instants as dates, days already the reader's own midnights. */
export interface FeedFilter {
  readonly kinds?: readonly BookKind[];
  readonly sellerIds?: readonly string[];
  readonly productIds?: readonly string[];
  readonly dealId?: string;
  readonly from?: Date;
  /** Excluded. */
  readonly before?: Date;
  readonly q?: string;
}

export interface FeedPlace {
  readonly at: number;
  readonly entryId: string;
}

export interface FeedRow extends BookRow {
  readonly title: string | null;
  readonly plan_state: 'open' | 'done' | 'cancelled' | null;
  readonly plan_due_at: Date | null;
  readonly corrected_by: string | null;
  readonly told: readonly string[];
}

const MAX_WORDS = 8;

/** Newest first. `ownerIds`: people whose deals are within reach, null: everything. */
export function feedStatement(
  accountId: string,
  ownerIds: readonly string[] | null,
  filter: FeedFilter,
  page: { readonly after: FeedPlace | null; readonly limit: number },
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [accountId];
  const add = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions = ['e.account_id = $1::uuid', ...conditionsOf(filter, add)];
  if (ownerIds !== null) conditions.push(reachCondition(add([...ownerIds], 'text[]')));
  if (page.after !== null)
    conditions.push(
      `(e.at, e.entry_id) < (${add(new Date(page.after.at), 'timestamptz')}, ${add(page.after.entryId, 'int8')})`,
    );
  const text = `WITH found AS MATERIALIZED (
    SELECT e.*, d.title FROM book_entry e
    LEFT JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = e.deal_id
    WHERE ${conditions.join(' AND ')} ORDER BY e.at DESC, e.entry_id DESC LIMIT ${add(page.limit, 'int')})
  SELECT f.entry_id::text AS entry_id, f.at, f.recorded_at, f.kind, f.deal_id, f.by_user, f.by_hand, f.body, f.source_key,
    f.prev_hash, f.hash, f.title, p.state AS plan_state, p.due_at AS plan_due_at,
    (SELECT max(c.entry_id)::text FROM book_entry c WHERE c.account_id = $1::uuid AND c.refers_to = f.entry_id
      AND c.kind = 'correction') AS corrected_by,
    ARRAY(SELECT DISTINCT t.user_id FROM book_told t WHERE t.account_id = $1::uuid AND t.entry_id = f.entry_id
      AND (t.told_at IS NOT NULL OR t.why = 'named') ORDER BY t.user_id) AS told
  FROM found f LEFT JOIN book_plan p ON p.account_id = $1::uuid AND p.entry_id = f.entry_id
  ORDER BY f.at DESC, f.entry_id DESC`;
  return { text, values };
}

function conditionsOf(
  { kinds, sellerIds, productIds, dealId, from, before, q }: FeedFilter,
  add: (value: unknown, type: string) => string,
): readonly string[] {
  const found: string[] = [];
  if (kinds?.length) found.push(`e.kind = ANY(${add([...kinds], 'text[]')})`);
  if (sellerIds?.length) found.push(`d.owner_id = ANY(${add([...sellerIds], 'text[]')})`);
  if (productIds?.length) found.push(`d.product_ids && ${add([...productIds], 'text[]')}`);
  if (dealId !== undefined) found.push(`e.deal_id = ${add(dealId, 'text')}`);
  if (from !== undefined) found.push(`e.at >= ${add(from, 'timestamptz')}`);
  if (before !== undefined) found.push(`e.at < ${add(before, 'timestamptz')}`);
  const words = folded(q ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  for (const word of words.slice(0, MAX_WORDS))
    found.push(`e.search LIKE ${add(`%${word.replaceAll(/[\\%_]/g, '\\$&')}%`, 'text')}`);
  return found;
}

/** A deal without an owner is everybody's; what concerns no deal is seen by those whom it concerns and their heads. */
function reachCondition(owners: string): string {
  return `CASE WHEN e.deal_id IS NULL THEN e.by_user = ANY(${owners}) OR e.body -> 'userIds' ?| ${owners}
    ELSE d.deal_id IS NOT NULL AND (d.owner_id IS NULL OR d.owner_id = ANY(${owners})) END`;
}
