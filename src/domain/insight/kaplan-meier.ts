import { atRisk, leavings, placeAt, type LifeTable } from './life-table.js';
import { Z_95, type Estimate } from './sample.js';

/**
 * Share still in the stage by time since entry, every way of leaving being the event and open visits censored.
 *
 * S(t) = Π over t_j ≤ t of (1 − d_j / n_j), E. L. Kaplan and P. Meier, JASA 53 (1958) 457–481.
 * Var(log S(t)) = Σ d_j / (n_j (n_j − d_j)), M. Greenwood (1926).
 */
export interface SurvivalCurve {
  /** As in the table, censored times too. */
  readonly times: Float64Array;
  readonly atRisk: Float64Array;
  /** S just after each time. */
  readonly survival: Float64Array;
  /** Greenwood's sum; infinite once nobody is left. */
  readonly logVariance: Float64Array;
}

/** A time at which a share has left. Null: the curve, or its limit, does not come so far. */
export interface QuantileEstimate {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** R compares with this tolerance, and so flat pieces of the curve are found in spite of rounding. */
const TOLERANCE = Math.sqrt(Number.EPSILON);

export function survivalCurve(table: LifeTable): SurvivalCurve {
  const risk = atRisk(table);
  const left = leavings(table);
  const survival = new Float64Array(risk.length);
  const logVariance = new Float64Array(risk.length);
  let share = 1;
  let greenwood = 0;
  risk.forEach((n, place) => {
    const d = left[place] ?? 0;
    if (d > 0) {
      share *= (n - d) / n;
      greenwood += d / (n * (n - d));
    }
    survival[place] = share;
    logVariance[place] = greenwood;
  });
  return { times: table.times, atRisk: risk, survival, logVariance };
}

/**
 * S(t) with the limits of R's `survfit(conf.type = "log")`: exp(log S ± z·√Var(log S)), at most 1. Where S is 0 the
 * limits are not defined, and are given as 0 and 1.
 */
export function survivalAt(curve: SurvivalCurve, time: number, z: number = Z_95): Estimate {
  const place = placeAt(curve.times, time);
  if (place < 0) return { value: 1, lower: 1, upper: 1 };
  const value = curve.survival[place] ?? 1;
  if (value === 0) return { value, lower: 0, upper: 1 };
  const spread = z * Math.sqrt(curve.logVariance[place] ?? 0);
  return { value, lower: value * Math.exp(-spread), upper: Math.min(1, value * Math.exp(spread)) };
}

/**
 * Times by which each of `shares` (0…1) has left, with the 95 % limits that come from inverting the limits of the curve;
 * the same as R's `quantile(survfit(…))`: where the curve runs exactly at the share, the middle of that flat piece.
 */
export function quantilesOf(
  curve: SurvivalCurve,
  shares: readonly number[],
  z: number = Z_95,
): readonly QuantileEstimate[] {
  const spread = Float64Array.from(curve.logVariance, (variance) => z * Math.sqrt(variance));
  const gone = Float64Array.from(curve.survival, (value) => 1 - value);
  const lower = goneAt(curve, (value, place) => value * Math.exp(-(spread[place] ?? 0)));
  const upper = goneAt(curve, (value, place) => Math.min(1, value * Math.exp(spread[place] ?? 0)));
  return shares.map((share) => ({
    value: crossing(curve.times, gone, share),
    lower: crossing(curve.times, lower, share),
    upper: crossing(curve.times, upper, share),
  }));
}

const NOT_REACHED: QuantileEstimate = { value: null, lower: null, upper: null };

/** One of `quantilesOf`. */
export function quantileOf(curve: SurvivalCurve, share: number): QuantileEstimate {
  return quantilesOf(curve, [share])[0] ?? NOT_REACHED;
}

/** 1 − limit at each time; NaN where the curve is at 0 and has no limits. */
function goneAt(curve: SurvivalCurve, limit: (value: number, place: number) => number): Float64Array {
  return Float64Array.from(curve.survival, (value, place) =>
    value === 0 ? Number.NaN : 1 - limit(value, place),
  );
}

/**
 * R's `findq`: the point with the least value that is not below the share, and the first of equal ones. The upper limit
 * may turn back near its end, which is why this is not simply the first crossing in time.
 */
function crossing(times: Float64Array, gone: Float64Array, share: number): number | null {
  const near = leastNotBelow(times, gone, share - TOLERANCE);
  if (near === null) return null;
  const beyond = leastNotBelow(times, gone, share + TOLERANCE);
  if (beyond !== null) return (near + beyond) / 2;
  const last = gone.at(-1) ?? Number.NaN;
  return Math.abs(last - share) < TOLERANCE ? (near + (times.at(-1) ?? near)) / 2 : null;
}

function leastNotBelow(times: Float64Array, gone: Float64Array, share: number): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  gone.forEach((value, place) => {
    if (value >= share && value < least) {
      least = value;
      best = times[place] ?? null;
    }
  });
  return best;
}
