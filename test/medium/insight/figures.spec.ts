import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { survivalCurve } from '../../../src/domain/insight/kaplan-meier.js';
import { PipelineHistory, type HistoryFact } from '../../../src/domain/insight/pipeline-history.js';
import { seededRandom } from '../../../src/domain/insight/random.js';
import { clientsPage } from '../../../src/features/insight/clients.page.js';
import { HistoryRepository } from '../../../src/features/insight/history.repository.js';
import type { InsightScope } from '../../../src/features/insight/insight-scope.js';
import { lossesPage } from '../../../src/features/insight/losses.page.js';
import { OutlookRepository } from '../../../src/features/insight/outlook.repository.js';
import type { PageContext } from '../../../src/features/insight/page-context.js';
import { Steps } from '../../../src/features/insight/steps.service.js';
import { Said } from '../../../src/features/insight/words.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { MirrorWriter } from '../../../src/mirror/mirror-writer.js';
import { Rollups } from '../../../src/mirror/rollups.js';
import { recomputeVisits, upsertTransitions } from '../../../src/mirror/visits.repository.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = MONDAY + 900 * DAY;
const ACCOUNT = accountIdOf('memory', 'figures');
const NO_JOBS = { prepare: () => Promise.resolve(), enqueue: () => Promise.resolve() } as never;
const STAGES = [
  ['A', 'open'],
  ['B', 'open'],
  ['W', 'won'],
  ['L', 'lost'],
] as const;

const same = (id: string): string => id;

/** Kaplan–Meier of bucketed lengths from the textbook, written in SQL of another database. */
const ORACLE = `
  WITH counted AS (
    SELECT floor(ln(greatest(ms, 1000) / 60000) / ln(1.05)) AS bucket, count(*) FILTER (NOT open) AS gone, count(*) AS n
    FROM stay GROUP BY 1
  ), risk AS (SELECT *, sum(n) OVER (ORDER BY bucket DESC) AS at_risk FROM counted)
  SELECT 60000 * pow(1.05, bucket + 0.5) AS time, product(1 - gone::DOUBLE / at_risk) OVER (ORDER BY bucket) AS survival
  FROM risk ORDER BY bucket`;

