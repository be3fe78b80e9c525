import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Desk, stageOf } from './running.js';

const LOG = '../shared/data/bpi2020/domestic-declarations.csv.gz';
const LIST = '../shared/data/maven-crm/sales_pipeline.csv';
const TOLERANCE = 6;

/** Stage, visits, open; median, first and third quartile, limits of the median. Days, or null for R's NA. */
type Fact = readonly [string, number, number, ...(number | null)[]];

/** R 4.2.2, survival 3.5-3: `quantile(survfit(Surv(days, left) ~ 1))` for the visits of each stage, 2026-11-22. */
const DECLARATIONS: readonly Fact[] = [
  [
    'Declaration APPROVED by ADMINISTRATION',
    8061,
    0,
    0.861967593,
    0.121053241,
    2.771134259,
    0.846203704,
    0.879490741,
  ],
  [
    'Declaration APPROVED by BUDGET OWNER',
    2747,
    0,
    1.906226852,
    0.875185185,
    4.978240741,
    1.863101852,
    1.980532407,
  ],
  [
    'Declaration APPROVED by PRE_APPROVER',
    685,
    0,
    0.899768519,
    0.119768519,
    3.000393519,
    0.844097222,
    0.965590278,
  ],
  [
    'Declaration FINAL_APPROVED by SUPERVISOR',
    9999,
    0,
    1.13662037,
    0.411655093,
    3.88462963,
    1.114293981,
    1.170972222,
  ],
  [
    'Declaration REJECTED by ADMINISTRATION',
    936,
    0,
    0.930509259,
    0.191446759,
    2.946059028,
    0.882013889,
    1.013854167,
  ],
  [
    'Declaration REJECTED by BUDGET OWNER',
    57,
    0,
    1.027488426,
    0.672164352,
    4.1934375,
    0.851956019,
    2.114016204,
  ],
  [
    'Declaration REJECTED by EMPLOYEE',
    1350,
    284,
    0.997274306,
    0.041331019,
    27.859236111,
    0.858460648,
    1.095266204,
  ],
  ['Declaration REJECTED by MISSING', 89, 28, 5.003414352, 0.113969907, null, 0.831099537, 20.099363426],
  [
    'Declaration REJECTED by PRE_APPROVER',
    86,
    0,
    0.855150463,
    0.095358796,
    2.185335648,
    0.623090278,
    1.492662037,
  ],
  [
    'Declaration REJECTED by SUPERVISOR',
    286,
    0,
    1.069496528,
    0.504884259,
    3.294976852,
    0.99193287,
    1.185462963,
  ],
  ['Declaration SAVED by EMPLOYEE', 135, 134, null, null, null, null, null],
  [
    'Declaration SUBMITTED by EMPLOYEE',
    11371,
    0,
    0.000428241,
    0.000069444,
    0.002893519,
    0.000393519,
    0.000474537,
  ],
  ['Request Payment', 9914, 0, 3.240700231, 2.319282407, 4.282037037, 3.229606481, 3.253009259],
];

/** The same R: `survfit(Surv(days, factor(advanced | moved back)) ~ 1)$pstate` at 7, 14 and 30 days. */
const ADVANCE = [
  ['Declaration SUBMITTED by EMPLOYEE', 0.965702225, 0.9759915575, 0.9870723771],
  ['Declaration APPROVED by ADMINISTRATION', 0.9393375512, 0.9656370177, 0.9696067485],
  ['Declaration APPROVED by BUDGET OWNER', 0.9810702585, 0.9887149618, 0.9887149618],
  ['Declaration FINAL_APPROVED by SUPERVISOR', 0.897289729, 0.9609960996, 0.9858985899],
  ['Request Payment', 0.9602582207, 0.984869881, 0.9989913254],
] as const;

/** The files come with the task and are not in the repository: without them these facts cannot be checked. */
function isHere(file: string): boolean {
  if (existsSync(file)) return true;
  process.stderr.write(
    `\nNOT CHECKED: ${file} is not here, so the facts that R gave for it were not compared\n`,
  );
  return false;
}

describe('test/diagnose/facts', () => {
  const desk = new Desk();
  afterAll(() => desk.close());

  it('says of a real event log what R says', async () => {
    if (!isHere(LOG)) return;
    const { json, text } = await desk.run(LOG);
    expect(json).toMatchObject({
      as_of: '2019-01-07T16:31:12.000Z',
      cases: 10_357,
      rows: 55_628,
      skipped: 0,
    });
    for (const [stage, visits, open, median, q1, q3, low, high] of DECLARATIONS) {
      const found = stageOf(json, stage);
      expect(found).toMatchObject({ visits, open, terminal: null });
      expectNear(found.median_days, median);
      expectNear(found.q1_days, q1);
      expectNear(found.q3_days, q3);
      expectNear(found.median_ci95[0], low);
      expectNear(found.median_ci95[1], high);
    }
    for (const [stage, in7, in14, in30] of ADVANCE) {
      const { p_advance: found } = stageOf(json, stage);
      expectNear(found['7'], in7);
      expectNear(found['14'], in14);
      expectNear(found['30'], in30);
    }
    expect(stageOf(json, 'Payment Handled')).toMatchObject({
      terminal: 'won',
      visits: 9_912,
      open: 0,
      order: 14,
    });
    expect(stageOf(json, 'Declaration SUBMITTED by EMPLOYEE').order).toBe(1);
    expect(stageOf(json, 'Request Payment').order).toBe(13);
    expect(text).toContain('Half of the deals are closed within 8 days.');
  });

  it('says of a list of deals that half close within 69 days, where closed deals alone say 45', async () => {
    if (!isHere(LIST)) return;
    const { json, text } = await desk.run(LIST);
    expect(json).toMatchObject({ as_of: '2017-12-31T00:00:00.000Z', cases: 8_800, rows: 8_800, skipped: 0 });
    expect(json.stages.map(({ stage, terminal, visits, open }) => [stage, terminal, visits, open])).toEqual([
      ['Prospecting', null, 500, 500],
      ['Engaging', null, 8_300, 1_589],
      ['Won', 'won', 4_238, 0],
      ['Lost', 'lost', 2_473, 0],
    ]);
    const engaging = stageOf(json, 'Engaging');
    expect(engaging).toMatchObject({ median_days: 69, q1_days: 10, q3_days: 107, median_ci95: [67, 70] });
    expectNear(engaging.p_advance['7'], 0.091084337349397609);
    expectNear(engaging.p_advance['14'], 0.187614232275283982);
    expectNear(engaging.p_advance['30'], 0.218994834086355755);
    // R: prop.test(4238, 6711, correct = FALSE)
    expectNear(engaging.conversion, 0.6315005215318135);
    expect(text).toContain('Half of the deals are closed within 69 days.');
    expect(text).toContain('A report on closed deals alone would say 45 days');
    expect(json.weakest).toMatchObject({
      stage: 'Engaging',
      from: '2017-Q1',
      to: '2017-Q4',
      best_quarter: '2017-Q1',
    });
    // No closed deal is older than 138 days; the stuck ones that are not dead are those just below.
    expect(json.stuck).toHaveLength(1_406);
    expect(json.stuck.filter((one) => one.kind === 'dead')).toHaveLength(1_356);
  });
});

function expectNear(found: number | null, fact: number | null | undefined): void {
  if (found === null || fact === null || fact === undefined) expect(found).toBe(fact);
  else expect(found).toBeCloseTo(fact, TOLERANCE);
}
