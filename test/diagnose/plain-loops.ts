/**
 * The diagnosis as its definitions read, in plain loops over all visits, with nothing of the product: slow, and only for
 * comparison. Terminal stages and the order of stages are taken as given.
 */

export interface PlainRow {
  readonly deal: string;
  readonly stage: string;
  /** Milliseconds. */
  readonly at: number;
}

export interface PlainStage {
  readonly stage: string;
  readonly terminal: 'won' | 'lost' | null;
}

interface Visit {
  readonly stage: string;
  readonly days: number;
  /** Null: open. */
  readonly next: string | null;
  readonly enteredAt: number;
}

export interface PlainFigures {
  readonly visits: number;
  readonly open: number;
  /** First quartile, median, third quartile. */
  readonly quartiles: readonly (number | null)[];
  readonly medianLimits: readonly (number | null)[];
  readonly advanceIn: (days: number) => number;
  readonly advanced: number;
  readonly decided: number;
}

const DAY = 86_400_000;
const Z = 1.959963984540054;
const NEAR = 1.5e-8;

export function plainVisits(rows: readonly PlainRow[], asOf: number): ReadonlyMap<string, readonly Visit[]> {
  const byDeal = new Map<string, (PlainRow & { readonly place: number })[]>();
  for (const [place, row] of rows.entries()) {
    if (row.at > asOf) continue;
    const own = byDeal.get(row.deal) ?? [];
    own.push({ ...row, place });
    byDeal.set(row.deal, own);
  }
  return new Map(
    [...byDeal].map(([deal, own]) => {
      const inOrder = own.sort((a, b) => a.at - b.at || a.place - b.place);
      const begins = inOrder.filter((row, at) => row.stage !== inOrder[at - 1]?.stage);
      return [deal, begins.map((row, at) => visitOf(row, begins[at + 1], asOf))];
    }),
  );
}

function visitOf(begin: PlainRow, end: PlainRow | undefined, asOf: number): Visit {
  const until = end === undefined ? asOf : end.at;
  return {
    stage: begin.stage,
    enteredAt: begin.at,
    days: (until - begin.at) / DAY,
    next: end === undefined ? null : end.stage,
  };
}

export function plainFigures(
  visits: ReadonlyMap<string, readonly Visit[]>,
  stages: readonly PlainStage[],
  stage: string,
): PlainFigures {
  const here = [...visits.values()].flat().filter((visit) => visit.stage === stage);
  const { advanced, lost } = passages(visits, stages, stage);
  return {
    visits: here.length,
    open: here.filter((visit) => visit.next === null).length,
    quartiles: [0.25, 0.5, 0.75].map((share) => quantile(here, share, 0)),
    medianLimits: [quantile(here, 0.5, -1), quantile(here, 0.5, 1)],
    advanceIn: (days) => incidence(here, (next) => isAhead(stages, stage, next), days),
    advanced,
    decided: advanced + lost,
  };
}

/** Ahead: to a later open stage, or won. */
function isAhead(stages: readonly PlainStage[], stage: string, next: string): boolean {
  const there = stages.find((one) => one.stage === next);
  if (there?.terminal) return there.terminal === 'won';
  return stages.findIndex((one) => one.stage === next) > stages.findIndex((one) => one.stage === stage);
}

/** Times at which somebody left, with those at risk just before and those who left. */
function steps(visits: readonly Visit[]): readonly { time: number; risk: number; left: number }[] {
  const times = [...new Set(visits.filter((one) => one.next !== null).map((one) => one.days))].sort(
    (a, b) => a - b,
  );
  const sorted = visits.map((one) => one.days).sort((a, b) => a - b);
  const leaving = new Map<number, number>();
  for (const { next, days } of visits) if (next !== null) leaving.set(days, (leaving.get(days) ?? 0) + 1);
  let below = 0;
  return times.map((time) => {
    while (below < sorted.length && (sorted[below] ?? 0) < time) below += 1;
    return { time, risk: sorted.length - below, left: leaving.get(time) ?? 0 };
  });
}

/** Of the curve (0), its lower (-1) or upper (1) limit: the first time at which it is at most 1 - share; flat there: the middle. */
function quantile(visits: readonly Visit[], share: number, limit: -1 | 0 | 1): number | null {
  let [stay, greenwood] = [1, 0];
  let touched: number | null = null;
  for (const { time, risk, left } of steps(visits)) {
    stay *= 1 - left / risk;
    greenwood += left / (risk * (risk - left));
    // At 0 the limits are not defined.
    if (limit !== 0 && stay <= 0) break;
    const height = Math.min(1, stay * Math.exp(limit * Z * Math.sqrt(greenwood)));
    if (height <= 1 - share + NEAR) touched ??= time;
    if (height < 1 - share - NEAR) return ((touched ?? time) + time) / 2;
  }
  const longest = Math.max(...visits.map((one) => one.days));
  return touched === null || limit !== 0 ? touched : (touched + longest) / 2;
}

/** Sum over the times of S(just before) × (left that way) / (at risk). */
function incidence(visits: readonly Visit[], isWay: (next: string) => boolean, days: number): number {
  const ways = new Map<number, number>();
  for (const one of visits)
    if (one.next !== null && isWay(one.next)) ways.set(one.days, (ways.get(one.days) ?? 0) + 1);
  let [stay, sum] = [1, 0];
  for (const { time, risk, left } of steps(visits)) {
    if (time > days) break;
    sum += (stay * (ways.get(time) ?? 0)) / risk;
    stay *= 1 - left / risk;
  }
  return sum;
}

/** Deals that were in the stage: came further afterwards, or were lost in the end without that. */
function passages(
  visits: ReadonlyMap<string, readonly Visit[]>,
  stages: readonly PlainStage[],
  stage: string,
): { readonly advanced: number; readonly lost: number } {
  let [advanced, lost] = [0, 0];
  for (const own of visits.values()) {
    const first = own.findIndex((visit) => visit.stage === stage);
    if (first < 0) continue;
    const last = stages.find((one) => one.stage === own.at(-1)?.stage);
    if (own.slice(first + 1).some((visit) => isAhead(stages, stage, visit.stage))) advanced += 1;
    else if (last?.terminal === 'lost') lost += 1;
  }
  return { advanced, lost };
}

/** Roots of (p - hits/n)² = z² p (1 - p) / n. */
export function plainWilson(hits: number, n: number): readonly [number, number] {
  const [a, b, c] = [1 + (Z * Z) / n, -(2 * hits) / n - (Z * Z) / n, (hits / n) ** 2];
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  return [Math.max(0, (-b - root) / (2 * a)), Math.min(1, (-b + root) / (2 * a))];
}
