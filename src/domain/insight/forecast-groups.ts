import type { Forecast } from './forecast.js';
import { around, DRAWN_SINGLY } from './forecast.js';
import { binomial, normal, seededRandom, type Random } from './random.js';

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
  /** Share of the draws that the interval holds. */
  readonly level?: number;
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
  { closedDeals, draws = 400, seed = 1, level = 0.95 }: GroupForecastOptions,
): Forecast {
  const deals = groups.reduce((sum, group) => sum + group.deals, 0);
  const expected = groups.reduce((sum, group, at) => sum + group.deals * (chances[at] ?? 0), 0);
  const value = groups.reduce((sum, group, at) => sum + group.amount * (chances[at] ?? 0), 0);
  const mean = deals > 0 ? expected / deals : 0;
  const doubt = Math.sqrt(1 / Math.max(1, closedDeals * mean * (1 - mean)));
  const random = seededRandom(seed);
  const wins = new Float64Array(draws);
  const money = new Float64Array(draws);
  const together = deals > DRAWN_SINGLY ? columnsOf(groups, chances) : null;
  for (let draw = 0; draw < draws; draw += 1) {
    const shift = Math.exp(doubt * normal(random));
    const drawn = together ? drawTogether(together, shift, random) : drawEach(groups, chances, shift, random);
    [wins[draw], money[draw]] = [drawn.wins, drawn.money];
  }
  return { wins: around(expected, wins, level), money: around(value, money, level) };
}

/** A chance with its odds times `by`. */
function shifted(p: number, by: number): number {
  return p < 1 ? (p * by) / (1 - p + p * by) : 1;
}

interface Drawn {
  readonly wins: number;
  readonly money: number;
}

/** Of few deals each group by itself. */
function drawEach(
  groups: readonly DealGroup[],
  chances: readonly number[],
  shift: number,
  random: Random,
): Drawn {
  let [wins, money] = [0, 0];
  groups.forEach((group, at) => {
    const won = binomial(group.deals, shifted(chances[at] ?? 0, shift), random);
    if (won === 0) return;
    const average = group.amount / group.deals;
    const variance = Math.max(0, group.squares / group.deals - average * average);
    // All of a group won leaves no doubt about which of them.
    const spread = Math.sqrt(variance * won * (1 - won / group.deals));
    wins += won;
    money += Math.max(0, won * average + spread * normal(random));
  });
  return { wins, money };
}

/** Groups that may be won, four numbers each: hundreds of draws go over them. */
interface Columns {
  readonly chances: Float64Array;
  readonly deals: Float64Array;
  readonly amounts: Float64Array;
  readonly squares: Float64Array;
}

function columnsOf(groups: readonly DealGroup[], chances: readonly number[]): Columns {
  const places = [...groups.keys()].filter((at) => (chances[at] ?? 0) > 0);
  const column = (of: (at: number) => number | undefined): Float64Array =>
    Float64Array.from(places, (at) => of(at) ?? 0);
  return {
    chances: column((at) => chances[at]),
    deals: column((at) => groups[at]?.deals),
    amounts: column((at) => groups[at]?.amount),
    squares: column((at) => groups[at]?.squares),
  };
}

/** The sum over many deals is normal for all purposes: two moments of each group instead of a draw. */
function drawTogether({ chances, deals, amounts, squares }: Columns, shift: number, random: Random): Drawn {
  let [wins, winsVariance, money, moneyVariance] = [0, 0, 0, 0];
  for (let at = 0; at < chances.length; at += 1) {
    const p = shifted(chances[at] ?? 0, shift);
    const doubt = p * (1 - p);
    wins += p * (deals[at] ?? 0);
    winsVariance += doubt * (deals[at] ?? 0);
    money += p * (amounts[at] ?? 0);
    moneyVariance += doubt * (squares[at] ?? 0);
  }
  const chance = normal(random);
  return {
    wins: Math.max(0, wins + chance * Math.sqrt(winsVariance)),
    money: Math.max(0, money + chance * Math.sqrt(moneyVariance)),
  };
}
