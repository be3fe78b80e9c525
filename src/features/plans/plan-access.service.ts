import { Inject, Injectable } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import { mayHandle, reachOf, type Reach } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import type { DealFacts } from './stored-plan.js';

/** A deal that a person reaches: wholly, or for the sake of own steps in it. */
export interface DealAccess {
  readonly facts: DealFacts;
  readonly scope: 'deal' | 'steps';
}

/** Who may see and handle which deals, checked here for every call: what the widget hides is not secured. */
@Injectable()
export class PlanAccess {
  constructor(
    private readonly database: Database,
    private readonly deals: DealFactsRepository,
    private readonly structure: CompanyStructures,
    @Inject(COMPANY) private readonly company: Company,
  ) {}

  async reach(person: Pick<SessionClaims, 'accountId' | 'userId' | 'admin'>): Promise<Reach> {
    return reachOf(person, await this.structure.of(person.accountId));
  }

  /** Whether the person administers or leads a department. */
  async leads({ accountId, userId, admin }: SessionClaims): Promise<boolean> {
    if (admin) return true;
    const { departments } = await this.structure.of(accountId);
    return departments.some((department) => department.headId === userId);
  }

  /**
   * The deal, when it is in the person's account and reach. An id of another account is the same 404 as one that never
   * was. The deal that the frame was opened on proves nothing: the browser says which one that is.
   */
  async deal(person: SessionClaims, dealId: string): Promise<DealFacts> {
    const facts = await this.known(person, dealId);
    if (!mayHandle(await this.reach(person), facts.deal)) throw notYours();
    return facts;
  }

  /** The same, and also for who has an open step in the deal's plan or may take one from a group's queue there. */
  async dealOrSteps(person: SessionClaims, dealId: string): Promise<DealAccess> {
    const facts = await this.known(person, dealId);
    if (mayHandle(await this.reach(person), facts.deal)) return { facts, scope: 'deal' };
    if (!(await this.hasStep(person, dealId))) throw notYours();
    return { facts, scope: 'steps' };
  }

  private async known(person: SessionClaims, dealId: string): Promise<DealFacts> {
    const facts = (await this.deals.load(this.database, person.accountId, [dealId])).get(dealId);
    if (!facts || facts.deleted) throw noDeal();
    return facts;
  }

  private async hasStep({ accountId, userId }: SessionClaims, dealId: string): Promise<boolean> {
    const { groups } = await this.company.of(accountId);
    const own = [...groups].filter(([, group]) => group.members.includes(userId)).map(([key]) => key);
    const rows = await this.database.query(
      `SELECT 1 FROM plan_step s JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
       WHERE s.account_id = $1::uuid AND s.deal_id = $2 AND p.state <> 'closed' AND s.state IN ('waiting', 'actionable')
         AND (s.owner_id = $3 OR (s.detail->'notes' ? 'inQueue' AND EXISTS (
           SELECT FROM plan_template_version v,
             jsonb_path_query(v.body, '$.stages[*].steps[*]') step
           WHERE v.account_id = s.account_id AND v.template_id = p.template_id AND v.version = p.version
             AND step->>'key' = s.step_key AND step->'owner'->>'group' = ANY($4::text[]))))
       LIMIT 1`,
      [accountId, dealId, userId, own],
    );
    return rows.length > 0;
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
    ru: 'План этой сделки видят её ответственный, его руководитель, администратор и те, у кого в нём есть шаги.',
    en: 'The plan of this deal is shown to its responsible, to that person’s head, to administrators and to those with steps in it.',
  });
}
