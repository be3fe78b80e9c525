import type { WorkUnit } from '../../calendar/work-calendar.types.js';
import type {
  ClosePolicy,
  ExitPolicy,
  Language,
  OffsetAnchor,
  OwnerRule,
  ReentryPolicy,
  ResultRule,
  StepOffset,
  TemplateBody,
  TemplateStage,
  TemplateStageKind,
  TemplateStep,
} from '../template.types.js';

/** What the editions of a library template share: everything but the words. */
export interface TemplateOutline {
  readonly key: string;
  readonly stages: readonly StageOutline[];
  readonly onWon: ClosePolicy;
  readonly onLost: ClosePolicy;
}

export interface StageOutline {
  readonly key: string;
  readonly kind: TemplateStageKind;
  readonly synonyms: readonly string[];
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
    language: edition.language,
    name: edition.name,
    description: edition.description,
    stages: outline.stages.map((stage) => assembleStage(stage, edition, other)),
    onWon: outline.onWon,
    onLost: outline.onLost,
  };
}

/** The head of the responsible's department. */
export const HEAD: OwnerRule = { kind: 'departmentHead' };

/** A step of the deal's responsible, required, cancelled on exit and reopened on re-entry, unless said otherwise. */
export function step(
  key: string,
  deadline: StepOffset,
  minutes: number,
  rest: Omit<StepOutline, 'key' | 'offset' | 'minutes'> = {},
): StepOutline {
  return { key, offset: deadline, minutes, ...rest };
}

/** Deadline after the entry into the stage. */
export function fromEntry(amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return offset({ from: 'stageEntry' }, amount, unit, timeOfDay);
}

/** Deadline after the end of another step. */
export function fromEndOf(stepKey: string, amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return offset({ from: 'stepEnd', stepKey }, amount, unit, timeOfDay);
}

function offset(anchor: OffsetAnchor, amount: number, unit: WorkUnit, timeOfDay?: string): StepOffset {
  return { anchor, amount, unit, ...(timeOfDay === undefined ? {} : { timeOfDay }) };
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
  };
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
