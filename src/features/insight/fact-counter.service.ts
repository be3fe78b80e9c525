import { Injectable } from '@nestjs/common';
import { sellerGroups } from '../../domain/insight/habits.js';
import { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import type { FactName, Facts } from './facts.js';
import { HabitsRepository } from './habits.repository.js';
import { HistoryRepository } from './history.repository.js';
import { wholeOf, type InsightScope } from './insight-scope.js';
import { OutlookRepository } from './outlook.repository.js';
import { SellersRepository, type SellerSum } from './sellers.repository.js';
import { normsOf, StuckRepository } from './stuck.repository.js';

const CLIENTS_SHOWN = 12;

/** Counts each fact from the database, however long it takes. */
@Injectable()
export class FactCounter {
  private readonly sellersUnderWay = new WeakMap<InsightScope, Promise<readonly SellerSum[]>>();

  constructor(
    private readonly histories: HistoryRepository,
    private readonly deals: DealFactsRepository,
    private readonly stuck: StuckRepository,
    private readonly sellers: SellersRepository,
    private readonly outlook: OutlookRepository,
    private readonly habits: HabitsRepository,
  ) {}

  private readonly ways: { readonly [Name in FactName]: (scope: InsightScope) => Promise<Facts[Name]> } = {
    history: (scope) => this.histories.facts(scope),
    sums: (scope) => this.deals.stageSums(scope),
    crossings: async (scope) =>
      this.deals.crossings(scope, await this.deals.largestClients(scope, CLIENTS_SHOWN)),
    cycles: (scope) => this.deals.cycles(scope),
    stuck: async (scope) => {
      const own = await this.deals.stages(scope);
      const history = new PipelineHistory(await this.histories.facts(wholeOf(scope)), own);
      return this.stuck.standing(scope, await normsOf(history));
    },
    sellers: (scope) => this.sellersOf(scope),
    reasons: (scope) => this.sellers.reasons(scope),
    habits: async (scope) => {
      const groups = sellerGroups(await this.sellersOf(scope));
      return groups === null ? [] : this.habits.of(scope, groups);
    },
    work: (scope) => this.sellers.work(scope),
    groups: (scope) => this.outlook.openGroups(scope),
    clients: (scope) => this.outlook.clients(scope),
    losses: (scope) => this.outlook.losses(scope),
    lossParts: (scope) => this.outlook.lossParts(scope),
  };

  /** The page of sellers asks for them and for what the best do otherwise: one count for both. */
  private sellersOf(scope: InsightScope): Promise<readonly SellerSum[]> {
    const known = this.sellersUnderWay.get(scope) ?? this.sellers.deals(scope);
    this.sellersUnderWay.set(scope, known);
    return known;
  }

  count<Name extends FactName>(name: Name, scope: InsightScope): Promise<Facts[Name]> {
    return this.ways[name](scope);
  }
}
