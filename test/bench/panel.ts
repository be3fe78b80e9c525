import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  boardStatement,
  countsStatement,
  pageStatement,
  type PanelFilter,
  type PanelScope,
  type Statement,
} from '../../src/features/pushing/panel.query.js';
import type { PanelSort } from '../../src/features/pushing/panel.view.js';
import { PulseRepository } from '../../src/features/pushing/pulse.repository.js';
import type { Database } from '../../src/infra/db/database.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { accountIdOf } from '../../src/infra/ids.js';
import { median, rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';
import { log, newDatabase } from './workshop.js';

const ACCOUNT = accountIdOf('bench', 'panel');
const NOW = Date.parse('2026-11-20T09:00:00Z');
const STEPS = 10;
const PER_STATEMENT = 500;
const SORTS: readonly PanelSort[] = ['pain', 'due', 'idle', 'amount', 'created'];
const FILTERS: readonly PanelFilter[] = [
  { marks: ['overdue'] },
  { marks: ['stuck', 'noNextStep'] },
  { sellerIds: ['u7', 'u8', 'u9'] },
  { pipelineIds: ['P1'], amountFrom: 100_000 },
  { text: 'сделка 4' },
];

interface Measured {
  readonly refreshMsPerDeal: number;
  readonly pageMs: number;
  readonly filterMs: number;
  readonly countsMs: number;
  readonly boardMs: number;
}

/** Statements of the control panel over many open deals, and what keeping their rows current costs. */
export async function panel({ quick, rounds }: BenchOptions): Promise<Report> {
  const deals = quick ? 5_000 : 50_000;
  const server = await measured({ databaseUrl: await newDatabase(), dataDir: '' }, deals, rounds);
  log(`PostgreSQL: ${JSON.stringify(server)}`);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-bench-panel-'));
  const embedded = await measured({ databaseUrl: null, dataDir }, deals, rounds);
  rmSync(dataDir, { recursive: true, force: true });
  return {
    name: 'panel',
    figures: { deals, ...named('', server), ...named('embedded: ', embedded) },
    targets: {
      pageMs: { atMost: 300 },
      filterMs: { atMost: 200 },
      boardMs: { atMost: 300 },
      refreshMsPerDeal: { atMost: 0.5 },
      'embedded: pageMs': { atMost: 1_000 },
      'embedded: boardMs': { atMost: 1_000 },
    },
    notes: [
      'pageMs: 100 rows of all open deals with the counts of every mark, the slowest of the five orders, medians',
      'filterMs: the same under a filter, the slowest of five filters',
      `refreshMsPerDeal: rows computed anew from deals, visits and plans of ${STEPS} steps, ${PER_STATEMENT} a statement`,
    ],
  };
}

function named(prefix: string, measures: Measured): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]: [string, number]) => [`${prefix}${name}`, rounded(value)]),
  );
}

async function measured(
  place: Parameters<typeof openDatabase>[0],
  deals: number,
  rounds: number,
): Promise<Measured> {
  const database = await openDatabase(place);
  try {
    await generate(database, deals);
    const refreshMsPerDeal = await refreshAll(database, deals);
    await database.query('VACUUM ANALYZE');
    const scope = {
      accountId: ACCOUNT,
      ownerIds: null,
      now: new Date(NOW),
      endOfDay: new Date(NOW + 43_200_000),
      zones: { own: 10_800, others: {} },
    };
    const times = { database, rounds: Math.max(3, rounds) };
    return {
      refreshMsPerDeal,
      pageMs: await slowest(
        times,
        SORTS.map((sort) => firstPage(scope, {}, sort)),
      ),
      filterMs: await slowest(
        times,
        FILTERS.map((filter) => firstPage(scope, filter, 'pain')),
      ),
      countsMs: await slowest(times, [[countsStatement(scope, {})]]),
      boardMs: await slowest(times, [
        [
          boardStatement(scope, { pipelineIds: ['P0'] }, { sort: 'pain', limit: 20 }),
          countsStatement(scope, { pipelineIds: ['P0'] }),
        ],
      ]),
    };
  } finally {
    await database.close();
  }
}

