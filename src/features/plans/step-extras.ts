import type { PlanStep, TemplateStep } from '../../domain/plans/types.js';
import type { AttemptsView, StepRightsView, StepView } from './plan.view.js';
import type { StepLook } from './step-view.js';

type Look = Pick<StepLook, 'userId' | 'scope' | 'leads' | 'groups' | 'userName' | 'reader'>;

/** What the person may do with a step; the server asks again when it is done. */
export function rightsOf(step: PlanStep, rule: TemplateStep | undefined, look: Look): StepRightsView {
  const open = isOpen(step);
  const handles = look.scope === 'deal' || step.ownerId === look.userId;
  return {
    done: open && handles,
    skip: open && handles,
    reopen: !open && handles,
    ...(open ? furtherRights(step, rule, look, handles) : {}),
  };
}

type FurtherRights = Pick<StepRightsView, 'attempt' | 'take' | 'reschedule' | 'reassign'>;

function furtherRights(
  step: PlanStep,
  rule: TemplateStep | undefined,
  look: Look,
  handles: boolean,
): FurtherRights {
  return {
    ...(handles && rule?.repeat && step.state === 'actionable' ? { attempt: true } : {}),
    ...(mayTake(step, rule, look) ? { take: true } : {}),
    ...(handles ? { reschedule: true } : {}),
    ...(look.leads && look.scope === 'deal' ? { reassign: true } : {}),
  };
}

function mayTake(step: PlanStep, rule: TemplateStep | undefined, look: Look): boolean {
  if (rule?.owner.kind !== 'queue' || !look.groups.has(rule.owner.group)) return false;
  return step.notes.includes('inQueue');
}

function isOpen({ state, outcome }: PlanStep): boolean {
  return outcome === null && (state === 'actionable' || state === 'waiting' || state === 'future');
}

type Extras = Pick<StepView, 'attempts' | 'handOver' | 'dueReason'>;

/** What only some steps have to say. */
export function stepExtras(step: PlanStep, rule: TemplateStep | undefined, look: Look): Extras {
  const handOver = rule?.handOver ? handOverText(step, rule.handOver.mode, look) : null;
  const attempts = attemptsOf(step, rule);
  const { dueReason } = step.manual;
  return {
    ...(attempts ? { attempts } : {}),
    ...(handOver === null ? {} : { handOver }),
    ...(dueReason === undefined || !isOpen(step) ? {} : { dueReason }),
  };
}

function attemptsOf({ attempts = [] }: PlanStep, rule: TemplateStep | undefined): AttemptsView | null {
  if (!rule?.repeat) return null;
  const lastNote = attempts.at(-1)?.note ?? '';
  return { made: attempts.length, of: rule.repeat.attempts, lastNote: lastNote === '' ? null : lastNote };
}

function handOverText(step: PlanStep, mode: 'atOnce' | 'gradual', look: Look): string | null {
  const name = step.handTo === undefined ? null : look.userName(step.handTo);
  const words = WORDS[look.reader.language];
  if (step.outcome?.kind === 'done') return name === null ? null : words.handed(name);
  if (!isOpen(step)) return null;
  if (name === null) return words.somebody;
  return mode === 'gradual' && step.state === 'actionable' ? words.joined(name) : words.will(name);
}

const WORDS = {
  ru: {
    somebody: 'После этого шага сделка перейдёт к другому сотруднику.',
    will: (name: string) => `После этого шага сделка перейдёт к сотруднику: ${name}.`,
    joined: (name: string) =>
      `К сделке уже подключён сотрудник: ${name}. После этого шага она перейдёт к нему.`,
    handed: (name: string) => `Сделка передана сотруднику: ${name}.`,
  },
  en: {
    somebody: 'After this step the deal goes to another person.',
    will: (name: string) => `After this step the deal goes to ${name}.`,
    joined: (name: string) => `${name} has joined the deal already and gets it after this step.`,
    handed: (name: string) => `The deal was handed over to ${name}.`,
  },
} as const;
