import { Injectable } from '@nestjs/common';
import { decidePlan } from '../../domain/plans/planner.js';
import type { PlanStep, TemplateBody } from '../../domain/plans/types.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { becauseText, type Reader } from './because.texts.js';
import { inputOf } from './plan-deciding.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { disconnected } from './step-commands.service.js';
import type { DealFacts } from './stored-plan.js';
import { ownersIn } from './template-access.service.js';
import { rulesOf } from './template-rules.js';
import type { Reach } from '../../domain/crm/rights.js';
import type { DealChoiceView, PreviewView } from './templates.view.js';

const CHOICES = 20;
const SHOWN: ReadonlySet<PlanStep['state']> = new Set(['actionable', 'waiting', 'future']);

/** Shows what a template would do, before it does it. Nothing is saved. */
@Injectable()
export class TemplateTrials {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly plans: PlanRepository,
  ) {}

  /** Open deals by a part of their title, or by id; the newest when nothing is asked for. */
  async deals({ accountId }: SessionClaims, reach: Reach, q: string): Promise<readonly DealChoiceView[]> {
    const pattern = `%${q.trim().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    const rows = await this.database.query<{ deal_id: string; title: string; stage_name: string | null }>(
      `SELECT d.deal_id, d.title, s.name AS stage_name FROM deal d
       LEFT JOIN stage s ON s.account_id = d.account_id AND s.pipeline_id = d.pipeline_id AND s.stage_id = d.stage_id
       WHERE d.account_id = $1::uuid AND d.deleted_at IS NULL AND d.pipeline_id <> '' AND d.stage_kind = 'open'
         AND (d.title ILIKE $2 OR d.deal_id = $3) AND ($4::text[] IS NULL OR d.owner_id IS NULL OR d.owner_id = ANY($4::text[]))
       ORDER BY d.modified_at DESC, d.deal_id LIMIT $5`,
      [accountId, pattern, q.trim(), ownersIn(reach), CHOICES],
    );
    return rows.map((row) => ({ id: row.deal_id, title: row.title, stageName: row.stage_name ?? '' }));
  }

  /** The deal's facts come from `PlanAccess`, so rights are checked. A plan of the same template goes on from its facts. */
  async preview(
    person: SessionClaims,
    templateId: string,
    facts: DealFacts,
    target: { readonly version: number; readonly body: TemplateBody },
  ): Promise<PreviewView> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    const running = await this.plans.ofDeal(person.accountId, facts.deal.id);
    const own = running?.templateId === templateId && running.state !== 'closed' ? running : null;
    const plan = {
      templateId,
      version: target.version,
      startedAt: own?.startedAt ?? context.now,
      steps: own?.steps ?? [],
      pause: own?.pause ?? null,
    };
    const decision = decidePlan(inputOf(context, plan, facts, target.body));
    const reader = readerOf(person, target.body);
    const { deal } = facts;
    return {
      deal: {
        id: deal.id,
        title: deal.title,
        stageName: stageNameOf(context, deal),
        ownerName: nameOf(context, deal.ownerId),
      },
      steps: decision.steps
        .filter((step) => SHOWN.has(step.state))
        .map((step) => stepView(step, target.body, context, reader)),
    };
  }
}

function stepView(
  step: PlanStep,
  body: TemplateBody,
  context: PlanningContext,
  reader: Reader,
): PreviewView['steps'][number] {
  return {
    stepKey: step.stepKey,
    stageName: reader.stageName(step.stageKey),
    title: rulesOf(body).get(step.stepKey)?.title ?? step.stepKey,
    state: step.state as PreviewView['steps'][number]['state'],
    ownerName: nameOf(context, step.ownerId),
    dueAt: step.dueAt === null ? null : new Date(step.dueAt).toISOString(),
    because: becauseText(step, reader),
  };
}

function readerOf({ language, timeZone }: SessionClaims, body: TemplateBody): Reader {
  const stages = new Map(body.stages.map((stage) => [stage.key, stage.name]));
  return {
    language,
    timeZone,
    stageName: (key) => stages.get(key) ?? key,
    stepTitle: (key) => rulesOf(body).get(key)?.title ?? key,
  };
}

function nameOf({ structure }: PlanningContext, userId: string | null): string | null {
  return structure.users.find((user) => user.id === userId)?.name ?? null;
}

function stageNameOf({ structure }: PlanningContext, deal: DealFacts['deal']): string {
  const stage = structure.stages.find(
    (each) => each.pipelineId === deal.pipelineId && each.id === deal.stageId,
  );
  return stage?.name ?? deal.stageId;
}
