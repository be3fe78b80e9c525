/**
 * The head's control panel. Instants are ISO 8601 UTC texts, money is decimal text in the account's currency. Every
 * answer is cut to the person's reach on the server: a seller sees own deals, a head the department, an administrator all.
 */

/** What a deal is counted under; a deal may be under several. Counters are filters. */
export type PanelMark =
  'noPlan' | 'noNextStep' | 'overdue' | 'today' | 'stuck' | 'waiting' | 'pushedUnanswered' | 'unsorted';

/** Filters as the address carries them; all optional, joined by "and"; several values of one by "or". */
export interface PanelFilter {
  readonly marks?: readonly PanelMark[];
  readonly sellerIds?: readonly string[];
  readonly departmentIds?: readonly string[];
  readonly pipelineIds?: readonly string[];
  readonly productIds?: readonly string[];
  readonly stageIds?: readonly string[];
  /** Created in this period: local days, `YYYY-MM-DD`, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly amountFrom?: number;
  readonly amountTo?: number;
  /** Part of the deal's title. */
  readonly text?: string;
}

/** `pain`: days over the stage's norm × amount, most first. */
export type PanelSort = 'pain' | 'due' | 'idle' | 'amount' | 'created';

/** `GET /api/panel?…filter&sort&after&limit`: a page of the table; keyset, at most 200 rows. */
export interface PanelPageView {
  readonly rows: readonly PanelRowView[];
  /** Ask for the next page with this; null: that was all. */
  readonly next: string | null;
  /** Deals under the filter, and under each mark with the same filter but the marks. */
  readonly total: number;
  readonly counts: Readonly<Record<PanelMark, number>>;
  readonly now: string;
}

export interface PanelRowView {
  readonly dealId: string;
  readonly dealPath: string | null;
  readonly title: string;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly stageName: string;
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly createdAt: string;
  readonly stageSince: string | null;
  readonly daysInStage: number | null;
  /** What this stage usually takes, in days; null where nothing is known. */
  readonly normDays: number | null;
  readonly nextStep: {
    readonly id: string;
    readonly title: string;
    readonly dueAt: string | null;
    readonly overdue: boolean;
  } | null;
  readonly doneSteps: number;
  readonly openSteps: number;
  readonly overdueSteps: number;
  readonly marks: readonly PanelMark[];
  /** Why each red mark is there, with the last event that counts, ready to read. */
  readonly why: readonly { readonly mark: PanelMark; readonly text: string }[];
  readonly lastEventAt: string | null;
  readonly snoozedUntil: string | null;
  readonly push: PushStateView | null;
  /** Where the deal is on its way to: asked for here, not confirmed by the host yet. Absent: it stands still. */
  readonly moving?: { readonly stageId: string; readonly stageName: string };
}

export interface PushStateView {
  readonly id: string;
  readonly at: string;
  readonly byName: string | null;
  readonly state: 'waiting' | 'answered' | 'escalated' | 'withdrawn';
  readonly answer: PushAnswerView | null;
  /** Until when nobody can push this again. */
  readonly coolUntil: string | null;
}

export interface PushAnswerView {
  readonly kind: 'done' | 'willBeDone' | 'notDone';
  readonly at: string;
  readonly byName: string | null;
  readonly until: string | null;
  readonly reason: string | null;
}

/** `GET /api/panel/board?…filter&pipelineId`: columns by stage with the first cards of each, sorted as asked. */
export interface PanelBoardView {
  readonly columns: readonly {
    readonly stageId: string;
    readonly name: string;
    readonly kind: 'open' | 'won' | 'lost';
    readonly total: number;
    readonly amount: string;
    readonly cards: readonly PanelRowView[];
    readonly next: string | null;
  }[];
  readonly counts: Readonly<Record<PanelMark, number>>;
  readonly now: string;
}

/** `GET /api/panel/choices`: what the filters offer this person, and the saved views. */
export interface PanelChoicesView {
  readonly sellers: readonly { readonly id: string; readonly name: string }[];
  readonly departments: readonly { readonly id: string; readonly name: string }[];
  readonly pipelines: readonly {
    readonly id: string;
    readonly name: string;
    readonly stages: readonly {
      readonly id: string;
      readonly name: string;
      readonly kind: 'open' | 'won' | 'lost';
    }[];
  }[];
  readonly products: readonly { readonly id: string; readonly name: string }[];
  readonly reasons: readonly {
    readonly key: string;
    readonly name: string;
    readonly uses: readonly string[];
  }[];
  readonly views: readonly SavedPanelView[];
  /** The filter of this person's last visit. */
  readonly last: PanelFilter | null;
  readonly can: { readonly push: boolean; readonly reassign: boolean; readonly closeDeals: boolean };
}

/** `PUT /api/panel/views/:id`, `DELETE …`; `shared` ones are seen by everybody of the account. */
export interface SavedPanelView {
  readonly id: string;
  readonly name: string;
  readonly filter: PanelFilter;
  readonly sort: PanelSort;
  readonly shared: boolean;
  readonly mine: boolean;
}

/** `GET /api/panel/deals/:dealId`: the drawer; the plan itself comes from `GET /api/plan/:dealId`. */
export interface PanelDrawerView {
  readonly row: PanelRowView;
  /** Newest first: stage moves, steps, pushes and answers, alerts, who was told what. */
  readonly events: readonly {
    readonly at: string;
    readonly text: string;
    readonly byName: string | null;
    readonly told: readonly string[];
  }[];
  readonly pushes: readonly PushStateView[];
}

/** `POST /api/panel/actions`: on at most 500 deals; long ones show progress. `undo` is offered for 8 s to 15 min. */
export type PanelAction =
  | { readonly kind: 'push'; readonly dealIds: readonly string[]; readonly text?: string }
  | {
      readonly kind: 'reassign';
      readonly dealIds: readonly string[];
      readonly userId: string;
      readonly openSteps: boolean;
    }
  | { readonly kind: 'replan'; readonly dealIds: readonly string[]; readonly from: string }
  | {
      readonly kind: 'close';
      readonly dealIds: readonly string[];
      readonly reasonKey: string;
      readonly comment?: string;
    }
  | {
      readonly kind: 'snooze';
      readonly dealIds: readonly string[];
      readonly until: string;
      readonly reasonKey: string;
      readonly comment?: string;
    }
  | { readonly kind: 'move'; readonly dealIds: readonly string[]; readonly stageId: string };

export interface PanelActionAnswer {
  readonly done: number;
  /** Why some were left out: `{ dealId, why }`. */
  readonly refused: readonly { readonly dealId: string; readonly why: string }[];
  /** `POST /api/panel/undo` `{ undo }`; null where nothing can be undone. */
  readonly undo: string | null;
}
