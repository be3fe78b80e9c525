import { Injectable } from '@nestjs/common';
import { libraryTemplate } from '../../domain/plans/library/library.js';
import { mapStages } from '../../domain/plans/stage-map.js';
import type { StageMap, StageMapEntry, TemplateBody } from '../../domain/plans/types.js';
import { audit } from '../../infra/audit.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { templateIdOf } from './plan-switch.service.js';
import { refreshPlans } from './plans.jobs.js';
import { completeMap } from './template-bodies.service.js';
import { TemplateRepository } from './template.repository.js';
import type { StageMapView } from './templates.view.js';

/** What an administrator says of one stage of the pipeline. */
export interface StageChoice {
  readonly pipelineStageId: string;
  readonly stageKeys: readonly string[];
}

/** Which template: one of the account, one of the library, or, when nothing is said, the one that plans the pipeline. */
interface MappedTemplate {
  readonly templateId?: string;
  readonly templateKey?: string;
  readonly language?: 'ru' | 'en';
}

interface Chosen {
  readonly templateId: string;
  /** Newest first, drafts included; of a library template that nobody copied yet: what it would be copied as. */
  readonly versions: readonly Version[];
  readonly copy: TemplateBody | null;
}

interface Version {
  readonly version: number;
  readonly body: TemplateBody;
}

/** How templates lie on pipelines: suggested from names and places, corrected by administrators. */
@Injectable()
export class TemplateMaps {
  constructor(
    private readonly database: Database,
    private readonly structures: CompanyStructures,
    private readonly templates: TemplateRepository,
    private readonly jobs: Jobs,
  ) {}

  /** Of the newest version, a draft included; before plans are switched on, too. */
  async of(accountId: string, pipelineId: string, template: MappedTemplate): Promise<StageMapView> {
    const structure = await this.structures.now(accountId);
    const stages = stagesOf(structure, pipelineId);
    const { templateId, versions } = await this.chosen(accountId, pipelineId, template);
    const newest = versions[0];
    if (!newest) throw noTemplate();
    const maps = await this.templates.savedMaps(accountId, pipelineId, templateId);
    return {
      pipelineId,
      templateId,
      map: completeMap(maps.get(newest.version) ?? null, newest.body, stages),
      templateStages: newest.body.stages.map(({ key, name }) => ({ key, name })),
    };
  }

  /**
   * Corrects the map of every version that knows the stages: running plans on older versions follow too. A library template
   * is copied to the account with it, as switching it on would: that finds the copy and keeps the map.
   */
  async save(
    person: SessionClaims,
    pipelineId: string,
    template: MappedTemplate,
    wanted: readonly StageChoice[],
  ): Promise<StageMapView> {
    const { accountId, userId } = person;
    const before = await this.of(accountId, pipelineId, template);
    const choices = wanted.filter((choice) => !isIn(choice, before.map));
    const stages = stagesOf(await this.structures.now(accountId), pipelineId);
    const { templateId, versions, copy } = await this.chosen(accountId, pipelineId, template);
    const newest = versions[0];
    if (!newest) throw noTemplate();
    for (const choice of choices) demandKnown(choice, stages, newest.body);
    await this.jobs.prepare(refreshPlans);
    await this.database.transaction(async (tx) => {
      if (copy) await this.templates.insertPublished(tx, accountId, templateId, copy);
      const maps = await this.templates.savedMaps(accountId, pipelineId, templateId, tx);
      for (const { version, body } of versions) {
        const base = completeMap(maps.get(version) ?? null, body, stages);
        const place = { pipelineId, templateId, version };
        await this.templates.saveMap(tx, accountId, place, chosenMap(base, choices, body), userId);
      }
      const detail = { pipelineId, templateId, stages: choices.length };
      await audit(tx, { accountId, actor: userId, action: 'template.stagesMapped', detail });
      await this.jobs.enqueue(refreshPlans, { accountId }, { tx });
    });
    return this.of(accountId, pipelineId, { templateId });
  }

