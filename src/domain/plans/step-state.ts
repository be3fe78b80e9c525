import type { Instant } from '../crm/time.js';
import type { Verdict } from './condition.js';
import { fieldMoment } from './deal-fields.js';
import type { PlanEffect } from './plan-decision.types.js';
import type { Pauses } from './plan-pause.js';
import type { Because, ManualEdits, NoteCode, PlanInput, PlanStep, StepState } from './plan.types.js';
import { assign, nextChange, type Assignment } from './step-assignment.js';
import type { StepFate } from './step-fate.js';
import { ownerOf, receiverOf, type OwnerFacts, type StepOwner } from './step-owner.js';
import { isOpen, LEAD_MS, timeStep, type StepTiming, type TimingInput } from './step-timing.js';
import { takeTurn, type TurnBook } from './step-turn.js';
import type { OwnerRule, TemplateStep } from './template.types.js';

/** What the decision of one step may look at. The collections grow as the plan is walked. */
export interface StepContext {
  readonly input: PlanInput;
  readonly owners: OwnerFacts;
  readonly pauses: Pauses;
  readonly stored: ReadonlyMap<string, PlanStep>;
  readonly decided: Map<string, PlanStep>;
  /** The latest pass of each step key decided so far; what its condition keeps out is not here. */
  readonly latest: Map<string, PlanStep>;
  /** Steps that are out by their condition, with the open step on which that still hangs, or null. */
  readonly out: Map<string, string | null>;
  readonly turns: TurnBook;
  readonly turnsTaken: Extract<PlanEffect, { kind: 'turnTaken' }>[];
  /** Moments at which the plan has to be decided again. */
  readonly wakes: Instant[];
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
  const draft = draftOf(context, place);
  const { assignment, state, because } = draft;
  wakeFor(context, draft);
  const hands = state === 'actionable' ? handTo(context, place, assignment) : (stored?.handTo ?? null);
  return {
    ...blank(place),
    state,
    ownerId: assignment.ownerId,
    startAt: startOf(state, assignment.timing),
    dueAt: assignment.timing.dueAt,
    because,
    notes: notesOf(place, draft, hands),
    ...factsOf(stored),
    ...(draft.turnOf === undefined ? {} : { turnOf: draft.turnOf }),
    ...(hands === null ? {} : { handTo: hands }),
  };
}

/** A step that waits for its time, or whose owner may be away for a while, has to be looked at again. */
function wakeFor({ owners, wakes }: StepContext, { state, because, assignment }: Draft): void {
  const { until } = because.params;
  if (state === 'waiting' && typeof until === 'number') wakes.push(until);
  if (state !== 'actionable' || assignment.standsFor === null) return;
  const change = nextChange(assignment.standsFor, owners.people, owners.now);
  if (change !== null) wakes.push(change);
}

/** A step that its condition keeps out; null: it was never in the plan and does not appear. */
export function outByCondition(
  place: StepPlace,
  verdict: Exclude<Verdict, { kind: 'holds' }>,
  now: Instant,
): PlanStep | null {
  const { stored, fate, stageKey } = place;
  const finished = finishedAsIs(stored);
  if (finished || !stored) return finished;
  const was = stored.state === 'cancelled' && stored.because.code === 'conditionFalse';
  if (fate.kind === 'over' && !was) return cancelled(place, fate.because);
  const at = was ? (stored.because.params['at'] ?? now) : now;
  const why =
    verdict.kind === 'open'
      ? { why: 'stepOpen', stepKey: verdict.stepKey }
      : { why: verdict.why, ...verdict.params };
  return cancelled(place, because('conditionFalse', { ...why, stageKey, at }));
}

interface Draft extends StateAndReason {
  readonly assignment: Assignment;
  readonly turnOf: string | undefined;
}

/** Whose, by when and in which state. A turn is taken when the step would become a task. */
function draftOf(context: StepContext, place: StepPlace): Draft {
  const { owners } = context;
  const { step, stored } = place;
  const manual = stored?.manual ?? UNTOUCHED;
  const timed = timerOf(context, place, manual);
  const settle = (owner: StepOwner): Assignment => assign(owner, owners.people, owners.now, timed);
  const owner = ownerOf(step.owner, manual, stored?.turnOf, owners);
  const assignment = settle(owner);
  const standing = stateOf(context, place, assignment.timing);
  if (owner.turnOfGroup === undefined || standing.state !== 'actionable')
    return { ...standing, assignment, turnOf: stored?.turnOf };
  const turnOf = turn(context, place, owner.turnOfGroup, assignment.timing.dueAt);
  const settled = settle(ownerOf(step.owner, manual, turnOf, owners));
  return { ...stateOf(context, place, settled.timing), assignment: settled, turnOf };
}

function turn(
  context: StepContext,
  { step, fate }: StepPlace,
  group: string,
  dueAt: Instant | null,
): string | undefined {
  const { people, now } = context.owners;
  const taken = takeTurn(group, people, context.turns, { now, dueAt });
  if (taken === null) return undefined;
  const identity = { stepKey: step.key, visitSeq: fate.visitSeq };
  context.turnsTaken.push({ kind: 'turnTaken', group, ...identity, ...taken });
  return taken.userId;
}

