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
