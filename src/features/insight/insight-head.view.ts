/**
 * Pages of insight. Every page answers `GET /api/insight/<page>?pipelineId&from&to&productIds&sellerIds&departmentIds&sourceIds`
 * within the person's reach, sentence first. Instants are ISO 8601 UTC texts, durations days of 24 hours, shares 0…1, money
 * decimal text in the account's currency. Null: not derivable; a small sample says `tooFew` and gives counts only.
 */
export interface InsightHead {
  /** What the page says, in one or two sentences, with its numbers. */
  readonly sentence: string;
  /** The remedy in words, where there is one. */
  readonly advice: string | null;
  readonly tooFew: boolean;
  /** What the page rests on, and how much was left out as dishonest data, by mark. */
  readonly deals: number;
  /** What `deals` counts; absent: deals. */
  readonly restsOn?: 'visits' | 'clients';
  readonly leftOut: readonly {
    readonly mark: HonestyMark;
    /** Visits: one deal may have several. */
    readonly deals: number;
    readonly text: string;
    readonly drill?: Drill;
  }[];
  readonly asOf: string;
  /** What `deals` counts; absent where that is not a list of deals. */
  readonly drill?: Drill;
}

export type HonestyMark = 'bulkMove' | 'sameMinute' | 'backdated' | 'imported' | 'skippedStages';

export interface InsightFilter {
  readonly pipelineId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly productIds?: readonly string[];
  readonly sellerIds?: readonly string[];
  readonly departmentIds?: readonly string[];
  readonly sourceIds?: readonly string[];
}

/** A number with its 95 % interval; null bounds: none can be given. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What opens the deals behind a number: `GET /api/insight/deals?drill=…&after`; the list sums to it. */
export type Drill = string;