/** To whom the step hands the deal over: settled when it becomes a task, anew only when that person is gone. */
function handTo(context: StepContext, place: StepPlace, assignment: Assignment): string | null {
  const rule: OwnerRule | undefined = place.step.handOver?.to;
  if (rule === undefined) return null;
  const { people } = context.owners;
  const known = place.stored?.handTo;
  if (known !== undefined && !people.inactive.has(known)) return known;
  const group = rule.kind === 'roundRobin' ? rule.group : null;
  const inTurn = group === null ? null : turn(context, place, group, assignment.timing.dueAt);
  return inTurn ?? receiverOf(rule, context.owners);
}

function timerOf(
  context: StepContext,
  place: StepPlace,
  manual: ManualEdits,
): (schedule: Parameters<typeof timeStep>[1]) => StepTiming {
  const { step } = place;
  const { anchor } = step.offset;
  const { input, owners } = context;
  const fields = { ...owners, timeZone: owners.people.fallback.timeZone };
  const request: TimingInput = {
    step,
    planStartedAt: input.startedAt,
    openedAt: place.openedAt,
    reference: (key) => context.latest.get(key),
    openBehind: (key) => openBehind(context, key),
    fieldDate: anchor.from === 'field' ? (fieldMoment(anchor.field, fields)?.at ?? null) : null,
    attempts: place.stored?.attempts ?? [],
    pauses: context.pauses.spans,
    dueByHand: manual.dueAt,
  };
  return (schedule) => timeStep(request, schedule);
}

/** The open step without whose end the named one cannot have ended; null when nothing is open. */
export function openBehind(context: StepContext, stepKey: string): string | null {
  const step = context.latest.get(stepKey);
  if (step) return isOpen(step) ? stepKey : null;
  return context.out.get(stepKey) ?? null;
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
  const { ownerId, dueAt } = stored;
  return { ...base, state: 'cancelled', because, ownerId, dueAt, ...factsOf(stored) };
}

type OpenFacts = Pick<PlanStep, 'manual' | 'undo' | 'attempts' | 'turnOf' | 'handTo'>;

/** What is not derived; absent facts stay absent, so that a stored step equals a decided one. */
function factsOf(stored: PlanStep | undefined): OpenFacts {
  if (!stored) return { manual: UNTOUCHED, undo: null };
  const { manual, undo, attempts, turnOf, handTo: hands } = stored;
  return {
    manual,
    undo,
    ...(attempts === undefined ? {} : { attempts }),
    ...(turnOf === undefined ? {} : { turnOf }),
    ...(hands === undefined ? {} : { handTo: hands }),
  };
}

interface StateAndReason {
  readonly state: StepState;
  readonly because: Because;
}

function stateOf(context: StepContext, place: StepPlace, timing: StepTiming): StateAndReason {
  const { fate, stageKey, behind } = place;
  if (fate.kind === 'ahead') return { state: 'future', because: fate.because };
  if (behind !== null) return { state: 'future', because: because('earlierSteps', { stageKey: behind }) };
  if (context.pauses.now !== null) return waiting('paused', { since: context.pauses.now.since });
  if (timing.prerequisite !== null)
    return waiting('prerequisite', { stageKey, stepKey: timing.prerequisite });
  if (timing.afterStep !== null) return waiting('afterStep', { stageKey, stepKey: timing.afterStep });
  const until = taskFrom(place, timing);
  if (until > Math.max(context.input.now, timing.readyAt)) return waiting('tooEarly', { stageKey, until });
  return { state: 'actionable', because: fate.because };
}

/**
 * When the step becomes a task. A deadline set, a step reopened or one already tried is somebody's work in hand: its
 * task is not taken away again.
 */
function taskFrom({ stored, fate }: StepPlace, { dueAt, readyAt }: StepTiming): Instant {
  const inHand =
    (stored?.manual.dueAt ?? null) !== null ||
    (stored?.attempts ?? []).length > 0 ||
    fate.because.code === 'reopenedByHand';
  return dueAt === null || inHand ? readyAt : dueAt - LEAD_MS;
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

function notesOf(place: StepPlace, draft: Draft, hands: string | null): readonly NoteCode[] {
  const { step, stored } = place;
  const { timing, notes: ownerNotes } = draft.assignment;
  const notes = [...ownerNotes];
  const dueByHand = (stored?.manual.dueAt ?? null) !== null;
  if (dueByHand) notes.push('dueByHand');
  else if (timing.dateMissing) notes.push('dateMissing');
  if (step.handOver && hands === null && draft.state === 'actionable') notes.push('handOverNobody');
  const expected = place.forecast || timing.prerequisite !== null || timing.afterStep !== null;
  if (expected && !dueByHand) notes.push('dueForecast');
  return notes;
}
