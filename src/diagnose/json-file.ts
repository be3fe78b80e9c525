import {
  ADVANCE_DAYS,
  type Diagnosis,
  type StageDiagnosis,
  type StuckDeal,
} from '../domain/insight/diagnosis.js';
import type { StageLeak } from '../domain/insight/leak.js';
import type { Estimate } from '../domain/insight/sample.js';
import { MS_PER_DAY } from '../domain/calendar/local-time.js';

type Limits = readonly [number | null, number | null];

/** One stage; times in days of 24 hours, shares of 1. */
export interface StageJson {
  readonly stage: string;
  /** Place in the typical order, from 1; closing stages last. */
  readonly order: number;
  readonly terminal: 'won' | 'lost' | null;
  readonly visits: number;
  readonly open: number;
  /** Null: the curve does not come so far, or the stage is terminal. */
  readonly median_days: number | null;
  readonly q1_days: number | null;
  readonly q3_days: number | null;
  readonly median_ci95: Limits;
  /** P(advance within so many days of the entry), the other ways of leaving competing; null for a terminal stage. */
  readonly p_advance: Readonly<Record<'7' | '14' | '30', number | null>>;
  /** Deals that came to a later stage or were won, of those that did or were lost; null when none is decided. */
  readonly conversion: number | null;
  readonly conversion_ci95: Limits;
}

/** An open deal that is stuck. */
export interface StuckJson {
  readonly case: string;
  readonly stage: string;
  readonly owner: string | null;
  readonly amount: number | null;
  /** Entry into the stage, the last event that the file knows. */
  readonly since: string;
  readonly age_days: number;
  readonly kind: StuckDeal['verdict']['kind'];
  readonly rule: StuckDeal['verdict']['rule'];
  /** Under `learned`: chance to advance within the horizon, and the chance below which a deal is stuck. */
  readonly p_advance: number | null;
  readonly threshold: number | null;
  readonly horizon_days: number | null;
  /** Under `idleLimit`: the limit. */
  readonly limit_days: number | null;
  readonly remedy: StuckDeal['verdict']['remedy'];
}

/** The stage that costs most against its own best quarter; all but `stage` null when none can be named. */
export interface WeakestJson {
  readonly stage: string | null;
  /** Quarters of entry that are judged, `2017-Q1` … `2017-Q4`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly conversion: number | null;
  readonly conversion_ci95: Limits;
  readonly best_quarter: string | null;
  readonly best_conversion: number | null;
  /** Won deals that the judged quarters would have had more, and their worth; 95 % by a seeded bootstrap. */
  readonly lost_wins: number | null;
  readonly lost_wins_ci95: Limits;
  readonly lost_money: number | null;
  readonly lost_money_ci95: Limits;
}

export interface DiagnosisJson {
  /** ISO 8601, UTC. */
  readonly as_of: string;
  readonly cases: number;
  /** Rows after the header, the skipped ones among them. */
  readonly rows: number;
  readonly skipped: number;
  readonly stages: readonly StageJson[];
  /** Dearest first. */
  readonly stuck: readonly StuckJson[];
  readonly weakest: WeakestJson;
}

const PIECE = 1 << 16;
const NO_LIMITS: Limits = [null, null];
const NO_WEAKEST: WeakestJson = {
  stage: null,
  from: null,
  to: null,
  conversion: null,
  conversion_ci95: NO_LIMITS,
  best_quarter: null,
  best_conversion: null,
  lost_wins: null,
  lost_wins_ci95: NO_LIMITS,
  lost_money: null,
  lost_money_ci95: NO_LIMITS,
};

/** The text of a `DiagnosisJson`, one stage and one stuck deal a line. */
export function* jsonPieces(diagnosis: Diagnosis, rows: number, skipped: number): Generator<string> {
  const head: Omit<DiagnosisJson, 'stages' | 'stuck' | 'weakest'> = {
    as_of: new Date(diagnosis.asOf).toISOString(),
    cases: diagnosis.deals,
    rows,
    skipped,
  };
  yield JSON.stringify(head).replace(/}$/, ',\n"stages":[');
  yield* lines(diagnosis.stages, stageJson);
  yield '],\n"stuck":[';
  yield* lines(diagnosis.stuck, stuckJson);
  yield `],\n"weakest":${JSON.stringify(weakestJson(diagnosis.weakest))}}\n`;
}

function* lines<T>(items: readonly T[], jsonOf: (item: T, place: number) => unknown): Generator<string> {
  let piece = '';
  for (const [place, item] of items.entries()) {
    piece += `${place === 0 ? '' : ','}\n${JSON.stringify(jsonOf(item, place))}`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function stageJson(stage: StageDiagnosis, place: number): StageJson {
  const [q1, median, q3] = stage.quartiles ?? [];
  const shareIn = (days: (typeof ADVANCE_DAYS)[number]): number | null =>
    stage.advance[ADVANCE_DAYS.indexOf(days)]?.value ?? null;
  return {
    stage: stage.stageId,
    order: place + 1,
    terminal: stage.kind === 'open' ? null : stage.kind,
    visits: stage.visits,
    open: stage.open,
    median_days: days(median?.value),
    q1_days: days(q1?.value),
    q3_days: days(q3?.value),
    median_ci95: [days(median?.lower), days(median?.upper)],
    p_advance: { '7': shareIn(7), '14': shareIn(14), '30': shareIn(30) },
    conversion: stage.conversion?.value ?? null,
    conversion_ci95: limitsOf(stage.conversion),
  };
}

function stuckJson({ dealId, stageId, ownerId, amount, since, verdict }: StuckDeal): StuckJson {
  return {
    case: dealId,
    stage: stageId,
    owner: ownerId,
    amount,
    since: new Date(since).toISOString(),
    age_days: verdict.age / MS_PER_DAY,
    kind: verdict.kind,
    rule: verdict.rule,
    p_advance: verdict.chance,
    threshold: verdict.threshold,
    horizon_days: days(verdict.horizon),
    limit_days: days(verdict.idleLimit),
    remedy: verdict.remedy,
  };
}

function weakestJson(leak: StageLeak | null): WeakestJson {
  if (leak === null) return NO_WEAKEST;
  const { stageId, from, to, now, best, lostWins, lostMoney } = leak;
  return {
    stage: stageId,
    from,
    to,
    conversion: now.value,
    conversion_ci95: limitsOf(now),
    best_quarter: best.quarter,
    best_conversion: best.conversion,
    lost_wins: lostWins.value,
    lost_wins_ci95: limitsOf(lostWins),
    lost_money: lostMoney?.value ?? null,
    lost_money_ci95: limitsOf(lostMoney),
  };
}

function limitsOf(estimate: Estimate | null): Limits {
  return estimate === null ? NO_LIMITS : [estimate.lower, estimate.upper];
}

function days(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / MS_PER_DAY;
}
