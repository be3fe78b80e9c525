import { decidedOf, NO_PASSAGES } from '../../domain/insight/funnel.js';
import type { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { ENOUGH, wilson } from '../../domain/insight/sample.js';
import { OTHERS, type CrossingSum, type StageSum } from './deal-facts.repository.js';
import type { DrillQuestion } from './drill.js';
import type { FunnelView } from './insight.view.js';
import { moneyNumber } from './money.js';
import {
  cellOf,
  CAME_FURTHER,
  drillOf,
  estimateOf,
  headOf,
  stageName,
  UNKNOWN,
  type PageContext,
} from './page-context.js';

/** More rows or columns than that are put together under "others". */
const SHOWN = 12;

type Crossing = FunnelView['crossings'][number];
type Axis = 'stages' | 'sellers' | 'clients';

const AXES: Readonly<Record<CrossingSum['by'], Axis>> = {
  stage: 'stages',
  seller: 'sellers',
  client: 'clients',
};
const NOT: Readonly<Record<Axis, 'notStages' | 'notSellers' | 'notClients'>> = {
  stages: 'notStages',
  sellers: 'notSellers',
  clients: 'notClients',
};

export function funnelPage(
  context: PageContext,
  history: PipelineHistory,
  sums: readonly StageSum[],
  crossings: readonly CrossingSum[],
): FunnelView {
  const { said } = context;
  const stages = funnelStages(context, history, sums);
  const open = sums.filter((sum) => sum.kind === 'open');
  const deals = open.reduce((count, sum) => count + sum.deals, 0);
  const money = open.reduce((all, sum) => all + sum.money, 0n);
  const fullest = open.toSorted((a, b) => b.deals - a.deals)[0];
  const weak = stages
    .filter(({ kind, fromPrevious }) => kind === 'open' && fromPrevious.low !== null)
    .toSorted((a, b) => (a.fromPrevious.value ?? 1) - (b.fromPrevious.value ?? 1))[0];
  const { words } = said;
  const head = headOf(context, history, {
    sentence: fullest
      ? words.funnel(
          words.deals(deals),
          said.money(moneyNumber(money)),
          stageName(context, fullest.stageId),
          words.deals(fullest.deals),
        )
      : words.emptyFunnel,
    advice: weak ? words.funnelAdvice(weak.name, said.percent(weak.fromPrevious.value ?? 0)) : null,
    tooFew: stages.every(({ fromPrevious }) => fromPrevious.low === null),
    deals,
    drill: { kind: 'now', open: true },
  });
  const kinds = ['stage', 'seller', 'client'] as const;
  return {
    ...head,
    stages,
    crossings: kinds.map((by) =>
      crossingOf(
        context,
        by,
        crossings.filter((one) => one.by === by),
      ),
    ),
  };
}

/** Of the decided deals of the open stage before, the share that came further: the conversion of the page of weak stages. */
export function funnelStages(
  context: PageContext,
  history: PipelineHistory,
  sums: readonly StageSum[],
): FunnelView['stages'] {
  let before = NO_PASSAGES;
  let previous: string | null = null;
  return context.stages.map(({ id, name, kind }) => {
    const here = sums.filter((sum) => sum.stageId === id);
    const sum = {
      deals: here.reduce((count, one) => count + one.deals, 0),
      money: here.reduce((money, one) => money + one.money, 0n),
    };
    const fromPrevious =
      kind === 'lost' || decidedOf(before) < ENOUGH
        ? UNKNOWN
        : estimateOf(wilson(before.advanced, decidedOf(before)));
    const cameFrom = fromPrevious.value === null ? null : previous;
    if (kind === 'open') [before, previous] = [history.passagesOf(id).all, id];
    return {
      id,
      name,
      kind,
      now: cellOf(context, sum, { kind: 'now', stages: [id] }),
      fromPrevious,
      ...(cameFrom === null
        ? {}
        : { fromPreviousDrill: drillOf(context, { kind: 'passages', stage: cameFrom, ways: CAME_FURTHER }) }),
    };
  });
}

function crossingOf(context: PageContext, by: CrossingSum['by'], sums: readonly CrossingSum[]): Crossing {
  const axis = AXES[by];
  const rows = by === 'stage' ? stagesOf(context, sums) : largest(sums, (sum) => sum.row);
  const products = largest(sums, (sum) => sum.productId);
  const columns = [...products.shown, ...(products.rest ? [OTHERS] : [])];
  const ids = [...rows.shown, ...(rows.rest ? [OTHERS] : [])];
  return {
    by,
    columns: columns.map((id) => ({ id, name: productName(context, id) })),
    rows: ids.map((id) => ({
      id,
      name: rowName(context, by, id),
      cells: columns.map((column) => {
        const here = sums.filter(
          (sum) => within(sum.row, id, rows.shown) && within(sum.productId, column, products.shown),
        );
        const deals = here.reduce((count, sum) => count + sum.deals, 0);
        if (deals === 0) return null;
        const question: DrillQuestion = {
          kind: 'now',
          open: true,
          ...(id === OTHERS ? { [NOT[axis]]: rows.shown } : { [axis]: [id] }),
          ...(column === OTHERS ? { notProducts: products.shown } : { product: column }),
        };
        return cellOf(
          context,
          { deals, money: here.reduce((money, sum) => money + sum.money, 0n) },
          question,
        );
      }),
    })),
  };
}

interface Ranked {
  readonly shown: readonly string[];
  /** Whether there are more than those. */
  readonly rest: boolean;
}

function stagesOf({ stages }: PageContext, sums: readonly CrossingSum[]): Ranked {
  const known = stages.filter((stage) => sums.some((sum) => sum.row === stage.id)).map((stage) => stage.id);
  return { shown: known, rest: sums.some((sum) => !known.includes(sum.row)) };
}

function largest(sums: readonly CrossingSum[], idOf: (sum: CrossingSum) => string): Ranked {
  const counts = new Map<string, number>();
  for (const sum of sums) counts.set(idOf(sum), (counts.get(idOf(sum)) ?? 0) + sum.deals);
  const others = counts.delete(OTHERS);
  const ranked = [...counts]
    .toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([id]) => id);
  return { shown: ranked.slice(0, SHOWN), rest: others || ranked.length > SHOWN };
}

function within(value: string, id: string, shown: readonly string[]): boolean {
  return id === OTHERS ? !shown.includes(value) : value === id;
}

function productName({ names, said }: PageContext, id: string): string {
  if (id === OTHERS) return said.words.others;
  return id === '' ? said.words.noProduct : names.product(id);
}

function rowName(context: PageContext, by: CrossingSum['by'], id: string): string {
  const { words } = context.said;
  if (id === OTHERS) return words.others;
  if (by === 'stage') return stageName(context, id);
  if (by === 'seller') return id === '' ? words.nobody : context.names.user(id);
  if (id === '') return words.noClient;
  const known = context.names;
  return id.startsWith('c') ? known.company(id.slice(1)) : known.contact(id.slice(1));
}
