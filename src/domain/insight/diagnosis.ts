import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import { leavesWithinInterval } from './aalen-johansen.js';
import { addPassage, NO_PASSAGES, passagesOf, quarterOf, type PassageCounts } from './funnel.js';
import { HonestyJudge, type HonestyCounts } from './honesty.js';
import { quantileOf, survivalCurve, type QuantileEstimate } from './kaplan-meier.js';
import { stageLeak, weakestOf, type StageLeak } from './leak.js';
import { countStays, lifeTable, type LifeTable, type VisitOutcome } from './life-table.js';
import { wilson, type Estimate } from './sample.js';
import {
  MS_PER_DAY,
  stageNorm,
  STUCK_BELOW,
  stuckFrom,
  stuckVerdict,
  type StageNorm,
  type StuckVerdict,
} from './stuck.js';
import { StageOrder, staysOf, type LoggedDeal, type StageInOrder, type Stay } from './stays.js';

export const ADVANCE_DAYS = [7, 14, 30] as const;

/** One stage as its history shows it; durations in milliseconds. */
export interface StageDiagnosis {
  readonly stageId: string;
  readonly kind: StageKind;
  readonly visits: number;
  /** Still going on at the end of the observation. */
  readonly open: number;
  /** Of an open stage: time by which a quarter, a half, three quarters have left, open visits censored. */
  readonly quartiles: readonly [QuantileEstimate, QuantileEstimate, QuantileEstimate] | null;
  /** Median of the finished visits alone: what the usual report would say. */
  readonly naiveMedian: number | null;
  /** P(advance within 7, 14, 30 days of the entry), losses and moves back competing. */
  readonly advance: readonly (Estimate | null)[];
  readonly passages: PassageCounts;
  /** Deals that went on, of those decided; null when none is. */
  readonly conversion: Estimate | null;
  readonly finished: number;
  /** Age from which a deal counts as stuck. */
  readonly stuckFrom: number | null;
  readonly leak: StageLeak | null;
}

export interface StuckDeal {
  readonly dealId: string;
  readonly stageId: string;
  readonly ownerId: string | null;
  readonly amount: number | null;
  readonly since: Instant;
  readonly verdict: StuckVerdict;
}

export interface Diagnosis {
  readonly asOf: Instant;
  readonly deals: number;
  readonly won: number;
  readonly lost: number;
  readonly open: number;
  readonly openAmount: number | null;
  readonly wonAmount: number | null;
  readonly stages: readonly StageDiagnosis[];
  /** Dearest first, then longest. */
  readonly stuck: readonly StuckDeal[];
  readonly weakest: StageLeak | null;
  readonly honesty: HonestyCounts;
  /** From the first entry to won or lost: censored and as the usual report would say. */
  readonly cycle: {
    readonly median: QuantileEstimate;
    readonly naiveMedian: number | null;
    readonly closed: number;
  };
}

/**
 * The diagnosis of a log of stage changes.
 *
 * @param deals walked several times; moves after `asOf` are not seen.
 * @param stages in order, with their kinds.
 */
export function diagnose(
  deals: Iterable<LoggedDeal>,
  stages: readonly StageInOrder[],
  asOf: Instant,
  stuckBelow: number = STUCK_BELOW,
): Diagnosis {
  const order = new StageOrder(stages);
  const judge = new HonestyJudge(deals, order);
  const ledgers = new Map(stages.map((stage) => [stage.id, new StageLedger()]));
  const totals = new Totals();
  for (const deal of deals) {
    const stays = staysOf(deal.moves, order, asOf);
    if (stays.length === 0) continue;
    totals.add(deal, stays, order, asOf);
    stays.forEach((stay, at) => {
      const clean = judge.marksOf(stay, stays[at - 1]?.stageId ?? null).length === 0;
      ledgers.get(stay.stageId)?.addStay(stay, asOf, clean);
    });
    addPassages(stays, order, ledgers);
  }
  const open = order.open;
  const norms = new Map(
    open.map(({ id }, place) => [
      id,
      stageNorm(id, ledgers.get(id)?.cleanTable() ?? lifeTable([], []), {
        place,
        openStages: open.length,
        below: stuckBelow,
      }),
    ]),
  );
  const meanWon = totals.meanWonAmount();
  const diagnosed = stages.map((stage) =>
    stageDiagnosis(stage, ledgers.get(stage.id) ?? new StageLedger(), norms.get(stage.id) ?? null, meanWon),
  );
  return {
    asOf,
    ...totals.figures(),
    stages: diagnosed,
    stuck: stuckDeals(deals, order, norms, asOf),
    weakest: weakestOf(diagnosed.flatMap(({ leak }) => leak ?? [])),
    honesty: judge.count(allStays(deals, order, asOf)),
  };
}

type LeftWay = Exclude<VisitOutcome, 'open'>;