function firstPage(scope: PanelScope, filter: PanelFilter, sort: PanelSort): readonly Statement[] {
  return [pageStatement(scope, filter, { sort, after: null, limit: 101 }), countsStatement(scope, filter)];
}

/** What one answer needs is asked side by side, as the service asks it. */
async function slowest(
  { database, rounds }: { readonly database: Database; readonly rounds: number },
  answers: readonly (readonly Statement[])[],
): Promise<number> {
  const medians: number[] = [];
  for (const statements of answers) {
    const times: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const startedAt = performance.now();
      await Promise.all(statements.map(({ text, values }) => database.query(text, values)));
      if (round > 0) times.push(performance.now() - startedAt);
    }
    medians.push(median(times));
  }
  return Math.max(...medians);
}

async function refreshAll(database: Database, deals: number): Promise<number> {
  const pulses = new PulseRepository(database);
  const startedAt = performance.now();
  for (let after = ''; ;) {
    const ids = await pulses.candidates(ACCOUNT, after, PER_STATEMENT);
    const last = ids.at(-1);
    if (last === undefined) return (performance.now() - startedAt) / deals;
    await pulses.refresh(ACCOUNT, ids, null);
    after = last;
  }
}

/** 300 sellers, six deals in ten in the first pipeline, ages up to four months, two of three with a plan. */
async function generate(database: Database, deals: number): Promise<void> {
  await database.query(
    `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind)
     SELECT $1::uuid, 'P' || p, 'P' || p || 'S' || s, 'Stage ' || s, s, 'open'
     FROM generate_series(0, 2) p, generate_series(0, 7) s`,
    [ACCOUNT],
  );
  await database.query(
    `INSERT INTO pipeline_plan (account_id, pipeline_id, template_id, version, triggers, since, enabled_at)
     SELECT $1::uuid, 'P' || p, $1::uuid, 1, '{}', now(), now() FROM generate_series(0, 2) p`,
    [ACCOUNT],
  );
  await database.query(
    `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at,
       modified_at, synced_at, last_activity_at)
     SELECT $1::uuid, 'D_' || n, 'Сделка ' || n, p, p || 'S' || (n * 7 % 8), 'open', 'u' || (n * 31 % 300),
       (n * 7919 % 900000)::numeric, created, created, created, created + (n % 40) * interval '1 day'
     FROM generate_series(1, $3::int) n,
       LATERAL (SELECT 'P' || CASE WHEN n % 10 < 6 THEN 0 WHEN n % 10 < 8 THEN 1 ELSE 2 END AS p,
         $2::timestamptz - (n * 13 % 120) * interval '1 day' AS created) place`,
    [ACCOUNT, new Date(NOW), deals],
  );
  await database.query(
    `INSERT INTO stage_visit (account_id, deal_id, seq, pipeline_id, stage_id, entered_at)
     SELECT $1::uuid, deal_id, seq, pipeline_id, stage_id, created_at + seq * interval '1 day'
     FROM deal, generate_series(1, 3) seq WHERE account_id = $1::uuid`,
    [ACCOUNT],
  );
  await database.query(
    `INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at, stage_key)
     SELECT $1::uuid, md5(deal_id)::uuid, deal_id, $1::uuid, 1, 'active', 'creation', created_at, 's'
     FROM deal WHERE account_id = $1::uuid AND substr(deal_id, 3)::int % 3 > 0`,
    [ACCOUNT],
  );
  await database.query(
    `INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, owner_id, due_at)
     SELECT $1::uuid, plan_id, 'step' || s, 1, deal_id, 's', s,
       CASE WHEN s < 3 THEN 'done' WHEN s < 5 THEN 'actionable' ELSE 'future' END, 'u1',
       started_at + (s * 20) * interval '1 day'
     FROM plan, generate_series(1, $2::int) s WHERE account_id = $1::uuid`,
    [ACCOUNT, STEPS],
  );
  await database.query('VACUUM ANALYZE');
}
