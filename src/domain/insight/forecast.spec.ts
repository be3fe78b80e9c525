import { describe, expect, it } from '@jest/globals';
import { AbsorptionModel } from './absorption.js';
import { forecast } from './forecast.js';
import { lifeTable } from './life-table.js';
import { salesVelocity, worthByStage } from './money.js';
import type { StageInOrder } from './stays.js';
import { vacuumOf } from './vacuum.js';
import { loadByPerson } from './load.js';

const STAGES: readonly StageInOrder[] = [
  { id: 'new', kind: 'open' },
  { id: 'offer', kind: 'open' },
  { id: 'won', kind: 'won' },
  { id: 'lost', kind: 'lost' },
];

function table(stays: readonly [number, string, number][]): ReturnType<typeof lifeTable<string>> {
  const rows = stays.flatMap(([days, way, count]) =>
    Array.from({ length: count }, () => [days, way] as const),
  );
  return lifeTable(
    rows.map(([days]) => days),
    rows.map(([, way]) => way),
  );
}

/** After two days 60 % go to the offer, after three more half of those are won. */
const MODEL = new AbsorptionModel(
  STAGES,
  [
    {
      stageId: 'new',
      table: table([
        [2, 'offer', 60],
        [2, 'lost', 40],
      ]),
    },
    {
      stageId: 'offer',
      table: table([
        [3, 'won', 30],
        [3, 'lost', 30],
      ]),
    },
  ],
  30,
);
const DAY = 86_400_000;

