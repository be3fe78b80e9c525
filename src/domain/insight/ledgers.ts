import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import { addPassage, NO_PASSAGES, quarterOf, type PassageCounts } from './funnel.js';
import { quantileOf, survivalCurve, type QuantileEstimate } from './kaplan-meier.js';
import { lifeTable, type LifeTable, type VisitOutcome } from './life-table.js';
import type { LoggedDeal, StageOrder, Stay } from './stays.js';

/** Sums over whole deals. */
export interface TotalFigures {
  readonly deals: number;
  readonly won: number;
  readonly lost: number;
  readonly open: number;
  /** Null when no deal tells an amount. */
  readonly openAmount: number | null;
  readonly wonAmount: number | null;
  /** From the first entry to won or lost, in milliseconds: censored, and as a report on closed deals would say. */
  readonly cycle: {
    readonly median: QuantileEstimate;
    readonly naiveMedian: number | null;
    readonly closed: number;
  };
}

/** The ways in which a stay ends. */
export type LeftWay = Exclude<VisitOutcome, 'open'>;

/** What is counted of one stage while the deals go by. */
export class StageLedger {
  /** By quarter of the deal's first entry. */
  readonly quarters = new Map<string, PassageCounts>();
  passages = NO_PASSAGES;
  /** Of the deals that went on: those won, of those whose end is known. */
  readonly afterwards = { won: 0, decided: 0 };
  /** Deals that came to a later stage without having been here. */
  passedBy = 0;
  private readonly next = new Map<string, number>();
  private readonly times: number[] = [];
  private readonly outcomes: VisitOutcome[] = [];
  private readonly clean: boolean[] = [];

  addStay(stay: Stay, asOf: Instant, clean: boolean): void {
    this.times.push((stay.leftAt ?? asOf) - stay.enteredAt);
    this.outcomes.push(stay.outcome);
    this.clean.push(clean);
    if (stay.nextStageId !== null)
      this.next.set(stay.nextStageId, (this.next.get(stay.nextStageId) ?? 0) + 1);
  }

  addPassage(outcome: 'advanced' | 'lost' | 'open', enteredAt: Instant, end: StageKind): void {
    const quarter = quarterOf(enteredAt);
    this.passages = addPassage(this.passages, outcome);
    this.quarters.set(quarter, addPassage(this.quarters.get(quarter) ?? NO_PASSAGES, outcome));
    if (outcome !== 'advanced' || end === 'open') return;
    this.afterwards.decided += 1;
    if (end === 'won') this.afterwards.won += 1;
  }

  /** Where most go from here, and their share of those that left. */
  usualNext(): { readonly stageId: string; readonly share: number } | null {
    const left = [...this.next.values()].reduce((sum, count) => sum + count, 0);
    const [usual] = [...this.next].toSorted(([, a], [, b]) => b - a);
    return usual ? { stageId: usual[0], share: usual[1] / left } : null;
  }

  table(): LifeTable<LeftWay> {
    return lifeTable(this.times, this.outcomes);
  }

  /** Without the stays that carry a mark of honesty. */
  cleanTable(): LifeTable<LeftWay> {
    if (!this.clean.includes(false)) return this.table();
    const places = [...this.clean.keys()].filter((place) => this.clean[place]);
    return lifeTable(
      Float64Array.from(places, (place) => this.times[place] ?? 0),
      places.map((place) => this.outcomes[place] ?? 'open'),
    );
  }
}

/** Sums over whole deals. */
export class DealTotals {
  /** First entry of all. */
  from = Number.POSITIVE_INFINITY;
  private readonly ends = { open: 0, won: 0, lost: 0 };
  private readonly amounts = { open: 0, won: 0, lost: 0 };
  private amountsKnown = 0;
  private wonWithAmount = 0;
  private readonly cycles: number[] = [];
  private readonly closings: ('closed' | 'open')[] = [];

  add(deal: LoggedDeal, stays: readonly Stay[], order: StageOrder, asOf: Instant): void {
    const first = stays[0];
    const last = stays.at(-1);
    if (first === undefined || last === undefined) return;
    const end = order.kindOf(last.stageId);
    this.from = Math.min(this.from, first.enteredAt);
    this.ends[end] += 1;
    if (deal.amount !== null) {
      this.amounts[end] += deal.amount;
      this.amountsKnown += 1;
      if (end === 'won') this.wonWithAmount += 1;
    }
    this.cycles.push((end === 'open' ? asOf : last.enteredAt) - first.enteredAt);
    this.closings.push(end === 'open' ? 'open' : 'closed');
  }

  meanWonAmount(): number | null {
    return this.wonWithAmount === 0 ? null : this.amounts.won / this.wonWithAmount;
  }

  figures(): TotalFigures {
    const { open, won, lost } = this.ends;
    const known = this.amountsKnown > 0;
    return {
      deals: open + won + lost,
      won,
      lost,
      open,
      openAmount: known ? this.amounts.open : null,
      wonAmount: known ? this.amounts.won : null,
      cycle: {
        median: quantileOf(survivalCurve(lifeTable(this.cycles, this.closings)), 0.5),
        naiveMedian: medianOf(this.cycles.filter((_, at) => this.closings[at] === 'closed')),
        closed: won + lost,
      },
    };
  }
}

/** R's `median`: the middle one, or the mean of the middle two. */
function medianOf(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
