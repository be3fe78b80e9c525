import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { DiagnosisJson } from '../../src/diagnose/json-file.js';
import { seededRandom } from '../../src/domain/insight/random.js';
import { plainFigures, plainVisits, plainWilson, type PlainRow } from './plain-loops.js';
import { Desk } from './running.js';

const LOG = '../shared/data/bpi2020/domestic-declarations.csv.gz';
const LIST = '../shared/data/maven-crm/sales_pipeline.csv';
const DAY = 86_400_000;
const TOLERANCE = 9;

describe('test/diagnose/definitions', () => {
  const desk = new Desk();
  afterAll(() => desk.close());

  it.each([1, 2, 3, 4, 5, 6])(
    'gives every figure of random log %i as plain loops over its visits do',
    async (seed) => {
      const rows = randomLog(seed);
      const text = rows
        .map(({ deal, stage, at }) => `${deal},${stage},${new Date(at).toISOString()}`)
        .join('\n');
      const { json } = await desk.run(
        desk.write('random.csv', `deal,stage,at\n${text}`),
        '--won',
        'W',
        '--lost',
        'L',
      );
      expect(json.rows).toBe(rows.length);
      compare(json, rows);
      expect(json.stages.some((one) => one.open > 0)).toBe(true);
    },
  );

  it('gives every figure of the real event log as plain loops do', async () => {
    if (!isHere(LOG)) return;
    const records = parse<Record<string, string>>(gunzipSync(readFileSync(LOG)), { columns: true });
    const rows = records.map((one) => ({
      deal: one['case'] ?? '',
      stage: one['stage'] ?? '',
      at: Date.parse(one['entered_at'] ?? ''),
    }));
    const { json } = await desk.run(LOG);
    compare(json, rows);
  });

  it('gives every figure of the real list of deals as plain loops do', async () => {
    if (!isHere(LIST)) return;
    const records = parse<Record<string, string>>(readFileSync(LIST), { columns: true });
    const { json } = await desk.run(LIST);
    const asOf = Date.parse(json.as_of);
    // A deal stood in the one working stage from its beginning until it was closed; one without a beginning is only counted.
    const rows = records.flatMap((one) => {
      const [deal, stage] = [one['opportunity_id'] ?? '', one['deal_stage'] ?? ''];
      if (one['engage_date'] === '') return { deal, stage, at: asOf };
      const begun = { deal, stage: 'Engaging', at: Date.parse(one['engage_date'] ?? '') };
      return one['close_date'] ? [begun, { deal, stage, at: Date.parse(one['close_date']) }] : [begun];
    });
    compare(json, rows);
  });
});

/** The files come with the task and are not in the repository. */
function isHere(file: string): boolean {
  if (existsSync(file)) return true;
  process.stderr.write(
    `\nNOT CHECKED: ${file} is not here, so its figures were not compared with plain loops\n`,
  );
  return false;
}

function compare(json: DiagnosisJson, rows: readonly PlainRow[]): void {
  const asOf = rows.reduce((last, row) => Math.max(last, row.at), 0);
  expect(json.as_of).toBe(new Date(asOf).toISOString());
  const visits = plainVisits(rows, asOf);
  expect(json.cases).toBe(visits.size);
  expect(new Set(json.stages.map((one) => one.stage))).toEqual(
    new Set([...visits.values()].flat().map((one) => one.stage)),
  );
  for (const found of json.stages) {
    const figures = plainFigures(visits, json.stages, found.stage);
    expect([found.stage, found.visits]).toEqual([found.stage, figures.visits]);
    if (found.terminal !== null) {
      expect(found).toMatchObject({ open: 0, median_days: null, conversion: null });
      continue;
    }
    expect([found.stage, found.open]).toEqual([found.stage, figures.open]);
    near([found.q1_days, found.median_days, found.q3_days], figures.quartiles);
    near(found.median_ci95, figures.medianLimits);
    near(
      [found.p_advance['7'], found.p_advance['14'], found.p_advance['30']],
      [7, 14, 30].map((days) => figures.advanceIn(days)),
    );
    const { advanced, decided } = figures;
    near([found.conversion], [decided > 0 ? advanced / decided : null]);
    near(found.conversion_ci95, decided > 0 ? plainWilson(advanced, decided) : [null, null]);
  }
  compareStuck(json, visits, asOf);
}

function compareStuck(json: DiagnosisJson, visits: ReturnType<typeof plainVisits>, asOf: number): void {
  const amounts = json.stuck.map((one) => one.amount ?? 0);
  expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));
  for (const one of json.stuck) {
    const last = visits.get(one.case)?.at(-1);
    expect([one.case, one.stage, one.since]).toEqual([
      one.case,
      last?.stage,
      new Date(last?.enteredAt ?? 0).toISOString(),
    ]);
    expect(json.stages.find((stage) => stage.stage === one.stage)?.terminal).toBeNull();
    near([one.age_days], [(asOf - (last?.enteredAt ?? 0)) / DAY]);
    if (one.rule === 'learned') expect(one.p_advance).toBeLessThan(one.threshold ?? 0);
    else expect(one.age_days).toBeGreaterThanOrEqual(one.limit_days ?? Number.POSITIVE_INFINITY);
  }
}

function near(found: readonly (number | null)[], plain: readonly (number | null | undefined)[]): void {
  found.forEach((one, at) => {
    const other = plain[at];
    if (one === null || other === null || other === undefined) expect(one).toBe(other);
    else expect(one).toBeCloseTo(other, TOLERANCE);
  });
}

/** Moves ahead, back and over stages, repeated rows, equal times, losses, wins that are opened again. */
function randomLog(seed: number): readonly PlainRow[] {
  const random = seededRandom(seed);
  const rows: PlainRow[] = [];
  const end = Date.UTC(2026, 5, 1);
  for (let deal = 0; deal < 400; deal += 1) {
    let at = Date.UTC(2026, 0, 1) + Math.floor(random() * 140) * DAY;
    let stage = 'A';
    for (let step = 0; step < 8 && at <= end; step += 1) {
      rows.push({ deal: `D${deal}`, stage, at });
      const drawn = random();
      stage =
        drawn < 0.1
          ? stage
          : drawn < 0.3
            ? 'L'
            : drawn < 0.45
              ? 'W'
              : (['A', 'B', 'C'][Math.floor(random() * 3)] ?? 'A');
      // Whole hours: many stays are of equal length.
      at += Math.floor(random() ** 3 * 30 * 24) * 3_600_000;
      if (['W', 'L'].includes(rows.at(-1)?.stage ?? '') && random() < 0.9) break;
    }
  }
  return rows;
}
