import type { PanelActionAnswer, PushAnswerView, PushStateView } from './panel.view.js';

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

/** `GET /api/rules`: rules of alerts as data, with their words. Every `PUT` and preset answers with it, too. */
export interface RulesView {
  readonly rules: readonly RuleView[];
  readonly presets: readonly {
    readonly key: string;
    readonly name: string;
    readonly description: string;
    readonly ruleCount: number;
    /** Everything of the preset is switched on. */
    readonly on: boolean;
  }[];
  /** `PUT /api/rules` `{ budgetPerDay?, heldOutShare? }`. Instant alerts a person a day, 0 to 50; the rest waits. */
  readonly budgetPerDay: number;
  /** Share of the deals about which nobody is told, 0 to 0.5: what a rule is good for is measured against them. */
  readonly heldOutShare: number;
  readonly canEdit: boolean;
  readonly mail: {
    /** The service has a mail server. */
    readonly configured: boolean;
    /** What an administrator has to know of it, in words; null: all is well. */
    readonly text: string | null;
  };
  /** Whom a rule can name: those who work here. */
  readonly people: readonly { readonly userId: string; readonly name: string }[];
}

/** `PUT /api/rules/:ruleKey`; what is left out stays. Faults are 422 with a sentence for the person. */
export interface RuleChangeBody {
  readonly on?: boolean;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly recipients?: readonly RuleRecipient[];
  readonly channels?: readonly RuleChannel[];
  readonly delivery?: RuleDelivery;
  readonly hours?: RuleHours;
  readonly escalation?: readonly RuleRung[];
}

export type RuleChannel = 'host' | 'mail';
/** `working`: in the person's working time only. `always`: also at night and on days off, never in an absence. */
export type RuleHours = 'working' | 'always';

export interface RuleRung {
  /** Counted from the alert, in the working time of who was told first. */
  readonly after: number;
  readonly unit: 'workingHours' | 'workingDays';
  readonly to: RuleRecipient;
  /** As a task in the CRM; only of rules about deals. */
  readonly task?: true;
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
  readonly channels: readonly RuleChannel[];
  readonly delivery: RuleDelivery;
  readonly hours: RuleHours;
  /** About a deal, or about a seller or a pipeline as a whole: those look once a day and know no seller's deal. */
  readonly about: 'deal' | 'company';
  /** Whom and how it tells, as a sentence. */
  readonly toldTo: string;
  /** Set when nobody acted on it and it went over to the digest by itself. Choosing a delivery takes it back. */
  readonly demotedAt: string | null;
  /** Why that was, and what it takes to have it otherwise, in words; null: it was not demoted. */
  readonly demotedWhy: string | null;
  readonly escalation: readonly RuleRung[];
  readonly effect: RuleEffectView | null;
}

/** `tooFew`: fewer than 30 alerts, or deals to compare with. `chance`: the interval holds nought. */
export type RuleVerdict = 'tooFew' | 'helps' | 'harms' | 'chance';

/** Of the last 90 days, against a held-out share of 10 % of the deals for which nobody was told. */
export interface RuleEffectView {
  readonly sent: number;
  /** Alerts that are a day old at least: only those can have been acted on within one. */
  readonly judgedByDay: number;
  readonly actedWithinDay: number;
  /** Alerts that are a week old at least; so are those that were held out. */
  readonly judgedByWeek: number;
  readonly movedWithinWeek: number;
  readonly heldOut: number;
  readonly movedWithinWeekHeldOut: number;
  readonly verdict: RuleVerdict;
  /** How many more of a hundred deals moved than without an alert, with the 95 % interval; null: too few, or no deals. */
  readonly lift: { readonly points: number; readonly low: number; readonly high: number } | null;
  /** In words, honest about small numbers. */
  readonly text: string;
}

/**
 * `POST /api/rules/:ruleKey/dry-run` with an optional `RuleChangeBody` (as if it were so), then
 * `GET /api/rules/dry-runs/:id` until `state` is no longer `running` or `stopping`; `POST …/:id/stop`. Administrators.
 */
export interface RuleDryRunView {
  readonly id: string;
  readonly state: 'running' | 'stopping' | 'stopped' | 'done' | 'failed';
  readonly progress: { readonly done: number; readonly total: number };
  /** Set when done. */
  readonly result: RuleDryRunResult | null;
}

