/**
 * The daily cycle. Instants are ISO 8601 UTC texts, days `YYYY-MM-DD` where the person is; texts are ready to read in
 * the asker's language.
 */

/**
 * `off`: no working day of the person. `morning`: before the list and in the first hour after it. `closing`: from the
 * evening closing on, until the person closed the day (`closed`).
 */
export type DayPhase = 'off' | 'morning' | 'day' | 'closing' | 'closed';

/** `GET /api/day`: the asker's own day. */
export interface DayView {
  readonly date: string;
  readonly phase: DayPhase;
  /** Why there is no day today; null on a working day. */
  readonly off: { readonly why: 'dayOff' | 'absent'; readonly backOn: string | null } | null;
  /** When the list came and when the closing begins; null when `off`. */
  readonly listAt: string | null;
  readonly closingAt: string | null;
  /** What to work on first today by the funnel's state. */
  readonly advice: readonly DayAdviceView[];
  readonly prompts: readonly DayPromptView[];
  /** In the order in which they hurt, at most 200; `counts` tells of all. Settled ones last. */
  readonly items: readonly DayItemView[];
  readonly counts: DayCountsView;
  /** Of the account's list; for "not done" and for moving a date. */
  readonly reasons: readonly DayReasonView[];
  readonly closedAt: string | null;
  readonly reminders: boolean;
  /** False: nobody is told anything of the day until an administrator switches the cycle on; the day itself works. */
  readonly cycleOn: boolean;
  /** The server's clock at rendering. */
  readonly now: string;
}

export type DayItemKind = 'step' | 'push' | 'clientDate';
/** `moved`: to another day, with a reason. */
export type DayItemState = 'open' | 'done' | 'notDone' | 'moved';

export interface DayItemView {
  /** For `POST /api/day/items/:id`; to be encoded as one part of a path. */
  readonly id: string;
  readonly kind: DayItemKind;
  readonly dealId: string | null;
  readonly dealTitle: string | null;
  readonly dealPath: string | null;
  /** `stepKey~visitSeq`; null where it is no step. */
  readonly stepId: string | null;
  readonly pushId: string | null;
  /** What is to be done: the step, the question, "come back to the client". */
  readonly title: string;
  /** Why it stands where it stands: "3 days late", "the client's date is today". Null: it is simply due today. */
  readonly because: string | null;
  readonly dueAt: string | null;
  readonly overdue: boolean;
  /** Planned minutes; 0: nothing is said. */
  readonly minutes: number;
  /** What "done" demands; `demanded` false: nothing. */
  readonly result: StepResultDemand;
  readonly state: DayItemState;
  /** It was settled in the CRM or in the deal's plan, not in the day: ticked already. */
  readonly settledElsewhere: boolean;
  readonly reason: string | null;
  /** Of `moved`: to when. */
  readonly until: string | null;
  /** How often its date was moved already; from 2 on the next move goes to the head, who is told. */
  readonly postponed: number;
}

export interface StepResultDemand {
  readonly kind: 'none' | 'text' | 'choice' | 'number' | 'link';
  readonly label: string | null;
  readonly choices: readonly string[];
  readonly demanded: boolean;
}

export interface DayReasonView {
  readonly key: string;
  readonly name: string;
  readonly cause: 'client' | 'outer' | 'omission';
}

export interface DayCountsView {
  readonly planned: number;
  readonly done: number;
  readonly notDone: number;
  readonly moved: number;
  readonly open: number;
  readonly overdue: number;
}

export interface DayAdviceView {
  readonly kind: 'pushNearClosing' | 'vacuumNear' | 'topEmpty';
  readonly pipelineName: string;
  readonly text: string;
  /** The deals to begin with, at most five. */
  readonly deals: readonly DayDealView[];
}

export interface DayDealView {
  readonly dealId: string;
  readonly dealTitle: string;
  readonly dealPath: string | null;
}

export type DayPromptAction = 'openDeal' | 'moveDate' | 'lowerPriority';

/**
 * `GET /api/day/off-days?userId=` (default: the asker; `everybody=true`: what the company's people have in common): days
 * without work for a year ahead. Somebody else's absences are told to that person's heads only.
 */
export interface OffDaysView {
  readonly from: string;
  readonly to: string;
  /** Days in a row, both included, in order. */
  readonly off: readonly {
    readonly from: string;
    readonly to: string;
    readonly why: 'weekend' | 'holiday' | 'absent' | 'dayOff';
  }[];
}

/** "You have stood on stage X longer than the norm: time for …, or lower the priority and switch." */
export interface DayPromptView extends DayDealView {
  readonly text: string;
  readonly stageName: string;
  /** What may be done with it here, besides what the seller does in the deal. */
  readonly actions: readonly DayPromptAction[];
  /** Of the next step, for `moveDate` through `POST /api/day/items/:id`; null: there is none. */
  readonly itemId: string | null;
  readonly postponed: number;
}

/**
 * `POST /api/day/items/:id`; a reason is a key of `reasons`, words, or both. `final`: the step ends with this negative
 * result; else it stays open and stands in tomorrow's list. `until` is an instant or a day, within a year.
 */
