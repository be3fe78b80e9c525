import { setImmediate } from 'node:timers/promises';
import { AbsorptionModel } from '../../domain/insight/absorption.js';
import { forecastGroups, type DealGroup } from '../../domain/insight/forecast-groups.js';
import type { PipelineHistory } from '../../domain/insight/pipeline-history.js';
import { ENOUGH } from '../../domain/insight/sample.js';
import { MS_PER_DAY } from '../../domain/calendar/local-time.js';
import { vacuumOf, type StageDemand } from '../../domain/insight/vacuum.js';
import type { StageSum } from './deal-facts.repository.js';
import type { ForecastView } from './insight.view.js';
import { drillOf, estimateOf, headOf, stageName, type PageContext } from './page-context.js';
import { wonMoney } from './weakest.page.js';

/** This month and the next two. */
const MONTHS = 3;
const GROUPS_AT_ONCE = 200;

export interface ForecastFacts {
  readonly history: PipelineHistory;
  readonly sums: readonly StageSum[];
  readonly groups: readonly DealGroup[];
  /** Money that next month is to bring; null: no target. */
  readonly target: string | null;
}

interface Horizon {
  /** `2026-11` */
  readonly month: string;
  /** Days from now to its beginning (0 for this one) and to its end. */
  readonly from: number;
  readonly until: number;
}

/** Some ten milliseconds of arithmetic over a hundred thousand deals, with a breath between its parts. */
export async function forecastPage(
  context: PageContext,
  { history, sums, groups, target }: ForecastFacts,
): Promise<ForecastView> {
  const { said } = context;
  const closed = sums.filter((sum) => sum.kind !== 'open').reduce((count, sum) => count + sum.deals, 0);
  const open = groups.reduce((count, group) => count + group.deals, 0);
  const { words } = said;
  if (closed < ENOUGH) {
    const head = headOf(context, history, {
      sentence: words.tooFew(closed, ENOUGH),
      tooFew: true,
      ofWhole: true,
      deals: open,
    });
    return { ...head, months: [], target, vacuum: [] };
  }
  const horizons = horizonsOf(context);
  const days = Math.ceil(horizons.at(-1)?.until ?? 0);
  const model = modelOf(context, history, days);
  await setImmediate();
  const prospects = await prospectsOf(groups, model, horizons);
  const drill = drillOf(context, { kind: 'now', open: true });
  const months: ForecastView['months'][number][] = [];
  for (const horizon of horizons) {
    months.push({ ...monthOf(prospects, horizon, closed), drill });
    await setImmediate();
  }
  const next = horizons[1];
  const demands =
    target === null || !next ? [] : demandsOf(context, prospects, model, { target, next, sums });
  const [first] = months;
  return {
    ...headOf(context, history, {
      sentence: first
        ? words.forecast(
            said.month(first.month),
            words.deals(Math.round(first.deals.value ?? 0)),
            said.money(first.revenue.value ?? 0),
            `${said.money(first.revenue.low ?? 0)} – ${said.money(first.revenue.high ?? 0)}`,
          )
        : words.notLearned,
      advice: adviceOf(context, demands, target),
      ofWhole: true,
      deals: open,
      drill: { kind: 'now', open: true },
    }),
    months,
    target,
    vacuum: demands.flatMap((demand) => vacuumRow(context, demand, sums) ?? []),
  };
}

export function modelOf(context: PageContext, history: PipelineHistory, days: number): AbsorptionModel {
  const open = context.stages.filter((stage) => stage.kind === 'open');
  return new AbsorptionModel(
    context.stages,
    open.map(({ id }) => history.timesOf(id)),
    days,
  );
}

/** Groups with their chances to be won within each number of days that the page asks for. */
interface Prospects {
  readonly groups: readonly DealGroup[];
  readonly won: readonly ReadonlyMap<number, number>[];
}