  /** A new version takes over what people said of the old one's stages, where it still has them. */
  async carryOver(
    tx: Sql,
    accountId: string,
    templateId: string,
    next: Version,
    structure: CompanyStructure,
    actor: string,
  ): Promise<void> {
    for (const pipeline of structure.pipelines) {
      const maps = await this.templates.savedMaps(accountId, pipeline.id, templateId, tx);
      if (maps.has(next.version)) continue;
      const last = maps.get(Math.max(0, ...maps.keys()));
      if (!last) continue;
      const stages = structure.stages.filter((stage) => stage.pipelineId === pipeline.id);
      const manual = last.entries.filter((entry) => entry.match === 'manual');
      const map = chosenMap(mapStages(next.body.stages, stages), manual, next.body);
      const place = { pipelineId: pipeline.id, templateId, version: next.version };
      await this.templates.saveMap(tx, accountId, place, map, actor);
    }
  }

  private async chosen(accountId: string, pipelineId: string, template: MappedTemplate): Promise<Chosen> {
    const { templateKey, language = 'ru' } = template;
    if (templateKey === undefined) {
      const templateId = template.templateId ?? (await this.planning(accountId, pipelineId));
      return { templateId, versions: await this.templates.allBodies(accountId, templateId), copy: null };
    }
    const body = libraryTemplate(templateKey, language);
    if (!body) throw noTemplate();
    const templateId = templateIdOf(accountId, body);
    const versions = await this.templates.allBodies(accountId, templateId);
    if (versions.length > 0) return { templateId, versions, copy: null };
    return { templateId, versions: [{ version: FIRST_VERSION, body }], copy: body };
  }

  private async planning(accountId: string, pipelineId: string): Promise<string> {
    const plans = await this.templates.pipelinePlans(accountId);
    const found = plans.find((plan) => plan.pipelineId === pipelineId);
    if (!found) throw noTemplate();
    return found.templateId;
  }
}

/** What a copy of the library begins with. */
const FIRST_VERSION = 1;

/** What the person left as it was stays a suggestion, and follows the template's later versions. */
function isIn(choice: StageChoice, map: StageMap): boolean {
  const entry = map.entries.find((each) => each.pipelineStageId === choice.pipelineStageId);
  return entry?.stageKeys.join(' ') === choice.stageKeys.join(' ');
}

/** Choices that name stages which this version lacks leave its entry as it is. */
function chosenMap(base: StageMap, choices: readonly StageChoice[], body: TemplateBody): StageMap {
  const keys = new Set(body.stages.map((stage) => stage.key));
  const known = choices.filter((choice) => choice.stageKeys.every((key) => keys.has(key)));
  const byStage = new Map(known.map((choice) => [choice.pipelineStageId, choice.stageKeys]));
  return {
    entries: base.entries.map((entry): StageMapEntry => {
      const stageKeys = byStage.get(entry.pipelineStageId);
      if (!stageKeys) return entry;
      return { pipelineStageId: entry.pipelineStageId, stageKeys, match: 'manual', confidence: 1 };
    }),
  };
}

function stagesOf(structure: CompanyStructure, pipelineId: string): CompanyStructure['stages'] {
  if (!structure.pipelines.some((pipeline) => pipeline.id === pipelineId)) {
    throw notFound({
      ru: 'Такой воронки нет. Обновите страницу: её могли удалить в CRM.',
      en: 'There is no such pipeline. Reload the page: it may have been deleted in the CRM.',
    });
  }
  return structure.stages.filter((stage) => stage.pipelineId === pipelineId);
}

function demandKnown(choice: StageChoice, stages: CompanyStructure['stages'], body: TemplateBody): void {
  const keys = new Set(body.stages.map((stage) => stage.key));
  const known = stages.some((stage) => stage.id === choice.pipelineStageId);
  if (known && choice.stageKeys.every((key) => keys.has(key))) return;
  throw new ApiError(422, 'unknown-stage', {
    ru: 'Такого этапа больше нет. Обновите страницу: воронку или шаблон изменили.',
    en: 'There is no such stage any more. Reload the page: the pipeline or the template was changed.',
  });
}

function noTemplate(): ApiError {
  return notFound({ ru: 'Такого шаблона нет.', en: 'There is no such template.' });
}
