import { describe, expect, it } from '@jest/globals';
import { AbsorptionModel } from './absorption.js';
import { crossSaleOf } from './cross-sale.js';
import { forecast } from './forecast.js';
import { stageLeak } from './leak.js';
import { lifeTableOfRows, type LifeRow } from './life-table.js';
import { salesVelocity } from './money.js';
import { wilson } from './sample.js';
import { vacuumOf } from './vacuum.js';

/** Stays by stage, as days, the stage gone to, and their number. */
const STAYS = {
  A: [
    [1, 'B', 20],
    [2, 'B', 30],
    [4, 'L', 30],
    [3, 'C', 20],
  ],
  B: [
    [2, 'C', 25],
    [5, 'C', 35],
    [3, 'L', 20],
    [1, 'A', 20],
  ],
  C: [
    [1, 'W', 30],
    [6, 'W', 30],
    [2, 'L', 40],
  ],
} as const;

const STAGES = [
  { id: 'A', kind: 'open' },
  { id: 'B', kind: 'open' },
  { id: 'C', kind: 'open' },
  { id: 'W', kind: 'won' },
  { id: 'L', kind: 'lost' },
] as const;

const MODEL = new AbsorptionModel(
  STAGES,
  Object.entries(STAYS).map(([stageId, stays]) => ({
    stageId,
    table: lifeTableOfRows(stays.map(([time, way, count]): LifeRow<string> => ({ time, way, count }))),
  })),
  90,
);

/** Computed once in R 4.2.2 from the formulas, with nothing of ours; each test says how. Survival and shares have their own. */
describe('src/domain/insight/r-facts', () => {
  it('wins ever: solve(diag(3) - Q, r) of the chances to go from stage to stage, and to won', () => {
    expect(MODEL.everWon('A')).toBeCloseTo(0.333333333333333, 9);
    expect(MODEL.everWon('B')).toBeCloseTo(0.426666666666667, 9);
    expect(MODEL.everWon('C')).toBeCloseTo(0.6, 9);
  });

  it('wins within so many days: the recursion G_s(t) = sum over k and u of p_sk(u) G_k(t - u)', () => {
    expect(MODEL.wonWithin('A', 0, 10)).toBeCloseTo(0.2615088, 9);
    expect(MODEL.wonWithin('B', 0, 10)).toBeCloseTo(0.3022212, 9);
    expect(MODEL.wonWithin('A', 0, 20)).toBeCloseTo(0.333299165886789, 9);
    expect(MODEL.wonWithin('B', 0, 20)).toBeCloseTo(0.426655387332603, 9);
    // Of those that were still there after two days.
    expect(MODEL.wonWithin('B', 2, 10)).toBeCloseTo(0.381818181818182, 9);
  });

  it('counts the vacuum back by the same chances: target / P(won), less what is covered', () => {
    const supply = (['A', 'B', 'C'] as const).map((stageId) => ({
      stageId,
      kind: 'open' as const,
      everWon: MODEL.everWon(stageId),
      leadDays: MODEL.medianDaysToWin(stageId),
      expectedWins: 2,
    }));
    const demands = vacuumOf(supply, { wins: 12, by: 0 }, 0);
    expect(demands.map((one) => one.needed ?? 0).map((one) => Math.round(one * 1e6) / 1e6)).toEqual([
      36, 28.125, 20,
    ]);
    expect(demands.map((one) => one.missing ?? 0).map((one) => Math.round(one * 1e6) / 1e6)).toEqual([
      18, 18.75, 16.666667,
    ]);
  });

  it('gives the lift with exp(log(l) ± qnorm(.975) * sqrt(1/both - 1/from + 1/to - 1/n))', () => {
    const sale = crossSaleOf('a', 'b', { both: 42, withFrom: 120, withTo: 90, all: 600 });
    const lift = sale?.lift.kind === 'known' ? sale.lift.value : null;
    expect(lift?.value).toBeCloseTo(2.33333333333333, 10);
    expect(lift?.lower).toBeCloseTo(1.71239441892752, 10);
    expect(lift?.upper).toBeCloseTo(3.17943365399095, 10);
  });

  it('gives sales velocity, and the share of prop.test(37, 120, correct = FALSE)', () => {
    const figures = { openDeals: 137, winRate: 0.31, meanWonAmount: 12_345.5, cycleDays: 41.5 };
    expect(salesVelocity(figures)).toBeCloseTo(12_634.0574698795, 8);
    expect(wilson(37, 120)?.lower).toBeCloseTo(0.232727369889163, 10);
    expect(wilson(37, 120)?.upper).toBeCloseTo(0.395829977238007, 10);
  });

  it('bounds the leak where a million draws of three rbinom do', () => {
    const counts = (advanced: number, lost: number) => ({
      entered: advanced + lost,
      advanced,
      lost,
      open: 0,
    });
    const quarters = new Map([
      ['2026-Q1', counts(80, 20)],
      ['2026-Q2', counts(60, 40)],
    ]);
    const leak = stageLeak({ stageId: 'B', quarters, afterwards: { won: 50, decided: 100 } }, 1_000);
    // quantile(x, c(.025, .975)): 0 and 20.52; ours are of a thousand draws.
    expect(leak?.lostWins.lower).toBeLessThan(0.5);
    expect(Math.abs((leak?.lostWins.upper ?? 0) / 20.52 - 1)).toBeLessThan(0.08);
  });

  it('bounds the forecast of 4,000 deals of chance 1/2, learned from 60, where a million draws do', () => {
    const half = new AbsorptionModel(
      STAGES,
      [
        {
          stageId: 'C',
          table: lifeTableOfRows<string>([
            { time: 3, way: 'W', count: 30 },
            { time: 3, way: 'L', count: 30 },
          ]),
        },
      ],
      30,
    );
    const deals = Array.from({ length: 4_000 }, () => ({ stageId: 'C', age: 0, amount: 1 }));
    const { wins } = forecast(deals, half, { horizonDays: 10, closedDeals: 60, draws: 600 });
    // quantile(4000 * plogis(rnorm(k) / sqrt(15)) + …, c(.025, .975)): 1502 and 2499.
    expect(Math.abs(wins.lower / 1_502 - 1)).toBeLessThan(0.08);
    expect(Math.abs(wins.upper / 2_499 - 1)).toBeLessThan(0.08);
  });
});
