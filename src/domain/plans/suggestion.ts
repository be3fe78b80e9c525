import type { StageKind } from '../crm/records.js';
import { beginningOf } from '../crm/text.js';
import { clusterTitles, type TitleCluster } from './title-clusters.js';
import type { Language, StepOffset, TemplateBody, TemplateStage, TemplateStep } from './template.types.js';

const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;
/** Five working days of seven. */
const WORKING_SHARE = 5 / 7;
/** Norms are learned from this many finished visits on (product default). */
const ENOUGH_VISITS = 30;
/** A habit: a quarter of the won deals had it, and not only a handful of them. */
const HABIT_SHARE = 0.25;
const HABIT_DEALS = 5;
const REQUIRED_SHARE = 0.6;
const MAX_STEPS_PER_STAGE = 8;
const MAX_STEPS = 100;
const MAX_TITLE = 200;
/** Hosts do not say how long a task took; half an hour is what a call with its notes takes. */
const MINUTES = 30;
const BARE_DAYS = 3;
const MAX_DAYS = 60;

/** What the account's own history says of one pipeline. */
export interface SuggestionFacts {
  readonly language: Language;
  /** Key of the draft. */
  readonly key: string;
  readonly pipelineName: string;
  /** In the order of the pipeline. */
  readonly stages: readonly { readonly id: string; readonly name: string; readonly kind: StageKind }[];
  /** Finished visits by stage id: how many, and quartiles of their length in milliseconds. */
  readonly norms: ReadonlyMap<string, StageNorm>;
  readonly wonDeals: number;
  /** Tasks of won deals, each in the visit in which it was done or due. */
  readonly tasks: readonly WonTask[];
}

export interface StageNorm {
  readonly visits: number;
  readonly quarter: number;
  readonly median: number;
  readonly threeQuarters: number;
}

export interface WonTask {
  readonly dealId: string;
  readonly stageId: string;
  readonly title: string;
  /** From the entry into the stage until the task was done (or due), milliseconds. */
  readonly offset: number;
}

/** What a suggested draft rests on, for the words beside it. */
export interface SuggestionBasis {
  readonly pipelineName: string;
  readonly wonDeals: number;
  readonly tasks: number;
  readonly visits: number;
  /** Names of open stages whose history is too small: their steps are general ones. */
  readonly guessedStages: readonly string[];
}

export interface Suggestion {
  readonly body: TemplateBody;
  readonly basis: SuggestionBasis;
}

interface Words {
  readonly description: (wonDeals: number) => string;
  readonly norm: (quarter: string, median: string, threeQuarters: string) => string;
  readonly days: (days: number) => string;
  readonly bare: { readonly title: string; readonly goal: string; readonly done: string };
  readonly habit: (share: number) => string;
  readonly done: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  ru: {
    description: (deals) => `Черновик по вашей истории: выигранных сделок ${deals}. Проверьте и поправьте.`,
    norm: (a, b, c) =>
      `Обычно сделка стоит здесь ${b}; у быстрой четверти меньше ${a}, у медленной больше ${c}.`,
    days: (days) => (days < 1 ? 'меньше дня' : `${Math.round(days)} дн.`),
    bare: {
      title: 'Договориться о следующем шаге',
      goal: 'У сделки есть следующий шаг с датой, и клиент о нём знает',
      done: 'Клиент назвал день и подтвердил его',
    },
    habit: (share) => `Так поступали в ${share} % выигранных сделок`,
    done: 'Результат записан в сделке',
  },
  en: {
    description: (deals) =>
      `Drafted from your own history: ${deals} won deals. Check it and change what is wrong.`,
    norm: (a, b, c) =>
      `Deals usually stand here ${b}; the fastest quarter less than ${a}, the slowest more than ${c}.`,
    days: (days) => (days < 1 ? 'less than a day' : `${Math.round(days)} days`),
    bare: {
      title: 'Agree on the next step',
      goal: 'The deal has a next step with a date, and the client knows of it',
      done: 'The client named a day and confirmed it',
    },
    habit: (share) => `This was done in ${share}% of the won deals`,
    done: 'The result is written down in the deal',
  },
};

/**
 * Drafts a template from what won deals of the pipeline had. Deterministic. Where the history is too small the stage
 * gets one general step, and `basis.guessedStages` names it. The body is valid for `validateTemplate`.
 */