export type DayItemRequest =
  | { readonly kind: 'done'; readonly result?: string }
  | {
      readonly kind: 'notDone';
      readonly reasonKey?: string;
      readonly reason?: string;
      readonly final?: boolean;
    }
  | {
      readonly kind: 'moved';
      readonly until: string;
      readonly reasonKey?: string;
      readonly reason?: string;
    };

/**
 * Answer of `POST /api/day/items/:id`, `POST /api/day/close`, `POST /api/day/prompts/:dealId`
 * `{ action: 'lowerPriority' | 'raisePriority' }` and `PUT /api/day/reminders` `{ on }`.
 */
export interface DayAnswer {
  readonly day: DayView;
  /** Set when the third postponing went to the head, or the closing left something unexplained. */
  readonly said: string | null;
}

/** `GET /api/day/exceptions?date=` (of the head; default: today). Heads and administrators only. */
export interface ExceptionsView {
  readonly date: string;
  /** The fact that matters first. */
  readonly sentence: string;
  /** Begins at the head's 19:00; before it the day is still going on. */
  readonly final: boolean;
  readonly totals: ExceptionFigures;
  /** Who has something unexplained first, then by what is not done. */
  readonly sellers: readonly SellerDayView[];
  readonly report: ControlReportView;
  readonly now: string;
}

export interface ExceptionFigures {
  readonly planned: number;
  readonly done: number;
  readonly notDone: number;
  readonly moved: number;
  readonly unexplained: number;
}

export interface SellerDayView extends ExceptionFigures {
  readonly userId: string;
  readonly name: string;
  /** Null: a working day. */
  readonly off: 'dayOff' | 'absent' | null;
  readonly closedAt: string | null;
  /** Against the person's own last four weeks, in words; null: as usual, or too little to say. */
  readonly deviation: string | null;
  /** What was not done, moved, or left without a word; at most 50. */
  readonly items: readonly ExceptionItemView[];
}

export interface ExceptionItemView {
  readonly dealId: string | null;
  readonly dealTitle: string | null;
  readonly dealPath: string | null;
  readonly stepId: string | null;
  readonly title: string;
  /** `movedAgain`: for the third time or more: it needs the head's decision. */
  readonly what: 'notDone' | 'moved' | 'movedAgain' | 'unexplained';
  readonly reason: string | null;
  readonly cause: 'client' | 'outer' | 'omission' | null;
  readonly until: string | null;
}

/** The 19:00 report of the preset: open deals in the head's reach. */
export interface ControlReportView {
  readonly noTask: ReportPartView;
  readonly noComment: ReportPartView;
  readonly unsorted: ReportPartView;
}

export interface ReportPartView {
  readonly count: number;
  /** The first ones by pain, at most 20. */
  readonly deals: readonly (DayDealView & { readonly ownerName: string | null })[];
}

/** `GET /api/day/review?week=YYYY-MM-DD` (any day of the week; default: the last whole week). */
export interface ReviewView {
  readonly from: string;
  readonly to: string;
  readonly sentence: string;
  /** The asker's own week; heads who sell nothing have zeros. */
  readonly mine: ReviewRowView;
  /** Everybody else in reach; empty for sellers. */
  readonly sellers: readonly ReviewRowView[];
  /** Over `mine` and `sellers`. */
  readonly total: ReviewRowView;
  readonly now: string;
}

export interface ReviewRowView {
  readonly userId: string | null;
  readonly name: string;
  readonly week: ReviewFigures;
  readonly before: ReviewFigures;
  /** What was not done or moved in the week, most frequent first. */
  readonly reasons: readonly {
    readonly reason: string;
    readonly cause: 'client' | 'outer' | 'omission' | null;
    readonly count: number;
  }[];
}

export interface ReviewFigures extends ExceptionFigures {
  /** Of what was planned; null: fewer than 30, the counts only. */
  readonly doneShare: number | null;
  readonly pushes: number;
  readonly answered: number;
  /** Working minutes, the median; null: none was answered. */
  readonly responseMinutes: number | null;
  /** Deals that stood longer than their stage's limit and moved on in the week. */
  readonly stuckMoved: number;
}

/** `GET /api/day/settings`, `PUT /api/day/settings` with `DaySettingsRequest` (administrators). */
export interface DaySettingsView extends DaySettingsRequest {
  /** Whether letters can be sent at all. */
  readonly mailConfigured: boolean;
  readonly canEdit: boolean;
}

/**
 * Times are `HH:MM` for whoever works by the company's hours; for other hours, half-days and short days they shift with
 * the beginning (list, review) or the end (closing, exceptions) of the person's working day.
 */
export interface DaySettingsRequest {
  readonly cycleOn: boolean;
  readonly listAt: string;
  readonly closingAt: string;
  readonly exceptionsAt: string;
  /** On the first working day of the week. */
  readonly reviewAt: string;
  /** Minutes before a step with a time of day; 0: nobody is reminded. */
  readonly remindMinutes: number;
  /** Lists, exceptions and reviews by e-mail as well. */
  readonly mail: boolean;
}
