import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Stage } from '../../domain/crm/records.js';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import type { StageNorm } from '../../domain/insight/stuck.js';
import { DealFactsRepository, type StageSum } from './deal-facts.repository.js';
import { HistoryRepository } from './history.repository.js';
import { InsightCache } from './insight-cache.js';
import { scopeKey, type InsightScope } from './insight-scope.js';

/** What pages share: the pipeline's history, its norms and its sums, remembered for a minute. */
@Injectable()
export class InsightModel {
  constructor(
    private readonly histories: HistoryRepository,
    private readonly deals: DealFactsRepository,
    private readonly cache: InsightCache,
  ) {}

  history(scope: InsightScope, stages: readonly Stage[]): Promise<PipelineHistory> {
    return this.cache.of(`${scope.accountId} history ${scopeKey(scope)}`, async () => {
      return new PipelineHistory(await this.histories.facts(scope), stages);
    });
  }

  /** Of the open stages, from all that the account knows: whoever looks, a deal is stuck or it is not. */
  norms(scope: InsightScope, stages: readonly Stage[]): Promise<readonly StageNorm[]> {
    const whole = { ...scope, owners: null, productIds: [], sourceIds: [], from: null, to: null };
    return this.cache.of(`${scope.accountId} norms ${scopeKey(whole)}`, async () => {
      const history = await this.history(whole, stages);
      const norms: StageNorm[] = [];
      for (const { id } of history.order.open) {
        norms.push(history.normOf(id));
        await setImmediate();
      }
      return norms;
    });
  }

  sums(scope: InsightScope): Promise<readonly StageSum[]> {
    return this.cache.of(`${scope.accountId} sums ${scopeKey(scope)}`, () => this.deals.stageSums(scope));
  }
}
