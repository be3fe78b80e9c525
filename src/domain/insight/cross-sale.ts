import { learned, wilson, Z_95, type Estimate, type Learned } from './sample.js';

/** A client and what they have bought. */
export interface ClientBasket {
  readonly clientId: string;
  readonly productIds: ReadonlySet<string>;
}

/** How much more often those who bought `from` also bought `to`. */
export interface CrossSale {
  readonly from: string;
  readonly to: string;
  /** Clients with both, and with each. */
  readonly both: number;
  readonly withFrom: number;
  readonly withTo: number;
  /** P(to | from), Wilson's interval. */
  readonly share: Estimate;
  /** P(to | from) / P(to); above 1 the one goes with the other. */
  readonly lift: Learned<Estimate>;
}

/**
 * Every ordered pair that at least one client has. Lift: Agrawal, Imieliński and Swami (1993); its interval on the log
 * scale by the delta method, se² = 1/both − 1/withFrom + 1/withTo − 1/clients. Below thirty clients with `from`, or
 * with fewer than five that have both, it says "too few".
 */
export function crossSales(clients: readonly ClientBasket[]): readonly CrossSale[] {
  const single = new Map<string, number>();
  const pairs = new Map<string, Map<string, number>>();
  for (const { productIds } of clients) {
    for (const from of productIds) {
      single.set(from, (single.get(from) ?? 0) + 1);
      const row = pairs.get(from) ?? new Map<string, number>();
      pairs.set(from, row);
      for (const to of productIds) if (to !== from) row.set(to, (row.get(to) ?? 0) + 1);
    }
  }
  const found: CrossSale[] = [];
  for (const [from, row] of pairs) {
    for (const [to, both] of row) {
      const counts = {
        both,
        withFrom: single.get(from) ?? 0,
        withTo: single.get(to) ?? 0,
        all: clients.length,
      };
      const sale = crossSaleOf(from, to, counts);
      if (sale) found.push(sale);
    }
  }
  return found.sort((a, b) => b.share.value - a.share.value || b.both - a.both);
}

/** One pair from clients that were counted before; null when nobody has `from`. */
export function crossSaleOf(from: string, to: string, counts: PairCounts): CrossSale | null {
  const { both, withFrom, withTo } = counts;
  const share = wilson(both, withFrom);
  if (share === null) return null;
  const n = both >= 5 ? withFrom : Math.min(withFrom, both);
  return { from, to, both, withFrom, withTo, share, lift: learned(n, () => liftOf(counts)) };
}

/** Clients with both products, with each of them, and all. */
export interface PairCounts {
  readonly both: number;
  readonly withFrom: number;
  readonly withTo: number;
  readonly all: number;
}

/** Clients with `from` and without `to`, for the pairs in which the whole interval of the lift is above 1. */
export function crossSaleCandidates(
  clients: readonly ClientBasket[],
  sales: readonly CrossSale[],
): readonly { readonly clientId: string; readonly sale: CrossSale }[] {
  const promising = sales.filter(({ lift }) => lift.kind === 'known' && lift.value.lower > 1);
  return clients.flatMap(({ clientId, productIds }) => {
    const fitting = promising.filter(({ from, to }) => productIds.has(from) && !productIds.has(to));
    // One proposal for each product: the likeliest, the list being sorted so.
    const byProduct = new Map(fitting.toReversed().map((sale) => [sale.to, sale]));
    return [...byProduct.values()].map((sale) => ({ clientId, sale }));
  });
}

function liftOf(n: PairCounts): Estimate {
  const value = (n.both * n.all) / (n.withFrom * n.withTo);
  const variance = 1 / n.both - 1 / n.withFrom + 1 / n.withTo - 1 / n.all;
  const spread = Math.exp(Z_95 * Math.sqrt(Math.max(0, variance)));
  return { value, lower: value / spread, upper: value * spread };
}
