import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketMiddle, bucketOf, tableOfBuckets } from './duration-histogram.js';
import { quantilesOf, survivalCurve } from './kaplan-meier.js';
import { countStays, lifeTable } from './life-table.js';

const DAY = 86_400_000;

describe('src/domain/insight/duration-histogram', () => {
  it('is at most 2.5 % wrong about any length from a second to ten years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 3_650 * DAY }), (ms) => {
        expect(Math.abs(bucketMiddle(bucketOf(ms)) / ms - 1)).toBeLessThanOrEqual(0.025);
      }),
    );
  });

  it('counts what is shorter than a second as a second', () => {
    expect(bucketOf(0)).toBe(bucketOf(1_000));
  });

  it('gives the quartiles of single stays within 2.5 %', () => {
    const stay = fc.tuple(fc.integer({ min: 60_000, max: 90 * DAY }), fc.boolean());
    fc.assert(
      fc.property(fc.array(stay, { minLength: 30, maxLength: 200 }), (stays) => {
        // Equal buckets would make ties of what was apart; a curve at exactly a quartile may then take either end.
        const distinct = [...new Map(stays.map((one) => [bucketOf(one[0]), one] as const)).values()];
        const exact = survivalCurve(
          lifeTable(
            distinct.map(([time]) => time),
            distinct.map(([, left]) => (left ? 'advanced' : 'open')),
          ),
        );
        const table = tableOfBuckets(
          distinct
            .filter(([, left]) => left)
            .map(([time]) => ({ bucket: bucketOf(time), way: 'advanced' as const, count: 1 })),
          distinct.filter(([, left]) => !left).map(([age]) => ({ age, count: 1 })),
        );
        const rolled = quantilesOf(survivalCurve(table), [0.25, 0.5, 0.75]);
        quantilesOf(exact, [0.25, 0.5, 0.75]).forEach(({ value }, at) => {
          const found = rolled[at]?.value ?? null;
          if (value === null || found === null) expect(found).toBe(value);
          else expect(Math.abs(found / value - 1)).toBeLessThanOrEqual(0.025);
        });
      }),
    );
  });

  it('forgets what was taken away again', () => {
    const table = tableOfBuckets(
      [
        { bucket: 3, way: 'lost', count: 2 },
        { bucket: 5, way: 'lost', count: 0 },
      ],
      [{ age: DAY, count: 1 }],
    );
    expect(countStays(table)).toEqual({ all: 3, finished: 2, open: 1 });
    expect(table.times).toHaveLength(2);
  });
});
