import type { Schedule } from '../calendar/work-calendar.types.js';
import type { Deal, StageVisit } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import type { FieldRole, StageMap, TemplateBody } from './template.types.js';

/**
 * `future`: its stage is ahead. `waiting`: its stage is here, but a prerequisite, another step or its time is not.
 * `actionable`: to be done now; the only state that is a task in the host. The rest are finished.
 */
export type StepState = 'future' | 'waiting' | 'actionable' | 'done' | 'failed' | 'skipped' | 'cancelled';

/** Why a step failed: the client's refusal, an outer cause, or the seller's own omission. */
export type FailureCause = 'client' | 'outer' | 'omission';

export type ResultValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'choice'; readonly key: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'link'; readonly url: string };

/** Through what a step ended: our widget, the host's own task list, or the system. */
export type OutcomeSource = 'widget' | 'host' | 'system';

interface OutcomeBase {
  readonly at: Instant;
  /** Host user id, or null: unknown, or the system. */
  readonly by: string | null;
  readonly source: OutcomeSource;
}

/** How a step ended. A fact: the planner never changes it. */
export type StepOutcome =
  | (OutcomeBase & { readonly kind: 'done'; readonly result: ResultValue })
  | (OutcomeBase & {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      readonly reason: string;
      /** Key of the account's list of reasons; absent where the words are all there is. */
      readonly reasonKey?: string;
      /** Set when the last try of a repeated step came to nothing. */
      readonly exhausted?: true;
    })
  | (OutcomeBase & { readonly kind: 'skipped'; readonly reason: string })
  /** The host's task was deleted by hand: the step is not created again. */
  | (OutcomeBase & { readonly kind: 'taskDeleted' });

/** Hand-made changes that the planner respects and never fights. Null: untouched. */
export interface ManualEdits {
  readonly dueAt: Instant | null;
  readonly ownerId: string | null;
  /** When a person reopened the step: it lives on although its stage was left before that moment. */
  readonly reopenedAt: Instant | null;
  /** Why the deadline was set by hand, in our interface. */
  readonly dueReason?: string;
  /** How often the deadline was put off by hand in our interface. Absent: never. */
  readonly postponed?: number;
}

/** One try of a repeated step that came to nothing. */
export interface Attempt {
  readonly at: Instant;
  readonly by: string | null;
  readonly note: string;
}

/** The facts about a step before the last command, for one "undo". */
export interface UndoRecord {
  readonly outcome: StepOutcome | null;
  readonly manual: ManualEdits;
  /** Tries before it; absent: none. */
  readonly attempts?: readonly Attempt[];
  readonly at: Instant;
  readonly by: string | null;
}

/** A reason as code and parameters; the words are the interface's, in the reader's language. */
export type BecauseCode =
  | 'ownStage'
  | 'stageAhead'
  | 'earlierSteps'
  | 'prerequisite'
  | 'afterStep'
  | 'tooEarly'
  | 'stageLeft'
  | 'stageSkipped'
  | 'carriedOver'
  | 'kept'
  | 'reentryNothing'
  | 'reentryReopened'
  | 'reentryNewPass'
  | 'dealWon'
  | 'dealLost'
  /** Of a plan after the sale: the deal is open again. */
  | 'dealReopened'
  /** `why` and what else `ConditionWhy` names. */
  | 'conditionFalse'
  | 'closingStep'
  | 'closingSkipped'
  | 'reopenedByHand'
  | 'stageUnmapped'
  | 'paused'
  | 'notInPlan'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'taskDeleted';

/** Where the owner or the deadline come from, when it is not simply the template's rule. */
export type NoteCode =
  | 'resultMissing'
  | 'ownerByHand'
  | 'dueByHand'
  | 'noOwner'
  | 'noHead'
  | 'ownerInactive'
  | 'dueForecast'
  /** The field that should name the owner is empty: the deal's responsible has the step. */
  | 'ownerFieldEmpty'
  /** Nobody holds the role: the deal's responsible has the step. */
  | 'roleVacant'
  /** The group has nobody who could: the deal's responsible has the step. */
  | 'groupEmpty'
  /** Whose turn it is shows when the step becomes a task. */
  | 'turnAhead'
  /** Nobody of the group took it yet: its keeper answers for it. */
  | 'inQueue'
  /** Taken from the group's queue by its owner. */
  | 'taken'
  /** The owner is away: a deputy has it. */
  | 'deputy'
  /** The date field that the deadline hangs on is empty. */
  | 'dateMissing'
  /** Nobody is found to whom the step would hand the deal over. */
  | 'handOverNobody';

export interface Because {
  readonly code: BecauseCode;
  /** `stageKey`, `stepKey`, `until` and `at` (epoch ms), as the code needs them; a cancelled step always has `at`. */
  readonly params: Readonly<Record<string, string | number>>;
}

/**
 * One step of a plan: what is stored and what the planner returns. Identity: `stepKey` + `visitSeq` in its plan.
 * `outcome`, `manual`, `undo`, `attempts`, `turnOf` and `handTo` are facts; every other field is derived and may be recomputed at any time.
 */
