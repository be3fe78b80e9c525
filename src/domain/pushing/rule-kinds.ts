import type { Delivery, Recipient, RuleKind, Rung } from './rule.types.js';

export type ParameterUnit = 'workingMinutes' | 'workingHours' | 'workingDays' | 'days' | 'count' | 'share';

export interface ParameterKind {
  readonly key: string;
  readonly unit: ParameterUnit;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** What a kind of rule is like unless the account changes it. */
export interface KindDefaults {
  /** Holds though nobody switched it on; absent: no. */
  readonly on?: true;
  readonly parameters: readonly ParameterKind[];
  readonly recipients: readonly Recipient[];
  readonly delivery: Delivery;
  readonly escalation: readonly Rung[];
}

/** Product's ladder of an overdue step: after 1, 2, 3 working days the seller again, the head, the head's head. */
const DAYS: readonly Rung[] = [
  { after: 1, unit: 'workingDays', to: 'seller' },
  { after: 2, unit: 'workingDays', to: 'head' },
  { after: 3, unit: 'workingDays', to: 'head' },
];

function minutes(value: number): ParameterKind {
  return { key: 'after', unit: 'workingMinutes', value, min: 1, max: 2_400 };
}

function days(key: string, value: number, max = 365): ParameterKind {
  return { key, unit: 'days', value, min: 1, max };
}

const SELLER_DIGEST = { recipients: ['seller'], delivery: 'digest', escalation: [] } as const;
const HEAD_DIGEST = { recipients: ['head'], delivery: 'digest', escalation: [] } as const;

/** Numbers are the product's defaults; everything but what cannot wait goes into the digest. */
export const RULE_KINDS: Readonly<Record<RuleKind, KindDefaults>> = {
  firstContactLate: {
    parameters: [minutes(15)],
    recipients: ['seller'],
    delivery: 'instant',
    // Half an hour after the lead came, counted as the buyer's brief counts it: a task to the seller, and the head is told.
    escalation: [
      { after: 0.25, unit: 'workingHours', to: 'seller', task: true },
      { after: 0.25, unit: 'workingHours', to: 'head' },
    ],
  },
  noPlanAfterAcceptance: {
    parameters: [minutes(30)],
    recipients: ['seller'],
    delivery: 'instant',
    escalation: [{ after: 1.5, unit: 'workingHours', to: 'head' }],
  },
  planEndsEarly: { parameters: [], ...SELLER_DIGEST },
  noNextStep: {
    parameters: [{ key: 'after', unit: 'workingHours', value: 4, min: 0, max: 400 }],
    ...SELLER_DIGEST,
    escalation: [{ after: 1, unit: 'workingDays', to: 'head' }],
  },
  stepOverdue: {
    parameters: [{ key: 'after', unit: 'workingHours', value: 1, min: 0, max: 400 }],
    recipients: ['seller'],
    delivery: 'digest',
    escalation: DAYS,
  },
  nextStepTooFar: {
    parameters: [{ key: 'share', unit: 'share', value: 1, min: 0.2, max: 5 }],
    ...SELLER_DIGEST,
  },
  idle: { parameters: [], ...SELLER_DIGEST, escalation: [{ after: 2, unit: 'workingDays', to: 'head' }] },
  stuck: { parameters: [], ...SELLER_DIGEST, escalation: [{ after: 3, unit: 'workingDays', to: 'head' }] },
  dormant: {
    parameters: [days('after', 30), days('close', 45)],
    ...SELLER_DIGEST,
    recipients: ['seller', 'head'],
  },
  clientDatePassed: {
    parameters: [{ key: 'after', unit: 'workingHours', value: 1, min: 0, max: 400 }],
    ...SELLER_DIGEST,
    escalation: [{ after: 1, unit: 'workingDays', to: 'head' }],
  },
  movedWithOpenSteps: { parameters: [], recipients: ['seller', 'head'], delivery: 'digest', escalation: [] },
  lostWithoutReason: {
    parameters: [minutes(30)],
    recipients: ['seller', 'head'],
    delivery: 'digest',
    escalation: [],
  },
  unsortedWaiting: {
    parameters: [minutes(30)],
    recipients: ['seller', 'head'],
    delivery: 'instant',
    escalation: [],
  },
  tooFewTouches: {
    parameters: [
      { key: 'touches', unit: 'count', value: 3, min: 1, max: 20 },
      { key: 'hours', unit: 'count', value: 24, min: 1, max: 168 },
    ],
    ...SELLER_DIGEST,
    recipients: ['seller', 'head'],
  },
  sellerOverloaded: {
    parameters: [{ key: 'share', unit: 'share', value: 1.2, min: 0.5, max: 5 }],
    ...HEAD_DIGEST,
  },
  tooFewNearClosing: {
    parameters: [{ key: 'share', unit: 'share', value: 0.15, min: 0.01, max: 1 }],
    ...HEAD_DIGEST,
  },
  putOffAgain: {
    on: true,
    parameters: [{ key: 'times', unit: 'count', value: 3, min: 2, max: 20 }],
    recipients: ['head'],
    delivery: 'instant',
    escalation: [],
  },
  topEmpty: { parameters: [{ key: 'count', unit: 'count', value: 3, min: 1, max: 1_000 }], ...HEAD_DIGEST },
};

export const ALL_KINDS = Object.keys(RULE_KINDS) as readonly RuleKind[];

/** The rule's number, or the kind's own. */
export function parameterOf(
  rule: { readonly kind: RuleKind; readonly parameters: Readonly<Record<string, number>> },
  key: string,
): number {
  const own = rule.parameters[key];
  if (own !== undefined) return own;
  return RULE_KINDS[rule.kind].parameters.find((one) => one.key === key)?.value ?? 0;
}

/**
 * Ready preset of a real buyer's brief: first contact 15 minutes fine, 15–30 a warning, 30 a task and the head; under
 * three touches in 24 hours; the report of 19:00 comes with the daily cycle.
 */
export const DAILY_CONTROL: readonly RuleKind[] = [
  'firstContactLate',
  'tooFewTouches',
  'unsortedWaiting',
  'noPlanAfterAcceptance',
  'noNextStep',
  'stepOverdue',
  'lostWithoutReason',
];