export function suggestTemplate(facts: SuggestionFacts): Suggestion {
  const words = WORDS[facts.language];
  const guessed: string[] = [];
  const byStage = Map.groupBy(facts.tasks, (task) => task.stageId);
  let room = MAX_STEPS - facts.stages.filter((stage) => stage.kind === 'open').length;
  const stages = facts.stages.map((stage, at): TemplateStage => {
    const norm = facts.norms.get(stage.id);
    const learned = norm !== undefined && norm.visits >= ENOUGH_VISITS ? norm : null;
    const habits = habitsOf(byStage.get(stage.id) ?? [], facts.wonDeals).slice(0, Math.max(room, 0));
    room -= habits.length;
    const keyOf = (step: number): string => `stage-${at + 1}-step-${step + 1}`;
    const steps = habits.map((habit, step) => habitStep(habit, keyOf(step), words));
    if (stage.kind === 'open' && !steps.some((step) => step.required)) {
      if (steps.length === 0) guessed.push(stage.name);
      steps.push(bareStep(keyOf(steps.length), learned, words));
    }
    return {
      key: `stage-${at + 1}`,
      name: beginningOf(stage.name.trim(), MAX_TITLE) || `${at + 1}`,
      meaning: learned ? normText(learned, words) : '',
      kind: stage.kind,
      synonyms: [],
      steps,
    };
  });
  return {
    body: {
      key: facts.key,
      language: facts.language,
      name: beginningOf(facts.pipelineName.trim(), MAX_TITLE) || facts.key,
      description: words.description(facts.wonDeals),
      stages,
      onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
      onLost: { openSteps: 'cancel', closingSteps: 'skip' },
    },
    basis: {
      pipelineName: facts.pipelineName,
      wonDeals: facts.wonDeals,
      tasks: facts.tasks.length,
      visits: [...facts.norms.values()].reduce((sum, norm) => sum + norm.visits, 0),
      guessedStages: guessed,
    },
  };
}

interface Habit {
  readonly title: string;
  readonly share: number;
  readonly medianOffset: number;
}

/** Kinds of tasks that many won deals had in a stage, in the order in which they were done. */
function habitsOf(tasks: readonly WonTask[], wonDeals: number): readonly Habit[] {
  if (wonDeals < HABIT_DEALS) return [];
  return clusterTitles(tasks.map((task) => task.title))
    .map((cluster) => habitOf(cluster, tasks, wonDeals))
    .filter((habit) => habit.share >= HABIT_SHARE && habit.share * wonDeals >= HABIT_DEALS)
    .toSorted((a, b) => b.share - a.share || (a.title < b.title ? -1 : 1))
    .slice(0, MAX_STEPS_PER_STAGE)
    .toSorted((a, b) => a.medianOffset - b.medianOffset || (a.title < b.title ? -1 : 1));
}

function habitOf(cluster: TitleCluster, tasks: readonly WonTask[], wonDeals: number): Habit {
  const own = cluster.members.map((at) => tasks[at]).filter((task) => task !== undefined);
  const deals = new Set(own.map((task) => task.dealId)).size;
  return {
    title: cluster.title,
    share: deals / wonDeals,
    medianOffset: medianOf(own.map((task) => Math.max(0, task.offset))),
  };
}

function habitStep(habit: Habit, key: string, words: Words): TemplateStep {
  const share = Math.round(habit.share * 100);
  return {
    ...BLANK,
    key,
    title: beginningOf(habit.title, MAX_TITLE),
    instruction: { goal: words.habit(share), say: '', done: words.done },
    offset: offsetOf(habit.medianOffset),
    required: habit.share >= REQUIRED_SHARE,
  };
}

/** Half-way through the usual stay, so that the stage does not end before its step. */
function bareStep(key: string, norm: StageNorm | null, words: Words): TemplateStep {
  const { title, goal, done } = words.bare;
  return {
    ...BLANK,
    key,
    title,
    instruction: { goal, say: '', done },
    offset: norm ? offsetOf(norm.median / 2) : days(BARE_DAYS),
    required: true,
  };
}

const BLANK = {
  owner: { kind: 'dealResponsible' },
  durationMinutes: MINUTES,
  prerequisites: [],
  result: { kind: 'none' },
  exit: 'cancel',
  reentry: 'reopenUndone',
} as const;

/** Calendar time of the history as working time of a plan. */
function offsetOf(elapsed: number): StepOffset {
  if (elapsed < MS_PER_DAY) {
    const hours = Math.min(8, Math.max(1, Math.ceil(elapsed / MS_PER_HOUR)));
    return { anchor: { from: 'stageEntry' }, amount: hours, unit: 'workingHours' };
  }
  return days(Math.min(MAX_DAYS, Math.max(1, Math.round((elapsed / MS_PER_DAY) * WORKING_SHARE))));
}

function days(amount: number): StepOffset {
  return { anchor: { from: 'stageEntry' }, amount, unit: 'workingDays' };
}

function normText(norm: StageNorm, words: Words): string {
  const text = (elapsed: number): string => words.days(elapsed / MS_PER_DAY);
  return words.norm(text(norm.quarter), text(norm.median), text(norm.threeQuarters));
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? 0) + (sorted[(sorted.length - 1) >> 1] ?? 0)) / 2;
}
