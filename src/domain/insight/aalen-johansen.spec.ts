import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LUNG } from '../../../test/support/survival-data.js';
import { incidenceCurve, leavesWithin, leavesWithinInterval, standardErrorOf } from './aalen-johansen.js';
import { survivalCurve } from './kaplan-meier.js';
import { lifeTable, WAYS_OUT } from './life-table.js';

/** Deaths of lung as two competing ends, by sex: `survfit(Surv(time, factor(…)) ~ 1)`, survival 3.5-3 on R 4.2.2. */
const TABLE = lifeTable<'a' | 'b'>(
  LUNG.days,
  [...LUNG.status].map((status, at) => (status === '1' ? 'open' : LUNG.sex[at] === '1' ? 'a' : 'b')),
);

describe('src/domain/insight/aalen-johansen', () => {
  it.each([
    ['a', 100, 0.1053072379441065, 0.02033291772972566, 0.0721284570389, 0.1537481157739983],
    ['a', 365, 0.4094644545362986, 0.03495211089288429, 0.34638348326382506, 0.4840332972834288],
    ['a', 700, 0.5855973805171288, 0.03886648557778985, 0.51416713764017374, 0.666951010604084],
    ['b', 100, 0.03072379441064974, 0.01143284786239684, 0.01481590688078064, 0.06371203265406433],
    ['b', 365, 0.18129392100363748, 0.02772301427036799, 0.13434441754316215, 0.24465092330549199],
    ['b', 700, 0.27201111382805404, 0.03455843679402092, 0.21205244912237342, 0.34892332699859374],
  ] as const)('gives the incidence of %s at day %i as R does', (way, day, value, se, lower, upper) => {
    const found = leavesWithinInterval(TABLE, way, { horizon: day });
    expect(found?.value).toBeCloseTo(value, 10);
    expect(found?.lower).toBeCloseTo(lower, 10);
    expect(found?.upper).toBeCloseTo(upper, 10);
    expect(standardErrorOf(TABLE, way, 0, day)?.se).toBeCloseTo(se, 10);
    expect(leavesWithin(incidenceCurve(TABLE, way), -1, day + 1)).toBeCloseTo(value, 10);
  });

  it('is, at an age, what R gives for those who came so far', () => {
    expect(leavesWithin(incidenceCurve(TABLE, 'a'), 200, 200)).toBeCloseTo(0.2882607542885311, 10);
    const found = leavesWithinInterval(TABLE, 'b', { age: 200, horizon: 200 });
    expect(found?.value).toBeCloseTo(0.1578187284039382, 10);
    expect(standardErrorOf(TABLE, 'b', 200, 400)?.se).toBeCloseTo(0.03348376783185646, 10);
  });

  it('knows nothing of an age that nobody reached', () => {
    const all = lifeTable<'a' | 'b'>([1, 2], ['a', 'b']);
    expect(leavesWithin(incidenceCurve(all, 'a'), 2, 10)).toBeNull();
    expect(leavesWithinInterval(all, 'a', { age: 2, horizon: 10 })).toBeNull();
  });

  it('says by the rule of three how much a way that nobody took may still be', () => {
    const all = lifeTable<'a' | 'b'>(Array<number>(30).fill(5), Array<'b'>(30).fill('b'));
    expect(leavesWithinInterval(all, 'a', { horizon: 10 })).toEqual({ value: 0, lower: 0, upper: 0.1 });
  });

  it('adds up with survival to one at every time', () => {
    const stay = fc.tuple(fc.nat(30), fc.constantFrom(...WAYS_OUT, 'open' as const));
    fc.assert(
      fc.property(fc.array(stay, { minLength: 1 }), (stays) => {
        const table = lifeTable(
          stays.map(([time]) => time),
          stays.map(([, way]) => way),
        );
        const { survival } = survivalCurve(table);
        const curves = WAYS_OUT.map((way) => incidenceCurve(table, way));
        survival.forEach((share, at) => {
          const left = curves.reduce((sum, { incidence }) => sum + (incidence[at] ?? 0), 0);
          expect(share + left).toBeCloseTo(1, 9);
        });
      }),
    );
  });
});
