import type { Instant } from '../crm/time.js';
import type { PlanStep } from './plan.types.js';
import { resultFromWords } from './result-words.js';
import { finish, notesOfEnd, reopenStep } from './step-commands.js';
import { isOpen } from './step-timing.js';
import type { TemplateStep } from './template.types.js';

/** What happened to a step's task in the host, by somebody else than us. `at` is the host's time of it. */
export type TaskFact =
  /** `result`: the words that the host's own form asked for, where it has one. */
  | {
      readonly kind: 'completed';
      readonly at: Instant;
      readonly by: string | null;
      readonly result?: string;
    }
  /** The words came after the completion. */
  | { readonly kind: 'resultWritten'; readonly at: Instant; readonly result: string }
  | { readonly kind: 'reopened'; readonly at: Instant; readonly by: string | null }
  | { readonly kind: 'deleted'; readonly at: Instant; readonly by: string | null }
  | { readonly kind: 'dueChanged'; readonly at: Instant; readonly dueAt: Instant | null }
  | { readonly kind: 'ownerChanged'; readonly at: Instant; readonly ownerId: string };

export type TaskFactResult =
  | { readonly kind: 'ok'; readonly step: PlanStep }
  /** Known already, overtaken by something later, or the echo of our own closing. */
  | { readonly kind: 'unchanged' };

/**
 * Records what the host's own task list did to a step. Idempotent; a fact older than what is known changes nothing.
 * People's edits in the host are respected: a deadline or owner set there stays, a deleted task is not created again.
 */
export function applyTaskFact(step: PlanStep, rule: TemplateStep, fact: TaskFact): TaskFactResult {
  if (fact.kind === 'dueChanged') return editDue(step, fact.dueAt);
  if (fact.kind === 'ownerChanged') return editOwner(step, fact.ownerId);
  if (fact.kind === 'resultWritten') return addResult(step, rule, fact.result);
  if (fact.at < lastChange(step)) return { kind: 'unchanged' };
  if (fact.kind === 'reopened') return reopenFact(step, fact);
  if (step.outcome || isEcho(step, fact.at)) return { kind: 'unchanged' };
  if (fact.kind === 'completed') return complete(step, rule, fact);
  const outcome = { kind: 'taskDeleted', at: fact.at, by: fact.by, source: 'host' } as const;
  return { kind: 'ok', step: finish(step, outcome, fact.at) };
}

/** The plan cancelled the step, and its task with it, before this: the host only repeats our own doing. */
function isEcho(step: PlanStep, at: Instant): boolean {
  if (step.state !== 'cancelled') return false;
  const cancelledAt = step.because.params['at'];
  return typeof cancelledAt !== 'number' || at > cancelledAt;
}

function complete(
  step: PlanStep,
  rule: TemplateStep,
  fact: Extract<TaskFact, { kind: 'completed' }>,
): TaskFactResult {
  const result = resultFromWords(rule.result, fact.result ?? '');
  const outcome = { kind: 'done', at: fact.at, by: fact.by, source: 'host', result } as const;
  const done = finish(step, outcome, fact.at);
  return { kind: 'ok', step: { ...done, notes: notesOfEnd(done, rule) } };
}

/** Only what the host closed without words takes them later; what a person said to us stands. */
function addResult(step: PlanStep, rule: TemplateStep, words: string): TaskFactResult {
  const { outcome } = step;
  if (outcome?.kind !== 'done' || outcome.source !== 'host' || outcome.result.kind !== 'none')
    return { kind: 'unchanged' };
  const result = resultFromWords(rule.result, words);
  if (result.kind === 'none') return { kind: 'unchanged' };
  const notes = step.notes.filter((note) => note !== 'resultMissing');
  return { kind: 'ok', step: { ...step, notes, outcome: { ...outcome, result } } };
}

function reopenFact(step: PlanStep, fact: { at: Instant; by: string | null }): TaskFactResult {
  if (!step.outcome && step.state !== 'cancelled') return { kind: 'unchanged' };
  return { kind: 'ok', step: reopenStep(step, fact.by, fact.at) };
}

function editDue(step: PlanStep, dueAt: Instant | null): TaskFactResult {
  if (!isOpen(step) || step.dueAt === dueAt) return { kind: 'unchanged' };
  return { kind: 'ok', step: { ...step, dueAt: dueAt ?? step.dueAt, manual: { ...step.manual, dueAt } } };
}

function editOwner(step: PlanStep, ownerId: string): TaskFactResult {
  if (!isOpen(step) || step.ownerId === ownerId) return { kind: 'unchanged' };
  return { kind: 'ok', step: { ...step, ownerId, manual: { ...step.manual, ownerId } } };
}

function lastChange(step: PlanStep): Instant {
  return Math.max(
    step.outcome?.at ?? Number.NEGATIVE_INFINITY,
    step.manual.reopenedAt ?? Number.NEGATIVE_INFINITY,
  );
}
