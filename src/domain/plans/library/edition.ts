import type {
  ClosePolicy,
  Condition,
  ExitPolicy,
  HandOver,
  Language,
  OwnerRule,
  ReentryPolicy,
  Repetition,
  ResultRule,
  StageGuard,
  StepOffset,
  TemplateBody,
  TemplateStage,
  TemplateStageKind,
  TemplateStep,
} from '../template.types.js';

/** What the editions of a library template share: everything but the words. */
export interface TemplateOutline {
  readonly key: string;
  /** Absent: a sale. */
  readonly purpose?: 'afterSale';
  readonly afterWon?: readonly string[];
  readonly stages: readonly StageOutline[];
  readonly onWon: ClosePolicy;
  readonly onLost: ClosePolicy;
}

export interface StageOutline {
  readonly key: string;
  readonly kind: TemplateStageKind;
  readonly synonyms: readonly string[];
  readonly guard?: StageGuard;
  readonly steps: readonly StepOutline[];
}

export interface StepOutline {
  readonly key: string;
  readonly offset: StepOffset;
  readonly minutes: number;
  readonly owner?: OwnerRule;
  readonly optional?: true;
  readonly after?: readonly string[];
  readonly result?: ResultRule['kind'];
  readonly choices?: readonly string[];
  readonly exit?: ExitPolicy;
  readonly reentry?: ReentryPolicy;
  readonly when?: Condition;
  readonly repeat?: RepeatOutline;
  readonly handOver?: HandOver;
}

/** A repetition but for its reason, which is words. */
interface RepeatOutline {
  readonly attempts: number;
  readonly interval: Repetition['interval'];
  readonly cause: Repetition['exhausted']['cause'];
  readonly closeDeal: boolean;
}

export interface StepWords {
  readonly title: string;
  readonly goal: string;
  readonly say: string;
  readonly done: string;
  /** The question that the result answers. */
  readonly ask?: string;
  readonly choices?: Readonly<Record<string, string>>;
  readonly unit?: string;
  /** Why the step failed when its last try came to nothing. */
  readonly exhausted?: string;
}

/** The words of one language. */
export interface Edition {
  readonly language: Language;
  readonly name: string;
  readonly description: string;
  readonly stages: Readonly<Record<string, { readonly name: string; readonly meaning: string }>>;
  readonly steps: Readonly<Record<string, StepWords>>;
}

/**
 * Puts an outline and its words together. The stage names of the other language become synonyms: the seller's language
 * and the pipeline's need not be the same. A word that is missing is a fault of ours and stops the start.
 */
export function assemble(outline: TemplateOutline, edition: Edition, other: Edition): TemplateBody {
  return {
    key: outline.key,
    ...(outline.purpose && { purpose: outline.purpose }),
    language: edition.language,
    name: edition.name,
    description: edition.description,
    ...(outline.afterWon && { afterWon: outline.afterWon }),
    stages: outline.stages.map((stage) => assembleStage(stage, edition, other)),
    onWon: outline.onWon,
    onLost: outline.onLost,
  };
}

function assembleStage(stage: StageOutline, edition: Edition, other: Edition): TemplateStage {
  const words = edition.stages[stage.key];
  if (!words) throw new Error(`no ${edition.language} words for stage ${stage.key}`);
  const foreign = other.stages[stage.key]?.name;
  const synonyms = [...new Set([...stage.synonyms, ...(foreign === undefined ? [] : [foreign])])];
  return { ...stage, ...words, synonyms, steps: stage.steps.map((item) => assembleStep(item, edition)) };
}

function assembleStep(outline: StepOutline, edition: Edition): TemplateStep {
  const words = edition.steps[outline.key];
  if (!words) throw new Error(`no ${edition.language} words for step ${outline.key}`);
  return {
    key: outline.key,
    title: words.title,
    instruction: { goal: words.goal, say: words.say, done: words.done },
    owner: outline.owner ?? { kind: 'dealResponsible' },
    offset: outline.offset,
    durationMinutes: outline.minutes,
    required: outline.optional !== true,
    prerequisites: outline.after ?? [],
    result: resultOf(outline, words, edition.language),
    exit: outline.exit ?? 'cancel',
    reentry: outline.reentry ?? 'reopenUndone',
    ...(outline.when && { condition: outline.when }),
    ...(outline.repeat && { repeat: repetitionOf(outline.repeat, outline.key, words) }),
    ...(outline.handOver && { handOver: outline.handOver }),
  };
}

function repetitionOf(repeat: RepeatOutline, key: string, words: StepWords): Repetition {
  const { attempts, interval, cause, closeDeal } = repeat;
  if (words.exhausted === undefined) throw new Error(`no words for the last try of step ${key}`);
  return { attempts, interval, exhausted: { cause, reason: words.exhausted, closeDeal } };
}

function resultOf(outline: StepOutline, words: StepWords, language: Language): ResultRule {
  const kind = outline.result ?? 'none';
  if (kind === 'none') return { kind };
  const label = words.ask;
  if (label === undefined) throw new Error(`no ${language} question for step ${outline.key}`);
  if (kind === 'number') return { kind, label, ...(words.unit === undefined ? {} : { unit: words.unit }) };
  if (kind !== 'choice') return { kind, label };
  const choices = (outline.choices ?? []).map((key) => {
    const name = words.choices?.[key];
    if (name === undefined) throw new Error(`no ${language} words for choice ${outline.key}.${key}`);
    return { key, name };
  });
  return { kind, label, choices };
}
