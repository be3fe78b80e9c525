import type { Instant } from '../../domain/crm/time.js';
import type { PushState } from '../../domain/pushing/push.js';

export type PushAnswerKind = 'done' | 'willBeDone' | 'notDone';

/** A push as stored. */
export interface StoredPush {
  readonly pushId: string;
  readonly target: 'step' | 'deal' | 'seller';
  readonly dealId: string | null;
  /** `stepKey~visitSeq` */
  readonly stepId: string | null;
  /** Who has to answer. */
  readonly userId: string;
  /** Null: the system. */
  readonly byUser: string | null;
  readonly text: string;
  readonly at: Instant;
  readonly deliverAt: Instant;
  readonly answerBy: Instant;
  readonly state: PushState;
  readonly repeats: number;
  readonly level: number;
  readonly nextAt: Instant | null;
  readonly answer: StoredAnswer | null;
  /** The push whose promised date has passed. */
  readonly follows: string | null;
}

export interface StoredAnswer {
  readonly kind: PushAnswerKind;
  readonly at: Instant;
  readonly by: string | null;
  readonly until: Instant | null;
  readonly reasonKey: string | null;
  readonly reason: string | null;
  readonly minutes: number | null;
}

/** One row of what was sent: a notification may stand for several pushes. */
export interface PushMessage {
  readonly key: string;
  readonly pushId: string;
  readonly userId: string;
  readonly kind: 'ask' | 'notify' | 'comment';
  readonly level: number;
  readonly at: Instant;
}

/** What a push was about: nobody is asked twice about the same within the cool-down. */
export function storedKey(push: StoredPush): string {
  if (push.dealId === null) return `seller|${push.userId}`;
  return push.stepId === null ? `deal|${push.dealId}` : `step|${push.dealId}|${push.stepId}`;
}
