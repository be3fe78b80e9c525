import type { Instant } from '../crm/time.js';
import { decidePlan } from './planner.js';
import { isOpen } from './step-timing.js';
import type { PlanDecision, PlanInput, PlanStep, StageMap, TemplateBody } from './types.js';

/**
 * What another version makes of a step. `editedByHand`: a person set its deadline or owner or reopened it, and it stays
 * as that person left it. `dropped`: the version has no place for it, its task is closed with that reason.
 */
export type StepChange = 'kept' | 'added' | 'moved' | 'dropped' | 'editedByHand';

export interface StepDiff {
  readonly stepKey: string;
  readonly visitSeq: number;
  readonly change: StepChange;
  readonly dueBefore: Instant | null;
  readonly dueAfter: Instant | null;
}

export interface PlanMigration {
  /** As the old version has it now: what only the passing of time changes is no change of the migration. */
  readonly before: PlanDecision;
  readonly after: PlanDecision;
  /** One entry per step that is open before or after. Finished steps are facts and not in it. */
  readonly diff: readonly StepDiff[];
}

/** What people did to a step: all that cannot be decided anew. */
export type StepFacts = Pick<
  PlanStep,
  'stepKey' | 'visitSeq' | 'stageKey' | 'outcome' | 'manual' | 'undo' | 'attempts' | 'turnOf' | 'handTo'
>;

/**
 * Brings a plan onto another version of its template. `old` holds the plan's present version, steps and facts. Pure and
 * deterministic: finished steps stay as they are, open ones whose key the version still has are decided anew with what
 * people set by hand, the others are cancelled with `notInPlan`.
 */
export function migratePlan(
  old: PlanInput,
  next: { readonly template: TemplateBody; readonly stageMap: StageMap },
): PlanMigration {
  const before = decidePlan(old);
  const after = decidePlan({ ...old, ...next, steps: before.steps });
  return { before, after, diff: diffOf(before.steps, after.steps) };
}

/**
 * The plan back on the version that it had. `old` holds that version, and in `steps` what is stored now. Facts that
 * came after the migration stay; steps that only the migration brought, and nobody touched, are not in the answer.
 */
export function undoMigration(old: PlanInput, former: readonly StepFacts[]): PlanDecision {
  const stored = withFacts(old.steps, former);
  const wanted = new Set(decidePlan({ ...old, steps: stored.filter(hasFacts) }).steps.map(idOf));
  const decision = decidePlan({ ...old, steps: stored });
  return { ...decision, steps: decision.steps.filter((step) => wanted.has(idOf(step)) || hasFacts(step)) };
}

/** The facts of a plan's steps, those that have any. */
export function factsOf(steps: readonly PlanStep[]): readonly StepFacts[] {
  return steps.filter(hasFacts).map((step) => {
    const { stepKey, visitSeq, stageKey, outcome, manual, undo, attempts, turnOf, handTo } = step;
    return {
      ...{ stepKey, visitSeq, stageKey, outcome, manual, undo },
      ...(attempts === undefined ? {} : { attempts }),
      ...(turnOf === undefined ? {} : { turnOf }),
      ...(handTo === undefined ? {} : { handTo }),
    };
  });
}

function hasFacts(step: PlanStep): boolean {
  const { attempts, turnOf, handTo } = step;
  const noted = attempts !== undefined || turnOf !== undefined || handTo !== undefined;
  return noted || step.outcome !== null || step.undo !== null || isEdited(step);
}

function isEdited({ manual }: PlanStep): boolean {
  return manual.dueAt !== null || manual.ownerId !== null || manual.reopenedAt !== null;
}

function diffOf(before: readonly PlanStep[], after: readonly PlanStep[]): readonly StepDiff[] {
  const later = new Map(after.map((step) => [idOf(step), step]));
  const open = before.filter(isOpen);
  const known = new Set(open.map(idOf));
  return [
    ...open.map((step) => diff(step, later.get(idOf(step)))),
    ...after
      .filter((step) => isOpen(step) && !known.has(idOf(step)))
      .map((step) => entry(step, 'added', null, step.dueAt)),
  ];
}

function diff(step: PlanStep, after: PlanStep | undefined): StepDiff {
  if (!after || !isOpen(after)) return entry(step, 'dropped', step.dueAt, null);
  if (isEdited(step)) return entry(step, 'editedByHand', step.dueAt, after.dueAt);
  const same =
    after.dueAt === step.dueAt && after.ownerId === step.ownerId && after.stageKey === step.stageKey;
  return entry(step, same ? 'kept' : 'moved', step.dueAt, after.dueAt);
}

function entry(
  { stepKey, visitSeq }: PlanStep,
  change: StepChange,
  dueBefore: Instant | null,
  dueAfter: Instant | null,
): StepDiff {
  return { stepKey, visitSeq, change, dueBefore, dueAfter };
}

/** Facts that the stored steps lost are put back; where both have some, the stored ones are the newer. */
function withFacts(steps: readonly PlanStep[], former: readonly StepFacts[]): readonly PlanStep[] {
  const facts = new Map(former.map((each) => [idOf(each), each]));
  const restored = steps.map((step) => (hasFacts(step) ? step : { ...step, ...facts.get(idOf(step)) }));
  const there = new Set(steps.map(idOf));
  return [...restored, ...former.filter((each) => !there.has(idOf(each))).map(lost)];
}

/** Its place in the plan is decided anew. */
function lost(facts: StepFacts): PlanStep {
  const because = { code: 'notInPlan', params: { stageKey: facts.stageKey } } as const;
  return { ...facts, state: 'waiting', ownerId: null, startAt: null, dueAt: null, because, notes: [] };
}

function idOf({ stepKey, visitSeq }: Pick<PlanStep, 'stepKey' | 'visitSeq'>): string {
  return `${stepKey}~${visitSeq}`;
}
