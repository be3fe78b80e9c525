import type { BookRecord } from '../../contract/jobs.js';
import type { Instant } from '../../domain/crm/time.js';
import type { BookKind } from './salesbook.view.js';

/** What an entry's sentence is made of. Names are kept as they were when it happened. */
export interface BookBody {
  readonly text?: string;
  readonly reason?: string;
  /** Whom it was told or who was asked. */
  readonly userIds?: readonly string[];
  readonly stepTitle?: string;
  readonly result?: string;
  readonly answer?: BookRecord['body']['answer'];
  readonly until?: Instant;
  readonly ruleName?: string;
  readonly dealTitle?: string;
  readonly planName?: string;
  readonly fromStage?: string;
  readonly toStage?: string;
  /** Set where the deal came into another pipeline. */
  readonly toPipeline?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly change?: PlanTurn;
  readonly dueAt?: Instant;
  readonly remindMinutesBefore?: number;
  /** The entry that this one corrects or settles. */
  readonly entryId?: string;
}

export type PlanTurn = 'migrated' | 'paused' | 'resumed' | 'closed';

/** An event that is to be written down, once by its key. */
export interface NewEntry {
  readonly sourceKey: string;
  readonly at: Instant;
  readonly kind: BookKind;
  readonly dealId: string | null;
  readonly by: string | null;
  readonly byHand: boolean;
  readonly body: BookBody;
}

/** A line of the ledger. */
export interface BookEntry extends NewEntry {
  readonly entryId: string;
  readonly recordedAt: Instant;
  readonly prevHash: string;
  readonly hash: string;
}

export const BOOK_KINDS: readonly BookKind[] = [
  'created',
  'accepted',
  'stageMoved',
  'planStarted',
  'planChanged',
  'stepDone',
  'stepFailed',
  'pushed',
  'answered',
  'notDone',
  'escalated',
  'alerted',
  'snoozed',
  'guardOverridden',
  'handedOver',
  'won',
  'lost',
  'note',
  'agreement',
  'plannedEvent',
  'plannedDone',
  'plannedCancelled',
  'correction',
];
