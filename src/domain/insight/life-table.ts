/** How a visit to a stage ended; `open` has not ended: it is known only to have lasted so long (censored). */
export type VisitOutcome = 'advanced' | 'lost' | 'movedBack' | 'open';

/** The ways of leaving that compete with each other. */
export const WAYS_OUT = ['advanced', 'lost', 'movedBack'] as const;

/**
 * How long stays lasted: at each distinct time, how many left in each way and how many were still going on. All that
 * the estimators need, whether counted from single visits or from roll-ups. One unit of time throughout; the ways are
 * outcomes, or the stages that were gone to.
 */
export interface LifeTable<Way extends string = string> {
  /** Distinct, ascending. */
  readonly times: Float64Array;
  /** Of each way, as many counts as there are times. A way that nobody took may be absent. */
  readonly left: ReadonlyMap<Way, Float64Array>;
  readonly censored: Float64Array;
}

/** `count` stays of one length and one end. */
export interface LifeRow<Way extends string> {
  readonly time: number;
  readonly way: Way | 'open';
  readonly count: number;
}

/** Counts single stays; `ways[i]` is how the stay of length `times[i]` ended. Rows in any order. */
export function lifeTable<Way extends string>(
  times: ArrayLike<number>,
  ways: ArrayLike<Way | 'open'>,
): LifeTable<Way> {
  return tableOf(
    times,
    (row) => ways[row] ?? 'open',
    () => 1,
  );
}

/** The same from rows that were counted before, in any order; equal times are added up. */
export function lifeTableOfRows<Way extends string>(rows: readonly LifeRow<Way>[]): LifeTable<Way> {
  return tableOf(
    Float64Array.from(rows, (row) => row.time),
    (row) => rows[row]?.way ?? 'open',
    (row) => rows[row]?.count ?? 0,
  );
}

function tableOf<Way extends string>(
  given: ArrayLike<number>,
  wayOf: (row: number) => Way | 'open',
  countOf: (row: number) => number,
): LifeTable<Way> {
  const times = distinct(given);
  const left = new Map<Way, Float64Array>();
  const censored = new Float64Array(times.length);
  for (let row = 0; row < given.length; row += 1) {
    const place = placeAt(times, given[row] ?? 0);
    const way = wayOf(row);
    const column = way === 'open' ? censored : columnOf(left, way, times.length);
    column[place] = (column[place] ?? 0) + countOf(row);
  }
  return { times, left, censored };
}

function distinct(times: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(times).sort();
  return sorted.filter((time, place) => place === 0 || time !== sorted[place - 1]);
}

function columnOf<Way extends string>(left: Map<Way, Float64Array>, way: Way, length: number): Float64Array {
  const known = left.get(way);
  if (known) return known;
  const made = new Float64Array(length);
  left.set(way, made);
  return made;
}

/** How many left at each time, in any way. */
export function leavings(table: LifeTable): Float64Array {
  const all = new Float64Array(table.times.length);
  for (const column of table.left.values())
    column.forEach((count, place) => (all[place] = (all[place] ?? 0) + count));
  return all;
}

/** How many had stayed until each time and were still there, the ones that left at that very time included. */
export function atRisk(table: LifeTable): Float64Array {
  const gone = leavings(table);
  const risk = new Float64Array(table.times.length);
  let known = 0;
  for (let place = risk.length - 1; place >= 0; place -= 1) {
    known += (gone[place] ?? 0) + (table.censored[place] ?? 0);
    risk[place] = known;
  }
  return risk;
}

export interface StayCounts {
  readonly all: number;
  readonly finished: number;
  readonly open: number;
}

export function countStays(table: LifeTable): StayCounts {
  const finished = sum(leavings(table));
  const open = sum(table.censored);
  return { all: finished + open, finished, open };
}

/** Place of the last time that is not after `time`; -1 before the first. */
export function placeAt(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Number.POSITIVE_INFINITY) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
