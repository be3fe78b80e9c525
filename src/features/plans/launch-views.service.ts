import { Inject, Injectable } from '@nestjs/common';
import { SYNC_STATUS, type SyncStatus } from '../../contract/sync-status.js';
import { libraryTemplate } from '../../domain/plans/library/library.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { choicesOf } from './launches.service.js';
import type { LaunchView, SyncView } from './plan.view.js';
import type { DealFacts, StoredPlan } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';
import { TemplateRepository, type TemplateHead } from './template.repository.js';

const CLOSED_DEAL = {
  ru: 'Сделка закрыта: план для неё уже не нужен.',
  en: 'The deal is closed: it needs no plan any more.',
} as const;

/** What a person may start on a deal without a plan, and how fresh everything is. */
@Injectable()
export class LaunchViews {
  constructor(
    private readonly templates: TemplateRepository,
    private readonly bodies: TemplateBodies,
    @Inject(SYNC_STATUS) private readonly syncs: SyncStatus,
  ) {}

  sync({ accountId, language }: SessionClaims): Promise<SyncView> {
    return this.syncs.of(accountId, language);
  }

  /** Null while a plan lives. */
  async of(person: SessionClaims, { deal }: DealFacts, plan: StoredPlan | null): Promise<LaunchView | null> {
    if (plan && plan.closeReason !== 'switchedOff') return null;
    if (deal.stageKind !== 'open') {
      return { allowed: false, why: CLOSED_DEAL[person.language], templates: [] };
    }
    const heads = await this.templates.heads(person.accountId);
    const choices = choicesOf(heads, person.language);
    const found = await Promise.all(
      choices.map(async ({ id, name }) => ({ id, name, body: await this.body(person, id, heads) })),
    );
    // What begins with the won deal has no place in one that is still being sold.
    const templates = found
      .filter(({ body }) => body !== null && body.purpose !== 'afterSale')
      .map(({ id, name, body }) => ({ id, name, stepCount: stepCount(body) }));
    return { allowed: true, why: null, templates };
  }

  private async body(
    { accountId }: SessionClaims,
    id: string,
    heads: readonly TemplateHead[],
  ): Promise<TemplateBody | null> {
    const head = heads.find((each) => each.templateId === id);
    if (head) return this.bodies.of(accountId, head.templateId, head.version);
    const [key = '', language] = id.split('@');
    return libraryTemplate(key, language === 'en' ? 'en' : 'ru');
  }
}

function stepCount(body: TemplateBody | null): number {
  return body?.stages.reduce((count, stage) => count + stage.steps.length, 0) ?? 0;
}
