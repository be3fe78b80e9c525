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

/** Who does the step. */
export type OwnerRule =
  | { readonly kind: 'dealResponsible' }
  | { readonly kind: 'departmentHead' }
  | { readonly kind: 'user'; readonly userId: string }
  /** The person named in a field of the deal; empty: the deal's responsible. */
  | { readonly kind: 'field'; readonly field: FieldRef }
  /** Whoever holds the role in the company (`accountManager`, `productManager`, …); nobody: the deal's responsible. */
  | { readonly kind: 'role'; readonly role: string }
  /** The next in turn of a group, when the step becomes actionable; then it stays his. */
  | { readonly kind: 'roundRobin'; readonly group: string }
  /** The group's keeper, until somebody of the group takes the step. */
  | { readonly kind: 'queue'; readonly group: string };

/**
 * A field of the deal: one that every host has (`amount`, `currency`, `source`, `pipeline`, `stage`, `company`,
 * `responsible`, `products`, `tags`, `createdOn`), one that the account mapped to a host's field (`map:<FieldRole>`),
 * or a host's own (`host:<DealField.key>`). Templates of the library name only the first two: they fit every account.
 */
export type FieldRef = string;

/** What the product calls fields that hosts call differently; the account maps each to one of its own fields. */
export type FieldRole =
  | 'product'
  | 'segment'
  | 'targetAudience'
  | 'accountManager'
  | 'influencer'
  | 'decisionMaker'
  | 'clientDate'
  | 'paymentDate'
  | 'lossReason';

/**
 * When a step has a place in the plan. Decided anew while the step is not finished. What hangs on a step that is still
 * open is not decided: until then the step has no place, and who waits for it waits for that open step.
 */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'field';
      readonly field: FieldRef;
      readonly is: 'filled' | 'empty' | 'oneOf' | 'noneOf' | 'contains' | 'atLeast' | 'atMost';
      /** `oneOf`, `noneOf`, `contains`: texts, compared without regard to case; `atLeast`, `atMost`: one number or day. */
      readonly values: readonly (string | number)[];
    }
  /**
   * By how an earlier step ended. `result` compares the answer itself, or the reason's key of a step that failed. A
   * step that the plan cancelled or never had is none of these.
   */
  | {
      readonly kind: 'step';
      readonly stepKey: string;
      readonly is: 'done' | 'failed' | 'skipped' | 'result';
      readonly values: readonly (string | number)[];
    };

/**
 * Repetition of a step that may take several tries (calls nobody answers). Each try without success moves the deadline
 * of the same step by the interval; after the last one the step ends as `exhausted` says.
 */
export interface Repetition {
  /** Tries in all, 2…20. */
  readonly attempts: number;
  /** At least a minute, a quarter of an hour or a day. */
  readonly interval: { readonly amount: number; readonly unit: WorkUnit; readonly timeOfDay?: string };
  readonly exhausted: {
    readonly cause: 'client' | 'outer' | 'omission';
    readonly reason: string;
    /** Whether the deal is proposed for closing with that reason. */
    readonly closeDeal: boolean;
  };
}

/** The step's completion hands the deal over to another person. */
export interface HandOver {
  readonly to: OwnerRule;
  /**
   * `atOnce`: becomes the deal's responsible when the step is done. `gradual`: joins the deal when the step becomes
   * actionable (sees it, is named in it), and becomes its responsible when the step is done.
   */
  readonly mode: 'atOnce' | 'gradual';
}

/** What a deadline is counted from. */
export type OffsetAnchor =
  | { readonly from: 'planStart' }
  | { readonly from: 'stageEntry' }
  /**
   * A date field of the deal; while it is empty the step counts from its stage's entry, says so, and takes the default
   * of a bare step instead of a time before the date.
   */
  | { readonly from: 'field'; readonly field: FieldRef }
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
  /** Absent: always in the plan. */
  readonly condition?: Condition;
  readonly repeat?: Repetition;
  readonly handOver?: HandOver;
}

/**
 * What happens when a deal leaves the stage forward with required steps of the current visit undone: nothing; an
 * alert; or the deal goes back to this stage with a comment. A logged override lets it pass. Where the deal goes back,
 * its undone required steps open again whatever their re-entry policy says: they could not be made up otherwise.
 */
export type StageGuard = 'off' | 'alert' | 'return';

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
  /** Absent: `off`. */
  readonly guard?: StageGuard;
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
  /**
   * `sale` (absent): follows the deal along its pipeline. `afterSale`: begins when the deal is won, its stages are
   * worked through one after another without regard to the pipeline, and it ends by itself when all steps are finished.
   * Its stages are of kind `open` or `afterSale`; re-entry, exit and closing policies mean nothing there.
   */
  readonly purpose?: 'sale' | 'afterSale';
  /** Keys of `afterSale` templates of the same language that a won deal starts. */
  readonly afterWon?: readonly string[];
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
