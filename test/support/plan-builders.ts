import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import type { Deal, Stage, StageVisit } from '../../src/domain/crm/records.js';
import type {
  PlanDecision,
  PlanInput,
  PlanPeople,
  PlanStep,
  StageMap,
  TemplateBody,
  TemplateStage,
  TemplateStep,
} from '../../src/domain/plans/types.js';

export const DAY_MS = 86_400_000;
/** Monday, 09:00 in Moscow. */
export const MONDAY = Temporal.ZonedDateTime.from('2026-09-07T09:00[Europe/Moscow]').epochMilliseconds;

export const PEOPLE: PlanPeople = {
  departmentHeadId: 'head',
  schedules: new Map(),
  fallback: { calendar: standardCalendar(null), timeZone: 'Europe/Moscow' },
  inactive: new Set(),
};

export function aStep(key: string, changes: Partial<TemplateStep> = {}): TemplateStep {
  return {
    key,
    title: `Do ${key}`,
    instruction: { goal: 'goal', say: 'say', done: 'done' },
    owner: { kind: 'dealResponsible' },
    offset: { anchor: { from: 'stageEntry' }, amount: 1, unit: 'workingDays' },
    durationMinutes: 15,
    required: true,
    prerequisites: [],
    result: { kind: 'none' },
    exit: 'cancel',
    reentry: 'nothing',
    ...changes,
  };
}

export function aStage(
  key: string,
  steps: readonly TemplateStep[],
  kind: TemplateStage['kind'] = 'open',
): TemplateStage {
  return { key, name: key, meaning: '', kind, synonyms: [], steps };
}

export function aTemplate(
  stages: readonly TemplateStage[],
  changes: Partial<TemplateBody> = {},
): TemplateBody {
  return {
    key: 'test',
    language: 'en',
    name: 'Test',
    description: '',
    stages,
    onWon: { openSteps: 'byExitPolicy', closingSteps: 'skip' },
    onLost: { openSteps: 'cancel', closingSteps: 'skip' },
    ...changes,
  };
}

/** Pipeline stages with the template stages' own keys as ids, plus `won` and `lost`, which the template says nothing of. */
export function ownMap(template: TemplateBody): StageMap {
  const entries = template.stages.map((stage) => ({ pipelineStageId: stage.key, stageKeys: [stage.key] }));
  const closing = ['won', 'lost']
    .filter((id) => !template.stages.some((stage) => stage.key === id))
    .map((id) => ({ pipelineStageId: id, stageKeys: [] }));
  return { entries: [...entries, ...closing].map((entry) => ({ ...entry, match: 'name', confidence: 1 })) };
}

export function aPipeline(...names: readonly string[]): readonly Stage[] {
  const kinds: Readonly<Record<string, Stage['kind']>> = { Won: 'won', Lost: 'lost' };
  return names.map((name, at) => ({
    pipelineId: '0',
    id: `S${at}`,
    name,
    sort: at * 10,
    kind: kinds[name] ?? 'open',
    color: null,
  }));
}

/** A stay in a stage that began so many days after Monday. */
export interface Stay {
  readonly stage: string;
  readonly day: number;
}

function visitsOf(stays: readonly Stay[]): readonly StageVisit[] {
  return stays.map((stay, at) => {
    const next = stays[at + 1];
    return {
      dealId: '1',
      seq: at + 1,
      pipelineId: '0',
      stageId: stay.stage,
      enteredAt: MONDAY + stay.day * DAY_MS,
      leftAt: next ? MONDAY + next.day * DAY_MS : null,
    };
  });
}

export function aDeal(stageId: string, changes: Partial<Deal> = {}): Deal {
  const stageKind = stageId === 'won' || stageId === 'lost' ? stageId : 'open';
  return {
    id: '1',
    title: 'Deal',
    pipelineId: '0',
    stageId,
    stageKind,
    ownerId: 'seller',
    amount: null,
    currency: null,
    sourceId: null,
    companyId: null,
    contactId: null,
    createdAt: MONDAY,
    modifiedAt: MONDAY,
    stageSince: null,
    lastActivityAt: null,
    productIds: [],
    tags: [],
    lossReason: null,
    fields: {},
    ...changes,
  };
}

/** Facts about a deal whose way is given stay by stay; the plan began with the first. */
export function aCase(
  template: TemplateBody,
  stays: readonly Stay[],
  changes: Partial<PlanInput> = {},
): PlanInput {
  const last = stays.at(-1) ?? { stage: 'unknown', day: 0 };
  return {
    template,
    stageMap: ownMap(template),
    deal: aDeal(last.stage),
    visits: visitsOf(stays),
    startedAt: MONDAY,
    steps: [],
    pause: null,
    people: PEOPLE,
    now: MONDAY + last.day * DAY_MS,
    ...changes,
  };
}

/** `key#pass:state` of every step, the shortest readable picture of a plan. */
export function picture(decision: PlanDecision): readonly string[] {
  return decision.steps.map((step) => `${step.stepKey}#${step.visitSeq}:${step.state}`);
}

export function stepOf(decision: PlanDecision, key: string, visitSeq = 1): PlanStep {
  const found = decision.steps.find((step) => step.stepKey === key && step.visitSeq === visitSeq);
  if (!found) throw new Error(`no step ${key}#${visitSeq} in ${picture(decision).join(' ')}`);
  return found;
}

/** The plan after some of its steps were done at `at`. */
export function withDone(decision: PlanDecision, keys: readonly string[], at: number): readonly PlanStep[] {
  return decision.steps.map((step) =>
    keys.includes(step.stepKey) && !step.outcome
      ? {
          ...step,
          outcome: { kind: 'done', at, by: 'seller', source: 'widget', result: { kind: 'none' } },
        }
      : step,
  );
}

/** The case again, with what the last decision stored and with more stays. */
export function continued(input: PlanInput, steps: readonly PlanStep[], stays: readonly Stay[]): PlanInput {
  const next = aCase(input.template, stays);
  return { ...input, deal: next.deal, visits: next.visits, now: next.now, steps };
}
