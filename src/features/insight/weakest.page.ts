import { funnelAdvice, type FunnelAdvice } from '../../domain/insight/advice.js';
import type { StageLeak } from '../../domain/insight/leak.js';
import { weakestOf } from '../../domain/insight/leak.js';
import { countStays } from '../../domain/insight/life-table.js';
import { quantilesOf, survivalCurve } from '../../domain/insight/kaplan-meier.js';
import { decidedOf } from '../../domain/insight/funnel.js';
import type { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { ENOUGH, wilson } from '../../domain/insight/sample.js';
import type { StageSum } from './deal-facts.repository.js';
import type { Estimate, WeakestView } from './insight.view.js';
import { moneyNumber } from './money.js';
import {
  CAME_FURTHER,
  drillOf,
  estimateOf,
  headOf,
  IN_DAYS,
  stageName,
  UNKNOWN,
  type PageContext,
} from './page-context.js';

type Weak = WeakestView['stages'][number];

/** What is left of a stage's time when it is 20 % faster. */
const FASTER_BY = 0.2;

/** Amounts of won deals. */
export interface WonMoney {
  /** Null while no won deal tells an amount. */
  readonly mean: number | null;
  readonly lastYear: number;
}

export function wonMoney(sums: readonly StageSum[]): WonMoney {
  const won = sums.filter((sum) => sum.kind === 'won');
  const priced = won.reduce((count, sum) => count + sum.priced, 0);
  const money = moneyNumber(won.reduce((all, sum) => all + sum.money, 0n));
  return {
    mean: priced === 0 ? null : money / priced,
    lastYear: moneyNumber(won.reduce((all, sum) => all + sum.yearMoney, 0n)),
  };
}

export function weakestPage(
  context: PageContext,
  history: PipelineHistory,
  sums: readonly StageSum[],
): WeakestView {
  const money = wonMoney(sums);
  const leaks = leaksOf(context, history, money);
  const worst = weakestOf(leaks);
  const stages = weakStages(context, history, money, leaks);
  const decided = stages.reduce((sum, one) => sum + decidedOf(history.passagesOf(one.id).all), 0);
  const { words } = context.said;
  return {
    ...headOf(context, history, {
      sentence: worst ? leakSentence(context, worst) : leaks.length > 0 ? words.noLeak : words.tooFewForLeak,
      advice: worst ? words.weakestAdvice : null,
      tooFew: leaks.length === 0,
      deals: decided,
      restsOn: 'visits',
    }),
    stages,
    structure: structureAdvice(context, history),
  };
}

export function leaksOf(
  context: PageContext,
  history: PipelineHistory,
  money: WonMoney,
): readonly StageLeak[] {
  return context.stages
    .filter((stage) => stage.kind === 'open')
    .flatMap(({ id }) => history.leakOf(id, context.scope.now, money.mean) ?? []);
}

export function leakSentence(context: PageContext, leak: StageLeak): string {
  const { said } = context;
  const worth = leak.lostMoney ?? leak.lostWins;
  const tell = (value: number): string =>
    leak.lostMoney ? said.money(value) : said.words.deals(Math.round(value));
  return said.words.weakest(
    stageName(context, leak.stageId),
    tell(worth.value),
    `${tell(worth.lower)} – ${tell(worth.upper)}`,
    said.percent(leak.now.value),
    said.percent(leak.best.conversion),
    said.words.quarter(leak.best.quarter),
  );
}

/** By leak, the largest first. Without money the leak is told in won deals, and by the sentence as such. */
export function weakStages(
  context: PageContext,
  history: PipelineHistory,
  money: WonMoney,
  leaks: readonly StageLeak[],
): readonly Weak[] {
  const cycle = medianCycle(context, history);
  const stages = context.stages
    .filter((stage) => stage.kind === 'open')
    .map(({ id, name }): Weak => {
      const leak = leaks.find((one) => one.stageId === id);
      const { all } = history.passagesOf(id);
      const decided = decidedOf(all);
      const months = leak ? { months: monthsOf(leak.from, leak.to) } : {};
      const lost = estimateOf(leak?.lostMoney ?? leak?.lostWins);
      return {
        id,
        name,
        conversion: decided >= ENOUGH ? estimateOf(leak?.now ?? wilson(all.advanced, decided)) : UNKNOWN,
        bestQuarter: leak
          ? {
              label: context.said.words.quarter(leak.best.quarter),
              conversion: leak.best.conversion,
              drill: drillOf(context, {
                kind: 'passages',
                stage: id,
                ways: [...CAME_FURTHER, 'l'],
                months: monthsOf(leak.best.quarter, leak.best.quarter),
              }),
            }
          : null,
        leak: lost,
        whatIfBestQuarter: lost,
        whatIfFaster: faster(history, id, money.lastYear, cycle),
        drill: drillOf(context, { kind: 'passages', stage: id, ways: ['l'], ...months }),
        advancedDrill: drillOf(context, { kind: 'passages', stage: id, ways: CAME_FURTHER, ...months }),
      };
    });
  return stages.toSorted((a, b) => (b.leak.value ?? 0) - (a.leak.value ?? 0));
}

/** Money a year by sales velocity, when the stage's median is a fifth shorter: the year's money × (cycle / shorter cycle − 1). */
function faster(
  history: PipelineHistory,
  stageId: string,
  yearMoney: number,
  cycle: number | null,
): Estimate {
  const table = history.tableOf(stageId);
  if (cycle === null || yearMoney <= 0 || countStays(table).finished < ENOUGH) return UNKNOWN;
  const [median] = quantilesOf(survivalCurve(table), [0.5]);
  const gain = (days: number | null): number | null =>
    days === null ? null : yearMoney * (cycle / Math.max(cycle * FASTER_BY, cycle - FASTER_BY * days) - 1);
  const { value, low, high } = estimateOf(median, IN_DAYS);
  return { value: gain(value), low: gain(low), high: gain(high) };
}

/** Sum of the stages' medians, days: how long a deal that goes through all of them takes. */
function medianCycle(context: PageContext, history: PipelineHistory): number | null {
  const medians = context.stages
    .filter((stage) => stage.kind === 'open')
    .map(
      ({ id }) => estimateOf(quantilesOf(survivalCurve(history.tableOf(id)), [0.5])[0], IN_DAYS).value ?? 0,
    );
  const sum = medians.reduce((all, one) => all + one, 0);
  return sum > 0 ? sum : null;
}

function monthsOf(from: string, to: string): readonly [number, number] {
  const first = (quarter: string): number =>
    Number(quarter.slice(0, 4)) * 12 + (Number(quarter.slice(-1)) - 1) * 3;
  return [first(from), first(to) + 2];
}

function structureAdvice(context: PageContext, history: PipelineHistory): WeakestView['structure'] {
  const open = context.stages.filter((stage) => stage.kind === 'open');
  const shapes = open.map(({ id }, place) => {
    const table = history.tableOf(id);
    const [q1, median, q3] = quantilesOf(survivalCurve(table), [0.25, 0.5, 0.75]).map((one) => one.value);
    const entered = history.passagesOf(id).all.entered;
    const beyond = Math.max(
      0,
      ...open.slice(place + 1).map((later) => history.passagesOf(later.id).all.entered),
    );
    return {
      stageId: id,
      finished: countStays(table).finished,
      detour: history.normOf(id).learned?.wayOn === 'movedBack',
      q1: q1 ?? null,
      median: median ?? null,
      q3: q3 ?? null,
      entered,
      // More deals beyond the stage than in it: at least so many went past.
      passedBy: Math.max(0, beyond - entered),
      usualNext: history.usualNext(id),
    };
  });
  return funnelAdvice(shapes).map((advice) => ({
    kind: advice.kind,
    stageName: stageName(context, advice.stageId),
    why: adviceText(context, advice),
  }));
}

function adviceText(context: PageContext, advice: FunnelAdvice): string {
  const { said } = context;
  if (advice.kind === 'drop') return said.words.dropStage(advice.entered, advice.passedBy);
  if (advice.kind === 'merge')
    return said.words.mergeStage(
      said.percent(advice.share),
      stageName(context, advice.into),
      said.span(advice.median * IN_DAYS),
    );
  const [q1, q3] = [advice.q1, advice.q3].map((one) => said.span(one * IN_DAYS));
  return said.words.splitStage(q1 ?? '', q3 ?? '', said.percent(advice.ofCycle));
}