describeOnEveryDatabase('test/medium/insight/figures', (open) => {
  let database: Database;
  const scope: InsightScope = {
    accountId: ACCOUNT,
    pipelineId: 'P',
    owners: null,
    productIds: [],
    sourceIds: [],
    from: null,
    to: null,
    now: NOW,
  };
  const context: PageContext = {
    scope,
    filter: {},
    stages: STAGES.map(([id, kind], sort) => ({
      pipelineId: 'P',
      id,
      name: `Stage ${id}`,
      sort,
      kind,
      color: null,
    })),
    pipelineName: null,
    names: { user: same, product: same, source: same, company: same, contact: same },
    said: new Said('en', 'UTC'),
  };

  beforeAll(async () => {
    database = await open();
    await database.query(
      `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind)
       SELECT $1::uuid, 'P', s, s, row_number() OVER (), k FROM unnest($2::text[], $3::text[]) AS x(s, k)`,
      [ACCOUNT, STAGES.map(([id]) => id), STAGES.map(([, kind]) => kind)],
    );
    await fill(database);
    await new Rollups(database, new MirrorWriter(database, NO_JOBS, null as never)).rebuild(ACCOUNT);
  }, 60_000);

  afterAll(() => database.close());

  it('agree with DuckDB on the share that stays, at every time of every stage', async () => {
    const history = new PipelineHistory(await repository().fromVisits(scope), context.stages);
    const instance = await DuckDBInstance.create(':memory:');
    const duck = await instance.connect();
    for (const stageId of ['A', 'B']) {
      const stays = await database.query<{ ms: number; open: boolean }>(
        `SELECT (extract(epoch FROM coalesce(left_at, $3) - entered_at) * 1000)::float8 AS ms, left_at IS NULL AS open
         FROM stage_visit WHERE account_id = $1 AND stage_id = $2 AND mark IS NULL`,
        [ACCOUNT, stageId, new Date(NOW)],
      );
      expect(stays.length).toBeGreaterThan(100);
      await duck.run('CREATE OR REPLACE TABLE stay (ms DOUBLE, open BOOLEAN)');
      const appender = await duck.createAppender('stay');
      for (const { ms, open: goesOn } of stays) {
        appender.appendDouble(ms);
        appender.appendBoolean(goesOn);
        appender.endRow();
      }
      appender.closeSync();
      const expected = (await duck.runAndReadAll(ORACLE)).getRowObjectsJson() as {
        time: number;
        survival: number;
      }[];
      const curve = survivalCurve(history.tableOf(stageId));
      expect(curve.times).toHaveLength(expected.length);
      expected.forEach(({ time, survival }, at) => {
        expect(curve.times[at]).toBeCloseTo(time, 2);
        expect(curve.survival[at]).toBeCloseTo(survival, 7);
      });
    }
    duck.closeSync();
    instance.closeSync();
  });

  it('are counted alike by the roll-ups and from the visits', async () => {
    const sorted = (facts: readonly HistoryFact[]) => {
      const counts = new Map<string, number>();
      for (const { kind, stageId, way, at, n } of facts)
        for (const [place, one] of at.entries()) {
          const key = `${kind} ${stageId} ${way} ${one}`;
          counts.set(key, (counts.get(key) ?? 0) + (n[place] ?? 0));
        }
      return [...counts].filter(([key]) => !key.startsWith('open')).toSorted(([a], [b]) => (a < b ? -1 : 1));
    };
    const counted = sorted(await repository().fromVisits(scope));
    expect(sorted(await repository().facts(scope))).toEqual(counted);
    expect(counted.length).toBeGreaterThan(100);
  });

  it('tell losses by reason and by the stage out of which they were lost', async () => {
    const outlook = new OutlookRepository(new Steps(database));
    const { reasons, deals } = lossesPage(
      context,
      await outlook.losses(scope),
      await outlook.lossParts(scope),
    );
    const [{ n } = { n: 0 }] = await database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM deal WHERE account_id = $1 AND stage_kind = 'lost'`,
      [ACCOUNT],
    );
    expect([deals, reasons.reduce((sum, one) => sum + one.deals, 0)]).toEqual([n, n]);
    expect(reasons.map((one) => one.reason).toSorted()).toEqual(['No reason given', 'price']);
    for (const reason of reasons) {
      expect(reason.byStage.reduce((sum, one) => sum + one.deals, 0)).toBe(reason.deals);
      for (const parts of [reason.bySeller, reason.bySource, reason.byProduct])
        expect(parts?.reduce((sum, one) => sum + one.deals, 0)).toBe(reason.deals);
      expect(reason.byStage.every((one) => /^Stage [AB]$/.test(one.stageName))).toBe(true);
    }
  });

  it('find who buys again and which product goes with which', async () => {
    const facts = await new OutlookRepository(new Steps(database)).clients(scope);
    const { loyalty, crossSales } = clientsPage(context, facts);
    const [truth] = await database.query<{ clients: number; both: number; first: number }>(
      `SELECT count(*)::int AS clients, (count(*) FILTER (WHERE a AND b))::int AS both, (count(*) FILTER (WHERE a))::int AS first
       FROM (SELECT company_id, bool_or('G1' = ANY(product_ids)) AS a, bool_or('G2' = ANY(product_ids)) AS b FROM deal
         WHERE account_id = $1 AND stage_kind = 'won' GROUP BY 1) c`,
      [ACCOUNT],
    );
    const of = (kind: string): number =>
      facts.reduce((sum, fact) => (fact.kind === kind ? sum + fact.n : sum), 0);
    expect(of('client')).toBe(truth?.clients);
    const sale = crossSales.find((one) => one.from === 'G1' && one.to === 'G2');
    expect(sale?.candidates).toBe((truth?.first ?? 0) - (truth?.both ?? 0));
    expect(sale?.lift.low).toBeGreaterThan(1);
    expect(loyalty.repeatShare.value).toBeGreaterThan(0.1);
  });

  function repository(): HistoryRepository {
    return new HistoryRepository(database, new Steps(database), NO_JOBS);
  }
});

/** Some hundred deals: most reach B, half of those are won; clients who bought G1 buy G2 later. */
async function fill(database: Database): Promise<void> {
  const random = seededRandom(7);
  const ids = Array.from({ length: 850 }, (_, at) => `D_${at}`);
  const moves = ids.flatMap((dealId, at) => {
    const begin = MONDAY + at * DAY + Math.floor(random() * DAY);
    const path: [string, number][] = [['A', begin]];
    const next = (stage: string, days: number): void =>
      void path.push([stage, (path.at(-1)?.[1] ?? 0) + Math.floor(random() * days * DAY) + HOUR]);
    if (random() < 0.9) next(random() < 0.8 ? 'B' : 'L', 20);
    if (path.at(-1)?.[0] === 'B' && random() < 0.9) next(random() < 0.75 ? 'W' : 'L', 40);
    return path
      .filter(([, moment]) => moment < NOW)
      .map(([stageId, moment]) => ({
        dealId,
        at: moment,
        pipelineId: 'P',
        stageId,
        stageKind: 'open' as const,
        hostId: `${dealId}${stageId}`,
      }));
  });
  const last = new Map(moves.map((one) => [one.dealId, one]));
  const kinds = new Map<string, string>(STAGES);
  await database.query(
    `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, company_id, created_at, modified_at,
       stage_since, synced_at, product_ids, loss_reason)
     SELECT $1::uuid, r.id, r.id, 'P', r.stage, r.kind, r.client, to_timestamp(r.made / 1000), to_timestamp(r.at / 1000),
       to_timestamp(r.at / 1000), now(), ARRAY[r.product], CASE WHEN r.kind = 'lost' AND r.n % 2 = 0 THEN 'price' END
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::text[], $9::int[])
       AS r(id, stage, kind, client, made, at, product, n)`,
    [
      ACCOUNT,
      ids,
      ids.map((id) => last.get(id)?.stageId ?? 'A'),
      ids.map((id) => kinds.get(last.get(id)?.stageId ?? 'A') ?? 'open'),
      ids.map((_, at) => `C${at % 300}`),
      ids.map((_, at) => MONDAY + at * DAY),
      ids.map((id) => last.get(id)?.at ?? MONDAY),
      ids.map((_, at) => (at % 300 < 110 ? `G${Math.min(2, 1 + Math.floor(at / 300))}` : 'G3')),
      ids.map((_, at) => at),
    ],
  );
  await recomputeVisits(database, ACCOUNT, await upsertTransitions(database, ACCOUNT, moves));
}