/** What is counted of one stage while the deals go by. */
class StageLedger {
  readonly quarters = new Map<string, PassageCounts>();
  passages = NO_PASSAGES;
  wonAfterwards = 0;
  decidedAfterwards = 0;
  private readonly times: number[] = [];
  private readonly outcomes: VisitOutcome[] = [];
  private readonly clean: boolean[] = [];

  addStay(stay: Stay, asOf: Instant, clean: boolean): void {
    this.times.push((stay.leftAt ?? asOf) - stay.enteredAt);
    this.outcomes.push(stay.outcome);
    this.clean.push(clean);
  }

  addPassage(outcome: 'advanced' | 'lost' | 'open', enteredAt: Instant, end: StageKind): void {
    const quarter = quarterOf(enteredAt);
    this.passages = addPassage(this.passages, outcome);
    this.quarters.set(quarter, addPassage(this.quarters.get(quarter) ?? NO_PASSAGES, outcome));
    if (outcome !== 'advanced' || end === 'open') return;
    this.decidedAfterwards += 1;
    if (end === 'won') this.wonAfterwards += 1;
  }

  table(): LifeTable<LeftWay> {
    return lifeTable(this.times, this.outcomes);
  }

  /** Without the stays that carry a mark of honesty. */
  cleanTable(): LifeTable<LeftWay> {
    const places = [...this.clean.keys()].filter((place) => this.clean[place]);
    return lifeTable(
      Float64Array.from(places, (place) => this.times[place] ?? 0),
      places.map((place) => this.outcomes[place] ?? 'open'),
    );
  }
}

/** Sums over whole deals. */
class Totals {
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

  figures(): Omit<Diagnosis, 'asOf' | 'stages' | 'stuck' | 'weakest' | 'honesty'> {
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

function addPassages(
  stays: readonly Stay[],
  order: StageOrder,
  ledgers: ReadonlyMap<string, StageLedger>,
): void {
  const end = order.kindOf(stays.at(-1)?.stageId ?? '');
  for (const one of passagesOf(stays, order)) {
    ledgers.get(one.stageId)?.addPassage(one.outcome, one.enteredAt, end);
  }
}

function stageDiagnosis(
  { id, kind }: StageInOrder,
  ledger: StageLedger,
  norm: StageNorm | null,
  meanWon: number | null,
): StageDiagnosis {
  const table = ledger.table();
  const counts = countStays(table);
  const working = kind === 'open';
  const curve = survivalCurve(table);
  const { passages } = ledger;
  const afterwards = { won: ledger.wonAfterwards, decided: ledger.decidedAfterwards };
  return {
    stageId: id,
    kind,
    visits: counts.all,
    open: working ? counts.open : 0,
    quartiles: working ? [quantileOf(curve, 0.25), quantileOf(curve, 0.5), quantileOf(curve, 0.75)] : null,
    naiveMedian: working ? finishedMedian(table) : null,
    advance: ADVANCE_DAYS.map((days) =>
      working ? leavesWithinInterval(table, 'advanced', { horizon: days * MS_PER_DAY }) : null,
    ),
    passages,
    conversion: working ? wilson(passages.advanced, passages.advanced + passages.lost) : null,
    finished: counts.finished,
    stuckFrom: norm === null ? null : stuckFrom(norm),
    leak: working ? stageLeak({ stageId: id, quarters: ledger.quarters, afterwards }, meanWon) : null,
  };
}

function finishedMedian(table: LifeTable): number | null {
  const closed = { ...table, censored: new Float64Array(table.times.length) };
  return quantileOf(survivalCurve(closed), 0.5).value;
}

/** R's `median`: the middle one, or the mean of the middle two. */
function medianOf(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  const low = sorted[(sorted.length - 1) >> 1];
  const high = sorted[sorted.length >> 1];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function stuckDeals(
  deals: Iterable<LoggedDeal>,
  order: StageOrder,
  norms: ReadonlyMap<string, StageNorm>,
  asOf: Instant,
): readonly StuckDeal[] {
  const stuck: StuckDeal[] = [];
  for (const deal of deals) {
    const last = staysOf(deal.moves, order, asOf).at(-1);
    const norm = last && norms.get(last.stageId);
    if (!norm) continue;
    const facts = { age: asOf - last.enteredAt, lastEventAt: null, hasNextStep: null, agreedAt: null };
    const verdict = stuckVerdict(norm, facts, asOf);
    if (verdict === null) continue;
    stuck.push({
      dealId: deal.id,
      stageId: last.stageId,
      ownerId: deal.ownerId,
      amount: deal.amount,
      since: last.enteredAt,
      verdict: { ...verdict, lastEventAt: last.enteredAt },
    });
  }
  return stuck.sort((a, b) => (b.amount ?? 0) - (a.amount ?? 0) || a.since - b.since);
}

function* allStays(
  deals: Iterable<LoggedDeal>,
  order: StageOrder,
  asOf: Instant,
): Generator<readonly Stay[]> {
  for (const deal of deals) yield staysOf(deal.moves, order, asOf);
}
