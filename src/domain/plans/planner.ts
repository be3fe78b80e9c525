import type { Instant } from '../crm/time.js';
import { evaluate, type StepStanding, type Verdict } from './condition.js';
import { afterSaleWay, dealWay, type DealWay } from './deal-way.js';
import { effectsOf } from './plan-effects.js';
import { pausesOf } from './plan-pause.js';
import type { PlanDecision } from './plan-decision.types.js';
import type { PlanInput, PlanStatus, PlanStep } from './plan.types.js';
import { guardVerdicts } from './stage-guard.js';
import { fatesOf, reopened, type StepFate } from './step-fate.js';
import { stepId } from './step-id.js';
import {
  buildStep,
  finishedAsIs,
  openBehind,
  outByCondition,
  type StepContext,
  type StepPlace,
} from './step-state.js';
import { isOpen } from './step-timing.js';
import { indexTemplate, type IndexedStage, type IndexedStep, type TemplateIndex } from './template-index.js';
import type { TemplateStep } from './template.types.js';

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
 * Decides the whole plan of a deal: which steps should exist, in which state, whose, by when and why; what guarded
 * stages say of the deal's last move; and what is asked for besides. Pure and total: the same facts give the same plan,
 * whatever order they came in, and deciding again over its own answer changes nothing. Finished steps are handed back
 * as they are. Never throws for what people or hosts may have done.
 */
export function decidePlan(input: PlanInput): PlanDecision {
  const index = indexTemplate(input.template);
  const way = wayOf(input, index);
  const context = contextOf(input, way);
  const { decided, out, owners } = context;
  const stageKey = walkStages(index, way, context);
  dropStrays(context);
  const carried = [...decided.values()].map((step) => carryInto(step, stageKey));
  const steps = inTemplateOrder(carried, index);
  const status = statusOf(context, way, steps);
  const { template, overrides = [] } = input;
  return {
    status,
    stageKey,
    steps,
    wakeAt: wakeOf(context),
    guards: guardVerdicts({ index, way, overrides, decided, out }),
    effects: [...context.turnsTaken, ...effectsOf({ template, index, status, steps, owners })],
  };
}

function wayOf(input: PlanInput, index: TemplateIndex): DealWay {
  const { template, deal, visits, stageMap, startedAt } = input;
  if (template.purpose === 'afterSale') return afterSaleWay(deal, visits, index, startedAt);
  return dealWay(deal, visits, stageMap, index, startedAt);
}

function contextOf(input: PlanInput, way: DealWay): StepContext {
  const { deal, people, fieldMap = {}, now } = input;
  const pauses = pausesOf(input);
  return {
    input,
    owners: { deal, people, fieldMap, now },
    // What is left to do after the deal's end does not wait for the end of a pause of its selling.
    pauses: way.closed ? { ...pauses, now: null } : pauses,
    stored: new Map(input.steps.map((step) => [stepId(step.stepKey, step.visitSeq), step])),
    decided: new Map(),
    latest: new Map(),
    out: new Map(),
    turns: new Map(),
    turnsTaken: [],
    wakes: [],
  };
}

/** A plan after the sale ends by itself: nothing of it is open any more, and it was the deal's success that it served. */
function statusOf(context: StepContext, way: DealWay, steps: readonly PlanStep[]): PlanStatus {
  const { input, pauses } = context;
  if (way.closed) return { kind: 'closed', as: way.closed.as, at: way.closed.at };
  const open = steps.some(isOpen);
  if (way.ended && !open) return { kind: 'closed', as: way.ended.as, at: way.ended.at };
  if (input.template.purpose === 'afterSale' && !open) {
    const at = steps.reduce((latest, step) => Math.max(latest, step.outcome?.at ?? 0), input.startedAt);
    return { kind: 'closed', as: 'won', at };
  }
  return pauses.now === null ? { kind: 'active' } : { kind: 'paused', ...pauses.now };
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
  const verdict = verdictOf(step, context);
  if (verdict !== null) context.out.set(step.key, verdict.kind === 'open' ? verdict.stepKey : null);
  for (const plain of fatesOf(step, stage, way, context.input.template)) {
    const place = placeOf(plain, step, stage, way, context, walk);
    const id = stepId(step.key, plain.visitSeq);
    const keptOut = verdict !== null && !isWanted(place, way);
    const decided = keptOut ? outByCondition(place, verdict, context.input.now) : buildStep(context, place);
    if (decided === null) continue;
    context.decided.set(id, decided);
    if (!keptOut || decided.outcome !== null) context.latest.set(step.key, decided);
  }
}

/** Why the step's condition keeps it out; null when it does not. */
function verdictOf(step: TemplateStep, context: StepContext): Exclude<Verdict, { kind: 'holds' }> | null {
  if (!step.condition) return null;
  const { owners } = context;
  const standing = (key: string): StepStanding => {
    const open = openBehind(context, key);
    if (open !== null) return { kind: 'open', stepKey: open };
    const ended = context.latest.get(key);
    return ended ? { kind: 'ended', step: ended } : { kind: 'none' };
  };
  const verdict = evaluate(step.condition, {
    ...owners,
    timeZone: owners.people.fallback.timeZone,
    standing,
  });
  return verdict.kind === 'holds' ? null : verdict;
}

/** A person who opened the step again wants it whatever its condition says, until the deal moves on. */
function isWanted({ stored }: StepPlace, way: DealWay): boolean {
  const at = stored?.manual.reopenedAt ?? null;
  return at !== null && stored?.outcome === null && at >= (way.enteredAt ?? at);
}

function placeOf(
  plain: StepFate,
  step: TemplateStep,
  stage: IndexedStage,
  way: DealWay,
  context: StepContext,
  walk: Walk,
): StepPlace {
  const stored = context.stored.get(stepId(step.key, plain.visitSeq));
  const fate = reopened(plain, stored, stage.stage.key, way);
  const inOwnStage = fate.kind === 'live' && fate.run?.leftAt === null;
  return {
    step,
    stageKey: stage.stage.key,
    fate,
    stored,
    openedAt: openedAt(fate, inOwnStage, walk, context),
    behind: inOwnStage ? walk.behind : null,
    forecast: fate.kind === 'ahead' || (inOwnStage && walk.forecast),
  };
}

/** A step of a stage that was left keeps the entry it was counted from. */
function openedAt(fate: StepFate, inOwnStage: boolean, walk: Walk, context: StepContext): Instant {
  if (inOwnStage || fate.kind !== 'live') return walk.openedAt;
  const reopenedAt = fate.because.code === 'reopenedByHand' ? fate.because.params['at'] : undefined;
  if (typeof reopenedAt === 'number') return reopenedAt;
  return fate.run?.enteredAt ?? context.input.startedAt;
}

/** Moves the walk behind a stage: to the end of its required steps, or of all when the plan has no required one here. */
function advance(walk: Walk, stage: IndexedStage, isCurrent: boolean, context: StepContext): void {
  const present = stage.steps.filter(({ step }) => context.latest.has(step.key));
  const required = present.filter(({ step }) => step.required);
  const own = (required.length > 0 ? required : present)
    .map(({ step }) => context.latest.get(step.key))
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

function wakeOf(context: StepContext): Instant | null {
  const until = context.pauses.now?.until ?? null;
  const times = until === null ? context.wakes : [...context.wakes, until];
  return times.length === 0 ? null : Math.min(...times);
}
