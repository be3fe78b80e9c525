import type { Instant } from './time.js';

/**
 * The mirror's records, in our words. Ids are the host's, as text: hosts number, others do not, and some ids do not
 * fit 32 bits. Records arrive in any order, so no field promises that what it points to is already here.
 */
export type StageKind = 'open' | 'won' | 'lost';

export interface Pipeline {
  readonly id: string;
  readonly name: string;
  readonly sort: number;
}

export interface Stage {
  readonly pipelineId: string;
  readonly id: string;
  readonly name: string;
  readonly sort: number;
  readonly kind: StageKind;
  /** `#rrggbb`, or null where the host has none. */
  readonly color: string | null;
}

export interface HostUser {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly position: string | null;
  readonly active: boolean;
  readonly admin: boolean;
  readonly departmentIds: readonly string[];
  /** IANA name, or null: the account's zone is used. */
  readonly timeZone: string | null;
}

export interface Department {
  readonly id: string;
  readonly name: string;
  readonly sort: number;
  readonly parentId: string | null;
  readonly headId: string | null;
}

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly price: number | null;
  readonly currency: string | null;
  readonly active: boolean;
}

/**
 * A host's own field as plain JSON: money and numbers as the host's decimal text, a day as `YYYY-MM-DD`, a moment as
 * ISO 8601 UTC, a person as host user id, a choice as its id; several values as a list. Null and absent: empty.
 */
export type FieldValue = string | number | boolean | readonly string[] | null;

export type FieldKind =
  'text' | 'number' | 'money' | 'date' | 'moment' | 'choice' | 'user' | 'flag' | 'other';

/** A field of deals that the host offers besides those that every host has. */
export interface DealField {
  /** The host's own code, as it stands in `Deal.fields`. */
  readonly key: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly multiple: boolean;
  /** Of a choice: what people see for each id. */
  readonly choices: readonly { readonly id: string; readonly name: string }[];
}

export interface Deal {
  readonly id: string;
  readonly title: string;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly stageKind: StageKind;
  readonly ownerId: string | null;
  /** Money as the host's decimal text: floats lose kopecks. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly sourceId: string | null;
  readonly companyId: string | null;
  readonly contactId: string | null;
  readonly createdAt: Instant;
  /** The host's own clock; whole seconds in some hosts, so an equal value overwrites. */
  readonly modifiedAt: Instant;
  /** Since when the deal stands in its stage, where the host says so. */
  readonly stageSince: Instant | null;
  readonly lastActivityAt: Instant | null;
  /** Products of the deal's rows, ascending, each once. */
  readonly productIds: readonly string[];
  readonly tags: readonly string[];
  /** Name of the host's own reason of the loss, where it has such a list; else null. */
  readonly lossReason: string | null;
  /** Values of the host's own fields that the account watches (`HostSession.watchedFields`), by `DealField.key`. */
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** One row of a host's stage history, or a transition that we saw ourselves. */
export interface StageTransition {
  readonly dealId: string;
  readonly at: Instant;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly stageKind: StageKind;
  /** The host's id of the row, null for transitions of our own. */
  readonly hostId: string | null;
}

/** One uninterrupted stay of a deal in a stage; `seq` counts a deal's visits from 1. */
export interface StageVisit {
  readonly dealId: string;
  readonly seq: number;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly enteredAt: Instant;
  readonly leftAt: Instant | null;
}

export type HostTaskState = 'open' | 'inProgress' | 'awaitingControl' | 'deferred' | 'completed' | 'declined';

/** A task as the host shows it. */
export interface HostTask {
  readonly id: string;
  readonly dealId: string | null;
  readonly title: string;
  readonly ownerId: string | null;
  readonly state: HostTaskState;
  readonly dueAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly completedBy: string | null;
  /** What was written as its result, in hosts whose tasks have such a text; absent or null: nothing. */
  readonly result?: string | null;
  readonly modifiedAt: Instant;
  /** Our outbox key when the task is ours. */
  readonly ourKey: string | null;
}
