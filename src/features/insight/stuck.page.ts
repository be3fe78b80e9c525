import { chanceToAdvance, type StageNorm } from '../../domain/insight/stuck.js';
import { quantileOf, survivalCurve } from '../../domain/insight/kaplan-meier.js';
import type { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import type { StuckKind, StuckView } from './insight.view.js';
import { moneyNumber, moneyText } from './money.js';
import { drillOf, headOf, IN_DAYS, stageName, type PageContext } from './page-context.js';
import type { StuckRow, StuckSum } from './stuck.repository.js';

type Row = StuckView['rows'][number];

export const STUCK_KINDS: readonly StuckKind[] = ['noPlan', 'sellerIdle', 'waitingForClient', 'dead'];

const REMEDIES: Readonly<Record<StuckKind, Row['remedy']>> = {
  noPlan: 'startPlan',
  sellerIdle: 'push',
  waitingForClient: 'wait',
  dead: 'close',
};

export interface StuckFound {
  readonly rows: readonly StuckRow[];
  readonly sums: readonly StuckSum[];
  readonly next: string | null;
  readonly pathOf: (dealId: string) => string | null;
}

export function stuckPage(
  context: PageContext,
  history: PipelineHistory,
  norms: readonly StageNorm[],
  found: StuckFound,
): StuckView {
  const counts = countsOf(found.sums);
  const deals = STUCK_KINDS.reduce((sum, kind) => sum + counts[kind].deals, 0);
  const most = STUCK_KINDS.toSorted((a, b) => counts[b].deals - counts[a].deals)[0] ?? 'noPlan';
  const { words } = context.said;
  const usual = usualTimes(history, norms);
  return {
    ...headOf(context, history, {
      sentence: deals === 0 ? words.noneStuck(context.pipelineName) : stuckSentence(context, found.sums),
      advice: deals === 0 ? null : words.stuckAdvice[most],
      tooFew: norms.every((norm) => norm.learned === null),
      deals,
      ofWhole: true,
      drill: { kind: 'stuck', kinds: STUCK_KINDS },
    }),
    counts: {
      noPlan: drilled(context, counts, 'noPlan'),
      sellerIdle: drilled(context, counts, 'sellerIdle'),
      waitingForClient: drilled(context, counts, 'waitingForClient'),
      dead: drilled(context, counts, 'dead'),
    },
    rows: found.rows.map((row) => rowOf(context, usual, norms, row, found.pathOf)),
    next: found.next,
  };
}

function drilled(
  context: PageContext,
  counts: StuckView['counts'],
  kind: StuckKind,
): StuckView['counts'][StuckKind] {
  return { ...counts[kind], drill: drillOf(context, { kind: 'stuck', kinds: [kind] }) };
}

export function countsOf(sums: readonly StuckSum[]): StuckView['counts'] {
  const of = (kind: StuckKind): { deals: number; amount: string } => {
    const same = sums.filter((sum) => sum.kind === kind);
    return {
      deals: same.reduce((count, sum) => count + sum.deals, 0),
      amount: moneyText(same.reduce((money, sum) => money + sum.money, 0n)),
    };
  };
  return {
    noPlan: of('noPlan'),
    sellerIdle: of('sellerIdle'),
    waitingForClient: of('waitingForClient'),
    dead: of('dead'),
  };
}

function stuckSentence({ said, pipelineName }: PageContext, sums: readonly StuckSum[]): string {
  const { words } = said;
  const deals = sums.reduce((count, sum) => count + sum.deals, 0);
  const money = sums.reduce((all, sum) => all + sum.money, 0n);
  const counts = countsOf(sums);
  const kinds = STUCK_KINDS.filter((kind) => counts[kind].deals > 0)
    .map((kind) => `${words.kinds[kind]}: ${said.number(counts[kind].deals)}`)
    .join(', ');
  return words.stuck(words.deals(deals), said.money(moneyNumber(money)), kinds, pipelineName);
}

/** Half leave the stage within this time, milliseconds. */
function usualTimes(
  history: PipelineHistory,
  norms: readonly StageNorm[],
): ReadonlyMap<string, number | null> {
  return new Map(
    norms
      .filter((norm) => norm.learned !== null)
      .map(({ stageId }) => [stageId, quantileOf(survivalCurve(history.tableOf(stageId)), 0.5).value]),
  );
}

function rowOf(
  context: PageContext,
  usualOf: ReadonlyMap<string, number | null>,
  norms: readonly StageNorm[],
  row: StuckRow,
  pathOf: (dealId: string) => string | null,
): Row {
  const norm = norms.find((one) => one.stageId === row.stage_id);
  const chance = norm ? chanceToAdvance(norm, row.age) : null;
  const usual = usualOf.get(row.stage_id) ?? null;
  return {
    id: row.deal_id,
    path: pathOf(row.deal_id),
    title: row.title,
    stageName: stageName(context, row.stage_id),
    ownerName: row.owner_id === null ? null : context.names.user(row.owner_id),
    amount: row.amount,
    kind: row.kind,
    days: row.age * IN_DAYS,
    norm: usual === null ? null : usual * IN_DAYS,
    chance,
    why: whyOf(context, row, norm, { usual, chance }),
    lastEventAt: row.last_event_at.toISOString(),
    remedy: REMEDIES[row.kind],
  };
}

function whyOf(
  { said }: PageContext,
  row: StuckRow,
  norm: StageNorm | undefined,
  { usual, chance }: { readonly usual: number | null; readonly chance: number | null },
): string {
  const learned = norm?.learned ?? null;
  return said.words.stuckWhy({
    stays: said.span(row.age * IN_DAYS),
    usual: usual === null ? null : said.span(usual * IN_DAYS),
    idle: said.span(row.idle * IN_DAYS),
    limit: learned === null && norm ? said.span(norm.idleLimit * IN_DAYS) : null,
    chance: chance === null ? null : said.percent(chance),
    within: learned === null ? null : said.horizon(learned.horizon * IN_DAYS),
    visits: norm?.finished ?? 0,
    lastEvent: lastEventOf(said, row),
    until:
      row.kind === 'waitingForClient' && row.waiting_until ? said.day(row.waiting_until.getTime()) : null,
  });
}

function lastEventOf(said: PageContext['said'], row: StuckRow): string {
  const event = said.words.events[row.last_event ?? ''];
  const day = said.day(row.last_event_at.getTime());
  return event === undefined ? day : `${event}, ${day}`;
}
