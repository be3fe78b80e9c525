import type { Stage } from '../../domain/crm/records.js';
import type { PlanStep, TemplateBody, TemplateStage } from '../../domain/plans/types.js';
import type { StepTask } from '../../outbox/index.js';
import { closeProposalOf, guardViews, pauseView } from './plan-extras.js';
import type {
  AfterSaleView,
  DealHeadView,
  LaunchView,
  PlanHeadView,
  PlanView,
  StageView,
  SyncView,
} from './plan.view.js';
import { isOverdue, viewStep, type StepLook } from './step-view.js';
import { stepIdOf, stepPlaceOf, type DealFacts, type StoredPlan } from './stored-plan.js';
import { rulesOf } from './template-rules.js';

export interface PlanViewParts {
  readonly facts: DealFacts;
  readonly stages: readonly Stage[];
  /** Null: the deal has no plan. */
  readonly planned: { readonly plan: StoredPlan; readonly template: TemplateBody } | null;
  /** Plans after the sale. */
  readonly afterSale: readonly AfterSaleParts[];
  /** The deal waits to be accepted. */
  readonly waits: boolean;
  readonly tasks: ReadonlyMap<string, StepTask>;
  readonly launch: LaunchView | null;
  readonly sync: SyncView;
  readonly look: StepLook;
}

/** Pure: facts to what the widget shows. */
export function buildPlanView(parts: PlanViewParts): PlanView {
  const { planned, look } = parts;
  return {
    deal: dealHead(parts),
    plan: planned ? planHead(planned.plan, planned.template, look) : null,
    stages: planned ? stagesOf(planned.plan, planned.template, parts) : [],
    nextStepIds: planned ? nextSteps(planned.plan, planned.template, look) : [],
    launch: parts.launch,
    sync: parts.sync,
    ...extrasOf(parts),
    now: new Date(look.now).toISOString(),
  };
}

export interface AfterSaleParts {
  readonly plan: StoredPlan;
  readonly template: TemplateBody;
  readonly tasks: ReadonlyMap<string, StepTask>;
  readonly look: StepLook;
}

type Extras = Pick<PlanView, 'afterSale' | 'guards' | 'pause' | 'acceptance' | 'closeProposal' | 'mayManage'>;

/** What most plans have nothing of. */
function extrasOf({ planned, afterSale, waits, look }: PlanViewParts): Extras {
  const manages = look.scope === 'deal';
  const guards = planned ? guardViews(planned.plan, planned.template) : [];
  const pause = planned ? pauseView(planned.plan) : null;
  const closeProposal = planned ? closeProposalOf(planned.plan, planned.template) : null;
  return {
    ...(afterSale.length > 0 ? { afterSale: afterSale.map(afterSaleView) } : {}),
    ...(guards.length > 0 ? { guards } : {}),
    ...(pause ? { pause } : {}),
    ...(waits ? { acceptance: { can: manages } } : {}),
    ...(closeProposal ? { closeProposal } : {}),
    ...(manages && planned ? { mayManage: true } : {}),
  };
}

function afterSaleView({ plan, template, tasks, look }: AfterSaleParts): AfterSaleView {
  return {
    plan: planHead(plan, template, look),
    stages: stagesOf(plan, template, { tasks, look }),
    nextStepIds: nextSteps(plan, template, look),
  };
}

function dealHead({ facts, stages, look }: PlanViewParts): DealHeadView {
  const { deal } = facts;
  const stage = stages.find((each) => each.pipelineId === deal.pipelineId && each.id === deal.stageId);
  return {
    id: deal.id,
    title: deal.title,
    stageName: stage?.name ?? deal.stageId,
    stageKind: deal.stageKind,
    ownerName: deal.ownerId === null ? null : look.userName(deal.ownerId),
  };
}

function planHead(plan: StoredPlan, template: TemplateBody, look: StepLook): PlanHeadView {
  const counted = plan.steps.filter((step) => step.state !== 'cancelled');
  const finished = counted.filter((step) => step.outcome !== null);
  return {
    id: plan.planId,
    name: template.name,
    state: plan.state,
    closeReason: closeWords(plan)?.[look.reader.language] ?? null,
    revision: plan.revision,
    doneCount: finished.length,
    totalCount: counted.length,
  };
}

function closeWords({
  closeReason,
  purpose,
}: StoredPlan): { readonly ru: string; readonly en: string } | null {
  if (closeReason === null) return null;
  return purpose === 'afterSale' && closeReason === 'won' ? CARRIED_OUT : CLOSED[closeReason];
}

/** A plan after the sale does not end with the deal but with its own last step. */
const CARRIED_OUT = { ru: 'Все шаги этого плана сделаны', en: 'All steps of this plan are done' } as const;

const CLOSED = {
  won: { ru: 'Сделка выиграна', en: 'The deal is won' },
  lost: { ru: 'Сделка проиграна', en: 'The deal is lost' },
  reopened: { ru: 'Сделка снова в работе', en: 'The deal is open again' },
  dealDeleted: { ru: 'Сделка удалена в CRM', en: 'The deal was deleted in the CRM' },
  switchedOff: { ru: 'Планы этой воронки выключены', en: 'Plans are switched off for this pipeline' },
} as const;

/** Stages that have something to show: those with steps, and the one where the work is. */
function stagesOf(
  plan: StoredPlan,
  template: TemplateBody,
  parts: Pick<PlanViewParts, 'tasks' | 'look'>,
): readonly StageView[] {
  const rules = rulesOf(template);
  const byStage = Map.groupBy(plan.steps, (step) => step.stageKey);
  const current = template.stages.findIndex((stage) => stage.key === plan.stageKey);
  return template.stages.flatMap((stage, index): readonly StageView[] => {
    const steps = byStage.get(stage.key) ?? [];
    if (steps.length === 0 && index !== current) return [];
    return [
      {
        key: stage.key,
        name: stage.name,
        meaning: stage.meaning,
        position: positionOf(stage, index, current, steps),
        steps: steps.map((step) =>
          viewStep(
            step,
            rules.get(step.stepKey),
            parts.tasks.get(stepIdOf(step)),
            parts.look,
            stepPlaceOf(plan, step),
          ),
        ),
      },
    ];
  });
}

function positionOf(
  stage: TemplateStage,
  index: number,
  current: number,
  steps: readonly PlanStep[],
): StageView['position'] {
  if (index === current) return 'current';
  // On pause the deal stands in a stage that the template lists after those still ahead of it.
  const stillAhead = steps.length > 0 && steps.every((step) => step.state === 'future');
  if (current >= 0) return index < current && !stillAhead ? 'past' : 'future';
  // The deal's stage is unknown to the template: what is done or dropped is behind, the rest ahead.
  const ahead = stage.kind === 'open' && steps.some((step) => step.state === 'future');
  return ahead ? 'future' : 'past';
}

/** What to do now: late ones first, then by deadline; required before optional at the same time. */
function nextSteps(plan: StoredPlan, template: TemplateBody, look: StepLook): readonly string[] {
  const rules = rulesOf(template);
  const required = (step: PlanStep): number => (rules.get(step.stepKey)?.required ? 0 : 1);
  const late = (step: PlanStep): number => (isOverdue(step, look) ? 0 : 1);
  const due = (step: PlanStep): number => step.dueAt ?? Number.MAX_SAFE_INTEGER;
  return plan.steps
    .filter((step) => step.state === 'actionable')
    .toSorted((a, b) => late(a) - late(b) || due(a) - due(b) || required(a) - required(b))
    .map((step) => stepPlaceOf(plan, step));
}