export interface PlanStep {
  readonly stepKey: string;
  /** Which pass through the step's template stage, from 1. Only the re-entry policy `newPass` makes a 2. */
  readonly visitSeq: number;
  readonly stageKey: string;
  readonly state: StepState;
  /** Host user id; null when the rule finds nobody. */
  readonly ownerId: string | null;
  /** When it can start; null when that hangs on something not happened yet. */
  readonly startAt: Instant | null;
  /** Deadline; a forecast when `notes` has `dueForecast`; null when not derivable. */
  readonly dueAt: Instant | null;
  readonly because: Because;
  readonly notes: readonly NoteCode[];
  readonly outcome: StepOutcome | null;
  readonly manual: ManualEdits;
  readonly undo: UndoRecord | null;
  /** Fact: tries so far of a repeated step, oldest first. Absent: none. */
  readonly attempts?: readonly Attempt[];
  /** Fact: to whom a turn of a group fell; kept while he is there. Absent: no turn was taken. */
  readonly turnOf?: string;
  /** Fact: to whom the step hands the deal over, settled when the step became a task. Absent: not settled. */
  readonly handTo?: string;
}

export type PlanStatus =
  | { readonly kind: 'active' }
  | {
      readonly kind: 'paused';
      readonly since: Instant;
      readonly until: Instant | null;
      readonly reason: string;
    }
  /** `reopened`: a plan after the sale whose deal is open again. Such a plan that came to its end is closed as `won`. */
  | { readonly kind: 'closed'; readonly as: 'won' | 'lost' | 'reopened'; readonly at: Instant };

/** What starts a plan or makes it be decided again; recorded with the plan, never a branch of the decision. */
export type PlanTrigger =
  | 'creation'
  | 'acceptance'
  | 'stageEntry'
  | 'robot'
  | 'manual'
  | 'bulk'
  /** The deal was won, and its plan names plans for the time after. */
  | 'afterWon'
  | 'event'
  | 'command'
  | 'time';

/** People as far as this plan needs them, read by the caller. */
export interface PlanPeople {
  /** Head of the responsible's department, null when there is none. */
  readonly departmentHeadId: string | null;
  /** Working time by host user id. Who is missing works by `fallback`. */
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly fallback: Schedule;
  /** Users known to be dismissed: their steps go to the head of the department, or to nobody. */
  readonly inactive: ReadonlySet<string>;
  /** Holders of a role for this deal, best first (a product manager depends on the deal's product). Absent: none. */
  readonly roles?: ReadonlyMap<string, readonly string[]>;
  readonly groups?: ReadonlyMap<string, PersonGroup>;
  /** Who stands in for somebody absent, by the absent user's id. Absences themselves lie in the calendars too. */
  readonly deputies?: ReadonlyMap<string, readonly Deputy[]>;
}

/** People who share steps. */
export interface PersonGroup {
  readonly members: readonly string[];
  /** Who answers for a step that nobody took yet. */
  readonly keeperId: string | null;
  /** Where the round stands: the next turn falls to `members[turns % members.length]`, skipping who is absent or dismissed. */
  readonly turns: number;
}

/** `from`…`to` are local days of the absent person, `YYYY-MM-DD`, both included. */
export interface Deputy {
  readonly from: string;
  readonly to: string;
  readonly userId: string;
}

export interface PausePlan {
  readonly since: Instant;
  /** Null: until somebody ends it. */
  readonly until: Instant | null;
  readonly reason: string;
  /**
   * What the end follows: the date agreed with the client (the field mapped as `clientDate`; while it is empty,
   * `until`), or the absence of the deal's responsible. Absent: `until` alone.
   */
  readonly follows?: 'clientDate' | 'absence';
}

export interface PastPause {
  readonly since: Instant;
  readonly until: Instant;
}

export interface PlanInput {
  readonly template: TemplateBody;
  readonly stageMap: StageMap;
  readonly deal: Deal;
  /** All visits known, any order. May be empty: then the deal's own stage and `stageSince` are used. */
  readonly visits: readonly StageVisit[];
  /** When the plan began; a fact of the plan, the anchor `planStart`. */
  readonly startedAt: Instant;
  /** The plan's steps as stored; empty for a new plan. */
  readonly steps: readonly PlanStep[];
  /** The pause set last by a person, also when it is over by itself; null when there is none or it was ended by hand. */
  readonly pause: PausePlan | null;
  /** Pauses that are over, any order: what was left of a deadline when one began is left when it ends. */
  readonly pauses?: readonly PastPause[];
  readonly people: PlanPeople;
  readonly now: Instant;
  /** To which host field the account mapped a role of the product. Absent: nothing is mapped. */
  readonly fieldMap?: Readonly<Partial<Record<FieldRole, string>>>;
  /** Moves that a person let pass the guard, with a reason: when the guarded stage was left. */
  readonly overrides?: readonly { readonly stageKey: string; readonly leftAt: Instant }[];
}
