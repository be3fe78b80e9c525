import { Injectable } from '@nestjs/common';
import { listLibrary, libraryTemplate } from '../../domain/plans/library/library.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { notFound, type ApiError } from '../../infra/http/api-error.js';
import { PipelinePlanReads } from './pipeline-plan.reads.js';
import { faultsOf } from './template-reading.js';
import { draftOf, publishedOf, TemplateDrafts, type StoredTemplate } from './template-drafts.repository.js';
import { originText } from './template-origin.texts.js';
import { TemplateRepository } from './template.repository.js';
import type { LibraryCardView, TemplateCardView, TemplatesView, TemplateView } from './templates.view.js';

/** What the editor shows of templates. */
@Injectable()
export class TemplateViews {
  constructor(
    private readonly database: Database,
    private readonly drafts: TemplateDrafts,
    private readonly templates: TemplateRepository,
    private readonly pipelines: PipelinePlanReads,
  ) {}

  async list({ accountId }: SessionClaims): Promise<TemplatesView> {
    const cards = await this.drafts.cards(accountId);
    const open = await this.drafts.openPlans(accountId);
    const pipelines = await this.pipelines.of(accountId);
    return {
      templates: cards.map(({ templateId, publishedAt, ...card }): TemplateCardView => {
        const counts = [...(open.get(templateId) ?? [])];
        return {
          id: templateId,
          ...card,
          publishedAt: publishedAt === null ? null : new Date(publishedAt).toISOString(),
          pipelineNames: pipelines
            .filter((pipeline) => pipeline.plan?.templateId === templateId)
            .map((pipeline) => pipeline.name),
          openPlans: sum(counts.map(([, n]) => n)),
          plansBehind: sum(
            counts.filter(([version]) => version < (card.publishedVersion ?? 0)).map(([, n]) => n),
          ),
        };
      }),
      library: libraryCards(),
      pipelines: pipelines.map(({ id, name, openDeals, stages, plan }) => ({
        id,
        name,
        openDeals,
        stages,
        templateId: plan?.templateId ?? null,
      })),
    };
  }

  async one({ accountId, language }: SessionClaims, templateId: string): Promise<TemplateView> {
    const template = await this.drafts.find(accountId, templateId);
    if (!template) throw noTemplate();
    const body = await this.newestBody(accountId, template);
    const draft = draftOf(template);
    const open = (await this.drafts.openPlans(accountId)).get(templateId) ?? new Map<number, number>();
    return {
      id: templateId,
      body,
      isDraft: draft !== null,
      revision: draft?.revision ?? 0,
      versions: template.versions.map(({ version, state, at }) => ({
        version,
        state,
        at: new Date(at).toISOString(),
        openPlans: open.get(version) ?? 0,
      })),
      faults: draft ? faultsOf(body, body, language) : [],
      origin: originText(draft?.origin ?? null, language),
    };
  }

  async version(accountId: string, templateId: string, version: number): Promise<TemplateBody> {
    const body = await this.templates.body(accountId, templateId, version, this.database);
    if (!body) throw noTemplate();
    return body;
  }

  /** The draft where there is one, else the newest version. */
  async newestBody(accountId: string, template: StoredTemplate): Promise<TemplateBody> {
    const version = (draftOf(template) ?? publishedOf(template))?.version ?? 0;
    return this.version(accountId, template.templateId, version);
  }
}

function libraryCards(): readonly LibraryCardView[] {
  return listLibrary().map(({ key, language, name, description, purpose, stageCount, stepCount }) => ({
    key,
    language,
    name,
    description,
    purpose,
    stageCount,
    stepCount,
    stages: (libraryTemplate(key, language)?.stages ?? []).map((stage) => ({
      name: stage.name,
      stepTitles: stage.steps.map((step) => step.title),
    })),
  }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function noTemplate(): ApiError {
  return notFound({
    ru: 'Такого шаблона нет. Обновите страницу: его могли удалить.',
    en: 'There is no such template. Reload the page: it may have been deleted.',
  });
}
