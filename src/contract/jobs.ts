/**
 * Jobs by which features meet: one enqueues, another one handles, and neither imports the other. The objects have the
 * shape that the job runner of infra takes.
 */
export interface RobotCall {
  readonly accountId: string;
  readonly dealId: string;
  /** Library key or template id; null: what the deal's pipeline uses. */
  readonly templateKey: string | null;
  /** Repeats of one call carry the same id. */
  readonly callId: string;
}

/** "Generate a task plan" was called by the host's automation. */
export const robotCalled = {
  name: 'plans.robot',
  ordered: (call: RobotCall): string => call.accountId,
} as const;

export interface AskAnswered {
  readonly accountId: string;
  /** Of the `ask` in the outbox. */
  readonly key: string;
  readonly dealId: string;
  /** Who answered; null where the host does not say. */
  readonly userId: string | null;
  readonly answer: 'done' | 'notDone';
  /** What was written with it; absent: nothing. */
  readonly words?: string;
}

/** A question of ours was answered inside the host: by its button, or by closing the task that asked it. Told once. */
export const askAnswered = {
  name: 'outbox.ask-answered',
  ordered: (answered: AskAnswered): string => answered.accountId,
} as const;

/** The account watches other fields of deals than before: enqueue it with the change of `watched_field`. Idempotent. */
export const fieldsChanged = {
  name: 'mirror.fields-changed',
  ordered: (job: { readonly accountId: string }): string => job.accountId,
} as const;

export interface DealsTouched {
  readonly accountId: string;
  /** At most 500. */
  readonly dealIds: readonly string[];
}

/**
 * Something happened to these deals or their plans: told by the plans, in the transaction of what they saved. At least
 * once, in order per account; whoever hears it reads the tables again. One job for each listener.
 */
export const pulseTouched = {
  name: 'pushing.deals-touched',
  ordered: (touched: DealsTouched): string => touched.accountId,
} as const;

/** The same news for the Sales Book. */
export const bookTouched = {
  name: 'salesbook.deals-touched',
  ordered: (touched: DealsTouched): string => touched.accountId,
} as const;

/** One line of the Sales Book as a feature reports it; its sentence is made of `kind` and `body` when it is read. */
export interface BookRecord {
  /** Names the event for ever: a second record with the same key changes nothing. At most 200 characters. */
  readonly sourceKey: string;
  /** Milliseconds of the epoch. */
  readonly at: number;
  readonly kind: 'pushed' | 'answered' | 'escalated' | 'alerted' | 'snoozed' | 'notDone' | 'handedOver';
  readonly dealId: string | null;
  /** Host user id; null: the system. */
  readonly by: string | null;
  /**
   * What the sentence needs, by kind. `text` is a person's own words, `reason` a reason as people call it, `userIds` who
   * was told or asked, `stepTitle` what it was about, `until` an instant in milliseconds, `answer` one of `done`,
   * `willBeDone`, `notDone`, `ruleName` of an alert. What is unknown is left out.
   */
  readonly body: {
    readonly text?: string;
    readonly reason?: string;
    readonly userIds?: readonly string[];
    readonly stepTitle?: string;
    readonly until?: number;
    readonly answer?: 'done' | 'willBeDone' | 'notDone';
    readonly ruleName?: string;
  };
}

export interface BookRecords {
  readonly accountId: string;
  /** At most 500. */
  readonly entries: readonly BookRecord[];
}

/** Key events for the Sales Book. At least once, in the transaction of what happened. */
export const bookRecorded = {
  name: 'salesbook.record',
  ordered: (records: BookRecords): string => records.accountId,
} as const;

/** The company's calendars, people, fields or products changed: open plans are decided again. Idempotent. */
export const companyChanged = {
  name: 'company.changed',
  singleton: (job: { readonly accountId: string }): string => job.accountId,
} as const;
