/** Of a normal distribution: 95 % lie within so many standard deviations. */
const Z = 1.96;

export interface ShareDifference {
  readonly difference: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/**
 * How much greater the first share is, with Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17,
 * 1998, method 10): it stays inside -1 and 1 and is right for shares near nothing and near all.
 */
export function differenceOfShares(
  hits: number,
  of: number,
  otherHits: number,
  otherOf: number,
): ShareDifference {
  if (of === 0 || otherOf === 0) return { difference: 0, low: -1, high: 1 };
  const one = wilson(hits, of);
  const other = wilson(otherHits, otherOf);
  const difference = one.share - other.share;
  return {
    difference,
    low: difference - Math.hypot(one.share - one.low, other.high - other.share),
    high: difference + Math.hypot(one.high - one.share, other.share - other.low),
  };
}

function wilson(hits: number, of: number) {
  const share = hits / of;
  const square = Z * Z;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * How many times likelier something is in the first group than in the other, with Katz's log interval (Katz, Baptista,
 * Azen and Pike, Biometrics 34, 1978). Null where one group saw it never: the ratio says nothing then.
 */
export function relativeRisk(
  hits: number,
  of: number,
  otherHits: number,
  otherOf: number,
): { readonly value: number; readonly low: number; readonly high: number } | null {
  if (hits === 0 || otherHits === 0 || of === 0 || otherOf === 0) return null;
  const value = hits / of / (otherHits / otherOf);
  const spread = Z * Math.sqrt(1 / hits - 1 / of + (1 / otherHits - 1 / otherOf));
  return { value, low: value * Math.exp(-spread), high: value * Math.exp(spread) };
}
