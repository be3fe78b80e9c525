import { MS_PER_DAY } from '../calendar/local-time.js';
import { ENOUGH } from './sample.js';

/** What is known of a stage when its place in the funnel is judged. Times in milliseconds. */
export interface StageShape {
  readonly stageId: string;
  readonly finished: number;
  readonly q1: number | null;
  readonly median: number | null;
  readonly q3: number | null;
  /** Deals that were in it, and deals that came to a later stage without having been in it. */
  readonly entered: number;
  readonly passedBy: number;
  /** A stage for what was sent back: seldom used is what it should be. */
  readonly detour: boolean;
  /** Of the stays that ended, the share that went to the one most usual next stage. */
  readonly usualNext: { readonly stageId: string; readonly share: number } | null;
}

/** A change to the funnel's structure, with the figures that speak for it. */
export type FunnelAdvice =
  | { readonly kind: 'drop'; readonly stageId: string; readonly entered: number; readonly passedBy: number }
  | {
      readonly kind: 'merge';
      readonly stageId: string;
      readonly into: string;
      readonly share: number;
      readonly median: number;
    }
  | {
      readonly kind: 'split';
      readonly stageId: string;
      readonly q1: number;
      readonly q3: number;
      readonly ofCycle: number;
    };

/** Nine deals of ten go by. */
const SELDOM = 0.1;
/** Left within ten minutes, nearly always for the same next stage: two names for one thing. */
const QUICK_MS = 600_000;
const NEARLY_ALWAYS = 0.9;
/** A quarter is through ten times as fast as another quarter, which waits for weeks, and most of the funnel's time is here. */
const WIDE = 10;
const LONG_DAYS = 14;
const MOST_OF_CYCLE = 0.4;

/** At most one advice for a stage; none for stages with fewer than thirty finished visits, but for those never used. */
export function funnelAdvice(stages: readonly StageShape[]): readonly FunnelAdvice[] {
  const cycle = stages.reduce((sum, stage) => sum + (stage.median ?? 0), 0);
  return stages.flatMap(
    (stage) => dropAdvice(stage) ?? mergeAdvice(stage) ?? splitAdvice(stage, cycle) ?? [],
  );
}

function dropAdvice({ stageId, entered, passedBy, detour }: StageShape): FunnelAdvice | null {
  if (detour) return null;
  const all = entered + passedBy;
  return all >= ENOUGH && entered < SELDOM * all ? { kind: 'drop', stageId, entered, passedBy } : null;
}

function mergeAdvice({ stageId, finished, median, usualNext }: StageShape): FunnelAdvice | null {
  if (finished < ENOUGH || median === null || usualNext === null) return null;
  if (median > QUICK_MS || usualNext.share < NEARLY_ALWAYS) return null;
  return { kind: 'merge', stageId, into: usualNext.stageId, share: usualNext.share, median };
}

function splitAdvice({ stageId, finished, q1, median, q3 }: StageShape, cycle: number): FunnelAdvice | null {
  if (finished < ENOUGH || q1 === null || q3 === null || median === null || cycle <= 0) return null;
  const ofCycle = median / cycle;
  if (q3 < WIDE * q1 || q3 < LONG_DAYS * MS_PER_DAY || ofCycle < MOST_OF_CYCLE) return null;
  return { kind: 'split', stageId, q1, q3, ofCycle };
}
