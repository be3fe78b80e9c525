import { describe, expect, it } from '@jest/globals';
import { AbsorptionModel, type StageTimes } from './absorption.js';
import { forecastGroups, type DealGroup } from './forecast-groups.js';
import { lifeTableOfRows, type LifeRow } from './life-table.js';
import { normal, seededRandom, type Random } from './random.js';

const QUARTER = 91;
const HISTORY_DAYS = 720;
const WORLDS = 200;
const STAGES = [
  { id: 'A', kind: 'open' },
  { id: 'B', kind: 'open' },
  { id: 'C', kind: 'open' },
  { id: 'W', kind: 'won' },
  { id: 'L', kind: 'lost' },
] as const;
const OPEN = ['A', 'B', 'C'] as const;
const NEXT = { A: 'B', B: 'C', C: 'W' } as const;

/** A stay with its true length and end, of which the observer sees only what has happened until today. */
interface TrueStay {
  readonly stageId: (typeof OPEN)[number];
  readonly from: number;
  readonly until: number;
  readonly to: string;
}

interface TrueDeal {
  readonly stays: readonly TrueStay[];
  readonly amount: number;
}

/** Log-normal stays whose medians and chances to go on differ from stage to stage and from world to world. */
function truthOf(random: Random, deals: number): readonly TrueDeal[] {
  const stage = Object.fromEntries(
    OPEN.map((id) => [id, { median: 4 + 25 * random(), spread: 0.5 + random(), on: 0.45 + 0.4 * random() }]),
  );
  return Array.from({ length: deals }, () => {
    const stays: TrueStay[] = [];
    let from = HISTORY_DAYS * random();
    for (let at: string = 'A'; at === 'A' || at === 'B' || at === 'C';) {
      const { median, spread, on } = stage[at] ?? { median: 1, spread: 1, on: 0.5 };
      const until = from + median * Math.exp(spread * normal(random));
      const to = random() < on ? NEXT[at] : 'L';
      stays.push({ stageId: at, from, until, to });
      [from, at] = [until, to];
    }
    return { stays, amount: Math.round(100_000 * Math.exp(0.8 * normal(random))) };
  });
}

/** What is known on the last day of the history. */
function timesOf(deals: readonly TrueDeal[]): readonly StageTimes[] {
  return OPEN.map((stageId) => {
    const rows: LifeRow<string>[] = deals.flatMap(({ stays }) =>
      stays
        .filter((stay) => stay.stageId === stageId && stay.from <= HISTORY_DAYS)
        .map(({ from, until, to }) =>
          until <= HISTORY_DAYS
            ? { time: until - from, way: to, count: 1 }
            : { time: HISTORY_DAYS - from, way: 'open' as const, count: 1 },
        ),
    );
    return { stageId, table: lifeTableOfRows<string>(rows) };
  });
}

function standing({ stays }: TrueDeal): TrueStay | undefined {
  return stays.find((stay) => stay.from <= HISTORY_DAYS && stay.until > HISTORY_DAYS);
}

function groupsOf(deals: readonly TrueDeal[]): readonly DealGroup[] {
  const open = deals.flatMap((deal) => {
    const stay = standing(deal);
    return stay
      ? [{ stageId: stay.stageId, age: Math.floor(HISTORY_DAYS - stay.from), amount: deal.amount }]
      : [];
  });
  return [...Map.groupBy(open, ({ stageId, age }) => `${stageId} ${age}`).values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    return {
      stageId: first.stageId,
      age: first.age,
      deals: same.length,
      amount: same.reduce((sum, one) => sum + one.amount, 0),
      squares: same.reduce((sum, one) => sum + one.amount ** 2, 0),
    };
  });
}

/** What the open deals really brought within the quarter. */
function outcomeOf(deals: readonly TrueDeal[]): { readonly wins: number; readonly money: number } {
  const won = deals.filter((deal) => {
    const last = deal.stays.at(-1);
    return standing(deal) && last?.to === 'W' && last.until <= HISTORY_DAYS + QUARTER;
  });
  return { wins: won.length, money: won.reduce((sum, { amount }) => sum + amount, 0) };
}

interface Coverage {
  readonly wins: number;
  readonly money: number;
  /** Forecast over truth, of all worlds together. */
  readonly bias: number;
}

function coverage(dealsInWorld: number, level: number): Coverage {
  let [wins, money, forecastWins, trueWins] = [0, 0, 0, 0];
  for (let world = 0; world < WORLDS; world += 1) {
    const deals = truthOf(seededRandom(1_000 + world), dealsInWorld);
    const model = new AbsorptionModel(STAGES, timesOf(deals), QUARTER);
    const groups = groupsOf(deals);
    const closed = deals.filter((deal) => (deal.stays.at(-1)?.until ?? 0) <= HISTORY_DAYS).length;
    const chances = groups.map(({ stageId, age }) => model.wonWithin(stageId, age, QUARTER));
    const said = forecastGroups(groups, chances, { closedDeals: closed, level, seed: world });
    const truth = outcomeOf(deals);
    if (truth.wins >= said.wins.lower && truth.wins <= said.wins.upper) wins += 1;
    if (truth.money >= said.money.lower && truth.money <= said.money.upper) money += 1;
    forecastWins += said.wins.value;
    trueWins += truth.wins;
  }
  return { wins: wins / WORLDS, money: money / WORLDS, bias: forecastWins / trueWins };
}

const AS_SAID = 0.1;

describe('src/domain/insight/forecast-coverage', () => {
  it.each([
    { company: 'a small', deals: 300 },
    { company: 'a middling', deals: 700 },
  ])(
    'holds the truth of 200 simulated quarters about as often as its interval says, in $company company',
    ({ deals }) => {
      const { wins, money, bias } = coverage(deals, 0.8);
      for (const share of [wins, money]) expect(Math.abs(share - 0.8)).toBeLessThanOrEqual(AS_SAID);
      expect(Math.abs(bias - 1)).toBeLessThan(0.05);
    },
    120_000,
  );

  it('holds more of them with a wider interval', () => {
    const { wins, money } = coverage(300, 0.95);
    expect(wins).toBeGreaterThan(0.88);
    expect(money).toBeGreaterThan(0.85);
  }, 120_000);
});
