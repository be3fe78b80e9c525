import { leavesWithinInterval } from '../../domain/insight/aalen-johansen.js';
import { crossSaleOf, type CrossSale } from '../../domain/insight/cross-sale.js';
import { bucketMiddle } from '../../domain/insight/duration-histogram.js';
import { lifeTableOfRows } from '../../domain/insight/life-table.js';
import { ENOUGH, valueOf, wilson } from '../../domain/insight/sample.js';
import type { ClientsView } from './insight.view.js';
import { roundedMoney } from './money.js';
import type { ClientFact } from './outlook.repository.js';
import { drillOf, estimateOf, headOf, UNKNOWN, type PageContext } from './page-context.js';

const YEAR_DAYS = 365;
const PAIRS = 30;

export function clientsPage(context: PageContext, facts: readonly ClientFact[]): ClientsView {
  const { said, names } = context;
  const clients = total(facts, 'client');
  const tooFew = clients < ENOUGH;
  const share = (kind: ClientFact['kind']) =>
    tooFew ? UNKNOWN : estimateOf(wilson(total(facts, kind), clients));
  const repeatShare = tooFew ? UNKNOWN : estimateOf(repeatInYear(facts));
  const sales = crossSales(facts, clients);
  const [best] = sales;
  const { words } = said;
  const range = `${said.percent(repeatShare.low ?? 0)} – ${said.percent(repeatShare.high ?? 1)}`;
  return {
    ...headOf(context, null, {
      sentence: tooFew
        ? words.tooFew(clients, ENOUGH)
        : words.clients(said.percent(repeatShare.value ?? 0), range),
      advice: best
        ? words.clientsAdvice(
            names.product(best.from),
            names.product(best.to),
            (valueOf(best.lift)?.value ?? 1).toFixed(1),
            best.withFrom - best.both,
          )
        : null,
      tooFew,
      deals: clients,
      restsOn: 'clients',
      drill: { kind: 'clients', which: 'all' },
    }),
    crossSales: sales.slice(0, PAIRS).map((sale) => ({
      from: names.product(sale.from),
      to: names.product(sale.to),
      lift: estimateOf(valueOf(sale.lift)),
      candidates: sale.withFrom - sale.both,
      drill: drillOf(context, { kind: 'candidates', from: sale.from, to: sale.to }),
    })),
    loyalty: {
      repeatShare,
      crossShare: share('crossed'),
      referralShare: share('referred'),
      repeatRevenue: roundedMoney(total(facts, 'repeatMoney')),
      repeatDrill: drillOf(context, { kind: 'clients', which: 'repeat' }),
      crossDrill: drillOf(context, { kind: 'clients', which: 'crossed' }),
      referralDrill: drillOf(context, { kind: 'clients', which: 'referred' }),
      revenueDrill: drillOf(context, { kind: 'clients', which: 'again' }),
    },
  };
}

/** Pairs whose whole interval of the lift is above 1, the surest first. */
function crossSales(facts: readonly ClientFact[], clients: number): readonly CrossSale[] {
  const single = sums(facts, 'product');
  return [...sums(facts, 'pair')]
    .flatMap(([key, both]) => {
      const [from = '', to = ''] = key.split('\n');
      const counts = {
        both,
        withFrom: single.get(`${from}\n`) ?? 0,
        withTo: single.get(`${to}\n`) ?? 0,
        all: clients,
      };
      return crossSaleOf(from, to, counts) ?? [];
    })
    .filter(({ lift }) => lift.kind === 'known' && lift.value.lower > 1)
    .toSorted((a, b) => (valueOf(b.lift)?.lower ?? 0) - (valueOf(a.lift)?.lower ?? 0));
}

/** Clients who buy a second time within a year, those not seen so long being censored. */
function repeatInYear(facts: readonly ClientFact[]): ReturnType<typeof leavesWithinInterval> {
  const rows = facts
    .filter((fact) => fact.kind === 'wait')
    .map(({ way, other, n }) => ({
      time: bucketMiddle(Number(other)) / 86_400_000,
      way: way === 'repeat' ? ('repeat' as const) : ('open' as const),
      count: n,
    }));
  return leavesWithinInterval(lifeTableOfRows<'repeat'>(rows), 'repeat', { horizon: YEAR_DAYS });
}

function total(facts: readonly ClientFact[], kind: ClientFact['kind']): number {
  return facts.reduce((sum, fact) => (fact.kind === kind ? sum + fact.n : sum), 0);
}

function sums(facts: readonly ClientFact[], kind: ClientFact['kind']): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const fact of facts) {
    if (fact.kind !== kind) continue;
    const key = `${fact.way}\n${fact.other}`;
    counts.set(key, (counts.get(key) ?? 0) + fact.n);
  }
  return counts;
}
