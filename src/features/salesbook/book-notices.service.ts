import { Injectable } from '@nestjs/common';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { Instant } from '../../domain/crm/time.js';
import type { Sql } from '../../infra/db/sql.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import type { BookEntry } from './book.types.js';
import type { BookKind } from './salesbook.view.js';

export interface Subscription {
  readonly user_id: string;
  readonly by: 'deal' | 'product' | 'seller' | 'all';
  readonly subject_id: string;
  readonly kinds: readonly BookKind[];
  readonly channels: readonly ('host' | 'mail')[];
}

/** The company as it was when somebody asked who may see what. */
export interface BookPeople {
  readonly accountId: string;
  readonly structure: CompanyStructure;
}

interface DealFacts {
  readonly deal_id: string;
  readonly owner_id: string | null;
  readonly product_ids: readonly string[];
}

interface Notice {
  readonly entry: BookEntry;
  readonly userId: string;
  readonly why: 'named' | 'subscribed';
  readonly channels: readonly string[];
}

/** Notes who is to be told of entries: those whom the writer named, and those who want to hear of such things. */
@Injectable()
export class BookNotices {
  constructor(private readonly structures: CompanyStructures) {}

  /** Never inside a transaction. */
  async people(accountId: string): Promise<BookPeople> {
    return { accountId, structure: await this.structures.of(accountId) };
  }

  /** In the transaction that writes the entries. Nobody is told of what he did, nor of deals beyond his reach. */
  async note(tx: Sql, people: BookPeople, entries: readonly BookEntry[], now: Instant): Promise<number> {
    if (entries.length === 0) return 0;
    const { accountId } = people;
    const subscriptions = await tx.query<Subscription>(
      `SELECT user_id, by, subject_id, kinds, channels FROM book_subscription WHERE account_id = $1::uuid`,
      [accountId],
    );
    const deals =
      subscriptions.length > 0 ? await factsOf(tx, accountId, entries) : new Map<string, DealFacts>();
    const reaches = reachesOf(people, subscriptions);
    const notices = entries.flatMap((entry) => [
      ...named(entry),
      ...subscribed(entry, subscriptions, deals, reaches),
    ]);
    await insert(tx, accountId, notices, now);
    return notices.length;
  }
}

/** A person's own words name whom to tell; the events of control tell by themselves. */
function named(entry: BookEntry): readonly Notice[] {
  if (!entry.byHand) return [];
  const userIds = (entry.body.userIds ?? []).filter((userId) => userId !== entry.by);
  return userIds.map((userId) => ({ entry, userId, why: 'named', channels: ['host', 'mail'] }));
}

function subscribed(
  entry: BookEntry,
  subscriptions: readonly Subscription[],
  deals: ReadonlyMap<string, DealFacts>,
  reaches: ReadonlyMap<string, Reach>,
): readonly Notice[] {
  const deal = entry.dealId === null ? undefined : deals.get(entry.dealId);
  if (!deal) return [];
  const already = new Set([entry.by, ...(entry.body.userIds ?? [])]);
  const channelsOf = new Map<string, Set<string>>();
  for (const { user_id: userId, channels, ...wanted } of subscriptions) {
    const reach = reaches.get(userId);
    if (already.has(userId) || !reach || !mayHandle(reach, { ownerId: deal.owner_id })) continue;
    if (!covers(wanted, entry, deal)) continue;
    const known = channelsOf.get(userId) ?? new Set<string>();
    for (const channel of channels) known.add(channel);
    channelsOf.set(userId, known);
  }
  return [...channelsOf].map(([userId, channels]) => ({
    entry,
    userId,
    why: 'subscribed',
    channels: [...channels],
  }));
}

function covers(
  { by, subject_id: subject, kinds }: Pick<Subscription, 'by' | 'subject_id' | 'kinds'>,
  entry: BookEntry,
  deal: DealFacts,
): boolean {
  if (kinds.length > 0 && !kinds.includes(entry.kind)) return false;
  if (by === 'deal') return deal.deal_id === subject;
  if (by === 'seller') return deal.owner_id === subject;
  return by === 'all' || deal.product_ids.includes(subject);
}

function reachesOf(
  { structure }: BookPeople,
  subscriptions: readonly Subscription[],
): ReadonlyMap<string, Reach> {
  const wanted = new Set(subscriptions.map((one) => one.user_id));
  const here = structure.users.filter((user) => user.active && wanted.has(user.id));
  return new Map(here.map(({ id, admin }) => [id, reachOf({ userId: id, admin }, structure)]));
}

async function factsOf(
  tx: Sql,
  accountId: string,
  entries: readonly BookEntry[],
): Promise<ReadonlyMap<string, DealFacts>> {
  const dealIds = [...new Set(entries.flatMap((entry) => entry.dealId ?? []))];
  const rows = await tx.query<DealFacts>(
    `SELECT deal_id, owner_id, coalesce(product_ids, '{}') AS product_ids FROM deal
     WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND deleted_at IS NULL`,
    [accountId, dealIds],
  );
  return new Map(rows.map((row) => [row.deal_id, row]));
}

async function insert(tx: Sql, accountId: string, notices: readonly Notice[], now: Instant): Promise<void> {
  if (notices.length === 0) return;
  await tx.query(
    `INSERT INTO book_told (account_id, entry_id, user_id, why, channels, deal_id, due_at)
     SELECT $1::uuid, r.entry, r.person, r.why, string_to_array(r.channels, ','), r.deal, $7
     FROM unnest($2::int8[], $3::text[], $4::text[], $5::text[], $6::text[]) AS r(entry, person, why, channels, deal)
     ON CONFLICT DO NOTHING`,
    [
      accountId,
      notices.map(({ entry }) => entry.entryId),
      notices.map(({ userId }) => userId),
      notices.map(({ why }) => why),
      notices.map(({ channels }) => channels.join(',')),
      notices.map(({ entry }) => entry.dealId),
      new Date(now),
    ],
  );
}
