import { Injectable } from '@nestjs/common';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
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
   * The deal, when it is in the person's account and reach. An id of another account is the same 404 as one that never
   * was. The deal that the frame was opened on proves nothing: the browser says which one that is.
   */
  async deal(person: SessionClaims, dealId: string): Promise<DealFacts> {
    const facts = (await this.deals.load(this.database, person.accountId, [dealId])).get(dealId);
    if (!facts || facts.deleted) throw noDeal();
    if (!mayHandle(await this.reach(person), facts.deal)) throw notYours();
    return facts;
  }
}

function noDeal(): ApiError {
  return notFound({
    ru: 'Этой сделки нет, или она ещё не скопирована. Если её только что создали, подождите несколько секунд.',
    en: 'There is no such deal, or it is not copied yet. If it was created just now, wait a few seconds.',
  });
}

function notYours(): ApiError {
  return new ApiError(403, 'not-your-deal', {
    ru: 'План этой сделки видят её ответственный, его руководитель и администратор.',
    en: 'The plan of this deal is shown to its responsible, to that person’s head and to administrators.',
  });
}
