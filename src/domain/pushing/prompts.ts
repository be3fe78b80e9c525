import type { Instant } from '../crm/time.js';
import { defaultIdleDays, type StageNorm } from './pulse.js';

const DAY_MS = 86_400_000;

/** How long a deal stands and how long is usual, in whole days. */
export interface Standstill {
  readonly days: number;
  readonly usual: number;
  /** `norm`: learned from this account's own deals; `idle`: days without any event, by the product's defaults. */
  readonly by: 'norm' | 'idle';
  /** Days over what is usual: what prompts are sorted by, times the amount. */
  readonly over: number;
}

/** Null: the deal does not stand longer than its stage's norm, or than the default where nothing is learned yet. */
export function standstillOf(
  deal: { readonly stageSince: Instant; readonly lastEventAt: Instant },
  norm: StageNorm,
  now: Instant,
): Standstill | null {
  const learned = norm.normMs !== null;
  const age = now - (learned ? deal.stageSince : deal.lastEventAt);
  const limit = norm.normMs ?? defaultIdleDays(norm) * DAY_MS;
  if (age <= limit) return null;
  return {
    days: Math.floor(age / DAY_MS),
    usual: Math.max(1, Math.round(limit / DAY_MS)),
    by: learned ? 'norm' : 'idle',
    over: (age - limit) / DAY_MS,
  };
}

/** Open deals of one person in one pipeline, by open stage in the funnel's order. */
export type FunnelLoad = readonly number[];

export type FunnelAdvice =
  /** Too few deals near closing: the work is in the stages from `fromPlace` on. */
  | {
      readonly kind: 'pushNearClosing';
      readonly fromPlace: number;
      readonly near: number;
      readonly all: number;
    }
  /** Nearly everything is near its end: soon there is nothing; back to the top. */
  | { readonly kind: 'vacuumNear'; readonly top: number; readonly all: number }
  | { readonly kind: 'topEmpty'; readonly all: number };

/** Fewer deals than this say nothing about a funnel's shape. */
const FEW_DEALS = 4;
const FEW_STAGES = 3;
/** As the rule "too few deals near closing" of the product. */
const NEAR_SHARE = 0.15;
const TOP_SHARE = 0.15;

/**
 * What to work on first by the state of a person's funnel: thirds of the open stages are its top, middle and end. Null:
 * the funnel is in order, or too small to say.
 */
export function funnelAdviceOf(load: FunnelLoad): FunnelAdvice | null {
  const all = load.reduce((sum, count) => sum + count, 0);
  if (load.length < FEW_STAGES || all === 0) return null;
  const third = Math.max(1, Math.floor(load.length / 3));
  const top = sum(load.slice(0, third));
  const near = sum(load.slice(load.length - third));
  if (all >= FEW_DEALS && near / all < NEAR_SHARE && near < all - top)
    return { kind: 'pushNearClosing', fromPlace: firstHeld(load, third), near, all };
  if (top === 0 && all < FEW_DEALS) return { kind: 'topEmpty', all };
  if (all >= FEW_DEALS && top / all < TOP_SHARE) return { kind: 'vacuumNear', top, all };
  return null;
}

/** Work below the top: the first stage after it that holds deals. */
function firstHeld(load: FunnelLoad, from: number): number {
  const found = load.findIndex((count, place) => place >= from && count > 0);
  return found === -1 ? from : found;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
