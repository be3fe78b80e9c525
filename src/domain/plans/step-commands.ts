import type { Instant } from '../crm/time.js';
import type {
  FailureCause,
  NoteCode,
  PersonGroup,
  PlanStep,
  ResultValue,
  StepOutcome,
  UndoRecord,
} from './plan.types.js';
import { faultOfResult, type ResultFault } from './step-result.js';
import type { TemplateStep } from './template.types.js';

/** A reason shorter than this says nothing ("no", "-"). */
export const MIN_REASON = 5;
const MAX_REASON = 2_000;
/** As far as any template may plan. */
const MAX_AHEAD_MS = 1_000 * 86_400_000;
/** How long a command can be taken back. Later it is a decision of its own: reopen. */
export const UNDO_WINDOW_MS = 15 * 60_000;

/** What a person does with a step in our interface. `by` is a host user id. */
export type StepCommand =
  | { readonly kind: 'done'; readonly by: string; readonly result: ResultValue }
  | {
      readonly kind: 'fail';
      readonly by: string;
      readonly cause: FailureCause;
      readonly reason: string;
      /** Of the account's list; then `reason` is that reason's name, however short. */
      readonly reasonKey?: string;
    }
  | { readonly kind: 'skip'; readonly by: string; readonly reason: string }
  /** A try of a repeated step came to nothing; the last one ends the step. The note may be empty. */
  | { readonly kind: 'attempt'; readonly by: string; readonly note: string }
  /** Takes a step out of a group's queue. */
  | { readonly kind: 'take'; readonly by: string }
  /** Another deadline, with the reason; null: the template's own again, which needs none. */
  | {
      readonly kind: 'reschedule';
      readonly by: string;
      readonly dueAt: Instant | null;
      readonly reason: string;
    }
  /** Another owner; null: the template's rule again. Rights are the caller's to check. */
  | { readonly kind: 'reassign'; readonly by: string; readonly ownerId: string | null }
  | { readonly kind: 'reopen'; readonly by: string }
  | { readonly kind: 'undo'; readonly by: string };

/** People as far as commands look at them. */
export interface CommandPeople {
  readonly groups?: ReadonlyMap<string, PersonGroup>;
  readonly inactive?: ReadonlySet<string>;
}

export type CommandRefusal =
  | ResultFault
  | 'alreadyFinished'
  | 'cancelled'
  | 'notFinished'
  | 'reasonTooShort'
  | 'reasonTooLong'
  | 'nothingToUndo'
  | 'undoExpired'
  | 'undoNotYours'
  | 'notRepeated'
  | 'notAQueue'
  | 'notAMember'
  | 'takenAlready'
  | 'dueInPast'
  | 'dueTooFar'
  | 'ownerDismissed';

export type CommandResult =
  | { readonly kind: 'ok'; readonly step: PlanStep }
  | { readonly kind: 'refused'; readonly code: CommandRefusal };

/**
 * Records a person's command as a fact of the step. The answer's `state` is up to date for finished steps; decide the
 * plan again after it, for what it opens or closes elsewhere, and for deadline and owner. A step may be finished ahead
 * of its time, but not after the plan cancelled it: that takes a reopening. "Done" on a step that was completed in the
 * host without the result it demands adds the result and leaves the rest.
 */
export function applyCommand(
  step: PlanStep,
  rule: TemplateStep,
  command: StepCommand,
  now: Instant,
  people: CommandPeople = {},
): CommandResult {
  if (command.kind === 'undo') return undo(step, rule, command.by, now);
  if (command.kind === 'reopen') return reopen(step, command.by, now);
  if (step.outcome) return supplyResult(step, rule, command);
  if (step.state === 'cancelled') return refused('cancelled');
  switch (command.kind) {
    case 'attempt':
      return attempt(step, rule, command, now);
    case 'take':
      return take(step, rule, command.by, now, people);
    case 'reschedule':
      return reschedule(step, command, now);
    case 'reassign':
      return reassign(step, command, now, people);
    default: {
      const fault = faultOf(command, rule);
      return fault ? refused(fault) : { kind: 'ok', step: finish(step, outcomeOf(command, now), now) };
    }
  }
}

