import {
  ADVANCE_DAYS,
  type Diagnosis,
  type StageDiagnosis,
  type StuckDeal,
} from '../domain/insight/diagnosis.js';
import type { StageLeak } from '../domain/insight/leak.js';
import { MS_PER_DAY } from '../domain/insight/stuck.js';

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

const NO_LIMITS: Limits = [null, null];

export function asJson(diagnosis: Diagnosis, rows: number, skipped: number): DiagnosisJson {
  return {
    as_of: new Date(diagnosis.asOf).toISOString(),
    cases: diagnosis.deals,
    rows,
    skipped,
    stages: diagnosis.stages.map(stageJson),
    stuck: diagnosis.stuck.map((deal) => stuckJson(deal)),
    weakest: weakestJson(diagnosis.weakest),
  };
}

function stageJson(stage: StageDiagnosis, place: number): StageJson {
  const [q1, median, q3] = stage.quartiles ?? [null, null, null];
  const [in7, in14, in30] = ADVANCE_DAYS.map((_, at) => stage.advance[at]?.value ?? null);
  const { conversion } = stage;
  return {
    stage: stage.stageId,
    order: place + 1,
    terminal: stage.kind === 'open' ? null : stage.kind,
    visits: stage.visits,
    open: stage.open,
    median_days: days(median?.value ?? null),
    q1_days: days(q1?.value ?? null),
    q3_days: days(q3?.value ?? null),
    median_ci95: [days(median?.lower ?? null), days(median?.upper ?? null)],
    p_advance: { '7': in7 ?? null, '14': in14 ?? null, '30': in30 ?? null },
    conversion: conversion?.value ?? null,
    conversion_ci95: conversion ? [conversion.lower, conversion.upper] : NO_LIMITS,
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
  return {
    stage: leak?.stageId ?? null,
    from: leak?.from ?? null,
    to: leak?.to ?? null,
    conversion: leak?.now.value ?? null,
    conversion_ci95: leak ? [leak.now.lower, leak.now.upper] : NO_LIMITS,
    best_quarter: leak?.best.quarter ?? null,
    best_conversion: leak?.best.conversion ?? null,
    lost_wins: leak?.lostWins.value ?? null,
    lost_wins_ci95: leak ? [leak.lostWins.lower, leak.lostWins.upper] : NO_LIMITS,
    lost_money: leak?.lostMoney?.value ?? null,
    lost_money_ci95: leak?.lostMoney ? [leak.lostMoney.lower, leak.lostMoney.upper] : NO_LIMITS,
  };
}

function days(ms: number | null): number | null {
  return ms === null ? null : ms / MS_PER_DAY;
}
