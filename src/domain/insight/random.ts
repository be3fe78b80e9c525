/** Numbers of [0, 1) in a fixed order. */
export type Random = () => number;

/**
 * A repeatable source of chance: the same seed gives the same numbers on every machine, so that an interval does not
 * flicker between two views of one page. mulberry32 (T. Ettinger, public domain): period 2^32, 32 bits a number.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One number of the standard normal distribution (Box and Muller, 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/**
 * How many of `n` trials of chance `share` succeed. Exact up to 50 trials, beyond that by the normal approximation,
 * whose error is far below the width of any interval made from it.
 */
export function binomial(n: number, share: number, random: Random): number {
  if (n > 50) {
    const drawn = Math.round(n * share + Math.sqrt(n * share * (1 - share)) * normal(random));
    return Math.min(n, Math.max(0, drawn));
  }
  let hits = 0;
  for (let trial = 0; trial < n; trial += 1) if (random() < share) hits += 1;
  return hits;
}

/**
 * Percentile bootstrap (B. Efron, 1979): the central 95 % of `draws` values of `statistic`.
 *
 * @param statistic computes the figure from one resampled world; it takes all its chance from the argument.
 */
export function bootstrapInterval(
  statistic: (random: Random) => number,
  { draws = 1_000, seed = 1 }: { readonly draws?: number; readonly seed?: number } = {},
): { readonly lower: number; readonly upper: number } {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: draws }, () => statistic(random)).sort();
  return { lower: percentile(values, 0.025), upper: percentile(values, 0.975) };
}

/** Linear between neighbours, as R's `quantile(type = 7)`; `sorted` ascending, NaN when empty. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const below = sorted[low] ?? Number.NaN;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN;
  return below + (above - below) * (place - low);
}