type EndCommand = Extract<StepCommand, { kind: 'done' | 'fail' | 'skip' }>;

function faultOf(command: EndCommand, rule: TemplateStep): CommandRefusal | null {
  if (command.kind === 'done') return faultOfResult(rule.result, command.result);
  const listed = command.kind === 'fail' && command.reasonKey !== undefined;
  return faultOfReason(command.reason, listed ? 1 : MIN_REASON);
}

/** The deadline set for this try by hand goes with it: the next one is counted from the try. */
function attempt(
  step: PlanStep,
  rule: TemplateStep,
  { by, note }: { readonly by: string; readonly note: string },
  now: Instant,
): CommandResult {
  const { repeat } = rule;
  if (!repeat) return refused('notRepeated');
  if (note.length > MAX_REASON) return refused('reasonTooLong');
  const attempts = [...(step.attempts ?? []), { at: now, by, note: note.trim() }];
  const { dueReason: _reason, ...manual } = { ...step.manual, dueAt: null };
  const tried: PlanStep = { ...step, attempts, manual, undo: undoOf(step, by, now) };
  if (attempts.length < repeat.attempts) return { kind: 'ok', step: tried };
  const { cause, reason } = repeat.exhausted;
  const outcome = { kind: 'failed', at: now, by, source: 'widget', cause, reason, exhausted: true } as const;
  return { kind: 'ok', step: { ...finish(tried, outcome, now), undo: tried.undo } };
}

function take(
  step: PlanStep,
  rule: TemplateStep,
  by: string,
  now: Instant,
  people: CommandPeople,
): CommandResult {
  if (rule.owner.kind !== 'queue') return refused('notAQueue');
  const members = people.groups?.get(rule.owner.group)?.members ?? [];
  if (!members.includes(by)) return refused('notAMember');
  const { ownerId } = step.manual;
  if (ownerId === by) return { kind: 'ok', step };
  if (ownerId !== null && people.inactive?.has(ownerId) !== true) return refused('takenAlready');
  return { kind: 'ok', step: owned(step, by, by, now) };
}

function reschedule(
  step: PlanStep,
  { by, dueAt, reason }: Extract<StepCommand, { kind: 'reschedule' }>,
  now: Instant,
): CommandResult {
  const undoRecord = undoOf(step, by, now);
  const { dueReason: _reason, ...manual } = step.manual;
  if (dueAt === null)
    return { kind: 'ok', step: { ...step, manual: { ...manual, dueAt }, undo: undoRecord } };
  const fault = faultOfReason(reason, MIN_REASON) ?? faultOfDue(dueAt, now);
  if (fault) return refused(fault);
  const isLater = step.dueAt !== null && dueAt > step.dueAt;
  const postponed = (manual.postponed ?? 0) + (isLater ? 1 : 0);
  const edited = {
    ...manual,
    dueAt,
    dueReason: reason.trim(),
    ...(postponed === 0 ? {} : { postponed }),
  };
  return { kind: 'ok', step: { ...step, dueAt, manual: edited, undo: undoRecord } };
}

function faultOfDue(dueAt: Instant, now: Instant): CommandRefusal | null {
  if (!Number.isFinite(dueAt) || dueAt <= now) return 'dueInPast';
  return dueAt - now > MAX_AHEAD_MS ? 'dueTooFar' : null;
}

function reassign(
  step: PlanStep,
  { by, ownerId }: { readonly by: string; readonly ownerId: string | null },
  now: Instant,
  people: CommandPeople,
): CommandResult {
  if (ownerId !== null && people.inactive?.has(ownerId) === true) return refused('ownerDismissed');
  return { kind: 'ok', step: owned(step, ownerId, by, now) };
}

function owned(step: PlanStep, ownerId: string | null, by: string, now: Instant): PlanStep {
  const manual = { ...step.manual, ownerId };
  return { ...step, ownerId: ownerId ?? step.ownerId, manual, undo: undoOf(step, by, now) };
}

