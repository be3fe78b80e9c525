import type { Estimate as DomainEstimate } from '../../domain/insight/sample.js';
import type { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { MS_PER_DAY } from '../../domain/calendar/local-time.js';
import type { Stage } from '../../domain/crm/records.js';
import type { QuantileEstimate } from '../../domain/insight/kaplan-meier.js';
import { writeDrill, type DrillQuestion } from './drill.js';
import { isWhole, type InsightScope } from './insight-scope.js';
import type { Cell, Estimate, HonestyMark, InsightFilter, InsightHead } from './insight.view.js';
import { moneyText } from './money.js';
import type { Said } from './words.js';

/** Names of what ids stand for. */
export interface Names {
  readonly user: (id: string) => string;
  readonly product: (id: string) => string;
  readonly source: (id: string) => string;
  readonly company: (id: string) => string;
  readonly contact: (id: string) => string;
}

/** What every page needs of the question and the reader. */
export interface PageContext {
  readonly scope: InsightScope;
  readonly filter: InsightFilter;
  /** Of the pipeline, in its order. */
  readonly stages: readonly Stage[];
  /** Null where the account has only one: there is nothing to tell apart. */
  readonly pipelineName: string | null;
  readonly names: Names;
  readonly said: Said;
}

export function stageName({ stages }: PageContext, stageId: string): string {
  return stages.find((stage) => stage.id === stageId)?.name ?? stageId;
}

export function drillOf({ scope, filter }: PageContext, question: DrillQuestion): string {
  return writeDrill({ filter: { ...filter, pipelineId: scope.pipelineId }, question, now: scope.now });
}

export function cellOf(
  context: PageContext,
  sum: { readonly deals: number; readonly money: bigint },
  question: DrillQuestion,
): Cell {
  return { deals: sum.deals, amount: moneyText(sum.money), drill: drillOf(context, question) };
}

/** Ways of a passage that came to a later stage, whatever became of the deal then. */
export const CAME_FURTHER: readonly string[] = ['aw', 'al', 'ao'];

export const UNKNOWN: Estimate = { value: null, low: null, high: null };

/** `scale` takes the unit of the domain to that of the view. */
export function estimateOf(one: DomainEstimate | QuantileEstimate | null | undefined, scale = 1): Estimate {
  if (!one || one.value === null) return UNKNOWN;
  const bound = (value: number | null): number | null =>
    value === null || Number.isNaN(value) ? null : value * scale;
  return { value: one.value * scale, low: bound(one.lower), high: bound(one.upper) };
}

export const IN_DAYS = 1 / MS_PER_DAY;

interface Heading {
  readonly sentence: string;
  readonly advice?: string | null;
  readonly tooFew?: boolean;
  readonly deals: number;
  readonly restsOn?: 'visits' | 'clients';
  /** What opens these deals. */
  readonly drill?: DrillQuestion;
  /** Learned from the whole pipeline whatever the filter: visits left out there may be beyond the person's reach. */
  readonly ofWhole?: boolean;
}

export function headOf(context: PageContext, history: PipelineHistory | null, heading: Heading): InsightHead {
  return {
    sentence: heading.sentence,
    advice: heading.advice ?? null,
    tooFew: heading.tooFew ?? false,
    deals: heading.deals,
    leftOut: history === null ? [] : leftOutOf(context, history, heading.ofWhole ?? false),
    asOf: new Date(context.scope.now).toISOString(),
    ...(heading.restsOn ? { restsOn: heading.restsOn } : {}),
    ...(heading.drill ? { drill: drillOf(context, heading.drill) } : {}),
  };
}

const MARKS: readonly HonestyMark[] = ['imported', 'bulkMove', 'sameMinute', 'backdated', 'skippedStages'];

function leftOutOf(context: PageContext, history: PipelineHistory, ofWhole: boolean): InsightHead['leftOut'] {
  const { words } = context.said;
  const counts = history.marks();
  return MARKS.map((mark) => ({ mark, deals: counts.get(mark) ?? 0 }))
    .filter(({ deals }) => deals > 0)
    .map(({ mark, deals }) => ({
      mark,
      deals,
      text: `${words.visits(deals)}: ${words.marks[mark] ?? ''}`,
      ...(ofWhole && !isWhole(context.scope) ? {} : { drill: drillOf(context, { kind: 'marked', mark }) }),
    }));
}
