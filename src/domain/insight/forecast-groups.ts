import type { Forecast } from './forecast.js';
import { binomial, normal, percentile, seededRandom } from './random.js';
import type { Estimate } from './sample.js';

/** Open deals of one stage and one age, together. */
export interface DealGroup {
  readonly stageId: string;
  /** Whole days in the stage. */
  readonly age: number;
  readonly deals: number;
  /** Sum of their amounts, and of the squares of these. */
  readonly amount: number;
  readonly squares: number;
}

export interface GroupForecastOptions {
  /** Closed deals that the chances were learned from: the fewer, the wider the interval. */
  readonly closedDeals: number;
  readonly draws?: number;
  readonly seed?: number;
}

/**
 * As `forecast`, from deals that were grouped before: so that a hundred thousand of them cost what a thousand groups do.
 * Wins of a group are binomial; their money is their number times the group's mean, give or take the spread of amounts.
 *
 * @param chances of each group to be won in the period, shares of 1.
 */
export function forecastGroups(
  groups: readonly DealGroup[],
  chances: readonly number[],
  { closedDeals, draws = 400, seed = 1 }: GroupForecastOptions,
): Forecast {
  const deals = groups.reduce((sum, group) => sum + group.deals, 0);
  const expected = groups.reduce((sum, group, at) => sum + group.deals * (chances[at] ?? 0), 0);
  const value = groups.reduce((sum, group, at) => sum + group.amount * (chances[at] ?? 0), 0);
  const mean = deals > 0 ? expected / deals : 0;
  const doubt = Math.sqrt(1 / Math.max(1, closedDeals * mean * (1 - mean)));
  const random = seededRandom(seed);
  const wins = new Float64Array(draws);
  const money = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw += 1) {
    const shift = Math.exp(doubt * normal(random));
    groups.forEach((group, at) => {
      const p = chances[at] ?? 0;
      const odds = p < 1 ? (p / (1 - p)) * shift : Number.POSITIVE_INFINITY;
      const won = binomial(group.deals, odds === Number.POSITIVE_INFINITY ? 1 : odds / (1 + odds), random);
      if (won === 0) return;
      const average = group.amount / group.deals;
      const variance = Math.max(0, group.squares / group.deals - average * average);
      // All of a group won leaves no doubt about which of them.
      const spread = Math.sqrt(variance * won * (1 - won / group.deals));
      wins[draw] = (wins[draw] ?? 0) + won;
      money[draw] = (money[draw] ?? 0) + Math.max(0, won * average + spread * normal(random));
    });
  }
  return { wins: around(expected, wins), money: around(value, money) };
}

function around(value: number, draws: Float64Array): Estimate {
  const sorted = draws.sort();
  return { value, lower: percentile(sorted, 0.025), upper: percentile(sorted, 0.975) };
}
