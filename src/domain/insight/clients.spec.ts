import { describe, expect, it } from '@jest/globals';
import { funnelAdvice, type StageShape } from './advice.js';
import { crossSaleCandidates, crossSales, type ClientBasket } from './cross-sale.js';
import { stageLeak, weakestOf } from './leak.js';
import { loyaltyEffects } from './loyalty.js';

const DAY = 86_400_000;

function clients(count: number, ...productIds: string[]): ClientBasket[] {
  return Array.from({ length: count }, (_, at) => ({
    clientId: `${productIds.join('+')}-${at}`,
    productIds: new Set(productIds),
  }));
}

describe('src/domain/insight/clients', () => {
  it('finds what goes with what, and to whom to offer it', () => {
    const all = [
      ...clients(30, 'crm', 'phone'),
      ...clients(10, 'crm'),
      ...clients(5, 'phone'),
      ...clients(55, 'site'),
    ];
    const sales = crossSales(all);
    const sale = sales.find(({ from, to }) => from === 'crm' && to === 'phone');
    expect(sale).toMatchObject({ both: 30, withFrom: 40, withTo: 35, share: { value: 0.75 } });
    // 0.75 / 0.35, se² = 1/30 − 1/40 + 1/35 − 1/100
    const lift = sale?.lift.kind === 'known' ? sale.lift.value : null;
    expect(lift?.value).toBeCloseTo(2.142857142857143, 12);
    expect(lift?.lower).toBeCloseTo(
      2.142857142857143 / Math.exp(1.959963984540054 * Math.sqrt(0.026904761904761907)),
      9,
    );
    const offers = crossSaleCandidates(all, sales);
    expect(offers.filter((offer) => offer.sale.to === 'phone')).toHaveLength(10);
    expect(offers.filter((offer) => offer.sale.to === 'crm')).toHaveLength(5);
    expect(offers.some((offer) => offer.clientId.startsWith('site'))).toBe(false);
  });

  it('says too few for a handful of clients', () => {
    const [sale] = crossSales([...clients(3, 'a', 'b'), ...clients(100, 'b')]);
    expect(sale?.lift.kind).toBe('tooFew');
  });

  it('counts what clients bring after their first purchase', () => {
    const purchase = (day: number, amount: number, product: string) => ({
      at: day * DAY,
      amount,
      productIds: [product],
    });
    const effects = loyaltyEffects(
      [
        { clientId: '1', referred: false, purchases: [purchase(50, 20, 'b'), purchase(0, 10, 'a')] },
        { clientId: '2', referred: true, purchases: [purchase(0, 5, 'a'), purchase(100, 7, 'a')] },
        { clientId: '3', referred: false, purchases: [purchase(0, 1, 'a')] },
        { clientId: '4', referred: false, purchases: [purchase(900, 1, 'a')] },
      ],
      400 * DAY,
    );
    expect(effects).toMatchObject({
      clients: 3,
      daysToRepeat: { value: 100 },
      crossSold: { value: 1 / 3 },
      referred: { value: 1 / 3 },
      money: { first: 11, repeat: 7, crossSale: 20, referral: 5 },
      repeatInYear: { kind: 'tooFew', n: 3, needed: 30 },
    });
  });

  it('values a stage against its own best quarter', () => {
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
    const stage = { stageId: 'offer', quarters, afterwards: { won: 50, decided: 100 } };
    const leak = stageLeak(stage, 1_000);
    // 200 decided × (0.8 − 0.7) × 0.5
    expect(leak?.lostWins.value).toBeCloseTo(10, 9);
    expect(leak?.lostMoney?.value).toBeCloseTo(10_000, 6);
    expect(leak?.lostWins.lower).toBeGreaterThanOrEqual(0);
    expect(leak?.lostWins.upper).toBeGreaterThan(10);
    expect(leak?.best).toEqual({ quarter: '2026-Q1', conversion: 0.8, decided: 100 });
    expect(stageLeak(stage, 1_000)).toEqual(leak);
    expect(weakestOf([leak].filter((one) => one !== null))?.stageId).toBe('offer');
    expect(weakestOf([])).toBeNull();
  });

  it('does not judge a stage by quarters that are small or still undecided', () => {
    const quarters = new Map([
      ['2026-Q1', { entered: 100, advanced: 80, lost: 20, open: 0 }],
      ['2026-Q2', { entered: 20, advanced: 2, lost: 18, open: 0 }],
      ['2026-Q3', { entered: 100, advanced: 10, lost: 60, open: 30 }],
    ]);
    expect(stageLeak({ stageId: 'offer', quarters, afterwards: { won: 1, decided: 2 } }, null)).toBeNull();
  });

  it('advises to drop, merge and split with the figures that say so', () => {
    const shape = (more: Partial<StageShape>): StageShape => ({
      stageId: 'offer',
      finished: 100,
      q1: 2 * DAY,
      median: 5 * DAY,
      q3: 9 * DAY,
      entered: 100,
      passedBy: 0,
      detour: false,
      usualNext: { stageId: 'contract', share: 0.8 },
      ...more,
    });
    expect(funnelAdvice([shape({})])).toEqual([]);
    expect(funnelAdvice([shape({ entered: 5, passedBy: 95 })])).toMatchObject([{ kind: 'drop', entered: 5 }]);
    expect(funnelAdvice([shape({ entered: 5, passedBy: 95, detour: true })])).toEqual([]);
    const quick = shape({
      q1: 0,
      median: 60_000,
      q3: 90_000,
      usualNext: { stageId: 'contract', share: 0.95 },
    });
    expect(funnelAdvice([quick])).toMatchObject([{ kind: 'merge', into: 'contract' }]);
    const wide = shape({ q1: DAY, median: 8 * DAY, q3: 40 * DAY });
    expect(funnelAdvice([wide])).toMatchObject([{ kind: 'split', ofCycle: 1 }]);
    expect(funnelAdvice([wide, shape({ stageId: 'new', median: 30 * DAY })])).toEqual([]);
    expect(funnelAdvice([shape({ finished: 29, q1: DAY, q3: 40 * DAY })])).toEqual([]);
  });
});
