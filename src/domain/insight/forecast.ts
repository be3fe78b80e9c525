import type { AbsorptionModel } from './absorption.js';
import { normal, percentile, seededRandom, type Random } from './random.js';
import type { Estimate } from './sample.js';

/** An open deal as the forecast sees it. */
export interface ForecastDeal {
  readonly stageId: string;
  /** Days in the stage. */
  readonly age: number;
  readonly amount: number;
}

export interface Forecast {
  /** Deals won within the horizon. */
  readonly wins: Estimate;
  /** Their money. */
  readonly money: Estimate;
}

export interface ForecastOptions {
  readonly horizonDays: number;
  /** Closed deals that the model was learned from: the fewer, the wider the interval. */
  readonly closedDeals: number;
  readonly draws?: number;
  readonly seed?: number;
  /** Share of the draws that the interval holds. */
  readonly level?: number;
}

/** Up to so many deals each is drawn by itself; sums of more are normal for all purposes. */
export const DRAWN_SINGLY = 300;

/**
 * Money and deals won within the horizon. Value: Σ p·amount with p from the absorption model. Interval: the central 95 %
 * of seeded draws that hold both kinds of doubt, the chance of each deal (Bernoulli) and the doubt about the chances
 * themselves, one shift of all log-odds by N(0, 1 / (n·p̄·(1 − p̄))), which is how far the win rate of n closed deals may be
 * off.
 */
export function forecast(
  deals: readonly ForecastDeal[],
  model: AbsorptionModel,
  { horizonDays, closedDeals, draws = 1_000, seed = 1, level = 0.95 }: ForecastOptions,
): Forecast {
  const chances = chancesOf(deals, model, horizonDays);
  const expected = chances.reduce((sum, p) => sum + p, 0);
  const value = deals.reduce((sum, { amount }, at) => sum + amount * (chances[at] ?? 0), 0);
  const mean = deals.length > 0 ? expected / deals.length : 0;
  const doubt = Math.sqrt(1 / Math.max(1, closedDeals * mean * (1 - mean)));
  const random = seededRandom(seed);
  const wins = new Float64Array(draws);
  const money = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw += 1) {
    const shift = doubt * normal(random);
    const drawn = drawSum(
      deals,
      chances.map((p) => shifted(p, shift)),
      random,
    );
    wins[draw] = drawn.wins;
    money[draw] = drawn.money;
  }
  return { wins: around(expected, wins, level), money: around(value, money, level) };
}

function chancesOf(deals: readonly ForecastDeal[], model: AbsorptionModel, days: number): readonly number[] {
  // Deals of one stage and one day of age share a chance: ten thousand deals ask some hundred questions.
  const known = new Map<string, number>();
  return deals.map(({ stageId, age }) => {
    const whole = Math.floor(age);
    const key = `${whole} ${stageId}`;
    const chance = known.get(key) ?? model.wonWithin(stageId, whole, days);
    known.set(key, chance);
    return chance;
  });
}

function shifted(p: number, shift: number): number {
  if (p <= 0 || p >= 1) return p;
  const odds = (p / (1 - p)) * Math.exp(shift);
  return odds / (1 + odds);
}

function drawSum(
  deals: readonly ForecastDeal[],
  chances: readonly number[],
  random: Random,
): { readonly wins: number; readonly money: number } {
  if (deals.length <= DRAWN_SINGLY) {
    return deals.reduce(
      (sum, { amount }, at) =>
        random() < (chances[at] ?? 0) ? { wins: sum.wins + 1, money: sum.money + amount } : sum,
      { wins: 0, money: 0 },
    );
  }
  let [wins, winsVariance, money, moneyVariance] = [0, 0, 0, 0];
  deals.forEach(({ amount }, at) => {
    const p = chances[at] ?? 0;
    wins += p;
    winsVariance += p * (1 - p);
    money += p * amount;
    moneyVariance += p * (1 - p) * amount * amount;
  });
  const chance = normal(random);
  return {
    wins: Math.max(0, wins + chance * Math.sqrt(winsVariance)),
    money: Math.max(0, money + chance * Math.sqrt(moneyVariance)),
  };
}

/** The central `level` of the draws around the value; sorts them. */
export function around(value: number, draws: Float64Array, level: number): Estimate {
  const sorted = draws.sort();
  const beyond = (1 - level) / 2;
  return { value, lower: percentile(sorted, beyond), upper: percentile(sorted, 1 - beyond) };
}
