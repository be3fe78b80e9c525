import { Inject, Injectable } from '@nestjs/common';
import type {
  LibraryTemplateFacts,
  PipelinePlanFacts,
  PlanSwitch,
  ProgressFacts,
  SwitchOn,
  SwitchOutcome,
} from '../../contract/plan-switch.js';
import type { Clock } from '../../domain/crm/time.js';
import { libraryTemplate, listLibrary } from '../../domain/plans/library/library.js';
import { mapStages } from '../../domain/plans/stage-map.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { derivedId } from '../../infra/ids.js';
import { LaunchStarts } from './launch-starts.service.js';
import { PipelinePlanReads } from './pipeline-plan.reads.js';
import { CompanyStructures } from './company-structures.service.js';
import { TemplateRepository } from './template.repository.js';

/** Switches planning of a pipeline on and off. Without it nothing is ever written to the host. */
@Injectable()
export class PlanSwitchService implements PlanSwitch {
  constructor(
    private readonly database: Database,
    private readonly templates: TemplateRepository,
    private readonly structure: CompanyStructures,
    private readonly reads: PipelinePlanReads,
    private readonly launching: LaunchStarts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  pipelines(accountId: string): Promise<readonly PipelinePlanFacts[]> {
    return this.reads.of(accountId);
  }

  library(): readonly LibraryTemplateFacts[] {
    return listLibrary().flatMap(({ key, language }) => {
      const body = libraryTemplate(key, language);
      return body ? [libraryFacts(body)] : [];
    });
  }

  progress(accountId: string): Promise<readonly ProgressFacts[]> {
    return this.launching.list(accountId);
  }

  async switchOn(accountId: string, order: SwitchOn): Promise<SwitchOutcome> {
    const body = libraryTemplate(order.templateKey, order.language);
    if (!body) return { kind: 'refused', reason: 'unknownTemplate' };
    const { pipelines, stages } = await this.structure.now(accountId);
    if (!pipelines.some((pipeline) => pipeline.id === order.pipelineId)) {
      return { kind: 'refused', reason: 'unknownPipeline' };
    }
    const own = stages.filter((stage) => stage.pipelineId === order.pipelineId);
    const templateId = templateIdOf(accountId, body);
    await this.database.transaction(async (tx) => {
      await this.templates.insertPublished(tx, accountId, templateId, body);
      await this.templates.switchOn(
        tx,
        accountId,
        {
          pipelineId: order.pipelineId,
          templateId,
          version: 1,
          stageMap: mapStages(body.stages, own),
          triggers: ['creation', 'stageEntry'],
          // Hosts tell times in whole seconds: a deal made in this very second must not look older than it is.
          since: Math.floor(this.clock.now() / 1000) * 1000,
        },
        order.actor,
      );
      const detail = { pipelineId: order.pipelineId, template: body.key, existingDeals: order.existingDeals };
      await audit(tx, { accountId, actor: order.actor, action: 'plans.switchedOn', detail });
      if (order.existingDeals) await this.launching.start(tx, accountId, order, templateId);
    });
    return { kind: 'ok' };
  }

  async switchOff(
    accountId: string,
    pipelineId: string,
    close: boolean,
    actor: string,
  ): Promise<SwitchOutcome> {
    const { pipelines } = await this.structure.now(accountId);
    if (!pipelines.some((pipeline) => pipeline.id === pipelineId)) {
      return { kind: 'refused', reason: 'unknownPipeline' };
    }
    await this.database.transaction(async (tx) => {
      const switched = await this.templates.switchOff(tx, accountId, pipelineId);
      if (!switched && !close) return;
      await audit(tx, { accountId, actor, action: 'plans.switchedOff', detail: { pipelineId, close } });
      if (close) await this.launching.close(tx, accountId, pipelineId, actor);
    });
    return { kind: 'ok' };
  }

  async stop(accountId: string, progressId: string, actor: string): Promise<SwitchOutcome> {
    const found = await this.launching.stop(accountId, progressId);
    if (!found) return { kind: 'refused', reason: 'unknownProgress' };
    await audit(this.database, { accountId, actor, action: 'launch.stopAsked', detail: { progressId } });
    return { kind: 'ok' };
  }
}

/** The account's copy of a library template; the same for everybody who copies it, so it is copied once. */
export function templateIdOf(accountId: string, body: Pick<TemplateBody, 'key' | 'language'>): string {
  return derivedId('template', accountId, body.key, body.language);
}

function libraryFacts(body: TemplateBody): LibraryTemplateFacts {
  return {
    key: body.key,
    language: body.language,
    name: body.name,
    description: body.description,
    stages: body.stages.map((stage) => ({
      name: stage.name,
      stepTitles: stage.steps.map((step) => step.title),
    })),
  };
}
