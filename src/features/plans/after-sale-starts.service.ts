import { Injectable } from '@nestjs/common';
import { libraryTemplate } from '../../domain/plans/library/library.js';
import type { Language } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { derivedId } from '../../infra/ids.js';
import type { DecidedPlan } from './plan-deciding.service.js';
import type { Funnel, PlanningContext } from './planning-context.service.js';
import { templateIdOf } from './plan-switch.service.js';
import { UNDECIDED, type StoredPlan } from './stored-plan.js';
import { TemplateRepository } from './template.repository.js';

export interface StartOrder {
  readonly one: DecidedPlan;
  readonly templateKey: string;
}

/** Plans for the time after the sale, which a won deal's plan names. */
@Injectable()
export class AfterSaleStarts {
  constructor(private readonly templates: TemplateRepository) {}

  /**
   * Undecided plans, one for each order whose template there is: the account's own with that key, else the library's
   * copied to it, in the language of the plan that was won. A template that the account retired starts nothing.
   */
  async plansFor(
    tx: Sql,
    context: PlanningContext,
    orders: readonly StartOrder[],
  ): Promise<readonly StoredPlan[]> {
    const { accountId, now } = context;
    const found = new Map<string, Funnel | null>();
    const plans: StoredPlan[] = [];
    for (const { one, templateKey } of orders) {
      const { language } = one.template;
      const name = `${templateKey}@${language}`;
      const known = found.get(name);
      const funnel = known === undefined ? await this.funnel(tx, accountId, templateKey, language) : known;
      found.set(name, funnel);
      if (!funnel) continue;
      const { planId, dealId } = one.plan;
      const { status } = one.decision;
      plans.push({
        ...UNDECIDED,
        templateId: funnel.templateId,
        version: funnel.version,
        dealId,
        planId: derivedId('afterSale', accountId, planId, templateKey),
        trigger: 'afterWon',
        purpose: 'afterSale',
        startedAt: status.kind === 'closed' ? status.at : now,
      });
    }
    return plans;
  }

  private async funnel(tx: Sql, accountId: string, key: string, language: Language): Promise<Funnel | null> {
    const own = await ownTemplate(tx, accountId, key, language);
    if (own !== null) return own.retired ? null : own;
    const body = libraryTemplate(key, language);
    if (body?.purpose !== 'afterSale') return null;
    const templateId = templateIdOf(accountId, body);
    const version = await this.templates.insertPublished(tx, accountId, templateId, body);
    return { templateId, version };
  }
}

/** The account's newest template with that key; its own copy of the library's goes first. */
async function ownTemplate(
  tx: Sql,
  accountId: string,
  key: string,
  language: Language,
): Promise<(Funnel & { readonly retired: boolean }) | null> {
  const rows = await tx.query<{ template_id: string; version: number; retired: boolean }>(
    `SELECT t.template_id, v.version, t.retired_at IS NOT NULL AS retired
     FROM plan_template t JOIN plan_template_version v
       ON v.account_id = t.account_id AND v.template_id = t.template_id AND v.state <> 'draft'
     WHERE t.account_id = $1::uuid AND v.body->>'key' = $2 AND v.body->>'language' = $3
       AND v.body->>'purpose' = 'afterSale'
     ORDER BY t.retired_at IS NOT NULL, t.library_key IS NULL, t.created_at DESC, v.version DESC LIMIT 1`,
    [accountId, key, language],
  );
  const row = rows[0];
  return row ? { templateId: row.template_id, version: row.version, retired: row.retired } : null;
}
