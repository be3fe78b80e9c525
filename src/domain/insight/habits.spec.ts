import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareMeans, compareMedians, compareShares, sellerGroups } from './habits.js';
import { lifeTableOfRows } from './life-table.js';

function stays(time: number, finished: number, open = 0) {
  const lengths = [0.4, 0.6, 0.8, 0.95, 1.05, 1.3, 1.6, 2];
  return lifeTableOfRows<'left'>([
    ...lengths.map((one) => ({ time: time * one, way: 'left' as const, count: finished / lengths.length })),
    { time: time * 2, way: 'open', count: open },
  ]);
}

describe('src/domain/insight/habits', () => {
  it('takes the best third of those with thirty closed deals, and no groups of fewer than three people', () => {
    const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((sellerId, at) => ({
      sellerId,
      won: 10 + 5 * at,
      lost: 30,
    }));
    expect(sellerGroups(people)).toEqual({ best: ['f', 'e'], rest: ['d', 'c', 'b', 'a'] });
    expect(sellerGroups([...people, { sellerId: 'new', won: 5, lost: 0 }])?.best).toEqual(['f', 'e']);
    expect(sellerGroups(people.slice(0, 2))).toBeNull();
  });

  it('gives the interval of a difference of shares as Newcombe prints it', () => {
    // Table II (a): 56/70 and 48/80 differ by 0.2, from 0.0524 to 0.3339.
    expect(compareShares({ hits: 56, n: 70 }, { hits: 48, n: 80 })).toMatchObject({ telling: true });
    // With 9 of 40 and 9 of 50 the interval holds 0.
    expect(compareShares({ hits: 9, n: 40 }, { hits: 9, n: 50 })).toMatchObject({ telling: false });
    expect(compareShares({ hits: 9, n: 29 }, { hits: 9, n: 50 })).toBeNull();
  });

  it('never tells equal groups apart', () => {
    const size = fc.integer({ min: 30, max: 5_000 });
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const one = { hits: Math.round(n * share), n };
        expect(compareShares(one, one)?.telling).toBe(false);
        const sums = { n, sum: n * share, squares: n * (share * share + 1) };
        expect(compareMeans(sums, sums)?.telling).toBe(false);
      }),
    );
  });

  it('tells means apart only where they lie beyond chance', () => {
    const group = (n: number, mean: number, deviation: number) => ({
      n,
      sum: n * mean,
      squares: n * mean * mean + (n - 1) * deviation * deviation,
    });
    // Standard errors of 0.2 each: 1.96 × 0.283 = 0.554.
    expect(compareMeans(group(100, 5.5, 2), group(100, 5, 2))?.telling).toBe(false);
    expect(compareMeans(group(100, 5.6, 2), group(100, 5, 2))?.telling).toBe(true);
    expect(compareMeans(group(100, 5.6, 2), group(100, 5, 2))?.best.upper).toBeCloseTo(
      5.6 + 1.95996 * 0.2,
      4,
    );
  });

  it('compares medians with those who still wait counted, and says nothing of a median that is not reached', () => {
    expect(compareMedians(stays(10, 200), stays(20, 200))).toMatchObject({ telling: true });
    expect(compareMedians(stays(10, 32), stays(11, 32))?.telling).toBe(false);
    expect(compareMedians(stays(10, 40, 400), stays(20, 200))).toBeNull();
    expect(compareMedians(stays(10, 20), stays(20, 200))).toBeNull();
  });
});
