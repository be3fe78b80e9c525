import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AML, LUNG } from '../../../test/support/survival-data.js';
import { quantileOf, quantilesOf, survivalAt, survivalCurve, type SurvivalCurve } from './kaplan-meier.js';
import { lifeTable } from './life-table.js';

const QUARTILES = [0.25, 0.5, 0.75];

function curveOf(times: readonly number[], events: string, event = '1'): SurvivalCurve {
  return survivalCurve(
    lifeTable(
      times,
      [...events].map((one) => (one === event ? 'left' : 'open')),
    ),
  );
}

/** The figures below are those of `survfit(Surv(…) ~ 1)`, survival 3.5-3 on R 4.2.2. */
describe('src/domain/insight/kaplan-meier', () => {
  const lung = curveOf(LUNG.days, LUNG.status, '2');
  const maintained = curveOf(AML.maintained.weeks, AML.maintained.relapse);
  const nonmaintained = curveOf(AML.nonmaintained.weeks, AML.nonmaintained.relapse);

  it.each([
    [100, 0.863968967645244, 0.8205848920812575, 0.909646746189512],
    [365, 0.409241624460064, 0.3447215817958266, 0.485837603547281],
    [700, 0.142391505654817, 0.0937792807207796, 0.216202776634789],
  ])('gives the survival of lung at day %i with the limits of R', (day, value, lower, upper) => {
    const found = survivalAt(lung, day);
    expect(found.value).toBeCloseTo(value, 10);
    expect(found.lower).toBeCloseTo(lower, 10);
    expect(found.upper).toBeCloseTo(upper, 10);
  });

  it('gives the quartiles of lung with the limits of R', () => {
    expect(quantilesOf(lung, QUARTILES)).toEqual([
      { value: 170, lower: 145, upper: 197 },
      { value: 310, lower: 285, upper: 363 },
      { value: 550, lower: 460, upper: 654 },
    ]);
  });

  it('gives null where the curve of aml does not come so far, as R gives NA', () => {
    expect(quantilesOf(maintained, QUARTILES)).toEqual([
      { value: 18, lower: 13, upper: null },
      { value: 31, lower: 18, upper: null },
      { value: 48, lower: 34, upper: null },
    ]);
    expect(quantilesOf(nonmaintained, QUARTILES)).toEqual([
      { value: 8, lower: 5, upper: 30 },
      { value: 23, lower: 8, upper: null },
      { value: 33, lower: 27, upper: null },
    ]);
  });

  it('gives the survival of aml at its own time points', () => {
    expect(survivalAt(nonmaintained, 10).value).toBeCloseTo(0.666666666666667, 10);
    expect(survivalAt(nonmaintained, 10).upper).toBeCloseTo(0.994625360259092, 10);
    expect(survivalAt(maintained, 30).lower).toBeCloseTo(0.37686705950168, 10);
  });

  it('takes the middle where the curve runs exactly at the share', () => {
    expect(quantilesOf(curveOf([1, 2, 3, 4], '1111'), QUARTILES).map((one) => one.value)).toEqual([
      1.5, 2.5, 3.5,
    ]);
    expect(quantilesOf(curveOf([1, 2, 3, 4], '1100'), QUARTILES).map((one) => one.value)).toEqual([
      1.5,
      3,
      null,
    ]);
    expect(quantilesOf(curveOf([0, 0, 1, 5, 9, 9], '111010'), QUARTILES)).toEqual([
      { value: 0, lower: 0, upper: null },
      { value: 5, lower: 0, upper: null },
      { value: 9, lower: 1, upper: null },
    ]);
  });

  it('knows nothing from nothing', () => {
    const empty = survivalCurve(lifeTable([], []));
    expect(quantileOf(empty, 0.5)).toEqual({ value: null, lower: null, upper: null });
    expect(survivalAt(empty, 5)).toEqual({ value: 1, lower: 1, upper: 1 });
  });

  it('is the plain share of those that stayed longer when nothing is censored', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.nat(60), (times, at) => {
        const curve = curveOf(times, '1'.repeat(times.length));
        const longer = times.filter((time) => time > at).length / times.length;
        expect(survivalAt(curve, at).value).toBeCloseTo(longer, 9);
      }),
    );
  });

  it('never grows, stays within 0 and 1, and lies between its limits', () => {
    const stay = fc.tuple(fc.nat(30), fc.boolean());
    fc.assert(
      fc.property(fc.array(stay, { minLength: 1 }), (stays) => {
        const curve = curveOf(
          stays.map(([time]) => time),
          stays.map(([, event]) => (event ? '1' : '0')).join(''),
        );
        let before = 1;
        for (const time of curve.times) {
          const { value, lower, upper } = survivalAt(curve, time);
          expect(value).toBeLessThanOrEqual(before);
          expect(value).toBeGreaterThanOrEqual(lower);
          expect(value).toBeLessThanOrEqual(upper);
          before = value;
        }
      }),
    );
  });
});
