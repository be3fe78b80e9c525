import { MS_PER_DAY } from '../calendar/local-time.js';
import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import { leavesWithinInterval } from './aalen-johansen.js';
import { isWholeQuarter, passagesOf, passedBy, type PassageCounts } from './funnel.js';
import { funnelAdvice, type FunnelAdvice } from './advice.js';
import { HonestyJudge, type HonestyCounts } from './honesty.js';
import { quantileOf, quantilesOf, survivalCurve, type QuantileEstimate } from './kaplan-meier.js';
import { stageLeak, weakestOf, type StageLeak } from './leak.js';
import { DealTotals, StageLedger, type LeftWay, type TotalFigures } from './ledgers.js';
import { countStays, lifeTable, type LifeTable } from './life-table.js';
import { wilson, type Estimate } from './sample.js';
import {
  stageNorm,
  STUCK_BELOW,
  stuckFrom,
  stuckVerdict,
  type StageNorm,
  type StuckVerdict,
} from './stuck.js';
import { StageOrder, staysOf, type LoggedDeal, type StageInOrder } from './stays.js';

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

export interface Diagnosis extends TotalFigures {
  readonly asOf: Instant;
  readonly stages: readonly StageDiagnosis[];
  /** Dearest first, then longest. */
  readonly stuck: readonly StuckDeal[];
  readonly weakest: StageLeak | null;
  readonly honesty: HonestyCounts;
  readonly advice: readonly FunnelAdvice[];
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
  const totals = new DealTotals();
  const standing: StandingDeal[] = [];
  for (const deal of deals) {
    const stays = staysOf(deal.moves, order, asOf);
    const last = stays.at(-1);
    if (last === undefined) continue;
    totals.add(deal, stays, order, asOf);
    const marks = judge.judge(stays);
    stays.forEach((stay, at) => ledgers.get(stay.stageId)?.addStay(stay, asOf, marks[at]?.length === 0));
    const end = order.kindOf(last.stageId);
    for (const one of passagesOf(stays, order)) {
      ledgers.get(one.stageId)?.addPassage(one.outcome, one.enteredAt, end);
    }
    for (const id of passedBy(stays, order)) {
      const ledger = ledgers.get(id);
      if (ledger) ledger.passedBy += 1;
    }
    if (end === 'open') standing.push({ deal, stageId: last.stageId, since: last.enteredAt });
  }
  const norms = normsOf(order, ledgers, stuckBelow);
  const figures = totals.figures();
  const history = { from: totals.from, until: asOf, meanWon: totals.meanWonAmount() };
  const diagnosed = stages.map((stage) =>
    stageDiagnosis(stage, ledgers.get(stage.id) ?? new StageLedger(), norms.get(stage.id) ?? null, history),
  );
  return {
    asOf,
    ...figures,
    stages: diagnosed,
    stuck: stuckDeals(standing, norms, asOf),
    weakest: weakestOf(diagnosed.flatMap(({ leak }) => leak ?? [])),
    honesty: judge.counts(),
    advice: adviceFor(diagnosed, ledgers, norms),
  };
}

interface StandingDeal {
  readonly deal: LoggedDeal;
  readonly stageId: string;
  readonly since: Instant;
}

interface History {
  readonly from: Instant;
  readonly until: Instant;
  readonly meanWon: number | null;
}

function normsOf(
  order: StageOrder,
  ledgers: ReadonlyMap<string, StageLedger>,
  below: number,
): ReadonlyMap<string, StageNorm> {
  const { open } = order;
  return new Map(
    open.map(({ id }, place) => {
      const table = ledgers.get(id)?.cleanTable() ?? lifeTable<LeftWay>([], []);
      return [id, stageNorm(id, table, { place, openStages: open.length, below })];
    }),
  );
}

function stageDiagnosis(
  { id, kind }: StageInOrder,
  ledger: StageLedger,
  norm: StageNorm | null,
  history: History,
): StageDiagnosis {
  const table = ledger.table();
  const counts = countStays(table);
  const working = kind === 'open';
  const [q1, median, q3] = working ? quantilesOf(survivalCurve(table), [0.25, 0.5, 0.75]) : [];
  const { passages } = ledger;
  return {
    stageId: id,
    kind,
    visits: counts.all,
    open: working ? counts.open : 0,
    quartiles: q1 && median && q3 ? [q1, median, q3] : null,
    naiveMedian: working ? finishedMedian(table) : null,
    advance: ADVANCE_DAYS.map((days) =>
      working ? leavesWithinInterval(table, 'advanced', { horizon: days * MS_PER_DAY }) : null,
    ),
    passages,
    conversion: working ? wilson(passages.advanced, passages.advanced + passages.lost) : null,
    finished: counts.finished,
    stuckFrom: norm === null ? null : stuckFrom(norm),
    leak: working ? leakOf(id, ledger, history) : null,
  };
}

function finishedMedian(table: LifeTable): number | null {
  const closed = { ...table, censored: new Float64Array(table.times.length) };
  return quantileOf(survivalCurve(closed), 0.5).value;
}

function adviceFor(
  stages: readonly StageDiagnosis[],
  ledgers: ReadonlyMap<string, StageLedger>,
  norms: ReadonlyMap<string, StageNorm>,
): readonly FunnelAdvice[] {
  const shapes = stages.flatMap(({ stageId, quartiles, finished, passages }) => {
    const ledger = ledgers.get(stageId);
    if (quartiles === null || ledger === undefined) return [];
    const [q1, median, q3] = quartiles.map((quartile) => quartile.value);
    const detour = norms.get(stageId)?.learned?.wayOn === 'movedBack';
    return {
      stageId,
      finished,
      detour,
      q1: q1 ?? null,
      median: median ?? null,
      q3: q3 ?? null,
      entered: passages.entered,
      passedBy: ledger.passedBy,
      usualNext: ledger.usualNext(),
    };
  });
  return funnelAdvice(shapes);
}

function leakOf(stageId: string, ledger: StageLedger, { from, until, meanWon }: History): StageLeak | null {
  const whole = [...ledger.quarters].filter(([quarter]) => isWholeQuarter(quarter, from, until));
  return stageLeak({ stageId, quarters: new Map(whole), afterwards: ledger.afterwards }, meanWon);
}

function stuckDeals(
  standing: readonly StandingDeal[],
  norms: ReadonlyMap<string, StageNorm>,
  asOf: Instant,
): readonly StuckDeal[] {
  const stuck = standing.flatMap(({ deal, stageId, since }) => {
    const norm = norms.get(stageId);
    // A log of stages knows of no other event, and nothing of plans and agreements.
    const facts = { age: asOf - since, lastEventAt: null, hasNextStep: null, agreedAt: null };
    const verdict = norm && stuckVerdict(norm, facts, asOf);
    if (!verdict) return [];
    const { id, ownerId, amount } = deal;
    return { dealId: id, stageId, ownerId, amount, since, verdict: { ...verdict, lastEventAt: since } };
  });
  return stuck.sort((a, b) => (b.amount ?? 0) - (a.amount ?? 0) || a.since - b.since);
}
