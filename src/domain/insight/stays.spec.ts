import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addPassage,
  conversionByCohort,
  conversionByPeriod,
  isWholeQuarter,
  NO_PASSAGES,
  passagesOf,
  passedBy,
  quarterOf,
} from './funnel.js';
import { StageOrder, staysOf } from './stays.js';

const ORDER = new StageOrder([
  { id: 'new', kind: 'open' },
  { id: 'offer', kind: 'open' },
  { id: 'contract', kind: 'open' },
  { id: 'won', kind: 'won' },
  { id: 'lost', kind: 'lost' },
]);

/** A deal's stays from the stages that it went through, one a day. */
function walk(...stages: string[]): ReturnType<typeof staysOf> {
  return staysOf(
    stages.map((stageId, day) => ({ stageId, at: day })),
    ORDER,
    stages.length,
  );
}

function outcomes(...stages: string[]): Record<string, string> {
  return Object.fromEntries(
    passagesOf(walk(...stages), ORDER).map(({ stageId, outcome }) => [stageId, outcome]),
  );
}

describe('src/domain/insight/stays', () => {
  it('names the outcome of each stay', () => {
    expect(
      walk('new', 'offer', 'new', 'contract', 'lost', 'offer', 'won').map((stay) => stay.outcome),
    ).toEqual(['advanced', 'movedBack', 'advanced', 'lost', 'movedBack', 'advanced', 'open']);
  });

  it('takes a repeated row of the same stage for the same stay', () => {
    const stays = walk('new', 'new', 'offer', 'offer');
    expect(stays.map(({ stageId, enteredAt, leftAt }) => [stageId, enteredAt, leftAt])).toEqual([
      ['new', 0, 2],
      ['offer', 2, null],
    ]);
  });

  it('does not see what is later than the end of the observation', () => {
    const moves = [
      { stageId: 'new', at: 0 },
      { stageId: 'offer', at: 10 },
    ];
    expect(staysOf(moves, ORDER, 9)).toEqual([
      { stageId: 'new', enteredAt: 0, leftAt: null, nextStageId: null, outcome: 'open' },
    ]);
    expect(staysOf(moves, ORDER, -1)).toEqual([]);
  });

  it('covers the whole time from the first entry, whatever the way', () => {
    const way = fc.array(fc.constantFrom('new', 'offer', 'contract', 'lost'), { minLength: 1 });
    fc.assert(
      fc.property(way, (stages) => {
        const stays = walk(...stages);
        const sum = stays.reduce((total, stay) => total + (stay.leftAt ?? stages.length) - stay.enteredAt, 0);
        expect(sum).toBe(stages.length);
        expect(stays.filter((stay) => stay.outcome === 'open')).toHaveLength(1);
      }),
    );
  });

  it('counts a deal once for each stage, by what became of it in the end', () => {
    expect(outcomes('new', 'offer', 'new', 'offer', 'lost')).toEqual({ new: 'advanced', offer: 'lost' });
    expect(outcomes('new', 'lost', 'new')).toEqual({ new: 'open' });
    expect(outcomes('contract', 'new')).toEqual({ contract: 'open', new: 'open' });
    expect(outcomes('new', 'won')).toEqual({ new: 'advanced' });
  });

  it('knows which stages a deal left behind unseen', () => {
    expect(passedBy(walk('new', 'contract'), ORDER)).toEqual(['offer']);
    expect(passedBy(walk('offer', 'won'), ORDER)).toEqual(['new', 'contract']);
    expect(passedBy(walk('offer', 'lost'), ORDER)).toEqual(['new']);
  });

  it('counts conversion by the quarter of entry and by the quarter of leaving', () => {
    const quarters = ['2026-Q1', '2026-Q2'].map((_, at) => Date.UTC(2026, at * 3, 15));
    const [first = 0, second = 0] = quarters;
    const stays = staysOf(
      [
        { stageId: 'new', at: first },
        { stageId: 'offer', at: second },
      ],
      ORDER,
      second + 1,
    );
    const cohort = conversionByCohort(passagesOf(stays, ORDER), quarterOf);
    expect(cohort.get('2026-Q1')).toEqual({ entered: 1, advanced: 1, lost: 0, open: 0 });
    expect(cohort.get('2026-Q2')).toEqual(addPassage(NO_PASSAGES, 'open'));
    expect(conversionByPeriod(stays, quarterOf)).toEqual(
      new Map([['2026-Q2', addPassage(NO_PASSAGES, 'advanced')]]),
    );
  });

  it('takes a quarter for whole only when the history covers it to a day', () => {
    const [from, until] = [Date.UTC(2026, 0, 2), Date.UTC(2026, 5, 30)];
    expect(isWholeQuarter('2026-Q1', from, until)).toBe(true);
    expect(isWholeQuarter('2026-Q2', from, until)).toBe(true);
    expect(isWholeQuarter('2026-Q3', from, until)).toBe(false);
    expect(isWholeQuarter('2026-Q1', Date.UTC(2026, 0, 20), until)).toBe(false);
  });
});
