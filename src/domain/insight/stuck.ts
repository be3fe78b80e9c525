import { MS_PER_DAY } from '../calendar/local-time.js';
import type { Instant } from '../crm/time.js';
import { incidenceCurve, leavesWithin, type IncidenceCurve } from './aalen-johansen.js';
import { quantileOf, survivalCurve } from './kaplan-meier.js';
import { countStays, type LifeTable, type VisitOutcome } from './life-table.js';
import { ENOUGH } from './sample.js';

/** A stuck deal is one whose chance to advance within the horizon is below this; in quiet mode below 0.3. */
export const STUCK_BELOW = 0.5;
export const STUCK_BELOW_QUIET = 0.3;

/** Horizon in working days in the first and in the second half of the open stages. */
const HORIZON_WORKING_DAYS = [7, 10] as const;
/** Idle limits in days in the first, the middle and the last third of the open stages, without enough history. */
const IDLE_LIMIT_DAYS = [7, 14, 21] as const;
/** A curve over fewer stays than this says nothing of its own: older deals take the last chance that more stood for. */
const TRUSTED_AT_RISK = 10;
/** A chance ever to advance below this, or no event for so many days, is taken for dead. */
const HOPELESS = 0.05;
const DEAD_AFTER_DAYS = 45;

type LeftWay = Exclude<VisitOutcome, 'open'>;

/** What a stage's own history says about how long deals stand in it. Times in milliseconds. */
export interface StageNorm {
  readonly stageId: string;
  readonly finished: number;
  /** Null below 30 finished visits, and where nobody ever moved on: the idle limit decides. */
  readonly learned: {
    readonly curve: IncidenceCurve;
    /** `movedBack`: a detour, such as a stage for what was sent back, from which deals usually go on by going back. */
    readonly wayOn: 'advanced' | 'movedBack';
    readonly horizon: number;
    /** A chance below this is stuck. */
    readonly threshold: number;
    /** Chance of a deal that has just entered. */
    readonly fresh: number;
    /** Age from which there are too few stays to follow the curve further. */
    readonly trustedAge: number;
  } | null;
  readonly idleLimit: number;
}

export interface NormOptions {
  /** Place among the open stages, from 0, and how many there are. */
  readonly place: number;
  readonly openStages: number;
  /** Length of a working day's worth of calendar time; 7/5 of a day where no calendar is at hand. */
  readonly workingDayMs?: number;
  readonly below?: number;
}

/**
 * Learns a stage's norm. A deal of age a is stuck when P(advance within H | a) < threshold.
 *
 * In a slow stage even a fresh deal is below the threshold, and the plain rule would call every deal stuck. There H is
 * stretched to the stage's own median, and the threshold is the same share of a fresh deal's chance. In a detour, where
 * more deals go back than ahead, going back is moving on too.
 */
export function stageNorm(stageId: string, table: LifeTable<LeftWay>, options: NormOptions): StageNorm {
  const { finished } = countStays(table);
  const third = Math.min(2, Math.floor((options.place * 3) / Math.max(1, options.openStages)));
  const idleLimit = (IDLE_LIMIT_DAYS[third] ?? 21) * MS_PER_DAY;
  return { stageId, finished, learned: finished < ENOUGH ? null : learnedFrom(table, options), idleLimit };
}

function learnedFrom(
  table: LifeTable<LeftWay>,
  { place, openStages, below = STUCK_BELOW, workingDayMs = (7 * MS_PER_DAY) / 5 }: NormOptions,
): StageNorm['learned'] {
  const usual = HORIZON_WORKING_DAYS[place * 2 >= openStages ? 1 : 0] * workingDayMs;
  const wayOn =
    total(table.left.get('movedBack')) > total(table.left.get('advanced')) ? 'movedBack' : 'advanced';
  const curve = incidenceCurve(wayOn === 'advanced' ? table : withMovesBack(table), 'advanced');
  const slow = (leavesWithin(curve, -1, usual + 1) ?? 0) < below;
  const median = quantileOf(survivalCurve(table), 0.5).value ?? curve.times.at(-1) ?? usual;
  const horizon = slow ? Math.max(usual, median) : usual;
  const fresh = leavesWithin(curve, -1, horizon + 1) ?? 0;
  // Where nobody ever moves on, there is no chance to fall behind.
  if (fresh === 0) return null;
  const threshold = fresh < below ? below * fresh : below;
  return { curve, wayOn, horizon, threshold, fresh, trustedAge: trustedAge(curve) };
}

/** Moves back counted as advances. */
function withMovesBack(table: LifeTable<LeftWay>): LifeTable<LeftWay> {
  const [ahead, back] = [table.left.get('advanced'), table.left.get('movedBack')];
  const both = table.times.map((_, place) => (ahead?.[place] ?? 0) + (back?.[place] ?? 0));
  const lost = table.left.get('lost') ?? new Float64Array(table.times.length);
  return {
    ...table,
    left: new Map([
      ['advanced', both],
      ['lost', lost],
    ]),
  };
}

function total(counts: Float64Array | undefined): number {
  return counts?.reduce((sum, count) => sum + count, 0) ?? 0;
}

