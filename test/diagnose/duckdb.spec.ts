import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { incidenceCurve } from '../../src/domain/insight/aalen-johansen.js';
import { survivalCurve } from '../../src/domain/insight/kaplan-meier.js';
import { lifeTable, type VisitOutcome } from '../../src/domain/insight/life-table.js';
import { seededRandom } from '../../src/domain/insight/random.js';

/** Written independently of our code, from the textbook, in SQL. */
const ORACLE = `
  WITH counted AS (
    SELECT time, count(*) AS gone, count(*) FILTER (way <> 'open') AS left_any,
           count(*) FILTER (way = 'advanced') AS advanced
    FROM stay GROUP BY time
  ), risk AS (
    SELECT *, sum(gone) OVER (ORDER BY time DESC) AS n FROM counted
  ), curve AS (
    SELECT *, product(1 - left_any::DOUBLE / n) OVER (ORDER BY time) AS survival,
           sum(left_any::DOUBLE / (n * (n - left_any))) FILTER (n > left_any) OVER (ORDER BY time) AS greenwood
    FROM risk
  ), before AS (
    SELECT *, coalesce(lag(survival) OVER (ORDER BY time), 1) AS just_before FROM curve
  )
  SELECT time, survival, greenwood, sum(just_before * advanced / n) OVER (ORDER BY time) AS incidence
  FROM before ORDER BY time`;

describe('test/diagnose/duckdb', () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;

  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    await connection.run('CREATE TABLE stay (time INTEGER, way VARCHAR)');
  });

  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  it('agrees with DuckDB on survival, its variance and the incidence of advances, at every time of 5,000 stays', async () => {
    const stays = someStays(5_000);
    const appender = await connection.createAppender('stay');
    for (const { time, way } of stays) {
      appender.appendInteger(time);
      appender.appendVarchar(way);
      appender.endRow();
    }
    appender.closeSync();
    const rows = (await connection.runAndReadAll(ORACLE)).getRowObjectsJson();
    const table = lifeTable(
      stays.map(({ time }) => time),
      stays.map(({ way }) => way),
    );
    const curve = survivalCurve(table);
    const { incidence } = incidenceCurve(table, 'advanced');
    expect(rows).toHaveLength(curve.times.length);
    rows.forEach((row, at) => {
      expect(curve.times[at]).toBe(Number(row['time']));
      expect(curve.survival[at]).toBeCloseTo(Number(row['survival']), 9);
      expect(incidence[at]).toBeCloseTo(Number(row['incidence']), 9);
      if (Number(row['survival']) > 0) expect(curve.logVariance[at]).toBeCloseTo(Number(row['greenwood']), 9);
    });
  });
});

function someStays(count: number): readonly { readonly time: number; readonly way: VisitOutcome }[] {
  const random = seededRandom(22);
  const ways = ['advanced', 'advanced', 'lost', 'movedBack', 'open'] as const;
  return Array.from({ length: count }, () => ({
    time: Math.floor(-Math.log(1 - random()) * 200),
    way: ways[Math.floor(random() * ways.length)] ?? 'open',
  }));
}
