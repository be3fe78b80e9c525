import { quantileOf, survivalCurve, type QuantileEstimate } from './kaplan-meier.js';
import type { LifeTable } from './life-table.js';
import { ENOUGH, wilson, Z_95, type Estimate } from './sample.js';

/** The best third and the others, by the share of closed deals that were won. */
export interface SellerGroups {
  readonly best: readonly string[];
  readonly rest: readonly string[];
}

export interface SellerRecord {
  readonly sellerId: string;
  readonly won: number;
  readonly lost: number;
}

/** Fewer people than this are no groups. */
const FEWEST = 3;
const BEST_SHARE = 1 / 3;

/** Null: fewer than three people have closed thirty deals. */
export function sellerGroups(records: readonly SellerRecord[]): SellerGroups | null {
  const judged = records
    .filter(({ won, lost }) => won + lost >= ENOUGH)
    .toSorted(
      (a, b) => b.won / (b.won + b.lost) - a.won / (a.won + a.lost) || (a.sellerId < b.sellerId ? -1 : 1),
    )
    .map((one) => one.sellerId);
  if (judged.length < FEWEST) return null;
  const cut = Math.max(1, Math.floor(judged.length * BEST_SHARE));
  return { best: judged.slice(0, cut), rest: judged.slice(cut) };
}

/** One figure of both groups. */
export interface Comparison {
  readonly best: Estimate;
  readonly rest: Estimate;
  /** The 95 % interval of the difference leaves 0 out. */
  readonly telling: boolean;
}

export interface ShareCounts {
  readonly hits: number;
  readonly n: number;
}

/**
 * Difference of two shares by the hybrid score interval: Wilson's limits of each, added in squares.
 * R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10.
 *
 * @returns null below thirty cases in either group.
 */
export function compareShares(best: ShareCounts, rest: ShareCounts): Comparison | null {
  if (best.n < ENOUGH || rest.n < ENOUGH) return null;
  const [a, b] = [wilson(best.hits, best.n), wilson(rest.hits, rest.n)];
  if (a === null || b === null) return null;
  const difference = a.value - b.value;
  const lower = difference - Math.hypot(a.value - a.lower, b.upper - b.value);
  const upper = difference + Math.hypot(a.upper - a.value, b.value - b.lower);
  return { best: a, rest: b, telling: lower > 0 || upper < 0 };
}

export interface MeanSums {
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
}

/** Difference of two means with unequal variances (B. L. Welch, 1947), normal for thirty cases and more; null below. */
export function compareMeans(best: MeanSums, rest: MeanSums): Comparison | null {
  if (best.n < ENOUGH || rest.n < ENOUGH) return null;
  const [a, b] = [meanOf(best), meanOf(rest)];
  const difference = a.mean - b.mean;
  const spread = Z_95 * Math.hypot(a.error, b.error);
  return { best: around(a), rest: around(b), telling: Math.abs(difference) > spread };
}

function meanOf({ n, sum, squares }: MeanSums): { readonly mean: number; readonly error: number } {
  const mean = sum / n;
  return { mean, error: Math.sqrt(Math.max(0, squares - n * mean * mean) / (n - 1) / n) };
}

function around({ mean, error }: { readonly mean: number; readonly error: number }): Estimate {
  return { value: mean, lower: Math.max(0, mean - Z_95 * error), upper: mean + Z_95 * error };
}

/**
 * Two Kaplan–Meier medians. They are told apart only where their own 95 % limits do not meet, which is stricter than the
 * limits of the difference would be.
 *
 * @returns null where either group has less than thirty finished cases or its median is not reached.
 */
export function compareMedians(best: LifeTable, rest: LifeTable): Comparison | null {
  const [a, b] = [medianOf(best), medianOf(rest)];
  if (a === null || b === null) return null;
  return { best: a, rest: b, telling: a.upper < b.lower || b.upper < a.lower };
}

function medianOf(table: LifeTable): Estimate | null {
  let finished = 0;
  for (const column of table.left.values()) for (const count of column) finished += count;
  if (finished < ENOUGH) return null;
  const { value, lower, upper }: QuantileEstimate = quantileOf(survivalCurve(table), 0.5);
  if (value === null) return null;
  return { value, lower: lower ?? 0, upper: upper ?? Number.POSITIVE_INFINITY };
}
