import type { Instant } from '../crm/time.js';
import { dealWay, type DealWay } from './deal-way.js';
import type { PlanDecision, PlanInput, PlanStatus, PlanStep } from './plan.types.js';
import { buildStep, finishedAsIs, stepId, type StepContext } from './step-state.js';
import { fatesOf, reopened, type StepFate } from './step-fate.js';
import { isOpen } from './step-timing.js';
import { indexTemplate, type IndexedStage, type IndexedStep, type TemplateIndex } from './template-index.js';

const MS_PER_DAY = 86_400_000;

/** Where the walk through the template's stages stands. */
interface Walk {
  /** When the stage at hand was, or will be, entered. */
  openedAt: Instant;
  /** Set while a stage of the same visit has to be worked through first. */
  behind: string | null;
  /** Whether `openedAt` is only expected. */
  forecast: boolean;
}

/**
 * Decides the whole plan of a deal: which steps should exist, in which state, whose, by when and why. Pure and total:
 * the same facts give the same plan, whatever order they came in, and deciding again over its own answer changes
 * nothing. Finished steps are handed back as they are. Never throws for what people or hosts may have done.
 */
export function decidePlan(input: PlanInput): PlanDecision {
  const index = indexTemplate(input.template);
  const way = dealWay(input.deal, input.visits, input.stageMap, index, input.startedAt);
  const status = statusOf(input, way);
  const context: StepContext = {
    input,
    status,
    stored: new Map(input.steps.map((step) => [stepId(step.stepKey, step.visitSeq), step])),
    decided: new Map(),
    latest: new Map(),
  };
  const stageKey = walkStages(index, way, context);
  dropStrays(context);
  const carried = [...context.decided.values()].map((step) => carryInto(step, stageKey));
  return {
    status,
    stageKey,
    steps: inTemplateOrder(carried, index),
    wakeAt: wakeOf(context, status),
    guards: [],
    effects: [],
  };
}

function statusOf(input: PlanInput, way: DealWay): PlanStatus {
  if (way.closed) return { kind: 'closed', as: way.closed.as, at: way.closed.at };
  const { pause, now } = input;
  if (pause && (pause.until === null || pause.until > now)) return { kind: 'paused', ...pause };
  return { kind: 'active' };
}

/** Decides stage after stage; returns the stage where the work is now. */
function walkStages(index: TemplateIndex, way: DealWay, context: StepContext): string | null {
  const walk = startOf(way, context);
  let working: string | null = null;
  for (const stage of index.stages) {
    const key = stage.stage.key;
    const isCurrent = way.current.includes(key);
    // A stage off the way is worked at once: the stages ahead, which the walk passes before it, do not delay it.
    const isAside = isCurrent && stage.wayIndex === null;
    if (isAside || (isCurrent && walk.behind === null)) working = key;
    const own = isAside ? startOf(way, context) : isCurrent ? walk : aheadOf(walk);
    for (const indexed of stage.steps) decideStep(indexed, stage, way, context, own);
    if ((isCurrent && !isAside) || isAheadOnWay(stage, way)) advance(walk, stage, isCurrent, context);
  }
  return working ?? way.current[0] ?? null;
}

function startOf(way: DealWay, context: StepContext): Walk {
  return { openedAt: way.enteredAt ?? context.input.startedAt, behind: null, forecast: false };
}

function isAheadOnWay(stage: IndexedStage, way: DealWay): boolean {
  return stage.wayIndex !== null && stage.wayIndex > way.reached && !way.closed;
}

function aheadOf(walk: Walk): Walk {
  return { ...walk, forecast: true };
}

function decideStep(
  indexed: IndexedStep,
  stage: IndexedStage,
  way: DealWay,
  context: StepContext,
  walk: Walk,
): void {
  const { step } = indexed;
  for (const plain of fatesOf(step, stage, way, context.input.template)) {
    const id = stepId(step.key, plain.visitSeq);
    const stored = context.stored.get(id);
    const fate = reopened(plain, stored, stage.stage.key, way);
    const inOwnStage = fate.kind === 'live' && fate.run?.leftAt === null;
    const decided = buildStep(context, {
      step,
      stageKey: stage.stage.key,
      fate,
      stored,
      openedAt: openedAt(fate, inOwnStage, walk, context),
      behind: inOwnStage ? walk.behind : null,
      forecast: fate.kind === 'ahead' || (inOwnStage && walk.forecast),
    });
    context.decided.set(id, decided);
    context.latest.set(step.key, decided);
  }
}

/** A step of a stage that was left keeps the entry it was counted from. */
function openedAt(fate: StepFate, inOwnStage: boolean, walk: Walk, context: StepContext): Instant {
  if (inOwnStage || fate.kind !== 'live') return walk.openedAt;
  const reopenedAt = fate.because.code === 'reopenedByHand' ? fate.because.params['at'] : undefined;
  if (typeof reopenedAt === 'number') return reopenedAt;
  return fate.run?.enteredAt ?? context.input.startedAt;
}

/** Moves the walk behind a stage: to the end of its required steps, or of all when none is required. */
function advance(walk: Walk, stage: IndexedStage, isCurrent: boolean, context: StepContext): void {
  const own = stage.steps
    .filter((indexed) => indexed.step.required || !stage.steps.some((other) => other.step.required))
    .map((indexed) => context.latest.get(indexed.step.key))
    .filter((step) => step !== undefined);
  const open = own.filter(isOpen);
  if (isCurrent && open.length === 0 && walk.behind === null) {
    walk.openedAt = Math.max(walk.openedAt, ...own.map((step) => step.outcome?.at ?? 0));
    return;
  }
  if (isCurrent && walk.behind === null) walk.behind = stage.stage.key;
  const today = Math.floor(context.input.now / MS_PER_DAY) * MS_PER_DAY;
  walk.openedAt = Math.max(walk.openedAt, today, ...open.map((step) => step.dueAt ?? 0));
  walk.forecast = true;
}

/** Stored steps that have no place any more: finished ones stay, open ones are cancelled with a reason. */
function dropStrays(context: StepContext): void {
  for (const [id, step] of context.stored) {
    if (context.decided.has(id)) continue;
    const kept = finishedAsIs(step) ?? cancelStray(step, context.input.now);
    context.decided.set(id, kept);
  }
}

function cancelStray(step: PlanStep, now: Instant): PlanStep {
  if (step.state === 'cancelled') return step;
  const because = { code: 'notInPlan', params: { stageKey: step.stageKey, at: now } } as const;
  return { ...step, state: 'cancelled', because, startAt: null, notes: [] };
}

function carryInto(step: PlanStep, stageKey: string | null): PlanStep {
  if (step.because.code !== 'carriedOver' || stageKey === null || !isOpen(step)) return step;
  return { ...step, stageKey };
}

function inTemplateOrder(steps: readonly PlanStep[], index: TemplateIndex): readonly PlanStep[] {
  const place = (step: PlanStep): number =>
    index.stepByKey.get(step.stepKey)?.position ?? Number.MAX_SAFE_INTEGER;
  return steps.toSorted(
    (a, b) => place(a) - place(b) || a.visitSeq - b.visitSeq || (a.stepKey < b.stepKey ? -1 : 1),
  );
}

function wakeOf(context: StepContext, status: PlanStatus): Instant | null {
  const times = status.kind === 'paused' && status.until !== null ? [status.until] : [];
  for (const step of context.decided.values()) {
    const until = step.because.code === 'tooEarly' ? step.because.params['until'] : undefined;
    if (step.state === 'waiting' && typeof until === 'number') times.push(until);
  }
  return times.length === 0 ? null : Math.min(...times);
}
