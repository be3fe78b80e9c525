import { Injectable } from '@nestjs/common';
import { beginningOf } from '../../domain/crm/text.js';
import { libraryTemplate } from '../../domain/plans/library/library.js';
import { importTemplate } from '../../domain/plans/template-file/import-template.js';
import type { Language, TemplateBody, TemplateStage } from '../../domain/plans/types.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';
import { TemplateDrafts } from './template-drafts.repository.js';
import { TemplateEditing } from './template-editing.service.js';
import { TemplateSuggestions } from './template-suggestions.service.js';
import { noTemplate, TemplateViews } from './template-views.service.js';
import type { NewTemplate } from './templates.view.js';

/** What a new draft may begin with. */
@Injectable()
export class TemplateSources {
  constructor(
    private readonly editing: TemplateEditing,
    private readonly drafts: TemplateDrafts,
    private readonly views: TemplateViews,
    private readonly structures: CompanyStructures,
    private readonly suggestions: TemplateSuggestions,
  ) {}

  /** Returns the new template's id. */
  async create(person: SessionClaims, order: NewTemplate): Promise<string> {
    switch (order.from) {
      case 'blank':
        return this.editing.create(person, await this.blank(person.accountId, order), 'blank');
      case 'library': {
        const body = libraryTemplate(order.key, order.language);
        if (!body) throw notInLibrary();
        return this.editing.create(person, body, 'library');
      }
      case 'copy':
        return this.editing.create(person, await this.copy(person, order.templateId), 'copy');
      case 'suggested': {
        const { body, basis } = await this.suggestions.of(person, order.pipelineId, freshKey());
        return this.editing.create(person, body, 'suggested', basis);
      }
      case 'file':
        return this.editing.create(person, imported(order.text, person.language), 'file');
    }
  }

  /** With the stages of a pipeline where one is named: most people begin with the funnel that they have. */
  private async blank(
    accountId: string,
    order: Extract<NewTemplate, { from: 'blank' }>,
  ): Promise<TemplateBody> {
    const { stages, pipelines } = await this.structures.now(accountId);
    if (order.pipelineId !== undefined && !pipelines.some(({ id }) => id === order.pipelineId)) {
      throw notFound({ ru: 'Такой воронки нет.', en: 'There is no such pipeline.' });
    }
    const own = stages.filter((stage) => stage.pipelineId === order.pipelineId);
    return {
      key: freshKey(),
      language: order.language,
      name: order.name,
      description: '',
      stages: own.length > 0 ? own.map((stage, at) => stageOf(stage, at)) : [FIRST_STAGE[order.language]],
      onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
      onLost: { openSteps: 'cancel', closingSteps: 'skip' },
    };
  }

  private async copy({ accountId, language }: SessionClaims, templateId: string): Promise<TemplateBody> {
    const template = await this.drafts.find(accountId, templateId);
    if (!template) throw noTemplate();
    const body = await this.views.newestBody(accountId, template);
    const suffix = language === 'ru' ? 'копия' : 'copy';
    return { ...body, key: freshKey(), name: `${beginningOf(body.name, 180)} (${suffix})` };
  }
}

/** Of a template that the library does not know; unique enough for one account, and valid as a key. */
function freshKey(): string {
  return `t-${crypto.randomUUID().slice(0, 13)}`;
}

function stageOf(
  stage: { readonly name: string; readonly kind: TemplateStage['kind'] },
  at: number,
): TemplateStage {
  const name = beginningOf(stage.name.trim(), 200) || `${at + 1}`;
  return { key: `stage-${at + 1}`, name, meaning: '', kind: stage.kind, synonyms: [], steps: [] };
}

const FIRST_STAGE: Readonly<Record<Language, TemplateStage>> = {
  ru: stageOf({ name: 'Первый этап', kind: 'open' }, 0),
  en: stageOf({ name: 'First stage', kind: 'open' }, 0),
};

function imported(text: string, language: Language): TemplateBody {
  const read = importTemplate(text, language);
  if (read.kind === 'read') return read.body;
  throw new ApiError(
    422,
    'file-faulty',
    {
      ru: 'Файл не подходит: исправьте указанные места и загрузите его снова.',
      en: 'The file does not fit: mend the places named here and load it again.',
    },
    read.faults,
  );
}

function notInLibrary(): ApiError {
  return notFound({ ru: 'Такого шаблона в библиотеке нет.', en: 'The library has no such template.' });
}
