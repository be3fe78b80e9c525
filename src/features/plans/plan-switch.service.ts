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
import { CompanyStructures } from '../../mirror/index.js';
import { TemplateRepository, type PipelinePlan } from './template.repository.js';

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
    // Plans after the sale begin with a won deal: no pipeline chooses them.
    const forPipelines = listLibrary().filter((entry) => entry.purpose === 'sale');
    return forPipelines.flatMap(({ key, language }) => {
      const body = libraryTemplate(key, language);
      return body ? [libraryFacts(body)] : [];
    });
  }

  progress(accountId: string): Promise<readonly ProgressFacts[]> {
    return this.launching.list(accountId);
  }

  async switchOn(accountId: string, order: SwitchOn): Promise<SwitchOutcome> {
    const choice = await this.chosen(accountId, order);
    if (!choice) return { kind: 'refused', reason: 'unknownTemplate' };
    const { pipelines, stages } = await this.structure.now(accountId);
    if (!pipelines.some((pipeline) => pipeline.id === order.pipelineId)) {
      return { kind: 'refused', reason: 'unknownPipeline' };
    }
    const own = stages.filter((stage) => stage.pipelineId === order.pipelineId);
    const { templateId, body } = choice;
    await this.database.transaction(async (tx) => {
      const version =
        choice.version ?? (await this.templates.insertPublished(tx, accountId, templateId, body));
      const place = { pipelineId: order.pipelineId, templateId, version };
      await this.templates.keepMap(tx, accountId, place, mapStages(body.stages, own), order.actor);
      const plan: PipelinePlan = {
        ...place,
        triggers: ['creation', 'stageEntry'],
        // Hosts tell times in whole seconds: a deal made in this very second must not look older than it is.
        since: Math.floor(this.clock.now() / 1000) * 1000,
      };
      await this.launching.usualIntake(tx, accountId, order.pipelineId);
      await this.templates.switchOn(tx, accountId, plan, order.actor);
      const detail = { pipelineId: order.pipelineId, template: body.key, existingDeals: order.existingDeals };
      await audit(tx, { accountId, actor: order.actor, action: 'plans.switchedOn', detail });
      if (order.existingDeals) await this.launching.start(tx, accountId, order, place);
      else await this.launching.leaveOut(tx, accountId, order.pipelineId);
      // Fields that the template names are watched by the same round that decides plans again.
      await this.launching.refresh(tx, accountId);
    });
    return { kind: 'ok' };
  }

  /** A template of the account, or one of the library that is copied to it; null when there is none such. */
  private async chosen(accountId: string, order: SwitchOn): Promise<ChosenTemplate | null> {
    const { templateId, templateKey, language } = order;
    if (templateId !== undefined) {
      const head = (await this.templates.heads(accountId)).find((each) => each.templateId === templateId);
      const body = head && (await this.templates.body(accountId, templateId, head.version, this.database));
      return head && body ? { templateId, version: head.version, body } : null;
    }
    const library = templateKey === undefined ? null : libraryTemplate(templateKey, language);
    if (!library) return null;
    const copyId = templateIdOf(accountId, library);
    const copy = (await this.templates.heads(accountId)).find((each) => each.templateId === copyId);
    const body = copy && (await this.templates.body(accountId, copyId, copy.version, this.database));
    return { templateId: copyId, version: body ? copy.version : null, body: body ?? library };
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

interface ChosenTemplate {
  readonly templateId: string;
  /** Null: not copied to the account yet. */
  readonly version: number | null;
  readonly body: TemplateBody;
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
