import { lifeTableOfRows, type LifeRow, type LifeTable } from './life-table.js';

/** Upper edge of a bucket over its lower edge. Half of it to either side of the middle: at most 2.47 % wrong. */
const RATIO = 1.05;
const LOG_RATIO = Math.log(RATIO);
const MS_PER_MINUTE = 60_000;
/** What is shorter than a second counts as one: no host dates moves more finely. */
const SHORTEST_MS = 1_000;

/** The roll-up's count of finished stays of about one length; the SQL of the roll-up computes the same `bucket`. */
export interface BucketCount<Way extends string> {
  readonly bucket: number;
  readonly way: Way;
  readonly count: number;
}

/** Stays that still go on, by their age in milliseconds. */
export interface OpenCount {
  readonly age: number;
  readonly count: number;
}

/** floor(ln(minutes) / ln 1.05); negative below a minute, never below the bucket of a second. */
export function bucketOf(durationMs: number): number {
  return Math.floor(Math.log(Math.max(durationMs, SHORTEST_MS) / MS_PER_MINUTE) / LOG_RATIO);
}

/** The geometric middle of the bucket, in milliseconds. */
export function bucketMiddle(bucket: number): number {
  return MS_PER_MINUTE * RATIO ** (bucket + 0.5);
}

/** A life table (milliseconds) from roll-ups; every time in it is within 2.5 % of the true one. */
export function tableOfBuckets<Way extends string>(
  finished: readonly BucketCount<Way>[],
  open: readonly OpenCount[],
): LifeTable<Way> {
  // Open ages go through the same buckets: a censored stay beside a finished one must not be shifted against it.
  const rows: LifeRow<Way>[] = [
    ...finished.map(({ bucket, way, count }) => ({ time: bucketMiddle(bucket), way, count })),
    ...open.map(({ age, count }) => ({ time: bucketMiddle(bucketOf(age)), way: 'open' as const, count })),
  ];
  return lifeTableOfRows(rows.filter((row) => row.count !== 0));
}
