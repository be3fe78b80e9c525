import type { Instant } from '../crm/time.js';
import type { FailureCause, PlanStep, ResultValue, StepOutcome } from './plan.types.js';
import { faultOfResult, type ResultFault } from './step-result.js';
import type { TemplateStep } from './template.types.js';

/** A reason shorter than this says nothing ("no", "-"). */
export const MIN_REASON = 5;
const MAX_REASON = 2_000;
/** How long a command can be taken back. Later it is a decision of its own: reopen. */
export const UNDO_WINDOW_MS = 15 * 60_000;

/** What a person does with a step in our interface. `by` is a host user id. */
export type StepCommand =
  | { readonly kind: 'done'; readonly by: string; readonly result: ResultValue }
  | { readonly kind: 'fail'; readonly by: string; readonly cause: FailureCause; readonly reason: string }
  | { readonly kind: 'skip'; readonly by: string; readonly reason: string }
  | { readonly kind: 'reopen'; readonly by: string }
  | { readonly kind: 'undo'; readonly by: string };

export type CommandRefusal =
  | ResultFault
  | 'alreadyFinished'
  | 'cancelled'
  | 'notFinished'
  | 'reasonTooShort'
  | 'reasonTooLong'
  | 'nothingToUndo'
  | 'undoExpired'
  | 'undoNotYours';

export type CommandResult =
  | { readonly kind: 'ok'; readonly step: PlanStep }
  | { readonly kind: 'refused'; readonly code: CommandRefusal };

/**
 * Records a person's command as a fact of the step. The answer's `state` is up to date for finished steps; decide the
 * plan again after it, for what it opens or closes elsewhere. A step may be finished ahead of its time, but not after
 * the plan cancelled it: that takes a reopening. "Done" on a step that was completed in the host without the result it
 * demands adds the result and leaves the rest.
 */
export function applyCommand(
  step: PlanStep,
  rule: TemplateStep,
  command: StepCommand,
  now: Instant,
): CommandResult {
  if (command.kind === 'undo') return undo(step, command.by, now);
  if (command.kind === 'reopen') return reopen(step, command.by, now);
  if (step.outcome) return supplyResult(step, rule, command);
  if (step.state === 'cancelled') return refused('cancelled');
  const fault =
    command.kind === 'done' ? faultOfResult(rule.result, command.result) : faultOfReason(command.reason);
  if (fault) return refused(fault);
  return { kind: 'ok', step: finish(step, outcomeOf(command, now), now) };
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
    undo: { outcome: step.outcome, manual: step.manual, at: now, by: outcome.by },
  };
}

/** The step without its outcome, alive again by a person's wish. The plan's decision gives it its state. */
export function reopenStep(step: PlanStep, by: string | null, at: Instant): PlanStep {
  return {
    ...step,
    state: 'waiting',
    because: { code: 'reopenedByHand', params: { stageKey: step.stageKey, at } },
    notes: step.notes.filter((note) => note !== 'resultMissing'),
    outcome: null,
    manual: { ...step.manual, reopenedAt: at },
    undo: { outcome: step.outcome, manual: step.manual, at, by },
  };
}

function outcomeOf(command: Exclude<StepCommand, { kind: 'undo' | 'reopen' }>, at: Instant): StepOutcome {
  const base = { at, by: command.by, source: 'widget' } as const;
  if (command.kind === 'done') return { ...base, kind: 'done', result: command.result };
  const reason = command.reason.trim();
  if (command.kind === 'fail') return { ...base, kind: 'failed', cause: command.cause, reason };
  return { ...base, kind: 'skipped', reason };
}

function reopen(step: PlanStep, by: string, now: Instant): CommandResult {
  if (!step.outcome && step.state !== 'cancelled') return refused('notFinished');
  return { kind: 'ok', step: reopenStep(step, by, now) };
}

function undo(step: PlanStep, by: string, now: Instant): CommandResult {
  const before = step.undo;
  if (!before) return refused('nothingToUndo');
  if (before.by !== null && before.by !== by) return refused('undoNotYours');
  if (now - before.at > UNDO_WINDOW_MS) return refused('undoExpired');
  const restored: PlanStep = { ...step, outcome: before.outcome, manual: before.manual, undo: null };
  if (before.outcome) return { kind: 'ok', step: { ...finish(restored, before.outcome, now), undo: null } };
  return { kind: 'ok', step: { ...restored, state: 'waiting' } };
}

function faultOfReason(reason: string): CommandRefusal | null {
  if (reason.trim().length < MIN_REASON) return 'reasonTooShort';
  return reason.length > MAX_REASON ? 'reasonTooLong' : null;
}

function refused(code: CommandRefusal): CommandResult {
  return { kind: 'refused', code };
}
