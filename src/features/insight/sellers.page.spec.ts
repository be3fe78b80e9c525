import { describe, expect, it } from '@jest/globals';
import { everythingIn } from './insight-scope.js';
import type { PageContext } from './page-context.js';
import { sellersPage, type SellersFacts } from './sellers.page.js';
import { Said } from './words.js';

const same = (id: string): string => id;
const context: PageContext = {
  scope: everythingIn('a-1', 'P', Date.UTC(2026, 10, 20)),
  filter: {},
  stages: [],
  pipelineName: null,
  names: { user: (id) => `Seller ${id}`, product: same, source: same, company: same, contact: same },
  said: new Said('en', 'UTC'),
};

function facts(change: Partial<SellersFacts>): SellersFacts {
  const seller = (sellerId: string) => ({ sellerId, open: 8, won: 0, lost: 0, wonMoney: 0n, cycles: [] });
  const work = (sellerId: string, plannedMinutes: number) => ({
    sellerId,
    done: 0,
    omitted: 0,
    plannedMinutes,
  });
  return {
    deals: ['1', '2', '3', '4'].map(seller),
    reasons: [],
    steps: [work('1', 900), work('2', 600), work('3', 300), work('4', 2_500)],
    habits: null,
    absences: [{ userId: '1', from: '2026-11-25', to: '2026-12-02' }],
    capacity: new Map(['1', '2', '3', '4'].map((id) => [id, 2_000])),
    ...change,
  };
}

describe('src/features/insight/sellers.page', () => {
  it('advises to hand over before an absence, to whom the week leaves most room', () => {
    const [advice] = sellersPage(context, facts({})).handOver;
    expect(advice).toMatchObject({ userId: '1', name: 'Seller 1' });
    expect(advice?.text).toContain('8 deals');
    expect(advice?.text).toContain('Most room has Seller 3: 15% of the week');
  });

  it('names nobody who is away then, has too much already, or whose week is not known', () => {
    const away = [
      { userId: '1', from: '2026-11-25', to: '2026-12-02' },
      { userId: '3', from: '2026-12-01', to: '2026-12-01' },
    ];
    const taker = (change: Partial<SellersFacts>) => sellersPage(context, facts(change)).handOver[0]?.text;
    expect(taker({ absences: away })).toContain('Seller 2');
    expect(taker({ absences: away, capacity: new Map([['4', 2_000]]) })).not.toContain('Most room');
  });

  it('advises nothing where the absent have no open deals', () => {
    const deals = facts({}).deals.map((one) => ({ ...one, open: one.sellerId === '1' ? 0 : 8 }));
    expect(sellersPage(context, facts({ deals })).handOver).toEqual([]);
  });

  it('says that the comparison of the best is still being made', () => {
    expect(sellersPage(context, facts({})).best).toEqual([
      { telling: false, text: expect.stringContaining('being counted') },
    ]);
  });
});
