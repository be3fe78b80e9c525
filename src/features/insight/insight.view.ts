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
    /** The deals of the stage before that came further. */
    readonly fromPreviousDrill?: Drill;
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
      readonly drill?: Drill;
    }[];
    readonly byPeriod: readonly {
      readonly month: string;
      readonly share: number | null;
      readonly deals: number;
      readonly drill?: Drill;
    }[];
    /** Kaplan–Meier curve for the picture, at most 60 points. */
    readonly curve: readonly { readonly days: number; readonly staying: number }[];
    /** All visits; those that go on; those that went ahead; those that were lost. */
    readonly drill: Drill;
    readonly openDrill?: Drill;
    readonly advancedDrill?: Drill;
    readonly lostDrill?: Drill;
  }[];
}

export type StuckKind = 'noPlan' | 'sellerIdle' | 'waitingForClient' | 'dead';

/** `stuck`: most pain first, keyset by `after`. */
export interface StuckView extends InsightHead {
  readonly counts: Readonly<
    Record<StuckKind, { readonly deals: number; readonly amount: string; readonly drill?: Drill }>
  >;
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
    readonly bestQuarter: {
      readonly label: string;
      readonly conversion: number;
      /** Deals that entered the stage in that quarter and whose way is decided. */
      readonly drill?: Drill;
    } | null;
    readonly leak: Estimate;
    readonly whatIfBestQuarter: Estimate;
    readonly whatIfFaster: Estimate;
    /** Deals that were lost out of the stage in the judged months, and those that went on. */
    readonly drill: Drill;
    readonly advancedDrill?: Drill;
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
    /** Open deals. */
    readonly drill: Drill;
    readonly wonDrill?: Drill;
    readonly lostDrill?: Drill;
    /** Won and lost: what the conversion rests on. */
    readonly closedDrill?: Drill;
    /** Lists of steps, each under its deal. */
    readonly plannedDrill?: Drill;
    readonly doneDrill?: Drill;
    readonly omittedDrill?: Drill;
    readonly reasonDrill?: Drill;
  }[];
  /** The best third by conversion against the others; `telling`: the interval of the difference leaves 0 out. */
  readonly best: readonly {
    readonly text: string;
    readonly habit?: BestHabit;
    readonly best?: Estimate;
    readonly rest?: Estimate;
    readonly telling?: boolean;
  }[];
  readonly handOver: readonly {
    readonly userId: string;
    readonly name: string;
    readonly text: string;
    readonly drill: Drill;
  }[];
}

/**
 * What is compared of the best and the others: minutes to the first response, days in a stage, touches a deal, shares of
 * steps done in time, of open deals with a next step, of losses with a reason, steps a deal, days to the win.
 */
export type BestHabit =
  | 'firstResponse'
  | 'timeInStage'
  | 'touches'
  | 'stepInTime'
  | 'nextStep'
  | 'lossReason'
  | 'stepsDone'
  | 'pace';

/** `forecast`: conversions and money by month, and the vacuum per stage for a target (`&target=`). */
export interface ForecastView extends InsightHead {
  readonly months: readonly {
    readonly month: string;
    readonly deals: Estimate;
    readonly revenue: Estimate;
    /** The open deals that may be won. */
    readonly drill?: Drill;
  }[];
  readonly target: string | null;
  readonly vacuum: readonly {
    readonly stageId: string;
    readonly name: string;
    readonly needed: number;
    readonly present: number;
    readonly drill?: Drill;
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
    /** The last purchase of each such client; of the revenue every purchase but the first. */
    readonly repeatDrill?: Drill;
    readonly crossDrill?: Drill;
    readonly referralDrill?: Drill;
    readonly revenueDrill?: Drill;
  };
}

export interface LossPart {
  readonly name: string;
  readonly deals: number;
  readonly drill: Drill;
}

/** `losses`: reasons of losses by stage, product, seller, source. */
export interface LossesView extends InsightHead {
  readonly reasons: readonly {
    readonly reason: string;
    readonly deals: number;
    readonly amount: string;
    readonly byStage: readonly {
      readonly stageName: string;
      readonly deals: number;
      readonly drill?: Drill;
    }[];
    /** The largest few of each; one deal may have several products. */
    readonly bySeller?: readonly LossPart[];
    readonly byProduct?: readonly LossPart[];
    readonly bySource?: readonly LossPart[];
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
  readonly cycle: {
    readonly censoredMedian: Estimate;
    readonly closedOnlyMedian: number | null;
    /** Won and lost deals. */
    readonly closedDrill?: Drill;
  };
  readonly zombies: {
    readonly deals: number;
    readonly amount: string;
    readonly text: string;
    readonly drill: Drill;
  };
  readonly weakest: WeakestView['stages'][number] | null;
  readonly planWouldChange: { readonly text: string; readonly money: Estimate };
}
