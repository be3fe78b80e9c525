import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import type { TemplateBody } from '../../src/domain/plans/types.js';
import { freePort } from '../support/postgres.js';
import { aTemplate, longInput } from './plan-inputs.js';
import { median, rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';
import { log, newDatabase, query, scratchFile, start, type BenchProcess, type Usage } from './workshop.js';

const STAGES = 10;
const SELLERS = 100;
const POLL_MS = 50;

interface Planned {
  readonly seconds: number;
  readonly usage: Usage;
  readonly plans: number;
  readonly steps: number;
  readonly wishes: number;
  readonly slowestAnswer: number;
}

/** Plans for a whole pipeline at once, one deal with a very long plan, and a launch that is stopped half-way. */
export async function plans(options: BenchOptions): Promise<Report> {
  const deals = options.quick ? 10_000 : 100_000;
  const whole = await planned(deals, 40);
  log(`whole: ${JSON.stringify(whole)}`);
  const stopped = await stoppedLaunch(10_000, 40);
  log(`stopped: ${JSON.stringify(stopped)}`);
  const decisions = await longPlan(options.quick ? 500 : 2_000);
  const sorted = decisions.toSorted((a, b) => a - b);
  return {
    name: 'plans',
    figures: {
      deals,
      steps: whole.steps,
      wishes: whole.wishes,
      seconds: rounded(whole.seconds),
      secondsPer100k: rounded((whole.seconds / deals) * 100_000),
      cpuSeconds: rounded(whole.usage.cpuSeconds),
      peakMb: rounded(whole.usage.peakMb),
      slowestAnswerMs: rounded(whole.slowestAnswer),
      missingPlans: deals - whole.plans,
      eventMs: rounded(median(sorted)),
      eventMsWorstOfTwenty: rounded(sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN),
      stoppedAfterDeals: stopped.done,
      stopSeconds: rounded(stopped.seconds),
      progressSteps: stopped.seen,
    },
    targets: {
      secondsPer100k: { atMost: 60 },
      peakMb: { atMost: 400 },
      missingPlans: { atMost: 0 },
      eventMsWorstOfTwenty: { atMost: 5 },
      slowestAnswerMs: { atMost: 500 },
      stopSeconds: { atMost: 3 },
      progressSteps: { atLeast: 3 },
    },
    notes: [
      'seconds: bulk launch from its first page of deals to its end, all plans, steps and wishes committed',
      'slowestAnswerMs: the health address of the same process, asked all the while',
      'eventMs: decidePlan alone, a move or a minute later each time, 100 steps in 10 stages',
    ],
  };
}

async function planned(deals: number, steps: number): Promise<Planned> {
  const world = await open(deals, steps);
  const watch = watchAnswers(world.process);
  const { seconds } = await world.process.ask<{ seconds: number }>({ kind: 'launch', ...world.ids });
  const slowestAnswer = await watch();
  const usage = await world.process.usage();
  const [row] = await query<{ plans: number; steps: number; wishes: number }>(
    world.databaseUrl,
    `SELECT (SELECT count(*) FROM plan WHERE revision > 0)::int AS plans,
       (SELECT count(*) FROM plan_step)::int AS steps, (SELECT count(*) FROM outbox_task)::int AS wishes`,
  );
  await world.close();
  return { seconds, usage, slowestAnswer, plans: 0, steps: 0, wishes: 0, ...row };
}

/** Somebody looks at the progress and presses "stop" when a fifth is done. */
async function stoppedLaunch(
  deals: number,
  steps: number,
): Promise<{ readonly done: number; readonly seconds: number; readonly seen: number }> {
  const world = await open(deals, steps);
  const running = world.process.ask({ kind: 'launch', ...world.ids });
  const seen = new Set<number>();
  const progress = async (): Promise<number> => {
    const [row] = await query<{ done: number }>(world.databaseUrl, 'SELECT done FROM progress');
    seen.add(row?.done ?? 0);
    return row?.done ?? 0;
  };
  while ((await progress()) < deals / 5) await sleep(POLL_MS);
  await query(world.databaseUrl, `UPDATE progress SET state = 'stopping' WHERE state = 'running'`);
  const startedAt = performance.now();
  await running;
  const seconds = (performance.now() - startedAt) / 1000;
  const done = await progress();
  await world.close();
  return { done, seconds, seen: seen.size };
}

async function longPlan(times: number): Promise<readonly number[]> {
  const world = await open(1, 1);
  const answer = await world.process.ask<{ milliseconds: readonly number[] }>({
    kind: 'decide',
    input: longInput(),
    times,
  });
  await world.close();
  // The first ones are compiled while they run, in every process once.
  return answer.milliseconds.slice(100);
}

interface World {
  readonly process: BenchProcess<{ readonly url: string }>;
  readonly databaseUrl: string;
  readonly ids: { readonly accountId: string; readonly progressId: string };
  close(): Promise<void>;
}

async function open(deals: number, steps: number): Promise<World> {
  const databaseUrl = await newDatabase();
  const environment = {
    PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    DATA_DIR: scratchFile(randomUUID()),
    SANDBOX: 'off',
    ROLE: 'web',
    LOG_LEVEL: process.env['BENCH_LOG'] ?? 'silent',
    ...(process.env['BENCH_NODE_OPTIONS'] && { NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'] }),
  };
  const service = await start<{ readonly url: string }>('planner', {}, environment);
  const ids = { accountId: randomUUID(), progressId: randomUUID() };
  await fill(databaseUrl, ids, deals, aTemplate(STAGES, steps));
  return {
    process: service,
    databaseUrl,
    ids,
    close: async () => {
      await service.stop();
      const url = new URL(databaseUrl);
      const name = url.pathname.slice(1);
      url.pathname = '/postgres';
      await query(url.toString(), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** The mirror of an account as the first copy leaves it, and a launch that was ordered. */
async function fill(
  url: string,
  { accountId, progressId }: World['ids'],
  deals: number,
  template: TemplateBody,
): Promise<void> {
  const templateId = randomUUID();
  const run = (text: string, ...rest: readonly unknown[]): Promise<object[]> =>
    query(url, text, [accountId, ...rest]);
  await run(
    `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
     VALUES ($1::uuid, 'bench', 'bench', 'https://bench.example', '', 'active', now())`,
  );
  await run(
    `INSERT INTO department (account_id, department_id, name, sort, head_id) VALUES ($1::uuid, '1', 'Sales', 1, '1')`,
  );
  await run(
    `INSERT INTO host_user (account_id, user_id, name, active, admin, department_ids, time_zone)
     SELECT $1::uuid, n::text, 'Seller ' || n, true, n = 1, ARRAY['1'],
       (ARRAY['Europe/Moscow', 'Asia/Yekaterinburg', 'Asia/Novosibirsk'])[1 + n % 3] FROM generate_series(1, ${SELLERS}) n`,
  );
  await run(`INSERT INTO pipeline (account_id, pipeline_id, name, sort) VALUES ($1::uuid, 'P', 'Sales', 1)`);
  await run(
    `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind)
     SELECT $1::uuid, 'P', 'S' || n, 'Stage ' || n, n, CASE n WHEN ${STAGES} THEN 'won' WHEN ${STAGES + 1} THEN 'lost' ELSE 'open' END
     FROM generate_series(0, ${STAGES + 1}) n`,
  );
  await run(
    `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, currency,
       created_at, modified_at, stage_since, synced_at)
     SELECT $1::uuid, 'D_' || n, 'Поставка оборудования № ' || n, 'P', 'S' || n % ${STAGES}, 'open', (1 + n % ${SELLERS})::text,
       1000 + n, 'RUB', now() - interval '20 days', now(), now() - interval '2 days', now() FROM generate_series(1, ${deals}) n`,
  );
  await run(
    `INSERT INTO stage_visit (account_id, deal_id, seq, pipeline_id, stage_id, entered_at, left_at)
     SELECT $1::uuid, 'D_' || n, v + 1, 'P', 'S' || v, now() - make_interval(days => 20 - v),
       CASE WHEN v < n % ${STAGES} THEN now() - make_interval(days => 19 - v) END
     FROM generate_series(1, ${deals}) n, generate_series(0, n % ${STAGES}) v`,
  );
  await run(
    `INSERT INTO plan_template (account_id, template_id, name, language) VALUES ($1::uuid, $2::uuid, 'Bench', 'ru')`,
    templateId,
  );
  await run(
    `INSERT INTO plan_template_version (account_id, template_id, version, state, body, published_at)
     VALUES ($1::uuid, $2::uuid, 1, 'published', $3::jsonb, now())`,
    templateId,
    JSON.stringify(template),
  );
  await run(
    `INSERT INTO pipeline_plan (account_id, pipeline_id, template_id, version, triggers, since, enabled_at)
     VALUES ($1::uuid, 'P', $2::uuid, 1, '{creation,stageEntry}', now(), now())`,
    templateId,
  );
  const detail = JSON.stringify({ pipelineId: 'P', templateId, version: 1, after: '' });
  await run(
    `INSERT INTO progress (account_id, progress_id, kind, state, total, detail)
     VALUES ($1::uuid, $2::uuid, 'bulkLaunch', 'running', $3, $4::jsonb)`,
    progressId,
    deals,
    detail,
  );
  await query(url, 'ANALYZE');
}

/** Asks the process's health all the while; returns the slowest answer in milliseconds. */
function watchAnswers(service: World['process']): () => Promise<number> {
  const ended = new AbortController();
  let slowest = 0;
  const asking = (async () => {
    while (!ended.signal.aborted) {
      const startedAt = performance.now();
      await axios.get(`${service.ready.url}/health/live`);
      slowest = Math.max(slowest, performance.now() - startedAt);
      await sleep(POLL_MS);
    }
  })();
  return async () => {
    ended.abort();
    await asking;
    return slowest;
  };
}
