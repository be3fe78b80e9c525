import { Inject, Injectable } from '@nestjs/common';
import { COMPANY, type Company } from '../../contract/company.js';
import type { SuggestionBasis } from '../../domain/plans/suggestion.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import { audit } from '../../infra/audit.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { uuidv7 } from '../../infra/ids.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';
import { draftOf, publishedOf, TemplateDrafts, type StoredTemplate } from './template-drafts.repository.js';
import { TemplateMaps } from './template-maps.service.js';
import { demandSound, readDraft } from './template-reading.js';
import { TemplateRepository } from './template.repository.js';
import { noTemplate } from './template-views.service.js';
import type { PublishedView, SavedDraftView } from './templates.view.js';

/** The life of a template: draft → published → retired. A published version never changes. */
@Injectable()
export class TemplateEditing {
  constructor(
    private readonly database: Database,
    private readonly drafts: TemplateDrafts,
    private readonly templates: TemplateRepository,
    private readonly maps: TemplateMaps,
    private readonly structures: CompanyStructures,
    @Inject(COMPANY) private readonly company: Company,
  ) {}

  /** Returns the new template's id. */
  async create(
    { accountId, userId }: SessionClaims,
    body: TemplateBody,
    from: string,
    origin: SuggestionBasis | null = null,
  ): Promise<string> {
    const templateId = uuidv7();
    await this.database.transaction(async (tx) => {
      await this.drafts.create(tx, accountId, templateId, body, origin);
      await this.note(tx, { accountId, userId }, 'created', { templateId, from });
    });
    return templateId;
  }

  /** Revision 0 begins a draft over the newest version. Throws 409 when somebody else saved meanwhile. */
  async save(
    person: SessionClaims,
    templateId: string,
    value: unknown,
    revision: number,
  ): Promise<SavedDraftView> {
    const { accountId, language } = person;
    const { body, faults } = readDraft(value, language);
    await this.database.transaction(async (tx) => {
      const template = await this.locked(tx, accountId, templateId);
      const draft = draftOf(template);
      if ((draft?.revision ?? 0) !== revision) throw savedMeanwhile();
      if (draft) await this.drafts.saveDraft(tx, accountId, templateId, body);
      else {
        const version = (publishedOf(template)?.version ?? 0) + 1;
        await this.drafts.insertDraft(tx, accountId, templateId, version, body);
      }
      if (!publishedOf(template)) await this.drafts.rename(tx, accountId, templateId, body);
      await this.note(tx, person, 'saved', { templateId, revision: revision + 1 });
    });
    return { revision: revision + 1, faults };
  }

  /** A template that was never published goes with its draft. */
  async discard(person: SessionClaims, templateId: string): Promise<void> {
    const { accountId } = person;
    await this.database.transaction(async (tx) => {
      const template = await this.locked(tx, accountId, templateId);
      if (!draftOf(template)) return;
      if (publishedOf(template)) await this.drafts.dropDraft(tx, accountId, templateId);
      else await this.drafts.remove(tx, accountId, templateId);
      await this.note(tx, person, 'draftDropped', { templateId });
    });
  }

  async remove(person: SessionClaims, templateId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const template = await this.locked(tx, person.accountId, templateId);
      if (publishedOf(template)) throw wasPublished();
      await this.drafts.remove(tx, person.accountId, templateId);
      await this.note(tx, person, 'removed', { templateId });
    });
  }

  /** Refuses faults (422) and a draft that changed since it was looked at (409). New plans follow at once. */
  async publish(person: SessionClaims, templateId: string, revision: number): Promise<PublishedView> {
    const { accountId, userId, language } = person;
    const structure = await this.structures.now(accountId);
    const version = await this.database.transaction(async (tx) => {
      const draft = draftOf(await this.locked(tx, accountId, templateId));
      if (draft?.revision !== revision) throw savedMeanwhile();
      const stored = await this.templates.body(accountId, templateId, draft.version, tx);
      if (!stored) throw noTemplate();
      const body = demandSound(stored, stored, language);
      await this.drafts.publish(tx, accountId, templateId, draft.version, body);
      await this.drafts.rename(tx, accountId, templateId, body);
      await this.maps.carryOver(
        tx,
        accountId,
        templateId,
        { version: draft.version, body },
        structure,
        userId,
      );
      await this.note(tx, person, 'published', { templateId, version: draft.version });
      return draft.version;
    });
    const open = (await this.drafts.openPlans(accountId)).get(templateId) ?? new Map<number, number>();
    const behind = [...open].filter(([each]) => each < version).map(([, n]) => n);
    return { version, plansBehind: behind.reduce((sum, n) => sum + n, 0) };
  }

  /** Refused (409) while a pipeline or a product plans its deals by it; running plans go on to their end. */
  async retire(person: SessionClaims, templateId: string): Promise<void> {
    const { accountId } = person;
    const rules = await this.company.of(accountId);
    await this.database.transaction(async (tx) => {
      const template = await this.locked(tx, accountId, templateId);
      if (!publishedOf(template)) throw neverPublished();
      const used = await this.templates.pipelinePlans(accountId, tx);
      if (used.some((plan) => plan.templateId === templateId)) throw inUse();
      const { productLine } = rules;
      if (productLine.some((line) => line.templateId === templateId)) throw inUse();
      await this.drafts.retire(tx, accountId, templateId);
      await this.note(tx, person, 'retired', { templateId });
    });
  }

  private async locked(tx: Sql, accountId: string, templateId: string): Promise<StoredTemplate> {
    const template = await this.drafts.lock(tx, accountId, templateId);
    if (!template) throw noTemplate();
    return template;
  }

  private note(
    tx: Sql,
    { accountId, userId }: Pick<SessionClaims, 'accountId' | 'userId'>,
    what: string,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return audit(tx, { accountId, actor: userId, action: `template.${what}`, detail });
  }
}

function savedMeanwhile(): ApiError {
  return new ApiError(409, 'saved-meanwhile', {
    ru: 'Шаблон тем временем сохранил кто-то другой. Обновите страницу, чтобы увидеть его правки.',
    en: 'Somebody else saved the template meanwhile. Reload the page to see those changes.',
  });
}

function wasPublished(): ApiError {
  return new ApiError(409, 'was-published', {
    ru: 'По этому шаблону уже работали: его нельзя удалить, но можно снять с использования.',
    en: 'This template has been in use: it cannot be deleted, but it can be retired.',
  });
}

function neverPublished(): ApiError {
  return new ApiError(409, 'never-published', {
    ru: 'Шаблон ещё не опубликован: снимать с использования нечего. Его можно удалить.',
    en: 'The template was never published: there is nothing to retire. It can be deleted.',
  });
}

function inUse(): ApiError {
  return new ApiError(409, 'template-in-use', {
    ru: 'По этому шаблону планируется воронка или продукт. Сначала выберите для них другой шаблон.',
    en: 'A pipeline or a product is planned by this template. First choose another one for it.',
  });
}
