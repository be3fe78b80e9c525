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
  /** Deals that the page rests on, and how many were left out as dishonest data, by mark. */
  readonly deals: number;
  readonly leftOut: readonly { readonly mark: HonestyMark; readonly deals: number; readonly text: string }[];
  readonly asOf: string;
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

/** `GET /api/insight/choices`: what the filters offer, the filter of the last visit, and which pages there are. */
export interface InsightChoicesView {
  readonly pipelines: readonly { readonly id: string; readonly name: string }[];
  readonly products: readonly { readonly id: string; readonly name: string }[];
  readonly sellers: readonly { readonly id: string; readonly name: string }[];
  readonly departments: readonly { readonly id: string; readonly name: string }[];
  readonly sources: readonly { readonly id: string; readonly name: string }[];
  readonly last: InsightFilter | null;
}

export interface DrillDealsView {
  readonly deals: readonly {
    readonly id: string;
    readonly path: string | null;
    readonly title: string;
    readonly stageName: string;
    readonly ownerName: string | null;
    readonly amount: string | null;
    readonly since: string | null;
    readonly note: string | null;
  }[];
  readonly total: number;
  readonly amount: string;
  readonly next: string | null;
}

export interface Cell {
  readonly deals: number;
  readonly amount: string;
  readonly drill: Drill;
}

/** `funnel`: the funnel now, and its crossings. */
export interface FunnelView extends InsightHead {
  readonly stages: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: 'open' | 'won' | 'lost';
    readonly now: Cell;
    /** Share of the deals that ever came here among those of the stage before. */
    readonly fromPrevious: Estimate;
  }[];
  /** `status × product`, `seller × product`, `client × product`: rows and columns by size, the rest under "others". */
  readonly crossings: readonly {
    readonly by: 'stage' | 'seller' | 'client';
    readonly columns: readonly { readonly id: string; readonly name: string }[];
    readonly rows: readonly {
      readonly id: string;
      readonly name: string;
      readonly cells: readonly (Cell | null)[];
    }[];
  }[];
}

/** `stages`: time in stage with open deals counted as censored; conversion by cohort and by period. */
export interface StagesView extends InsightHead {
  readonly stages: readonly {
    readonly id: string;
    readonly name: string;
    readonly visits: number;
    readonly open: number;
    readonly median: Estimate;
    readonly q1: number | null;
    readonly q3: number | null;
    readonly advanced: Estimate;
    readonly lost: Estimate;
    readonly byCohort: readonly {
      readonly month: string;
      readonly share: number | null;
      readonly deals: number;
    }[];
    readonly byPeriod: readonly {
      readonly month: string;
      readonly share: number | null;
      readonly deals: number;
    }[];
    /** Kaplan–Meier curve for the picture, at most 60 points. */
    readonly curve: readonly { readonly days: number; readonly staying: number }[];
    readonly drill: Drill;
  }[];
}

export type StuckKind = 'noPlan' | 'sellerIdle' | 'waitingForClient' | 'dead';

/** `stuck`: most pain first, keyset by `after`. */
export interface StuckView extends InsightHead {
  readonly counts: Readonly<Record<StuckKind, { readonly deals: number; readonly amount: string }>>;
  readonly rows: readonly {
    readonly id: string;
    readonly path: string | null;
    readonly title: string;
    readonly stageName: string;
    readonly ownerName: string | null;
    readonly amount: string | null;
    readonly kind: StuckKind;
    readonly days: number;
    readonly norm: number | null;
    readonly chance: number | null;
    /** The rule, its numbers and the last event, in words. */
    readonly why: string;
    readonly lastEventAt: string | null;
    /** What to do; the button's action. */
    readonly remedy: 'startPlan' | 'push' | 'wait' | 'close';
  }[];
  readonly next: string | null;
}

/** `weakest`: where money leaks, in money, with what-if. */
export interface WeakestView extends InsightHead {
  readonly stages: readonly {
    readonly id: string;
    readonly name: string;
    readonly conversion: Estimate;
    readonly bestQuarter: { readonly label: string; readonly conversion: number } | null;
    readonly leak: Estimate;
    readonly whatIfBestQuarter: Estimate;
    readonly whatIfFaster: Estimate;
    readonly drill: Drill;
  }[];
  readonly structure: readonly {
    readonly kind: 'split' | 'merge' | 'drop';
    readonly stageName: string;
    readonly why: string;
  }[];
}

/** `sellers`: load against capacity, results, reasons, and what the best do differently. */
export interface SellersView extends InsightHead {
  readonly sellers: readonly {
    readonly id: string;
    readonly name: string;
    readonly openDeals: number;
    readonly plannedMinutes: number;
    readonly capacityMinutes: number;
    readonly load: number | null;
    readonly won: number;
    readonly lost: number;
    readonly conversion: Estimate;
    readonly revenue: string;
    readonly medianCycle: number | null;
    readonly stepsDone: number;
    readonly stepsFailedByOmission: number;
    readonly topReason: string | null;
    readonly drill: Drill;
  }[];
  readonly best: readonly { readonly text: string }[];
  readonly handOver: readonly {
    readonly userId: string;
    readonly name: string;
    readonly text: string;
    readonly drill: Drill;
  }[];
}

/** `forecast`: conversions and money by month, and the vacuum per stage for a target (`&target=`). */
export interface ForecastView extends InsightHead {
  readonly months: readonly {
    readonly month: string;
    readonly deals: Estimate;
    readonly revenue: Estimate;
  }[];
  readonly target: string | null;
  readonly vacuum: readonly {
    readonly stageId: string;
    readonly name: string;
    readonly needed: number;
    readonly present: number;
    readonly missing: number;
    /** By when that many have to stand here for the target's month. */
    readonly by: string;
  }[];
}

/** `clients`: cross-sale candidates and loyalty effects. */
export interface ClientsView extends InsightHead {
  readonly crossSales: readonly {
    readonly from: string;
    readonly to: string;
    readonly lift: Estimate;
    readonly candidates: number;
    readonly drill: Drill;
  }[];
  readonly loyalty: {
    readonly repeatShare: Estimate;
    readonly crossShare: Estimate;
    readonly referralShare: Estimate;
    readonly repeatRevenue: string;
  };
}

/** `losses`: reasons of losses by stage, product, seller, source. */
export interface LossesView extends InsightHead {
  readonly reasons: readonly {
    readonly reason: string;
    readonly deals: number;
    readonly amount: string;
    readonly byStage: readonly { readonly stageName: string; readonly deals: number }[];
    readonly drill: Drill;
  }[];
}

/** `diagnosis`: one page right after the first copy, before anything is configured. */
export interface DiagnosisView extends InsightHead {
  readonly company: {
    readonly deals: number;
    readonly since: string | null;
    readonly pipelines: number;
    readonly sellers: number;
  };
  readonly funnel: FunnelView['stages'];
  readonly stages: StagesView['stages'];
  readonly cycle: { readonly censoredMedian: Estimate; readonly closedOnlyMedian: number | null };
  readonly zombies: {
    readonly deals: number;
    readonly amount: string;
    readonly text: string;
    readonly drill: Drill;
  };
  readonly weakest: WeakestView['stages'][number] | null;
  readonly planWouldChange: { readonly text: string; readonly money: Estimate };
}
