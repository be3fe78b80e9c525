import type { Drill, Estimate, InsightFilter, InsightHead } from './insight-head.view.js';

export type * from './insight-head.view.js';
export type * from './outlook.view.js';

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
  /** What the same figures say of conversion, in place of what they say of time. */
  readonly conversion: Pick<InsightHead, 'sentence' | 'advice'>;
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
