import type { Instant } from '../crm/time.js';
import { ownerOf, type StepOwner } from './step-owner.js';
import type {
  Because,
  ManualEdits,
  NoteCode,
  PlanInput,
  PlanStatus,
  PlanStep,
  StepState,
} from './plan.types.js';
import type { StepFate } from './step-fate.js';
import { LEAD_MS, timeStep, type StepTiming } from './step-timing.js';
import type { TemplateStep } from './template.types.js';

/** What the decision of one step may look at. `decided` and `latest` grow as the plan is walked. */
export interface StepContext {
  readonly input: PlanInput;
  readonly status: PlanStatus;
  readonly stored: ReadonlyMap<string, PlanStep>;
  readonly decided: Map<string, PlanStep>;
  /** The latest pass of each step key decided so far. */
  readonly latest: Map<string, PlanStep>;
}

export interface StepPlace {
  readonly step: TemplateStep;
  readonly stageKey: string;
  readonly fate: StepFate;
  readonly stored: PlanStep | undefined;
  readonly openedAt: Instant;
  /** The stage of the same visit that has to be worked through first, or null. */
  readonly behind: string | null;
  readonly forecast: boolean;
}

const UNTOUCHED: ManualEdits = { dueAt: null, ownerId: null, reopenedAt: null };

export function stepId(stepKey: string, visitSeq: number): string {
  return `${stepKey}#${visitSeq}`;
}

/** A finished step as it was; null for one that is not finished by a person or the host. */
export function finishedAsIs(step: PlanStep | undefined): PlanStep | null {
  if (!step?.outcome) return null;
  const state = step.outcome.kind === 'taskDeleted' ? 'skipped' : step.outcome.kind;
  const code = step.outcome.kind;
  if (step.state === state && step.because.code === code) return step;
  return { ...step, state, because: { code, params: { stageKey: step.stageKey, at: step.outcome.at } } };
}

/** One pass of one step, with everything decided. */
export function buildStep(context: StepContext, place: StepPlace): PlanStep {
  const finished = finishedAsIs(place.stored);
  if (finished) return finished;
  const { fate, stored } = place;
  if (fate.kind === 'over') return cancelled(place, fate.because);
  const { deal, people } = context.input;
  const manual = stored?.manual ?? UNTOUCHED;
  const owner = ownerOf(place.step.owner, manual.ownerId, deal, people);
  const timing = timeStep({
    step: place.step,
    planStartedAt: context.input.startedAt,
    openedAt: place.openedAt,
    reference: (key) => context.latest.get(key),
    schedule: (owner.ownerId === null ? undefined : people.schedules.get(owner.ownerId)) ?? people.fallback,
    dueByHand: manual.dueAt,
  });
  const { state, because } = stateOf(context, place, timing);
  return {
    ...blank(place),
    state,
    ownerId: owner.ownerId,
    startAt: startOf(state, timing),
    dueAt: timing.dueAt,
    because,
    notes: notesOf(place, manual, owner, timing),
    manual,
    undo: stored?.undo ?? null,
  };
}

function blank(place: StepPlace): PlanStep {
  return {
    stepKey: place.step.key,
    visitSeq: place.fate.visitSeq,
    stageKey: place.stageKey,
    state: 'future',
    ownerId: null,
    startAt: null,
    dueAt: null,
    because: place.fate.because,
    notes: [],
    outcome: null,
    manual: UNTOUCHED,
    undo: null,
  };
}

/** A cancelled step remembers whose it was and by when; who never had it gets nothing. */
function cancelled(place: StepPlace, because: Because): PlanStep {
  const { stored } = place;
  const base = blank(place);
  if (!stored) return { ...base, state: 'cancelled', because };
  const { ownerId, dueAt, manual, undo } = stored;
  return { ...base, state: 'cancelled', because, ownerId, dueAt, manual, undo };
}

interface StateAndReason {
  readonly state: StepState;
  readonly because: Because;
}

function stateOf(context: StepContext, place: StepPlace, timing: StepTiming): StateAndReason {
  const { fate, stageKey } = place;
  if (fate.kind === 'ahead') return { state: 'future', because: fate.because };
  if (place.behind !== null)
    return { state: 'future', because: because('earlierSteps', { stageKey: place.behind }) };
  if (context.status.kind === 'paused') return waiting('paused', { since: context.status.since });
  if (timing.prerequisite !== null)
    return waiting('prerequisite', { stageKey, stepKey: timing.prerequisite });
  if (timing.afterStep !== null) return waiting('afterStep', { stageKey, stepKey: timing.afterStep });
  // A deadline set or a step reopened by hand is somebody's wish to have the task there: it is not taken away again.
  const byHand = (place.stored?.manual.dueAt ?? null) !== null || fate.because.code === 'reopenedByHand';
  const until = timing.dueAt === null || byHand ? timing.readyAt : timing.dueAt - LEAD_MS;
  if (until > Math.max(context.input.now, timing.readyAt)) return waiting('tooEarly', { stageKey, until });
  return { state: 'actionable', because: fate.because };
}

function waiting(code: Because['code'], params: Because['params']): StateAndReason {
  return { state: 'waiting', because: because(code, params) };
}

function because(code: Because['code'], params: Because['params']): Because {
  return { code, params };
}

function startOf(state: StepState, timing: StepTiming): Instant | null {
  if (state === 'actionable') return timing.readyAt;
  if (
    state !== 'waiting' ||
    timing.dueAt === null ||
    timing.prerequisite !== null ||
    timing.afterStep !== null
  ) {
    return null;
  }
  return Math.max(timing.readyAt, timing.dueAt - LEAD_MS);
}

function notesOf(
  place: StepPlace,
  manual: ManualEdits,
  owner: StepOwner,
  timing: StepTiming,
): readonly NoteCode[] {
  const notes = [...owner.notes];
  if (manual.dueAt !== null) notes.push('dueByHand');
  const expected = place.forecast || timing.prerequisite !== null || timing.afterStep !== null;
  if (expected && manual.dueAt === null) notes.push('dueForecast');
  return notes;
}
