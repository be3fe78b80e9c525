import type { Instant } from '../crm/time.js';
import { leavesWithinInterval } from './aalen-johansen.js';
import { MS_PER_DAY } from '../calendar/local-time.js';
import { quantileOf, survivalCurve, type QuantileEstimate } from './kaplan-meier.js';
import { lifeTable } from './life-table.js';
import { learned, wilson, type Estimate, type Learned } from './sample.js';

/** One won deal of a client. */
export interface Purchase {
  readonly at: Instant;
  readonly amount: number;
  readonly productIds: readonly string[];
}

export interface LoyalClient {
  readonly clientId: string;
  readonly purchases: readonly Purchase[];
  /** Came by a client's recommendation. */
  readonly referred: boolean;
}

/** What clients bring after their first purchase. */
export interface LoyaltyEffects {
  readonly clients: number;
  /** Clients with a second purchase within a year of the first; those not yet observed so long are censored. */
  readonly repeatInYear: Learned<Estimate | null>;
  /** Days from the first to the second purchase by which half have bought again. */
  readonly daysToRepeat: QuantileEstimate;
  /** Clients whose later purchases hold a product that the first did not. */
  readonly crossSold: Estimate | null;
  readonly referred: Estimate | null;
  /** Money of first purchases of clients who came by themselves, of repeats, of cross-sales, of referred first ones. */
  readonly money: {
    readonly first: number;
    readonly repeat: number;
    readonly crossSale: number;
    readonly referral: number;
  };
}

const YEAR_DAYS = 365;

/** Clients without a purchase are passed over; what is after `until` is not seen. */
export function loyaltyEffects(clients: Iterable<LoyalClient>, until: Instant): LoyaltyEffects {
  const waits: number[] = [];
  const ends: ('repeat' | 'open')[] = [];
  const money = { first: 0, repeat: 0, crossSale: 0, referral: 0 };
  let [count, crossSold, referred] = [0, 0, 0];
  for (const client of clients) {
    const purchases = client.purchases.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
    const [first, second] = purchases;
    if (first === undefined) continue;
    count += 1;
    waits.push(((second?.at ?? until) - first.at) / MS_PER_DAY);
    ends.push(second === undefined ? 'open' : 'repeat');
    if (client.referred) referred += 1;
    money[client.referred ? 'referral' : 'first'] += first.amount;
    let crossed = false;
    for (const later of purchases.slice(1)) {
      const cross = later.productIds.some((id) => !first.productIds.includes(id));
      crossed ||= cross;
      money[cross ? 'crossSale' : 'repeat'] += later.amount;
    }
    if (crossed) crossSold += 1;
  }
  const table = lifeTable<'repeat'>(waits, ends);
  return {
    clients: count,
    repeatInYear: learned(count, () => leavesWithinInterval(table, 'repeat', { horizon: YEAR_DAYS })),
    daysToRepeat: quantileOf(survivalCurve(table), 0.5),
    crossSold: wilson(crossSold, count),
    referred: wilson(referred, count),
    money,
  };
}
