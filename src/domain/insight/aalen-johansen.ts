import { atRisk, leavings, placeAt, type LifeTable } from './life-table.js';
import { Z_95, type Estimate } from './sample.js';

/**
 * Share that has left in one way by each time since entry, the other ways competing.
 *
 * F(t) = Σ over t_j ≤ t of S(t_j−) · d_j / n_j, with S the Kaplan–Meier curve of all ways together.
 * O. Aalen and S. Johansen, Scand. J. Statist. 5 (1978) 141–150.
 */
export interface IncidenceCurve {
  readonly times: Float64Array;
  /** Still there just after each time. */
  readonly survival: Float64Array;
  readonly incidence: Float64Array;
  readonly atRisk: Float64Array;
}

/** The curve of one way of leaving; all zeros when nobody took it. */
export function incidenceCurve<Way extends string>(table: LifeTable<Way>, way: Way): IncidenceCurve {
  const risk = atRisk(table);
  const left = leavings(table);
  const column = table.left.get(way);
  const survival = new Float64Array(risk.length);
  const incidence = new Float64Array(risk.length);
  let share = 1;
  let gone = 0;
  risk.forEach((n, place) => {
    gone += (share * (column?.[place] ?? 0)) / n;
    share *= (n - (left[place] ?? 0)) / n;
    survival[place] = share;
    incidence[place] = gone;
  });
  return { times: table.times, survival, incidence, atRisk: risk };
}

/**
 * P(leaves in this way within `horizon` | still there at `age`) = (F(a + H) − F(a)) / S(a).
 *
 * @returns a share of 1, or null when nobody is known to have stayed that long.
 */
export function leavesWithin(curve: IncidenceCurve, age: number, horizon: number): number | null {
  const now = placeAt(curve.times, age);
  const then = placeAt(curve.times, age + horizon);
  const staying = now < 0 ? 1 : (curve.survival[now] ?? 0);
  if (staying <= 0) return null;
  // Rounding of many small sums may carry it a hair beyond.
  return Math.min(1, ((curve.incidence[then] ?? 0) - (curve.incidence[now] ?? 0)) / staying);
}

/**
 * The same with its 95 % limits. The visits still there at `age` are a sample of their own, so the estimate is F of the
 * table that begins there, with the variance
 *
 * Σ (F(t)−F_j)² d_j / (n_j (n_j−d_j)) + Σ S_{j−}² d¹_j (n_j−d¹_j) / n_j³ − 2 Σ (F(t)−F_j) S_{j−} d¹_j / n_j²
 *
 * (E. Marubini and M. Valsecchi, Analysing Survival Data, 1995, ch. 10; equal to what R's `survfit` gives for competing
 * risks) and limits F·exp(±z·se/F), R's default `conf.type = "log"`, at most 1.
 */
export function leavesWithinInterval<Way extends string>(
  table: LifeTable<Way>,
  way: Way,
  { age = 0, horizon, z = Z_95 }: { readonly age?: number; readonly horizon: number; readonly z?: number },
): Estimate | null {
  const error = standardErrorOf(table, way, age, age + horizon);
  if (error === null) return null;
  const { value, se } = error;
  if (value === 0) return { value, lower: 0, upper: ruleOfThree(table, age) };
  const spread = Math.exp((z * se) / value);
  return { value, lower: value / spread, upper: Math.min(1, value * spread) };
}

/** F(until) and its standard error among those who were there after `since`; a `since` of 0 takes all. */
export function standardErrorOf<Way extends string>(
  table: LifeTable<Way>,
  way: Way,
  since: number,
  until: number,
): { readonly value: number; readonly se: number } | null {
  const risk = atRisk(table);
  const left = leavings(table);
  const column = table.left.get(way);
  // Whoever left at once still was there at the age of 0.
  const from = since <= 0 ? 0 : placeAt(table.times, since) + 1;
  if (!(risk[from] ?? 0)) return null;
  const sums = new VarianceSums();
  for (let place = from; place <= placeAt(table.times, until); place += 1) {
    sums.add(risk[place] ?? 0, left[place] ?? 0, column?.[place] ?? 0);
  }
  return { value: Math.min(1, sums.incidence), se: Math.sqrt(Math.max(0, sums.variance())) };
}

/** The three sums of the variance, opened so that one pass gives them for the last F. */
class VarianceSums {
  incidence = 0;
  private survival = 1;
  private readonly greenwood = [0, 0, 0];
  private own = 0;
  private readonly mixed = [0, 0];

  add(n: number, all: number, mine: number): void {
    if (all === 0) return;
    this.incidence += (this.survival * mine) / n;
    const f = this.incidence;
    // When all leave, F stays where it is from here on, and the term is nothing.
    const g = n > all ? all / (n * (n - all)) : 0;
    const m = (this.survival * mine) / (n * n);
    this.greenwood.forEach((sum, power) => (this.greenwood[power] = sum + g * f ** power));
    this.mixed.forEach((sum, power) => (this.mixed[power] = sum + m * f ** power));
    this.own += (this.survival ** 2 * mine * (n - mine)) / n ** 3;
    this.survival *= (n - all) / n;
  }

  variance(): number {
    const f = this.incidence;
    const [g0 = 0, g1 = 0, g2 = 0] = this.greenwood;
    const [m0 = 0, m1 = 0] = this.mixed;
    return f * f * g0 - 2 * f * g1 + g2 + this.own - 2 * (f * m0 - m1);
  }
}

/** Nothing seen in n trials: 3 / n is the upper 95 % limit (J. Hanley and A. Lippman-Hand, JAMA 249, 1983). */
function ruleOfThree(table: LifeTable, age: number): number {
  const risk = atRisk(table);
  const n = risk[age <= 0 ? 0 : placeAt(table.times, age) + 1] ?? 0;
  return n > 0 ? Math.min(1, 3 / n) : 1;
}
