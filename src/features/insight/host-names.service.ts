import { Injectable } from '@nestjs/common';
import type { NamedKind } from '../../contract/client.js';
import { Database } from '../../infra/db/database.js';
import { defineJob } from '../../infra/jobs/job.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { InsightCache } from './insight-cache.js';

/** Reads names of a host's records that a page showed by their ids. */
export const readHostNames = defineJob<{
  readonly accountId: string;
  readonly kind: NamedKind;
  readonly ids: readonly string[];
}>({
  name: 'insight.readHostNames',
  singleton: ({ accountId, kind }) => `${accountId} ${kind}`,
  retryLimit: 2,
});

/** Companies change their names in years; an unknown record may have been hidden from us for a day. */
const KNOWN_DAYS = 30;
const UNKNOWN_DAYS = 1;
const MOST_AT_ONCE = 200;

type NameOf = (kind: NamedKind, id: string) => string | null;

/** Names of the host's companies, contacts and sources that pages have shown. */
@Injectable()
export class HostNames {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly cache: InsightCache,
  ) {}

  async of(accountId: string): Promise<NameOf> {
    const names = await this.known(accountId);
    return (kind, id) => names.get(`${kind} ${id}`) ?? null;
  }

  /** Has those read that are not known or old; the page that is shown after that has them. */
  async want(accountId: string, kind: NamedKind, ids: readonly string[]): Promise<void> {
    const names = await this.known(accountId);
    const missing = [...new Set(ids)].filter((id) => id !== '' && !names.has(`${kind} ${id}`));
    if (missing.length === 0) return;
    await this.jobs.enqueue(readHostNames, { accountId, kind, ids: missing.slice(0, MOST_AT_ONCE) });
  }

  /** `found` of all that were asked for. */
  async keep(
    accountId: string,
    kind: NamedKind,
    asked: readonly string[],
    found: ReadonlyMap<string, string>,
  ): Promise<void> {
    await this.database.query(
      `INSERT INTO host_name AS h (account_id, kind, record_id, name, read_at)
       SELECT $1::uuid, $2, r.id, r.name, now() FROM unnest($3::text[], $4::text[]) AS r(id, name)
       ON CONFLICT (account_id, kind, record_id) DO UPDATE SET name = excluded.name, read_at = excluded.read_at`,
      [accountId, kind, [...asked], asked.map((id) => found.get(id) ?? null)],
    );
    this.cache.drop(namesKey(accountId));
  }

  /** Null: the host knew none not long ago. */
  private known(accountId: string): Promise<ReadonlyMap<string, string | null>> {
    return this.cache.of(namesKey(accountId), async () => {
      const rows = await this.database.query<{ kind: string; record_id: string; name: string | null }>(
        `SELECT kind, record_id, name FROM host_name WHERE account_id = $1::uuid
           AND read_at > now() - CASE WHEN name IS NULL THEN interval '${UNKNOWN_DAYS} days' ELSE interval '${KNOWN_DAYS} days' END`,
        [accountId],
      );
      return new Map(rows.map(({ kind, record_id: id, name }) => [`${kind} ${id}`, name]));
    });
  }
}

function namesKey(accountId: string): string {
  return `${accountId} names of the host`;
}
