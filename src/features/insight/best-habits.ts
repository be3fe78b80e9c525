import { compareMeans, compareMedians, compareShares, type Comparison } from '../../domain/insight/habits.js';
import { bucketMiddle } from '../../domain/insight/duration-histogram.js';
import { lifeTableOfRows, type LifeTable } from '../../domain/insight/life-table.js';
import type { HabitFact } from './habits.repository.js';
import type { BestHabit, SellersView } from './insight.view.js';
import { estimateOf, IN_DAYS, stageName, type PageContext } from './page-context.js';

type Best = SellersView['best'][number];

/** Of stages and steps, those with the clearest difference. */
const PARTS_TOLD = 3;

const HABITS: readonly BestHabit[] = [
  'firstResponse',
  'nextStep',
  'touches',
  'timeInStage',
  'stepInTime',
  'lossReason',
  'pace',
];

interface Compared extends Comparison {
  readonly habit: BestHabit;
  readonly part: string;
}

/**
 * What the best third do otherwise, clear differences first; then, in one line, what was compared and does not differ. An
 * empty list of facts: there are too few people with enough closed deals, and the line says so.
 */
export function bestHabits(context: PageContext, facts: readonly HabitFact[] | null): readonly Best[] {
  const { words } = context.said;
  if (facts === null) return [{ text: words.habitsLater, telling: false }];
  if (facts.length === 0) return [{ text: words.tooFewSellers, telling: false }];
  const compared = HABITS.flatMap((habit) => comparisonsOf(facts, habit));
  const telling = compared.filter((one) => one.telling);
  const told = HABITS.flatMap((habit) => largest(telling.filter((one) => one.habit === habit)));
  const alike = HABITS.filter(
    (habit) => compared.some((one) => one.habit === habit) && !telling.some((one) => one.habit === habit),
  );
  const unknown = HABITS.filter((habit) => !compared.some((one) => one.habit === habit));
  const names = (habits: readonly BestHabit[]): string => habits.map((one) => words.habits[one]).join(', ');
  return [
    ...told.map((one) => bestOf(context, one)),
    ...(alike.length > 0 ? [{ text: words.habitsAlike(names(alike)), telling: false }] : []),
    ...(unknown.length > 0 ? [{ text: words.habitsUnknown(names(unknown)), telling: false }] : []),
  ];
}

function comparisonsOf(facts: readonly HabitFact[], habit: BestHabit): readonly Compared[] {
  const own = facts.filter((fact) => fact.habit === habit);
  return [...Map.groupBy(own, (fact) => fact.part)].flatMap(([part, some]) => {
    const [best, rest] = [some.filter((one) => one.best), some.filter((one) => !one.best)];
    const one = compare(best, rest);
    return one === null ? [] : { ...one, habit, part };
  });
}

function compare(best: readonly HabitFact[], rest: readonly HabitFact[]): Comparison | null {
  const way = best[0]?.way ?? rest[0]?.way;
  if (way === 'mean') return compareMeans(meanOf(best), meanOf(rest));
  if (way === 'yes' || way === 'no') return compareShares(shareOf(best), shareOf(rest));
  return compareMedians(tableOf(best), tableOf(rest));
}

function meanOf(facts: readonly HabitFact[]): { n: number; sum: number; squares: number } {
  const [one] = facts;
  return { n: one?.n ?? 0, sum: one?.sum ?? 0, squares: one?.squares ?? 0 };
}

function shareOf(facts: readonly HabitFact[]): { hits: number; n: number } {
  return {
    hits: facts.reduce((sum, { way, n }) => (way === 'yes' ? sum + n : sum), 0),
    n: facts.reduce((sum, { n }) => sum + n, 0),
  };
}

function tableOf(facts: readonly HabitFact[]): LifeTable {
  const rows = facts.map(({ way, bucket, n }) => ({
    time: bucketMiddle(bucket),
    way: way === 'open' ? ('open' as const) : ('left' as const),
    count: n,
  }));
  return lifeTableOfRows<'left'>(rows);
}

/** By how far the two figures are from each other. */
function largest(compared: readonly Compared[]): readonly Compared[] {
  const ratio = ({ best, rest }: Compared): number =>
    Math.abs(Math.log(Math.max(1e-9, best.value) / Math.max(1e-9, rest.value)));
  return compared.toSorted((a, b) => ratio(b) - ratio(a)).slice(0, PARTS_TOLD);
}

function bestOf(context: PageContext, { habit, part, best, rest, telling }: Compared): Best {
  const { said } = context;
  const isTime = habit === 'firstResponse' || habit === 'timeInStage' || habit === 'pace';
  const scale = isTime ? IN_DAYS : 1;
  const told = (value: number): string =>
    isTime ? said.span(value * IN_DAYS) : habit === 'touches' ? said.oneDigit(value) : said.percent(value);
  const name = habit === 'timeInStage' ? stageName(context, part) : part;
  return {
    text: said.words.bestHabit[habit](told(best.value), told(rest.value), name),
    habit,
    best: estimateOf(best, scale),
    rest: estimateOf(rest, scale),
    telling,
  };
}
