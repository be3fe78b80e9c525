import type { PushAnswerView, PushStateView } from './panel.view.js';

/** `GET /api/pushes/mine`: what waits for this person's answer; oldest first. Instants are ISO 8601 UTC texts. */
export interface MyPushesView {
  readonly pushes: readonly MyPushView[];
  readonly readyReasons: readonly { readonly key: string; readonly name: string }[];
}

export interface MyPushView {
  readonly id: string;
  readonly at: string;
  readonly byName: string | null;
  readonly text: string;
  readonly dealId: string | null;
  readonly dealTitle: string | null;
  readonly dealPath: string | null;
  readonly stepId: string | null;
  readonly stepTitle: string | null;
  readonly answerBy: string;
  readonly repeats: number;
}

/** `POST /api/pushes` `{ target, text? }`; `POST /api/pushes/:id/answer` `PushAnswerRequest`; `POST …/withdraw`. */
export type PushTarget =
  | { readonly kind: 'step'; readonly dealId: string; readonly stepId: string }
  | { readonly kind: 'deal'; readonly dealId: string }
  | { readonly kind: 'seller'; readonly userId: string };

export type PushAnswerRequest =
  | { readonly kind: 'done'; readonly result?: string }
  | { readonly kind: 'willBeDone'; readonly until: string }
  | { readonly kind: 'notDone'; readonly reasonKey: string; readonly reason: string };

export interface PushedView {
  readonly push: PushStateView;
}

export interface AnsweredView {
  readonly answer: PushAnswerView;
}

export type RuleRecipient = 'seller' | 'head' | 'productManager' | { readonly userId: string };
export type RuleDelivery = 'instant' | 'digest';

/** `GET /api/rules`: rules of alerts as data, with their words. */
export interface RulesView {
  readonly rules: readonly RuleView[];
  readonly presets: readonly {
    readonly key: string;
    readonly name: string;
    readonly description: string;
    readonly ruleCount: number;
  }[];
  readonly budgetPerDay: number;
  readonly canEdit: boolean;
}

export interface RuleView {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  /** What it says, with its parameters, as a sentence. */
  readonly sentence: string;
  readonly on: boolean;
  readonly parameters: readonly {
    readonly key: string;
    readonly label: string;
    readonly value: number | string;
    readonly unit:
      'workingMinutes' | 'workingHours' | 'workingDays' | 'days' | 'count' | 'share' | 'money' | 'none';
    readonly min: number | null;
    readonly max: number | null;
  }[];
  readonly recipients: readonly RuleRecipient[];
  readonly channels: readonly ('host' | 'mail')[];
  readonly delivery: RuleDelivery;
  /** Set when nobody acted on it and it went over to the digest by itself; says so. */
  readonly demotedAt: string | null;
  readonly escalation: readonly {
    readonly after: number;
    readonly unit: 'workingHours' | 'workingDays';
    readonly to: RuleRecipient;
  }[];
  readonly effect: RuleEffectView | null;
}

/** Against a held-out share of 10 % of the deals for which nobody was told. */
export interface RuleEffectView {
  readonly sent: number;
  readonly actedWithinDay: number;
  readonly movedWithinWeek: number;
  readonly heldOut: number;
  readonly movedWithinWeekHeldOut: number;
  /** In words, honest about small numbers. */
  readonly text: string;
}

/** `POST /api/rules/dry-run` `{ rule }`: the last 90 days as if it had been on. */
export interface RuleDryRunView {
  readonly days: number;
  readonly alerts: number;
  readonly perPersonDay: {
    readonly median: number;
    readonly busiest: { readonly name: string; readonly date: string; readonly alerts: number } | null;
  };
  readonly overBudget: number;
  readonly examples: readonly {
    readonly dealId: string;
    readonly title: string;
    readonly at: string;
    readonly text: string;
  }[];
}

/** `GET /api/alerts`: open alerts in the person's reach; newest first, keyset. */
export interface AlertsView {
  readonly alerts: readonly {
    readonly id: string;
    readonly at: string;
    readonly ruleName: string;
    readonly text: string;
    readonly dealId: string | null;
    readonly dealTitle: string | null;
    readonly dealPath: string | null;
    readonly toName: string | null;
    readonly level: number;
    readonly snoozes: number;
  }[];
  readonly next: string | null;
}

/** `GET /api/day`: the person's day as an object: morning list, closing, the head's exceptions. */
export interface DayView {
  readonly date: string;
  readonly phase: 'morning' | 'day' | 'closing' | 'closed';
  /** What to work on first today by the funnel's state; a sentence with its numbers. */
  readonly advice: readonly { readonly text: string; readonly dealIds: readonly string[] }[];
  readonly steps: readonly DayStepView[];
  readonly prompts: readonly {
    readonly dealId: string;
    readonly dealTitle: string;
    readonly dealPath: string | null;
    readonly text: string;
  }[];
  readonly counts: {
    readonly done: number;
    readonly open: number;
    readonly overdue: number;
    readonly closed: number;
  };
  readonly closedAt: string | null;
  readonly now: string;
}

export interface DayStepView {
  readonly dealId: string;
  readonly dealTitle: string;
  readonly dealPath: string | null;
  readonly stepId: string;
  readonly title: string;
  readonly dueAt: string | null;
  readonly overdue: boolean;
  readonly minutes: number;
  /** How it was closed today; null: not yet. */
  readonly closing: { readonly kind: 'done' | 'notDone' | 'later'; readonly reason: string | null } | null;
}

/** `POST /api/day/closing` `{ stepId, dealId, kind, reasonKey?, until?, result? }`, `POST /api/day/finish`. */
export interface ClosingAnswer {
  readonly day: DayView;
}

/** `GET /api/day/exceptions?date=`: the head's page at 19:00: deviations with reasons. */
export interface ExceptionsView {
  readonly date: string;
  readonly sellers: readonly {
    readonly userId: string;
    readonly name: string;
    readonly done: number;
    readonly notDone: number;
    readonly unexplained: number;
    readonly absent: boolean;
    readonly closedAt: string | null;
    readonly items: readonly {
      readonly dealId: string;
      readonly dealTitle: string;
      readonly dealPath: string | null;
      readonly title: string;
      readonly what: 'notDone' | 'unexplained' | 'noPlan' | 'noTask' | 'noComment' | 'unsorted';
      readonly reason: string | null;
    }[];
  }[];
  readonly sentence: string;
}

/** `GET /api/reasons/report?by=stage|seller|product&from&to`: reasons and which of them precede a loss. */
export interface ReasonsReportView {
  readonly rows: readonly {
    readonly reason: string;
    readonly cause: 'client' | 'outer' | 'omission' | 'unknown';
    readonly group: string;
    readonly count: number;
    readonly dealIds: readonly string[];
    /** Deals lost within 30 days after it. */
    readonly lostAfter: number;
  }[];
  readonly tooFew: boolean;
}