describe('src/domain/insight/forecast', () => {
  it('knows where deals end, and when', () => {
    expect(MODEL.everWon('new')).toBeCloseTo(0.3, 12);
    expect(MODEL.everWon('offer')).toBeCloseTo(0.5, 12);
    expect(MODEL.everWon('won')).toBe(1);
    expect(MODEL.wonWithin('new', 0, 4)).toBe(0);
    expect(MODEL.wonWithin('new', 0, 5)).toBeCloseTo(0.3, 12);
    expect(MODEL.wonWithin('new', 1, 4)).toBeCloseTo(0.3, 12);
    expect(MODEL.wonWithin('offer', 2, 1)).toBeCloseTo(0.5, 12);
    expect(MODEL.medianDaysToWin('new')).toBe(5);
  });

  it('follows loops to their end', () => {
    const loop = new AbsorptionModel(
      STAGES,
      [
        { stageId: 'new', table: table([[0, 'offer', 100]]) },
        {
          stageId: 'offer',
          table: table([
            [0, 'new', 50],
            [0, 'won', 25],
            [1, 'lost', 25],
          ]),
        },
      ],
      10,
    );
    // p = 0.5 p + 0.25
    expect(loop.everWon('new')).toBeCloseTo(0.5, 9);
    expect(loop.wonWithin('offer', 0, 5)).toBeCloseTo(0.5, 9);
  });

  it('counts what open visits leave undecided as never won', () => {
    const short = new AbsorptionModel(
      STAGES,
      [
        {
          stageId: 'offer',
          table: table([
            [1, 'won', 50],
            [5, 'open', 50],
          ]),
        },
      ],
      30,
    );
    expect(short.everWon('offer')).toBeCloseTo(0.5, 12);
    expect(short.wonWithin('offer', 6, 20)).toBe(0);
  });

  it.each([40, 4_000])('gives the money of %i deals with an interval that holds both doubts', (count) => {
    const deals = Array.from({ length: count }, () => ({ stageId: 'offer', age: 0, amount: 100 }));
    const known = forecast(deals, MODEL, { horizonDays: 10, closedDeals: 1_000_000 });
    const doubted = forecast(deals, MODEL, { horizonDays: 10, closedDeals: 60 });
    expect(known.wins.value).toBeCloseTo(count / 2, 9);
    expect(known.money.value).toBeCloseTo(count * 50, 6);
    const spread = 1.96 * Math.sqrt(count / 4);
    expect(known.wins.upper - known.wins.value).toBeGreaterThan(0.7 * spread);
    expect(known.wins.upper - known.wins.value).toBeLessThan(1.3 * spread);
    expect(doubted.wins.upper - doubted.wins.lower).toBeGreaterThan(known.wins.upper - known.wins.lower);
    expect(forecast(deals, MODEL, { horizonDays: 10, closedDeals: 60 })).toEqual(doubted);
  });

  it('forecasts nothing from nothing', () => {
    expect(forecast([], MODEL, { horizonDays: 10, closedDeals: 0 }).money).toEqual({
      value: 0,
      lower: 0,
      upper: 0,
    });
  });

  it('gives the velocity of the pipeline and the worth of its stages', () => {
    const figures = { openDeals: 100, winRate: 0.2, meanWonAmount: 5_000, cycleDays: 50 };
    expect(salesVelocity(figures)).toBe(2_000);
    expect(salesVelocity({ ...figures, cycleDays: 0 })).toBeNull();
    const deals = [
      { stageId: 'new', amount: 100 },
      { stageId: 'offer', amount: 200 },
      { stageId: 'offer', amount: null },
    ];
    const worth = worthByStage(deals, (stageId) => MODEL.everWon(stageId));
    expect(worth.get('new')?.expected).toBeCloseTo(30, 9);
    expect(worth.get('offer')).toEqual({ deals: 2, amount: 200, expected: 100 });
  });

  it('counts back from a target what must enter each stage, and by when', () => {
    const by = 100 * DAY;
    const supply = [
      { stageId: 'new', kind: 'open' as const, everWon: 0.3, leadDays: 5, expectedWins: 2 },
      { stageId: 'offer', kind: 'open' as const, everWon: 0.5, leadDays: 3, expectedWins: 4 },
      { stageId: 'won', kind: 'won' as const, everWon: 1, leadDays: 0, expectedWins: 0 },
    ];
    const [entry, offer] = vacuumOf(supply, { wins: 9, by }, 96 * DAY);
    expect(offer).toEqual({
      stageId: 'offer',
      needed: 18,
      enterBy: 97 * DAY,
      covered: 4,
      missing: 10,
      late: false,
    });
    expect(entry).toMatchObject({ stageId: 'new', covered: 6, enterBy: 95 * DAY, late: true });
    expect(entry?.needed).toBeCloseTo(30, 9);
    expect(entry?.missing).toBeCloseTo(10, 9);
    expect(vacuumOf(supply, { wins: 3, by }, 0).map((one) => one.missing)).toEqual([0, 0]);
  });

  it('says null where nobody was ever won from', () => {
    const hopeless = [{ stageId: 'new', kind: 'open' as const, everWon: 0, leadDays: null, expectedWins: 0 }];
    expect(vacuumOf(hopeless, { wins: 3, by: DAY }, 0)).toEqual([
      { stageId: 'new', needed: null, enterBy: null, covered: 0, missing: null, late: false },
    ]);
  });

  it('holds planned minutes against the capacity of each day', () => {
    const work = [
      { userId: 'a', day: '2026-11-23', minutes: 300 },
      { userId: 'a', day: '2026-11-23', minutes: 250 },
      { userId: 'a', day: '2026-11-24', minutes: 60 },
      { userId: 'b', day: '2026-11-24', minutes: 10 },
    ];
    const days = ['2026-11-23', '2026-11-24'];
    expect(loadByPerson(work, days, ['a', 'b'], (userId) => (userId === 'a' ? 480 : 0))).toEqual([
      {
        userId: 'a',
        planned: 610,
        capacity: 960,
        share: 610 / 960,
        overloaded: [{ day: '2026-11-23', planned: 550, capacity: 480 }],
      },
      {
        userId: 'b',
        planned: 10,
        capacity: 0,
        share: null,
        overloaded: [{ day: '2026-11-24', planned: 10, capacity: 0 }],
      },
    ]);
  });
});
