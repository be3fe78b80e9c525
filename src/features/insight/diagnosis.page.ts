import { quantileOf, survivalCurve } from '../../domain/insight/kaplan-meier.js';
import { bucketMiddle } from '../../domain/insight/duration-histogram.js';
import { lifeTableOfRows } from '../../domain/insight/life-table.js';
import { weakestOf } from '../../domain/insight/leak.js';
import type { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { ENOUGH } from '../../domain/insight/sample.js';
import type { CycleSum, StageSum } from './deal-facts.repository.js';
import { funnelStages } from './funnel.page.js';
import type { DiagnosisView } from './insight.view.js';
import { moneyNumber, moneyText } from './money.js';
import {
  drillOf,
  estimateOf,
  headOf,
  IN_DAYS,
  stageName,
  UNKNOWN,
  type PageContext,
} from './page-context.js';
import { stageTimes } from './stages.page.js';
import type { StuckSum } from './stuck.repository.js';
import { leaksOf, weakStages, wonMoney } from './weakest.page.js';

export interface DiagnosisFacts {
  readonly history: PipelineHistory;
  readonly sums: readonly StageSum[];
  readonly stuck: readonly StuckSum[];
  readonly cycles: readonly CycleSum[];
  readonly pipelines: number;
  readonly sellers: number;
}

export function diagnosisPage(context: PageContext, facts: DiagnosisFacts): DiagnosisView {
  const { history, sums } = facts;
  const { said } = context;
  const deals = sums.reduce((count, sum) => count + sum.deals, 0);
  const since = Math.min(...sums.map((sum) => sum.since));
  const cycle = { ...cycleOf(facts.cycles), closedDrill: drillOf(context, { kind: 'ended' }) };
  const dead = facts.stuck.filter((sum) => sum.kind === 'dead');
  const zombies = {
    deals: dead.reduce((count, sum) => count + sum.deals, 0),
    money: dead.reduce((money, sum) => money + sum.money, 0n),
  };
  const money = wonMoney(sums);
  const leaks = leaksOf(context, history, money);
  const worst = weakestOf(leaks);
  const weakest = worst
    ? weakStages(context, history, money, leaks).find((one) => one.id === worst.stageId)
    : null;
  const { words } = said;
  const zombiesSaid =
    zombies.deals > 0
      ? words.zombies(words.deals(zombies.deals), said.money(moneyNumber(zombies.money)))
      : words.noZombies;
  return {
    ...headOf(context, history, {
      sentence: sentenceOf(context, sums, cycle.censoredMedian.value),
      advice: zombies.deals > 0 ? words.zombiesAdvice : null,
      tooFew: facts.cycles.reduce((count, one) => count + (one.closed ? one.deals : 0), 0) < ENOUGH,
      deals,
      drill: { kind: 'now' },
    }),
    company: {
      deals,
      since: Number.isFinite(since) ? new Date(since).toISOString() : null,
      pipelines: facts.pipelines,
      sellers: facts.sellers,
    },
    funnel: funnelStages(context, history, sums),
    stages: stageTimes(context, history),
    cycle,
    zombies: {
      deals: zombies.deals,
      amount: moneyText(zombies.money),
      text: zombiesSaid,
      drill: drillOf(context, { kind: 'stuck', kinds: ['dead'] }),
    },
    weakest: weakest ?? null,
    planWouldChange:
      worst?.lostMoney && weakest
        ? {
            text: words.planWould(
              stageName(context, worst.stageId),
              said.money(worst.lostMoney.value),
              `${said.money(worst.lostMoney.lower)} – ${said.money(worst.lostMoney.upper)}`,
            ),
            money: weakest.leak,
          }
        : { text: words.planWouldUnknown, money: UNKNOWN },
  };
}

function sentenceOf({ said }: PageContext, sums: readonly StageSum[], cycle: number | null): string {
  const open = sums.filter((sum) => sum.kind === 'open');
  const deals = said.words.deals(open.reduce((count, sum) => count + sum.deals, 0));
  const money = said.money(moneyNumber(open.reduce((all, sum) => all + sum.money, 0n)));
  return cycle === null
    ? said.words.diagnosisNoCycle(deals, money)
    : said.words.diagnosis(said.span(cycle), deals, money);
}

/** From being made to won or lost, days: open deals censored, and as a report on closed deals would say. */
function cycleOf(cycles: readonly CycleSum[]): DiagnosisView['cycle'] {
  const rows = cycles.map(({ closed, bucket, deals }) => ({
    time: bucketMiddle(bucket),
    way: closed ? ('closed' as const) : ('open' as const),
    count: deals,
  }));
  const closed = rows.filter((row) => row.way === 'closed');
  if (closed.reduce((count, row) => count + row.count, 0) < ENOUGH) {
    return { censoredMedian: UNKNOWN, closedOnlyMedian: null };
  }
  const median = (some: typeof rows) => quantileOf(survivalCurve(lifeTableOfRows<'closed'>(some)), 0.5);
  return {
    censoredMedian: estimateOf(median(rows), IN_DAYS),
    closedOnlyMedian: estimateOf(median(closed), IN_DAYS).value,
  };
}
