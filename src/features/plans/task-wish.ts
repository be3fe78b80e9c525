import { beginningOf } from '../../domain/crm/text.js';
import type { PlanStep, TemplateBody, TemplateStep } from '../../domain/plans/types.js';
import type { TaskWish } from '../../outbox/index.js';

/** Hosts cut titles at 255 characters; we cut where it reads well, and leave room for a host's own prefix. */
const MAX_TITLE = 240;

const WORDS = {
  ru: { goal: 'Цель', say: 'Что сказать', done: 'Готово, когда' },
  en: { goal: 'Goal', say: 'What to say', done: 'Done when' },
} as const;

const COMMENTS = {
  ru: {
    skipped: 'Шаг пропущен в плане',
    failed: 'Шаг закрыт с отрицательным результатом',
    cancelled: 'Шаг снят планом: он больше не нужен',
    returned: 'Шаг отложен планом: его время ещё не пришло',
  },
  en: {
    skipped: 'The step was skipped in the plan',
    failed: 'The step ended with a negative result',
    cancelled: 'The plan withdrew the step: it is no longer needed',
    returned: 'The plan put the step off: its time has not come yet',
  },
} as const;

export interface WishInput {
  readonly planId: string;
  readonly dealId: string;
  readonly dealTitle: string;
  readonly template: TemplateBody;
  readonly rule: TemplateStep | undefined;
  /** As stored before this decision; undefined for a new step. */
  readonly before: PlanStep | undefined;
  readonly after: PlanStep;
  /** Whether the words of the task may have changed with the template's version. */
  readonly reworded?: boolean;
}

/**
 * What the host's task of a step should be, or null when it need not change: only what is actionable now is a task,
 * and what was one is closed when it no longer is.
 */
export function wishOf(input: WishInput): TaskWish | null {
  const { before, after } = input;
  const was = before?.state === 'actionable';
  const is = after.state === 'actionable';
  if (!was && !is) return null;
  if (was && is && !input.reworded && sameTask(before, after)) return null;
  const ownerId = ownerOf(input);
  if (ownerId === null) return null;
  return {
    planId: input.planId,
    stepKey: after.stepKey,
    visitSeq: after.visitSeq,
    dealId: input.dealId,
    desired: {
      title: titleOf(input),
      description: descriptionOf(input),
      ownerId,
      dueAt: after.dueAt,
      durationMinutes: input.rule?.durationMinutes ?? null,
      ...(is ? OPEN : closing(after, input.template.language)),
    },
    ...(was === is ? {} : { decides: ['state'] as const }),
  };
}

/** A task keeps its person when the plan finds nobody any more: somebody has to close it. */
function ownerOf({ before, after }: WishInput): string | null {
  return after.ownerId ?? before?.ownerId ?? null;
}

const OPEN = { state: 'open', comment: null } as const;

function sameTask(before: PlanStep, after: PlanStep): boolean {
  return before.ownerId === after.ownerId && before.dueAt === after.dueAt;
}

/** A negative result is a result: the task is done, and its comment says how it ended. */
function closing(step: PlanStep, language: 'ru' | 'en'): Pick<TaskWish['desired'], 'state' | 'comment'> {
  const done = step.state === 'done' || step.state === 'failed';
  return { state: done ? 'completed' : 'cancelled', comment: commentOf(step, language) };
}

function commentOf(step: PlanStep, language: 'ru' | 'en'): string | null {
  const words = COMMENTS[language];
  const outcome = step.outcome;
  if (outcome?.kind === 'failed') return `${words.failed}: ${outcome.reason}`;
  if (outcome?.kind === 'skipped') return `${words.skipped}: ${outcome.reason}`;
  if (step.state === 'done') return null;
  return step.state === 'waiting' || step.state === 'future' ? words.returned : words.cancelled;
}

/** With the deal's name, because a seller's own list shows forty of them side by side. */
function titleOf(input: WishInput): string {
  const title = input.rule?.title ?? input.after.stepKey;
  const full = input.dealTitle === '' ? title : `${title}: ${input.dealTitle}`;
  return full.length <= MAX_TITLE ? full : `${beginningOf(full, MAX_TITLE - 1).trimEnd()}…`;
}

function descriptionOf(input: WishInput): string {
  const words = WORDS[input.template.language];
  const instruction = input.rule?.instruction;
  if (!instruction) return '';
  const parts = [
    [words.goal, instruction.goal],
    [words.say, instruction.say],
    [words.done, instruction.done],
  ] as const;
  return parts
    .filter(([, text]) => text.trim() !== '')
    .map(([word, text]) => `${word}: ${text}`)
    .join('\n\n');
}
