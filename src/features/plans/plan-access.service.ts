import { Injectable } from '@nestjs/common';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { notFound } from '../../infra/http/api-error.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import type { DealFacts } from './stored-plan.js';
import { CompanyStructures } from './company-structures.service.js';

/** Who may see and handle which deals, checked here for every call: what the widget hides is not secured. */
@Injectable()
export class PlanAccess {
  constructor(
    private readonly database: Database,
    private readonly deals: DealFactsRepository,
    private readonly structure: CompanyStructures,
  ) {}

  async reach(person: Pick<SessionClaims, 'accountId' | 'userId' | 'admin'>): Promise<Reach> {
    return reachOf(person, await this.structure.of(person.accountId));
  }

  /**
   * The deal, when it is in the person's account and reach; else the same 404 as for an id that never was. The card
   * that the host itself opened to the person is in reach: the host has judged that, and its session names the deal.
   */
  async deal(person: SessionClaims, dealId: string): Promise<DealFacts> {
    const facts = (await this.deals.load(this.database, person.accountId, [dealId])).get(dealId);
    if (!facts || facts.deleted) throw noDeal();
    const shown = person.dealId === dealId;
    if (!shown && !mayHandle(await this.reach(person), facts.deal)) throw noDeal();
    return facts;
  }
}

function noDeal() {
  return notFound({
    ru: 'Этой сделки нет, или она вам недоступна. Если её только что создали, подождите несколько секунд.',
    en: 'There is no such deal, or you may not see it. If it was created just now, wait a few seconds.',
  });
}
