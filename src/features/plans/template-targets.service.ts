import { Injectable } from '@nestjs/common';
import type { Reach } from '../../domain/crm/rights.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CompanyStructures } from '../../mirror/index.js';
import { PlanMigrationPreviews } from './plan-migration-preview.service.js';
import { PlanMigrationRepository } from './plan-migration.repository.js';
import type { Target } from './plan-versions.service.js';
import { ownersIn } from './template-access.service.js';
import { draftOf, publishedOf, TemplateDrafts } from './template-drafts.repository.js';
import { demandSound, readDraft } from './template-reading.js';
import { noTemplate, TemplateViews } from './template-views.service.js';
import type { AffectedView, MigrationPreviewView } from './templates.view.js';

/** Versions and drafts of a template as what plans might be brought onto. */
@Injectable()
export class TemplateTargets {
  constructor(
    private readonly drafts: TemplateDrafts,
    private readonly views: TemplateViews,
    private readonly previews: PlanMigrationPreviews,
    private readonly migrations: PlanMigrationRepository,
    private readonly structures: CompanyStructures,
  ) {}

  /** What the editor sends, unsaved; else the draft, else the newest version. Throws 422 when it is not sound. */
  async newest(person: SessionClaims, templateId: string, sent: unknown): Promise<Target> {
    const template = await this.drafts.find(person.accountId, templateId);
    if (!template) throw noTemplate();
    const version = (draftOf(template) ?? publishedOf(template))?.version ?? 1;
    const value = sent ?? (await this.views.newestBody(person.accountId, template));
    const { body } = readDraft(value, person.language);
    return { version, body: demandSound(value, body, person.language) };
  }

  async migrationPreview(
    person: SessionClaims,
    reach: Reach,
    order: { readonly templateId: string; readonly toVersion: number; readonly dealIds: readonly string[] },
    signal: AbortSignal,
  ): Promise<MigrationPreviewView> {
    const { templateId, toVersion } = order;
    const body = await this.views.version(person.accountId, templateId, toVersion);
    const target = { version: toVersion, body: demandSound(body, body, person.language) };
    return this.previews.of(person, { ...order, ownerIds: ownersIn(reach) }, target, signal);
  }

  async affected(
    person: SessionClaims,
    reach: Reach,
    templateId: string,
    signal: AbortSignal,
  ): Promise<AffectedView> {
    const { accountId } = person;
    const target = await this.newest(person, templateId, undefined);
    const plans = { templateId, toVersion: target.version, dealIds: [], ownerIds: ownersIn(reach) };
    const preview = await this.previews.of(person, plans, target, signal);
    const owners = new Set(await this.migrations.owners(accountId, plans));
    const { users } = await this.structures.of(accountId);
    const card = (await this.views.list(person)).templates.find((each) => each.id === templateId);
    return {
      pipelines: card?.pipelineNames ?? [],
      openPlans: preview.plans,
      sellers: users.filter((user) => owners.has(user.id)).map((user) => user.name),
      changes: preview.counts,
    };
  }
}
