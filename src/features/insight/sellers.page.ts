import { bucketMiddle } from '../../domain/insight/duration-histogram.js';
import { quantileOf, survivalCurve } from '../../domain/insight/kaplan-meier.js';
import { lifeTableOfRows } from '../../domain/insight/life-table.js';
import { ENOUGH, wilson } from '../../domain/insight/sample.js';
import { bestHabits } from './best-habits.js';
import type { HabitFact } from './habits.repository.js';
import type { SellersView } from './insight.view.js';
import { moneyText } from './money.js';
import { drillOf, estimateOf, headOf, IN_DAYS, UNKNOWN, type PageContext } from './page-context.js';
import type { AbsenceAhead, SellerReason, SellerSteps, SellerSum } from './sellers.repository.js';

type Row = SellersView['sellers'][number];

const OVERLOADED = 1;

export interface SellersFacts {
  readonly deals: readonly SellerSum[];
  readonly reasons: readonly SellerReason[];
  readonly steps: readonly SellerSteps[];
  /** Of the best third and the others; empty: too few people to compare, null: still being counted. */
  readonly habits: readonly HabitFact[] | null;
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
    best: bestHabits(context, facts.habits),
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

function handOvers(
  context: PageContext,
  sellers: readonly Row[],
  absences: readonly AbsenceAhead[],
): SellersView['handOver'] {
  const { said } = context;
  return absences.flatMap(({ userId, from, to }) => {
    const row = sellers.find((one) => one.id === userId && one.openDeals > 0);
    if (!row) return [];
    const taker = takerOf(sellers, absences, { userId, from, to });
    const [first, last] = [from, to].map((day) => said.day(Date.parse(`${day}T12:00:00Z`)));
    return {
      userId,
      name: row.name,
      text: [
        said.words.handOver(row.name, first ?? from, last ?? to, said.words.deals(row.openDeals)),
        taker ? said.words.handOverTo(taker.name, said.percent(taker.load ?? 0)) : '',
      ]
        .filter((part) => part !== '')
        .join(' '),
      drill: row.drill,
    };
  });
}

/** Who has most room in the week ahead, is there all the time, and has not too much already. */
function takerOf(
  sellers: readonly Row[],
  absences: readonly AbsenceAhead[],
  { userId, from, to }: AbsenceAhead,
): Row | undefined {
  const away = new Set(absences.filter((one) => one.from <= to && one.to >= from).map((one) => one.userId));
  return sellers
    .filter(({ id, load }) => id !== userId && !away.has(id) && load !== null && load < OVERLOADED)
    .toSorted((a, b) => (a.load ?? 0) - (b.load ?? 0) || a.openDeals - b.openDeals)[0];
}