function trustedAge(curve: IncidenceCurve): number {
  for (let place = curve.times.length - 1; place >= 0; place -= 1) {
    if ((curve.atRisk[place] ?? 0) >= TRUSTED_AT_RISK) return curve.times[place] ?? 0;
  }
  return 0;
}

/**
 * P(advance within `horizon` | age), a share of 1; the horizon is the stage's own unless another is given. Of a deal that
 * has outstayed the last trusted age by a whole horizon, the chance within the stage's own horizon is none: the last known
 * chance was to move on meanwhile.
 */
export function chanceToAdvance(norm: StageNorm, age: number, horizon?: number): number | null {
  if (norm.learned === null) return null;
  const { curve, trustedAge: trusted } = norm.learned;
  if (horizon === undefined && age >= outstaysFrom(norm.learned)) return 0;
  const within = horizon ?? norm.learned.horizon;
  // One tick before the last trusted age, so that those who left at that very age still count.
  return leavesWithin(curve, Math.min(age, trusted - 1), within) ?? 0;
}

function outstaysFrom({ trustedAge: trusted, horizon }: NonNullable<StageNorm['learned']>): number {
  return trusted + horizon;
}

/** What is known of a deal besides its age in the stage; null: not known, as in a file of stage changes. */
export interface StuckFacts {
  readonly age: number;
  /** The last event of any kind that reset the idle clock. */
  readonly lastEventAt: Instant | null;
  /** Whether the plan has a step that somebody should do. */
  readonly hasNextStep: boolean | null;
  /** A date that was agreed with the client. */
  readonly agreedAt: Instant | null;
}

/** Why it stands: nothing is planned, the seller does nothing, the client's date has not come, it will never move. */
export type StuckKind = 'noPlan' | 'sellerIdle' | 'waitingForClient' | 'dead';

export type StuckRemedy = 'makePlan' | 'pushSeller' | 'waitForDate' | 'proposeClose';

/** A verdict with all that is needed to say it in words: which rule, which numbers, which last event. */
export interface StuckVerdict {
  readonly kind: StuckKind;
  readonly remedy: StuckRemedy;
  /** `learned`: chance below the threshold; `idleLimit`: longer than the default, history being too small. */
  readonly rule: 'learned' | 'idleLimit';
  readonly age: number;
  readonly chance: number | null;
  readonly threshold: number | null;
  readonly horizon: number | null;
  readonly idleLimit: number | null;
  readonly finished: number;
  readonly lastEventAt: Instant | null;
}

/** Null: not stuck. Of a learned stage the chance decides, else the time since the last known event. */
export function stuckVerdict(norm: StageNorm, facts: StuckFacts, now: Instant): StuckVerdict | null {
  const idle = facts.lastEventAt === null ? facts.age : Math.min(facts.age, now - facts.lastEventAt);
  const chance = chanceToAdvance(norm, facts.age);
  const { learned } = norm;
  const stuck = learned === null ? idle >= norm.idleLimit : chance !== null && chance < learned.threshold;
  if (!stuck) return null;
  const kind = kindOf(norm, facts, now);
  return {
    kind,
    remedy: REMEDIES[kind],
    rule: learned === null ? 'idleLimit' : 'learned',
    age: facts.age,
    chance,
    threshold: learned?.threshold ?? null,
    horizon: learned?.horizon ?? null,
    idleLimit: learned === null ? norm.idleLimit : null,
    finished: norm.finished,
    lastEventAt: facts.lastEventAt,
  };
}

const REMEDIES: Readonly<Record<StuckKind, StuckRemedy>> = {
  noPlan: 'makePlan',
  sellerIdle: 'pushSeller',
  waitingForClient: 'waitForDate',
  dead: 'proposeClose',
};

function kindOf(norm: StageNorm, facts: StuckFacts, now: Instant): StuckKind {
  if (facts.agreedAt !== null && facts.agreedAt >= now) return 'waitingForClient';
  // Where no event but the entry is known, and history is too small to judge by, the age is the silence.
  const since = norm.learned === null ? facts.age : 0;
  const silent = facts.lastEventAt === null ? since : now - facts.lastEventAt;
  if (silent >= DEAD_AFTER_DAYS * MS_PER_DAY) return 'dead';
  const ever = chanceToAdvance(norm, facts.age, Number.POSITIVE_INFINITY);
  if (ever !== null && ever < HOPELESS) return 'dead';
  return facts.hasNextStep === false ? 'noPlan' : 'sellerIdle';
}

/**
 * The age from which a deal stays stuck. Where history never says so, it is that which nearly nobody reached, and a horizon.
 * Between two known lengths the chance only grows, while those of the next one come nearer: what counts is its end.
 */
export function stuckFrom(norm: StageNorm): number {
  if (norm.learned === null) return norm.idleLimit;
  const { curve, threshold } = norm.learned;
  let from = outstaysFrom(norm.learned);
  for (let place = curve.times.length - 1; place >= 0; place -= 1) {
    const age = curve.times[place] ?? 0;
    if (age >= from) continue;
    if ((chanceToAdvance(norm, from - 1) ?? 0) >= threshold) break;
    from = age;
  }
  return from;
}
