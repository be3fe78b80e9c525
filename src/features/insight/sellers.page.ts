import { bucketMiddle } from '../../domain/insight/duration-histogram.js';
import { quantileOf, survivalCurve } from '../../domain/insight/kaplan-meier.js';
import { lifeTableOfRows } from '../../domain/insight/life-table.js';
import { ENOUGH, wilson } from '../../domain/insight/sample.js';
import type { SellersView } from './insight.view.js';
import { moneyText } from './money.js';
import { drillOf, estimateOf, headOf, IN_DAYS, UNKNOWN, type PageContext } from './page-context.js';
import type { AbsenceAhead, SellerReason, SellerSteps, SellerSum } from './sellers.repository.js';

type Row = SellersView['sellers'][number];

const OVERLOADED = 1;
/** The best third are compared with the others. */
const BEST_SHARE = 1 / 3;

export interface SellersFacts {
  readonly deals: readonly SellerSum[];
  readonly reasons: readonly SellerReason[];
  readonly steps: readonly SellerSteps[];
  readonly absences: readonly AbsenceAhead[];
  /** Working minutes of the week ahead. */
  readonly capacity: ReadonlyMap<string, number>;
}

export function sellersPage(context: PageContext, facts: SellersFacts): SellersView {
  const { said } = context;
  const sellers = facts.deals
    .map((own) => rowOf(context, facts, own))
    .toSorted((a, b) => b.openDeals - a.openDeals);
  const judged = sellers
    .filter((row) => row.conversion.value !== null)
    .toSorted((a, b) => (b.conversion.value ?? 0) - (a.conversion.value ?? 0));
  const [top] = judged;
  const open = sellers.reduce((sum, row) => sum + row.openDeals, 0);
  const loaded = sellers
    .filter((row) => (row.load ?? 0) > OVERLOADED)
    .toSorted((a, b) => (b.load ?? 0) - (a.load ?? 0))[0];
  const { words } = said;
  return {
    ...headOf(context, null, {
      sentence: top
        ? words.sellers(sellers.length, top.name, said.percent(top.conversion.value ?? 0))
        : words.sellersPlain(sellers.length, words.deals(open)),
      advice: loaded ? words.overloaded(loaded.name, said.percent(loaded.load ?? 0)) : null,
      tooFew: judged.length === 0,
      deals: sellers.reduce((sum, row) => sum + row.openDeals + row.won + row.lost, 0),
    }),
    sellers,
    best: differences(context, judged),
    handOver: handOvers(context, sellers, facts.absences),
  };
}

function rowOf(context: PageContext, facts: SellersFacts, own: SellerSum): Row {
  const { sellerId: id, won, lost } = own;
  const steps = facts.steps.find((one) => one.sellerId === id);
  const [reason] = facts.reasons.filter((one) => one.sellerId === id).toSorted((a, b) => b.deals - a.deals);
  const capacity = facts.capacity.get(id) ?? 0;
  const planned = steps?.plannedMinutes ?? 0;
  return {
    id,
    name: context.names.user(id),
    openDeals: own.open,
    plannedMinutes: planned,
    capacityMinutes: capacity,
    load: capacity > 0 ? planned / capacity : null,
    won,
    lost,
    conversion: won + lost >= ENOUGH ? estimateOf(wilson(won, won + lost)) : UNKNOWN,
    revenue: moneyText(own.wonMoney),
    medianCycle: medianOf(own),
    stepsDone: steps?.done ?? 0,
    stepsFailedByOmission: steps?.omitted ?? 0,
    topReason: reason?.reason ?? null,
    drill: drillOf(context, { kind: 'now', open: true, sellers: [id] }),
    wonDrill: drillOf(context, { kind: 'ended', end: 'won', seller: id }),
    lostDrill: drillOf(context, { kind: 'ended', end: 'lost', seller: id }),
    closedDrill: drillOf(context, { kind: 'ended', seller: id }),
    plannedDrill: drillOf(context, { kind: 'steps', seller: id, state: 'planned' }),
    doneDrill: drillOf(context, { kind: 'steps', seller: id, state: 'done' }),
    omittedDrill: drillOf(context, { kind: 'steps', seller: id, state: 'omitted' }),
    ...(reason
      ? { reasonDrill: drillOf(context, { kind: 'lostFor', reason: reason.reason, seller: id }) }
      : {}),
  };
}

/** Of won deals, days; null below thirty of them. */
function medianOf({ won, cycles }: SellerSum): number | null {
  if (won < ENOUGH) return null;
  const rows = cycles.map(([bucket, count]) => ({ time: bucketMiddle(bucket), way: 'won' as const, count }));
  return estimateOf(quantileOf(survivalCurve(lifeTableOfRows<'won'>(rows)), 0.5), IN_DAYS).value;
}

/** Means over the best third and over the others, both weighted by deals, told only where they differ by a tenth. */
function differences({ said }: PageContext, judged: readonly Row[]): SellersView['best'] {
  if (judged.length < 3) return [];
  const cut = Math.max(1, Math.floor(judged.length * BEST_SHARE));
  const [best, rest] = [judged.slice(0, cut), judged.slice(cut)];
  const found: { text: string }[] = [];
  const steps = [best, rest].map((rows) => {
    const deals = rows.reduce((sum, row) => sum + row.won + row.lost + row.openDeals, 0);
    return deals > 0 ? rows.reduce((sum, row) => sum + row.stepsDone, 0) / deals : 0;
  });
  const pace = [best, rest].map((rows) => {
    const timed = rows.filter((row) => row.medianCycle !== null);
    const won = timed.reduce((sum, row) => sum + row.won, 0);
    return won > 0 ? timed.reduce((sum, row) => sum + (row.medianCycle ?? 0) * row.won, 0) / won : 0;
  });
  if (differs(steps))
    found.push({ text: said.words.bestSteps((steps[0] ?? 0).toFixed(1), (steps[1] ?? 0).toFixed(1)) });
  if (differs(pace))
    found.push({ text: said.words.bestPace(said.span(pace[0] ?? 0), said.span(pace[1] ?? 0)) });
  return found;
}

function differs([best = 0, rest = 0]: readonly number[]): boolean {
  return best > 0 && rest > 0 && Math.abs(best - rest) >= 0.1 * Math.max(best, rest);
}

function handOvers(
  context: PageContext,
  sellers: readonly Row[],
  absences: readonly AbsenceAhead[],
): SellersView['handOver'] {
  const { said } = context;
  return absences.flatMap(({ userId, from, to }) => {
    const row = sellers.find((one) => one.id === userId && one.openDeals > 0);
    if (!row) return [];
    const [first, last] = [from, to].map((day) => said.day(Date.parse(`${day}T12:00:00Z`)));
    return {
      userId,
      name: row.name,
      text: said.words.handOver(row.name, first ?? from, last ?? to, said.words.deals(row.openDeals)),
      drill: row.drill,
    };
  });
}
