import { describe, expect, it } from '@jest/globals';
import { HonestyJudge, isBackdated, type HonestyCounts } from './honesty.js';
import { StageOrder, staysOf, type LoggedDeal, type LoggedMove } from './stays.js';

const ORDER = new StageOrder([
  { id: 'new', kind: 'open' },
  { id: 'offer', kind: 'open' },
  { id: 'contract', kind: 'open' },
  { id: 'won', kind: 'won' },
]);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 5, 9) + 1;

function deals(count: number, movesOf: (deal: number) => readonly LoggedMove[]): LoggedDeal[] {
  return Array.from({ length: count }, (_, deal) => ({
    id: String(deal),
    ownerId: null,
    productId: null,
    amount: null,
    moves: movesOf(deal),
  }));
}

function judged(all: readonly LoggedDeal[]): HonestyCounts {
  const judge = new HonestyJudge(all, ORDER);
  for (const { moves } of all) judge.judge(staysOf(moves, ORDER, Number.MAX_SAFE_INTEGER));
  return judge.counts();
}

/** Comes at its own hour, goes on at `at`. */
function mover(deal: number, at: number, to = 'offer'): LoggedMove[] {
  return [
    { stageId: 'new', at: START + deal * HOUR },
    { stageId: to, at },
  ];
}

describe('src/domain/insight/honesty', () => {
  const clean = deals(60, (deal) => mover(deal, START + deal * HOUR + 3 * HOUR));

  it('finds nothing in ordinary work', () => {
    expect(judged(clean)).toEqual({
      bulkMove: 0,
      sameMinute: 0,
      import: 0,
      backdated: 0,
      skippedStage: 0,
      daysOnly: false,
    });
  });

  it('marks twenty deals that were moved within a minute, when that is not how deals leave the stage', () => {
    const swept = deals(20, (deal) => mover(deal, START + 1_000 * HOUR + deal));
    expect(judged([...clean, ...swept]).bulkMove).toBe(20);
    expect(judged([...clean, ...swept.slice(1)]).bulkMove).toBe(0);
  });

  it('does not mark a nightly run', () => {
    expect(judged(deals(80, (deal) => mover(deal, START + 1_000 * HOUR))).bulkMove).toBe(0);
  });

  it('marks stages that were clicked through within a minute, and skipped stages', () => {
    const clicked = deals(3, (deal) => [
      { stageId: 'new', at: START + deal * HOUR },
      { stageId: 'offer', at: START + deal * HOUR + 10_000 },
      { stageId: 'won', at: START + deal * HOUR + 2 * HOUR },
    ]);
    expect(judged([...clean, ...clicked])).toMatchObject({ sameMinute: 3, skippedStage: 3 });
  });

  it('leaves out a skipped stage where most go through it, and nothing where most skip it', () => {
    const marked = (all: readonly LoggedDeal[]): number => {
      const judge = new HonestyJudge(all, ORDER);
      const marks = all.flatMap(({ moves }) => judge.judge(staysOf(moves, ORDER, Number.MAX_SAFE_INTEGER)));
      return marks.filter((own) => own.includes('skippedStage')).length;
    };
    const skipping = (count: number): readonly LoggedDeal[] =>
      deals(count, (deal) => mover(deal, START + deal * HOUR + 5 * HOUR, 'contract'));
    expect(marked([...clean, ...skipping(7)])).toBe(7);
    expect(marked([...clean.slice(0, 5), ...skipping(7)])).toBe(0);
    expect(judged([...clean.slice(0, 5), ...skipping(7)]).skippedStage).toBe(7);
  });

  it('marks the first stays of an import', () => {
    const imported = deals(25, (deal) => [
      { stageId: 'new', at: START + 2_000 * HOUR },
      { stageId: 'offer', at: START + 2_000 * HOUR + (deal + 1) * HOUR },
    ]);
    expect(judged([...clean, ...imported]).import).toBe(25);
  });

  it('cannot tell minutes when the log has days only', () => {
    const midnight = Date.UTC(2026, 0, 5);
    const counts = judged(deals(40, () => mover(0, midnight).map((move) => ({ ...move, at: midnight }))));
    expect(counts).toMatchObject({ daysOnly: true, bulkMove: 0, sameMinute: 0, import: 0 });
  });

  it('takes a row for backdated when it was made more than a day after what it tells', () => {
    expect(isBackdated(START, START + 25 * HOUR)).toBe(true);
    expect(isBackdated(START, START + 23 * HOUR)).toBe(false);
  });
});
