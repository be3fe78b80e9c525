/** From how many finished visits a share, a norm or a probability is shown; below it the counts only (product defaults). */
export const ENOUGH = 30;

/** Two-sided 95 %: the 97.5 % quantile of the standard normal distribution, as R's `qnorm(0.975)`. */
export const Z_95 = 1.959963984540054;

/** An estimate with its 95 % interval; all three in the unit that the function names. */
export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** What is learned from history: a figure, or the plain fact that history is too small for one. Never an exception. */
export type Learned<T> =
  | { readonly kind: 'known'; readonly n: number; readonly value: T }
  | { readonly kind: 'tooFew'; readonly n: number; readonly needed: number };

/** Calls `learn` only when there are `needed` cases. */
export function learned<T>(n: number, learn: () => T, needed: number = ENOUGH): Learned<T> {
  return n >= needed ? { kind: 'known', n, value: learn() } : { kind: 'tooFew', n, needed };
}

/** The value, or null when history was too small. */
export function valueOf<T>(one: Learned<T>): T | null {
  return one.kind === 'known' ? one.value : null;
}

/**
 * Share of `hits` in `n` with Wilson's score interval, which stays inside 0…1 and holds at the edges too.
 * E. B. Wilson, JASA 22 (1927) 209–212; the same as R's `prop.test(hits, n, correct = FALSE)$conf.int`.
 *
 * @returns shares of 1; null when `n` is 0.
 */
export function wilson(hits: number, n: number, z: number = Z_95): Estimate | null {
  if (n <= 0) return null;
  const share = hits / n;
  const zz = z * z;
  const middle = (share + zz / (2 * n)) / (1 + zz / n);
  const half = (z / (1 + zz / n)) * Math.sqrt((share * (1 - share)) / n + zz / (4 * n * n));
  return { value: share, lower: Math.max(0, middle - half), upper: Math.min(1, middle + half) };
}