async function prospectsOf(
  groups: readonly DealGroup[],
  model: AbsorptionModel,
  horizons: readonly Horizon[],
): Promise<Prospects> {
  const days = [...new Set(horizons.flatMap(({ from, until }) => [from, until]))];
  const won: ReadonlyMap<number, number>[] = [];
  for (const [place, { stageId, age }] of groups.entries()) {
    const chances = model.wonWithinEach(stageId, age, days);
    won.push(new Map(days.map((one, at) => [one, chances[at] ?? 0])));
    if (place % GROUPS_AT_ONCE === 0) await setImmediate();
  }
  return { groups, won };
}

function monthOf(
  { groups, won }: Prospects,
  { month, from, until }: Horizon,
  closedDeals: number,
): ForecastView['months'][number] {
  const chances = won.map((wonBy) =>
    Math.max(0, (wonBy.get(until) ?? 0) - (from === 0 ? 0 : (wonBy.get(from) ?? 0))),
  );
  const { wins, money } = forecastGroups(groups, chances, { closedDeals });
  return { month, deals: estimateOf(wins), revenue: estimateOf(money) };
}

function horizonsOf({ scope, said }: PageContext): readonly Horizon[] {
  const now = Temporal.Instant.fromEpochMilliseconds(scope.now).toZonedDateTimeISO(said.timeZone);
  const first = now.toPlainDate().with({ day: 1 });
  return Array.from({ length: MONTHS }, (_, ahead) => {
    const begin = first.add({ months: ahead });
    const days = (date: Temporal.PlainDate): number =>
      Math.max(0, (date.toZonedDateTime(said.timeZone).epochMilliseconds - scope.now) / MS_PER_DAY);
    return {
      month: begin.toPlainYearMonth().toString(),
      from: Math.floor(days(begin)),
      until: Math.ceil(days(begin.add({ months: 1 }))),
    };
  });
}

/** Counted back from the end of next month; wins of the target by the mean amount of won deals. */
function demandsOf(
  context: PageContext,
  { groups, won }: Prospects,
  model: AbsorptionModel,
  {
    target,
    next,
    sums,
  }: { readonly target: string; readonly next: Horizon; readonly sums: readonly StageSum[] },
): readonly StageDemand[] {
  const { mean } = wonMoney(sums);
  if (mean === null || mean <= 0) return [];
  const supplies = context.stages.map(({ id, kind }) => ({
    stageId: id,
    kind,
    everWon: model.everWon(id),
    leadDays: model.medianDaysToWin(id),
    expectedWins: groups.reduce(
      (wins, group, at) =>
        group.stageId === id ? wins + group.deals * (won[at]?.get(next.until) ?? 0) : wins,
      0,
    ),
  }));
  const by = context.scope.now + next.until * MS_PER_DAY;
  return vacuumOf(supplies, { wins: Number(target) / mean, by }, context.scope.now);
}

function vacuumRow(
  context: PageContext,
  demand: StageDemand,
  sums: readonly StageSum[],
): ForecastView['vacuum'][number] | null {
  if (demand.needed === null || demand.enterBy === null) return null;
  const present = sums.filter((sum) => sum.stageId === demand.stageId);
  return {
    stageId: demand.stageId,
    name: stageName(context, demand.stageId),
    needed: Math.ceil(demand.needed),
    present: present.reduce((count, sum) => count + sum.deals, 0),
    drill: drillOf(context, { kind: 'now', stages: [demand.stageId] }),
    missing: Math.ceil(demand.missing ?? 0),
    late: demand.late,
    by: new Date(demand.enterBy).toISOString(),
  };
}

function adviceOf(
  context: PageContext,
  demands: readonly StageDemand[],
  target: string | null,
): string | null {
  const { said } = context;
  if (target === null || demands.length === 0) return null;
  const lacking = demands.filter((demand) => (demand.missing ?? 0) > 0);
  if (lacking.length === 0) return said.words.targetMet;
  const short = lacking.find((demand) => !demand.late);
  if (!short || short.enterBy === null) return said.words.targetLate;
  return said.words.forecastAdvice(
    stageName(context, short.stageId),
    Math.ceil(short.missing ?? 0),
    said.day(short.enterBy),
  );
}