export interface RuleDryRunResult {
  readonly days: number;
  readonly from: string;
  readonly to: string;
  readonly deals: number;
  readonly alerts: number;
  readonly people: number;
  /** The most that one person would have got on one day. */
  readonly busiest: { readonly name: string; readonly day: string; readonly alerts: number } | null;
  /** Of the alerts: told at once within the budget; the rest would have waited for the digest. */
  readonly withinBudget: number;
  /** All of it in words, the sentence first. */
  readonly text: string;
  /** What history cannot tell, in words. */
  readonly limits: readonly string[];
  /** At most 20, spread over the days. */
  readonly examples: readonly {
    readonly at: string;
    readonly dealId: string | null;
    readonly dealTitle: string | null;
    readonly dealPath: string | null;
    readonly toName: string | null;
    readonly text: string;
  }[];
}

/** `POST /api/alerts/:id/snooze`; the third snooze of one deal in one stage is told to the head. */
export interface AlertSnoozeBody {
  /** A day, `YYYY-MM-DD`: from its beginning where the person is. */
  readonly until: string;
  readonly reasonKey: string;
  readonly comment?: string;
}

/** Answer of it. */
export interface AlertSnoozeAnswer extends PanelActionAnswer {
  /** Said when the head hears of this one; null: nobody is told. */
  readonly said: string | null;
}

/** `newest` first, or the deals' amounts first. */
export type AlertSort = 'newest' | 'cost';
/** `acted`: something happened to the deal after the alert. `escalated`: it went up the ladder. */
export type AlertStanding = 'unacted' | 'acted' | 'escalated';

/** Filters as the address carries them; joined by "and", several values of one by "or". */
export interface AlertFilter {
  readonly ruleKeys?: readonly string[];
  readonly sellerIds?: readonly string[];
  readonly pipelineIds?: readonly string[];
  readonly state?: AlertStanding;
}

/** `GET /api/alerts?…filter&sort&after`: open alerts in the person's reach, a page at a time (keyset). */
export interface AlertsView {
  readonly alerts: readonly AlertView[];
  /** Ask for the next page with this; null: that was all. */
  readonly next: string | null;
  /** Under the filter, its `state` aside. Null on later pages, as `choices` are. */
  readonly counts: Readonly<Record<AlertStanding | 'all', number>> | null;
  /** What the filters offer: only what has an open alert in reach. */
  readonly choices: {
    readonly rules: readonly AlertChoiceView[];
    readonly sellers: readonly AlertChoiceView[];
    readonly pipelines: readonly AlertChoiceView[];
  } | null;
  /** Reasons to put off with. */
  readonly snoozeReasons: readonly { readonly key: string; readonly name: string }[];
  /** Leads people: may push them. */
  readonly canPush: boolean;
  /** The server's clock at rendering. */
  readonly now: string;
}

/** `GET /api/alerts/count`: for a link that leads to them. */
export interface AlertsCountView {
  readonly all: number;
  readonly unacted: number;
}

export interface AlertChoiceView {
  readonly id: string;
  readonly name: string;
  readonly count: number;
}

export interface AlertView {
  readonly id: string;
  readonly at: string;
  readonly ruleKey: string;
  readonly ruleName: string;
  /** The rule with its numbers, as a sentence. */
  readonly rule: string;
  /** What happened and what to do. */
  readonly text: string;
  readonly dealId: string | null;
  /** The deal; of an alert about a person: who, and in which pipeline. */
  readonly dealTitle: string | null;
  readonly dealPath: string | null;
  readonly pipelineName: string | null;
  readonly stageName: string | null;
  /** Whose work it is about; null: nobody's deal. */
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  /** Who was told, or is going to be, lowest rung first. */
  readonly told: readonly AlertToldView[];
  /** How often it went up. */
  readonly level: number;
  /** When it goes up again unless something happens, and what happens then; null: the ladder is at its end, or there is none. */
  readonly next: { readonly at: string; readonly text: string } | null;
  readonly cost: AlertCostView;
  readonly acted: { readonly at: string; readonly text: string } | null;
  /** The deal's last push. */
  readonly push: PushStateView | null;
  /** How often the deal was put off since it is in its stage. */
  readonly snoozes: number;
  readonly canSnooze: boolean;
  /** The head hears of it when this deal is put off once more. */
  readonly snoozeGoesUp: boolean;
}

export interface AlertToldView {
  readonly name: string;
  /** Null: not yet. */
  readonly at: string | null;
  readonly how: 'instant' | 'digest' | 'task';
  readonly level: number;
}

/** What stands at stake. */
export interface AlertCostView {
  /** Decimal text; null: unknown, or in several currencies. Of a person: all open deals that it is about. */
  readonly amount: string | null;
  readonly currency: string | null;
  readonly deals: number;
  /** Days over what the deal's stage usually takes; null: not over, or nothing is learned of the stage. */
  readonly overDays: number | null;
}
