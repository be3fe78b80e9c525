import type { Drill, Estimate, InsightHead } from './insight-head.view.js';

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
 * steps done in time, of open deals with a next step, of losses with a reason, days to the win.
 */
export type BestHabit =
  'firstResponse' | 'timeInStage' | 'touches' | 'stepInTime' | 'nextStep' | 'lossReason' | 'pace';

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
    /** Something is missing, and the day by which it had to come is gone. */
    readonly late: boolean;
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
