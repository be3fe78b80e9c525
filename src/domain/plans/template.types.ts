import type { WorkUnit } from '../calendar/work-calendar.types.js';

export type Language = 'ru' | 'en';

/**
 * What a stage of a template is on the way to the money. Only `open` stages and the first `won` one are "the way":
 * their steps are in the plan from its first day. Steps of the others appear when the deal enters them.
 */
export type TemplateStageKind = 'open' | 'won' | 'afterSale' | 'paused' | 'lost';

export interface StepInstruction {
  /** What to achieve. */
  readonly goal: string;
  /** What to say, send or ask. */
  readonly say: string;
  /** How the seller knows that the step is done. */
  readonly done: string;
}

/** Who does the step. New kinds (field, role, round-robin) join this union. */
export type OwnerRule =
  | { readonly kind: 'dealResponsible' }
  | { readonly kind: 'departmentHead' }
  | { readonly kind: 'user'; readonly userId: string };

/** What a deadline is counted from. */
export type OffsetAnchor =
  | { readonly from: 'planStart' }
  | { readonly from: 'stageEntry' }
  /** A step of the same or an earlier stage. A negative amount counts back from that step's deadline. */
  | { readonly from: 'stepEnd'; readonly stepKey: string };

/** The deadline: `amount` of `unit` after (or, negative, before) the anchor, in the owner's working time. */
export interface StepOffset {
  readonly anchor: OffsetAnchor;
  readonly amount: number;
  readonly unit: WorkUnit;
  /** `HH:MM`, days only. */
  readonly timeOfDay?: string;
}

export interface ResultChoice {
  readonly key: string;
  readonly name: string;
}

/** The result that a step demands before it is done. `label` is the question put to the seller. */
export type ResultRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'choice'; readonly label: string; readonly choices: readonly ResultChoice[] }
  | { readonly kind: 'number'; readonly label: string; readonly unit?: string }
  | { readonly kind: 'link'; readonly label: string };

/**
 * What becomes of an open step when the deal leaves its stage: it is cancelled; or becomes a step of the current
 * stage until the deal closes; or stays as it is, and may outlive the deal's closing.
 */
export type ExitPolicy = 'cancel' | 'carryOver' | 'keep';

/** What becomes of a step when the deal enters its stage again. */
export type ReentryPolicy = 'nothing' | 'reopenUndone' | 'newPass';

export interface TemplateStep {
  /** Unique in the template; the step's identity in every plan, so it never changes between versions. */
  readonly key: string;
  readonly title: string;
  readonly instruction: StepInstruction;
  readonly owner: OwnerRule;
  readonly offset: StepOffset;
  /** Planned effort in minutes. */
  readonly durationMinutes: number;
  readonly required: boolean;
  /** Keys of steps of the same or earlier stages that must be finished, by whatever result, before this one starts. */
  readonly prerequisites: readonly string[];
  readonly result: ResultRule;
  readonly exit: ExitPolicy;
  readonly reentry: ReentryPolicy;
}

export interface TemplateStage {
  /** Unique in the template. */
  readonly key: string;
  readonly name: string;
  /** The label of the stage: what is true of a deal that stands here. */
  readonly meaning: string;
  readonly kind: TemplateStageKind;
  /** Other names by which a pipeline may call this stage; any language. */
  readonly synonyms: readonly string[];
  readonly steps: readonly TemplateStep[];
}

/** What becomes of the plan when the deal is won or lost. */
export interface ClosePolicy {
  /** `byExitPolicy`: as on leaving the stage, but a carried step has nowhere to go and is cancelled. */
  readonly openSteps: 'cancel' | 'byExitPolicy' | 'keep';
  /** Whether the steps of the closing stage itself (thank, hand over, write down the reason) become tasks. */
  readonly closingSteps: 'create' | 'skip';
}

/** The immutable content of one published template version, in one language. */
export interface TemplateBody {
  readonly key: string;
  readonly language: Language;
  readonly name: string;
  readonly description: string;
  readonly stages: readonly TemplateStage[];
  readonly onWon: ClosePolicy;
  readonly onLost: ClosePolicy;
}

/** How a pipeline's stage came to its template stage. */
export type StageMatch = 'name' | 'synonym' | 'kind' | 'position' | 'manual';

export interface StageMapEntry {
  readonly pipelineStageId: string;
  /**
   * Template stages that this pipeline stage covers, in order. None: the template says nothing of it (a won or lost
   * stage that it lacks), but entering it still leaves the stage before. A pipeline shorter than the template folds
   * several of its stages into one: they are then worked through one after another inside the visit. A pipeline longer
   * than the template has neighbours with the same single stage: moving between them is not a new visit.
   */
  readonly stageKeys: readonly string[];
  readonly match: StageMatch;
  /** 0…1: how sure the match is; below 0.5 a person should look. */
  readonly confidence: number;
}

/** How a template lies on a pipeline. Plain JSON. */
export interface StageMap {
  readonly entries: readonly StageMapEntry[];
}
