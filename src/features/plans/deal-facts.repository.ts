import { Injectable } from '@nestjs/common';
import type { Sql } from '../../infra/db/sql.js';
import { MirrorReads } from '../../mirror/index.js';
import type { DealFacts } from './stored-plan.js';

/**
 * The mirror's deals as planning reads them: inside the transaction that decides, after the plans are locked, so that
 * the later of two decisions is always the one that saw more.
 */
@Injectable()
export class DealFactsRepository {
  constructor(private readonly mirror: MirrorReads) {}

  async load(
    sql: Sql,
    accountId: string,
    dealIds: readonly string[],
  ): Promise<ReadonlyMap<string, DealFacts>> {
    const deals = await this.mirror.deals(accountId, dealIds, sql);
    const visits = await this.mirror.visits(accountId, dealIds, sql);
    return new Map(
      deals.map(({ deleted, ...deal }) => [deal.id, { deal, visits: visits.get(deal.id) ?? [], deleted }]),
    );
  }

  /** A page of open deals of a pipeline, by id. */
  async openDealIds(
    sql: Sql,
    accountId: string,
    page: { readonly pipelineId: string; readonly after: string; readonly limit: number },
  ): Promise<readonly string[]> {
    const deals = await this.mirror.dealsOfPipeline(accountId, { ...page, stageKind: 'open' }, sql);
    return deals.map((deal) => deal.id);
  }

  /** Open deals by pipeline id. */
  openCounts(sql: Sql, accountId: string): Promise<ReadonlyMap<string, number>> {
    return this.mirror.openCounts(accountId, sql);
  }
}
