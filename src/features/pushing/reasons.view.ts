/** How the rows of the report are made. */
export type ReasonsBy = 'stage' | 'seller' | 'product';

/** Whose doing it was: the client refused, something outside, or the seller left it undone; null where nobody said. */
export type ReasonCause = 'client' | 'outer' | 'omission' | null;

/**
 * `GET /api/reasons?from&to&pipelineId&by=stage|seller|product` (days `YYYY-MM-DD`, both included; the last 90 days
 * unless given): why steps were not done, deals lost and work put off, in the person's reach.
 */
export interface ReasonsReportView {
  readonly from: string;
  readonly to: string;
  readonly by: ReasonsBy;
  readonly pipelineId: string | null;
  readonly pipelines: readonly { readonly id: string; readonly name: string }[];
  /** What it comes to, first. */
  readonly sentence: string;
  /** Everything that was not done, lost or put off; the reasons below sum to it. Without a reason it is named so. */
  readonly total: number;
  /** Most frequent first. */
  readonly reasons: readonly ReasonRow[];
  /** Sums by cause; they sum to `total`. */
  readonly causes: readonly { readonly cause: ReasonCause; readonly name: string; readonly count: number }[];
  /** Rows by `by`, most first; each row's counts are in the order of `reasons`. They sum to `total`. */
  readonly groups: readonly {
    /** For the drill; empty: unknown. */
    readonly id: string;
    readonly name: string;
    readonly total: number;
    readonly counts: readonly number[];
  }[];
  /** Which reasons precede a loss, strongest first, those with too few deals last. */
  readonly precede: readonly ReasonPrecedesView[];
}

export interface ReasonRow {
  /** Opaque; for the drill. */
  readonly id: string;
  readonly name: string;
  readonly cause: ReasonCause;
  readonly causeName: string;
  readonly count: number;
  /** Of the total, 0 to 1. */
  readonly share: number;
  readonly steps: number;
  readonly losses: number;
  readonly snoozes: number;
}

export interface ReasonPrecedesView {
  readonly id: string;
  readonly name: string;
  /** Closed deals of the period that met the reason before they were closed. */
  readonly deals: number;
  readonly lost: number;
  /** Null below `ENOUGH` deals: too few to say. */
  readonly lift: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly text: string;
}

/**
 * `GET /api/reasons/deals` with the report's parameters and optionally `reason` (a row's id), `group` (a group's id),
 * `use` (`step`, `loss`, `snooze`), `closed=all|lost` (deals of `precede`), `after`: newest first.
 */
export interface ReasonDealsView {
  readonly total: number;
  readonly deals: readonly {
    readonly dealId: string;
    readonly title: string;
    readonly dealPath: string | null;
    readonly at: string;
    readonly sellerName: string | null;
    readonly stageName: string;
    readonly use: 'step' | 'loss' | 'snooze';
    readonly reasonName: string;
    /** The person's own words; null: none. */
    readonly words: string | null;
  }[];
  readonly next: string | null;
}
