import type { Instant } from '../domain/crm/time.js';

/** `cancelled` is closed without success; a host that has no such state shows it as it can. */
export type DesiredState = 'open' | 'completed' | 'cancelled';

/** What a person may change in the host by hand, and what we then leave alone. */
export type TaskField = 'title' | 'ownerId' | 'dueAt' | 'state';

/** A step's task as the plan wants it to be in the host. */
export interface DesiredTask {
  readonly title: string;
  /** Plain text with line breaks. */
  readonly description: string;
  readonly ownerId: string;
  readonly dueAt: Instant | null;
  readonly durationMinutes: number | null;
  readonly state: DesiredState;
  /** Goes into the host with a completion or a cancellation; null: none. */
  readonly comment: string | null;
}

/** One step's wish, saved in the transaction of the decision that it comes from. */
export interface TaskWish {
  readonly planId: string;
  readonly stepKey: string;
  readonly visitSeq: number;
  readonly dealId: string;
  readonly desired: DesiredTask;
  /**
   * Fields that a person decided in the plan just now: they are written even where somebody edited the host's task by
   * hand before. Absent: hand edits in the host stand.
   */
  readonly decides?: readonly TaskField[];
}

/** The fields that we write, without the deal and the comment. */
export interface TaskContent {
  readonly title: string;
  readonly description: string;
  readonly ownerId: string;
  readonly dueAt: Instant | null;
  readonly durationMinutes: number | null;
  readonly state: DesiredState;
}

/** What the host has of ours, as last written or seen. */
export interface AppliedTask {
  readonly content: TaskContent;
  /** The host's own time of the newest version that we wrote or saw; null while unknown. */
  readonly modifiedAt: Instant | null;
  /** Values that our last write replaced: a read from before that write shows them and is no hand edit. */
  readonly before: Partial<TaskContent>;
  /** Values of a write under way: a read may show them before its answer is here. */
  readonly pending: Partial<TaskContent>;
  /** Edited in the host by hand: ours to respect until the plan decides the field anew. */
  readonly byHand: readonly TaskField[];
  /** The task's result as last seen; absent: none. */
  readonly result?: string;
}

export type OutboxState = 'planned' | 'sending' | 'unknown' | 'created' | 'withdrawn' | 'gone' | 'failed';

/** A row as the worker and the observer see it. */
export interface OutboxTask {
  readonly key: string;
  readonly planId: string;
  readonly stepKey: string;
  readonly visitSeq: number;
  readonly dealId: string;
  readonly desired: DesiredTask;
  readonly desiredRev: number;
  readonly applied: AppliedTask | null;
  readonly state: OutboxState;
  readonly hostTaskId: string | null;
  readonly firstSentAt: Instant | null;
  readonly sendingAt: Instant | null;
  /** The book of departures of the process that marked it last; null while nothing may be under way. */
  readonly sentBy: string | null;
  readonly attempts: number;
}

/** Where a step's task stands, for views: none needed, on its way, there, refused for good. */
export interface StepTask {
  readonly state: 'none' | 'pending' | 'there' | 'failed';
  readonly hostTaskId: string | null;
  /** Why it was refused, for the administrator; null unless `failed`. */
  readonly fault: string | null;
}
