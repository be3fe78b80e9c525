import { Injectable } from '@nestjs/common';
import { mayHandle, reachOf } from '../../domain/crm/rights.js';
import { Database } from '../../infra/db/database.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { HostNames } from './host-names.service.js';
import { InsightCache } from './insight-cache.js';
import type { InsightChoicesView, InsightFilter } from './insight.view.js';
import { PageContexts } from './page-contexts.service.js';
import { Said } from './words.js';

const MOST_SOURCES = 200;

/** What the filters offer this person, and the filter of the last visit. */
@Injectable()
export class InsightChoices {
  constructor(
    private readonly database: Database,
    private readonly contexts: PageContexts,
    private readonly cache: InsightCache,
    private readonly names: HostNames,
  ) {}

  async of(person: SessionClaims): Promise<InsightChoicesView> {
    const { accountId, userId } = person;
    const structure = await this.contexts.structure(accountId);
    const reach = reachOf(person, structure);
    const people = structure.users.filter((user) => user.active && mayHandle(reach, { ownerId: user.id }));
    const departments = new Set(people.flatMap((user) => user.departmentIds));
    const products = await this.contexts.products(accountId);
    return {
      pipelines: structure.pipelines.map(({ id, name }) => ({ id, name })),
      products: products.filter((product) => product.active).map(({ id, name }) => ({ id, name })),
      sellers: people.map(({ id, name }) => ({ id, name })),
      departments: structure.departments
        .filter(({ id }) => departments.has(id))
        .map(({ id, name }) => ({ id, name })),
      sources: await this.sources(person),
      last: await this.last(accountId, userId),
    };
  }

  async remember(accountId: string, userId: string, filter: InsightFilter): Promise<void> {
    await this.database.query(
      `INSERT INTO preference AS p (account_id, user_id, settings) VALUES ($1::uuid, $2, $3::jsonb)
       ON CONFLICT (account_id, user_id) DO UPDATE SET settings = p.settings || excluded.settings`,
      [accountId, userId, JSON.stringify({ insightFilter: filter })],
    );
  }

  private async last(accountId: string, userId: string): Promise<InsightFilter | null> {
    const [row] = await this.database.query<{ filter: InsightFilter | null }>(
      `SELECT settings -> 'insightFilter' AS filter FROM preference WHERE account_id = $1::uuid AND user_id = $2`,
      [accountId, userId],
    );
    return row?.filter ?? null;
  }

  /** The most used ones. */
  private async sources({
    accountId,
    language,
    timeZone,
  }: SessionClaims): Promise<InsightChoicesView['sources']> {
    const ids = await this.cache.of(`${accountId} sources`, async () => {
      const rows = await this.database.query<{ id: string }>(
        `SELECT source_id AS id FROM deal WHERE account_id = $1::uuid AND deleted_at IS NULL AND source_id IS NOT NULL
         GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${MOST_SOURCES}`,
        [accountId],
      );
      return rows.map(({ id }) => id);
    });
    await this.names.want(accountId, 'source', ids);
    const nameOf = await this.names.of(accountId);
    const { words } = new Said(language, timeZone);
    return ids.map((id) => ({ id, name: nameOf('source', id) ?? words.source(id) }));
  }
}
