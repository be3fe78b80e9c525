import { quantilesOf, survivalCurve, type SurvivalCurve } from '../../domain/insight/kaplan-meier.js';
import { leavesWithinInterval } from '../../domain/insight/aalen-johansen.js';
import { decidedOf, type PassageCounts } from '../../domain/insight/funnel.js';
import { countStays } from '../../domain/insight/life-table.js';
import { monthName, type PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { ENOUGH } from '../../domain/insight/sample.js';
import type { Estimate, StagesView } from './insight.view.js';
import {
  CAME_FURTHER,
  drillOf,
  estimateOf,
  headOf,
  IN_DAYS,
  UNKNOWN,
  type PageContext,
} from './page-context.js';

type StageTimes = StagesView['stages'][number];

const MONTHS_SHOWN = 24;
const ALL_WAYS: readonly string[] = [...CAME_FURTHER, 'l', 'o'];
const CURVE_POINTS = 60;

export function stagesPage(context: PageContext, history: PipelineHistory): StagesView {
  const { said } = context;
  const stages = stageTimes(context, history);
  const visits = stages.reduce((sum, stage) => sum + stage.visits, 0);
  const finished = visits - stages.reduce((sum, stage) => sum + stage.open, 0);
  const tooFew = stages.every((stage) => stage.visits - stage.open < ENOUGH);
  const slowest = stages
    .filter(({ median }) => median.value !== null)
    .toSorted((a, b) => (b.median.value ?? 0) - (a.median.value ?? 0))[0];
  const leaky = stages
    .filter(({ lost }) => lost.value !== null && lost.value > 0)
    .toSorted((a, b) => (b.lost.value ?? 0) * b.visits - (a.lost.value ?? 0) * a.visits)[0];
  const { words } = said;
  const scanty = tooFew ? words.tooFew(finished, ENOUGH) : null;
  const slow = slowest
    ? words.stages(
        slowest.name,
        said.span(slowest.median.value ?? 0),
        range(slowest.median, (days) => said.span(days)),
      )
    : words.notHalf;
  return {
    ...headOf(context, history, {
      sentence: scanty ?? slow,
      advice: slowest && slowest.q3 !== null ? words.stagesAdvice(slowest.name, said.span(slowest.q3)) : null,
      tooFew,
      deals: visits,
      restsOn: 'visits',
    }),
    conversion: {
      sentence: scanty ?? (leaky ? leakySentence(context, leaky) : words.noneLost),
      advice: leaky && !tooFew ? words.conversionAdvice(leaky.name) : null,
    },
    stages,
  };
}

function leakySentence({ said }: PageContext, { name, visits, lost }: StageTimes): string {
  return said.words.conversion(
    name,
    visits,
    said.percent(lost.value ?? 0),
    range(lost, (share) => said.percent(share)),
  );
}

function range({ low, high }: Estimate, tell: (value: number) => string): string {
  return low === null || high === null ? '' : `${tell(low)} – ${tell(high)}`;
}

/** Working stages only: nobody leaves won and lost. Below thirty finished visits there are counts and no estimates. */
export function stageTimes(context: PageContext, history: PipelineHistory): StagesView['stages'] {
  return context.stages
    .filter((stage) => stage.kind === 'open')
    .map(({ id, name }) => {
      const table = history.tableOf(id);
      const counts = countStays(table);
      const enough = counts.finished >= ENOUGH;
      const curve = survivalCurve(table);
      const [q1, median, q3] = enough ? quantilesOf(curve, [0.25, 0.5, 0.75]) : [];
      const gone = (way: 'advanced' | 'lost') => history.nextOf(id, way);
      const ever = (way: 'advanced' | 'lost') =>
        enough ? estimateOf(leavesWithinInterval(table, way, { horizon: Number.MAX_VALUE })) : UNKNOWN;
      return {
        id,
        name,
        visits: counts.all,
        open: counts.open,
        median: estimateOf(median, IN_DAYS),
        q1: estimateOf(q1, IN_DAYS).value,
        q3: estimateOf(q3, IN_DAYS).value,
        advanced: ever('advanced'),
        lost: ever('lost'),
        byCohort: byMonth(history.passagesOf(id).byMonth, (months) =>
          drillOf(context, { kind: 'passages', stage: id, ways: ALL_WAYS, months }),
        ),
        byPeriod: byMonth(history.exitsOf(id), (months) =>
          drillOf(context, { kind: 'visits', stage: id, to: [...gone('advanced'), ...gone('lost')], months }),
        ),
        curve: enough ? pointsOf(curve) : [],
        drill: drillOf(context, { kind: 'visits', stage: id }),
        openDrill: drillOf(context, { kind: 'visits', stage: id, open: true }),
        advancedDrill: drillOf(context, { kind: 'visits', stage: id, to: gone('advanced') }),
        lostDrill: drillOf(context, { kind: 'visits', stage: id, to: gone('lost') }),
      };
    });
}

/** Shares of the decided ones; a month with fewer than thirty of them gives its count only. */
function byMonth(
  months: ReadonlyMap<number, PassageCounts>,
  drillOfMonths: (months: readonly [number, number]) => string,
): StageTimes['byCohort'] {
  return [...months]
    .toSorted(([a], [b]) => a - b)
    .slice(-MONTHS_SHOWN)
    .map(([month, counts]) => {
      const decided = decidedOf(counts);
      return {
        month: monthName(month),
        share: decided >= ENOUGH ? counts.advanced / decided : null,
        deals: counts.entered,
        drill: drillOfMonths([month, month]),
      };
    });
}

/** Evenly along the shares that stay, so that the steep part is drawn as well as the long tail. */
function pointsOf({ times, survival }: SurvivalCurve): StageTimes['curve'] {
  const points: { days: number; staying: number }[] = [{ days: 0, staying: 1 }];
  const step = 1 / (CURVE_POINTS - 4);
  times.forEach((time, place) => {
    const staying = survival[place] ?? 0;
    const last = points.at(-1)?.staying ?? 1;
    if (last - staying >= step || (place === times.length - 1 && last !== staying)) {
      points.push({ days: time * IN_DAYS, staying });
    }
  });
  return points.slice(0, CURVE_POINTS);
}
