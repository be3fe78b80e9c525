import type {
  ClientsView,
  Estimate,
  ForecastView,
  FunnelView,
  LossesView,
  SellersView,
  StagesView,
  StuckView,
  WeakestView,
} from './insight.view.js';

/** A number stays a number, so that people can go on counting; null is an empty cell. */
export type ExportCell = string | number | null;

/** One page as a table. `columns` are keys of the definitions. */
export interface ExportTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ExportCell[])[];
}

function money(text: string | null): number | null {
  return text === null ? null : Number(text);
}

function spread({ value, low, high }: Estimate): readonly ExportCell[] {
  return [value, low, high];
}

export function funnelTable({ stages }: FunnelView): ExportTable {
  return {
    columns: ['stage', 'deals', 'amount', 'fromPrevious', 'fromPreviousLow', 'fromPreviousHigh'],
    rows: stages.map(({ name, now, fromPrevious }) => [
      name,
      now.deals,
      money(now.amount),
      ...spread(fromPrevious),
    ]),
  };
}

export function stagesTable({ stages }: StagesView): ExportTable {
  return {
    columns: ['stage', 'visits', 'open', 'median', 'medianLow', 'medianHigh', 'q1', 'q3', 'advanced', 'lost'],
    rows: stages.map((stage) => [
      ...[stage.name, stage.visits, stage.open, ...spread(stage.median)],
      ...[stage.q1, stage.q3, stage.advanced.value, stage.lost.value],
    ]),
  };
}

export function stuckTable({ rows }: StuckView): ExportTable {
  return {
    columns: ['deal', 'stage', 'seller', 'amount', 'kind', 'days', 'norm', 'chance', 'why', 'lastEventAt'],
    rows: rows.map((row) => [
      ...[row.title, row.stageName, row.ownerName, money(row.amount), row.kind],
      ...[row.days, row.norm, row.chance, row.why, row.lastEventAt],
    ]),
  };
}

export function weakestTable({ stages }: WeakestView): ExportTable {
  return {
    columns: [
      'stage',
      'conversion',
      'conversionLow',
      'conversionHigh',
      'bestQuarter',
      'leak',
      'leakLow',
      'leakHigh',
      'whatIfFaster',
    ],
    rows: stages.map((stage) => [
      ...[stage.name, ...spread(stage.conversion), stage.bestQuarter?.conversion ?? null],
      ...[...spread(stage.leak), stage.whatIfFaster.value],
    ]),
  };
}

export function sellersTable({ sellers }: SellersView): ExportTable {
  return {
    columns: [
      'seller',
      'openDeals',
      'plannedMinutes',
      'capacityMinutes',
      'load',
      'won',
      'lostDeals',
      'conversion',
      'revenue',
      'medianCycle',
      'stepsDone',
      'stepsOmitted',
      'topReason',
    ],
    rows: sellers.map((row) => [
      ...[row.name, row.openDeals, row.plannedMinutes, row.capacityMinutes, row.load, row.won, row.lost],
      ...[
        row.conversion.value,
        money(row.revenue),
        row.medianCycle,
        row.stepsDone,
        row.stepsFailedByOmission,
        row.topReason,
      ],
    ]),
  };
}

export function forecastTable({ months }: ForecastView): ExportTable {
  return {
    columns: [
      'month',
      'expectedDeals',
      'expectedDealsLow',
      'expectedDealsHigh',
      'expectedMoney',
      'expectedMoneyLow',
      'expectedMoneyHigh',
    ],
    rows: months.map(({ month, deals, revenue }) => [month, ...spread(deals), ...spread(revenue)]),
  };
}

export function clientsTable({ crossSales }: ClientsView): ExportTable {
  return {
    columns: ['fromProduct', 'toProduct', 'lift', 'liftLow', 'liftHigh', 'candidates'],
    rows: crossSales.map(({ from, to, lift, candidates }) => [from, to, ...spread(lift), candidates]),
  };
}

export function lossesTable({ reasons }: LossesView): ExportTable {
  return {
    columns: ['reason', 'deals', 'amount', 'stages'],
    rows: reasons.map(({ reason, deals, amount, byStage }) => [
      ...[reason, deals, money(amount)],
      byStage.map((one) => `${one.stageName}: ${one.deals}`).join('; '),
    ]),
  };
}