function supplyResult(step: PlanStep, rule: TemplateStep, command: StepCommand): CommandResult {
  const isMissing = step.outcome?.kind === 'done' && step.notes.includes('resultMissing');
  if (command.kind !== 'done' || step.outcome?.kind !== 'done' || !isMissing)
    return refused('alreadyFinished');
  const fault = faultOfResult(rule.result, command.result);
  if (fault) return refused(fault);
  const notes = step.notes.filter((note) => note !== 'resultMissing');
  return { kind: 'ok', step: { ...step, notes, outcome: { ...step.outcome, result: command.result } } };
}

/** The step with its outcome; what was before is kept for one undo. */
export function finish(step: PlanStep, outcome: StepOutcome, now: Instant): PlanStep {
  return {
    ...step,
    state: outcome.kind === 'taskDeleted' ? 'skipped' : outcome.kind,
    because: { code: outcome.kind, params: { stageKey: step.stageKey, at: outcome.at } },
    outcome,
    undo: undoOf(step, outcome.by, now),
  };
}

/** What one "undo" brings back. */
function undoOf({ outcome, manual, attempts }: PlanStep, by: string | null, at: Instant): UndoRecord {
  return { outcome, manual, ...(attempts === undefined ? {} : { attempts }), at, by };
}

/**
 * The step without its outcome, alive again by a person's wish. The plan's decision gives it its state. One whose tries
 * were used up gets them all again.
 */
export function reopenStep(step: PlanStep, by: string | null, at: Instant): PlanStep {
  const exhausted = step.outcome?.kind === 'failed' && step.outcome.exhausted === true;
  return {
    ...(exhausted ? withoutAttempts(step) : step),
    state: 'waiting',
    because: { code: 'reopenedByHand', params: { stageKey: step.stageKey, at } },
    notes: step.notes.filter((note) => note !== 'resultMissing'),
    outcome: null,
    manual: { ...step.manual, reopenedAt: at },
    undo: undoOf(step, by, at),
  };
}

function withoutAttempts(step: PlanStep): PlanStep {
  const { attempts: _attempts, ...rest } = step;
  return rest;
}

function outcomeOf(command: EndCommand, at: Instant): StepOutcome {
  const base = { at, by: command.by, source: 'widget' } as const;
  if (command.kind === 'done') return { ...base, kind: 'done', result: command.result };
  const reason = command.reason.trim();
  if (command.kind === 'fail') {
    const key = command.reasonKey === undefined ? {} : { reasonKey: command.reasonKey };
    return { ...base, kind: 'failed', cause: command.cause, reason, ...key };
  }
  return { ...base, kind: 'skipped', reason };
}

function reopen(step: PlanStep, by: string, now: Instant): CommandResult {
  if (!step.outcome && step.state !== 'cancelled') return refused('notFinished');
  return { kind: 'ok', step: reopenStep(step, by, now) };
}

function undo(step: PlanStep, rule: TemplateStep, by: string, now: Instant): CommandResult {
  const before = step.undo;
  if (!before) return refused('nothingToUndo');
  if (before.by !== null && before.by !== by) return refused('undoNotYours');
  if (now - before.at > UNDO_WINDOW_MS) return refused('undoExpired');
  const restored: PlanStep = {
    ...withoutAttempts(step),
    ...(before.attempts === undefined ? {} : { attempts: before.attempts }),
    outcome: before.outcome,
    manual: before.manual,
    undo: null,
  };
  if (!before.outcome) return { kind: 'ok', step: { ...restored, state: 'waiting' } };
  const finished = finish(restored, before.outcome, now);
  return { kind: 'ok', step: { ...finished, notes: notesOfEnd(finished, rule), undo: null } };
}

/** With the mark of a result that is demanded and was not given: only the host ends a step so. */
export function notesOfEnd({ notes, outcome }: PlanStep, rule: TemplateStep): readonly NoteCode[] {
  const others = notes.filter((note) => note !== 'resultMissing');
  const isMissing = rule.result.kind !== 'none' && outcome?.kind === 'done' && outcome.result.kind === 'none';
  return isMissing ? [...others, 'resultMissing'] : others;
}

function faultOfReason(reason: string, shortest: number): CommandRefusal | null {
  if (reason.trim().length < shortest) return 'reasonTooShort';
  return reason.length > MAX_REASON ? 'reasonTooLong' : null;
}

function refused(code: CommandRefusal): CommandResult {
  return { kind: 'refused', code };
}
