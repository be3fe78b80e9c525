import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { InstallView, ProgressView } from '../../../src/features/embed/boot.view.js';
import type { PlanView } from '../../../src/features/plans/plan.view.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { ADMIN } from '../../support/company-world.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

jest.setTimeout(240_000);

const DEALS = 10_000;
/** An answer that a person would take for a hanging page, on a machine with other work. */
const PATIENCE_MS = 5_000;

describeOnEveryDatabase('test/medium/features/launch-stop', (open) => {
  let running: Running;
  let admin: WidgetPerson;
  let own = '';

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(10) });
    await settled(running);
    admin = await openFrame(running, ADMIN);
    const [deal] = await rows<{ deal_id: string }>(
      `SELECT deal_id FROM deal WHERE pipeline_id = 'D_0' AND stage_kind = 'open' ORDER BY deal_id LIMIT 1`,
    );
    own = deal?.deal_id ?? '';
    await rows(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, created_at,
         modified_at, stage_since, synced_at)
       SELECT account_id, 'D_9' || lpad(n::text, 6, '0'), 'Старая сделка ' || n, pipeline_id, stage_id, 'open', owner_id,
         now() - interval '20 days', now(), now() - interval '2 days', now()
       FROM deal, generate_series(1, ${DEALS}) n WHERE deal_id = '${own}'`,
    );
    // The portal knows nothing of these deals and is not asked for their tasks.
    await rows(`CREATE FUNCTION no_task() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`);
    await rows('CREATE TRIGGER no_task BEFORE INSERT ON outbox_task FOR EACH ROW EXECUTE FUNCTION no_task()');
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('shows how far ten thousand deals are, answers all the while, and stops between two chunks when it is asked to', async () => {
    const on = { templateKey: 'transactional', language: 'ru', existingDeals: true };
    expect((await admin.post('/api/pipelines/D_0/template', on)).status).toBe(200);
    const seen = new Set<number>();
    let slowest = 0;
    const look = async (): Promise<ProgressView> => {
      const startedAt = performance.now();
      const [progress] = (await admin.get<InstallView>('/api/install')).data.progress;
      expect((await admin.get<PlanView>(`/api/plan/${own}`)).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - startedAt);
      if (!progress) throw new Error('no progress is shown');
      seen.add(progress.done);
      return progress;
    };
    while ((await look()).done < DEALS / 5) await sleep(50);
    const { id, total } = await look();
    expect(total).toBeGreaterThanOrEqual(DEALS);
    expect((await admin.post<ProgressView>(`/api/progress/${id}/stop`)).status).toBe(200);
    await until(async () => (await look()).state === 'stopped', { timeoutMs: 60_000, what: 'the stop' });
    const { done } = await look();
    expect(done).toBeLessThan(DEALS);
    expect(seen.size).toBeGreaterThan(3);
    expect(slowest).toBeLessThan(PATIENCE_MS);
    expect(await plans()).toBe(done);
  });

  it('goes on with the rest when it is started again, and gives nobody a second plan', async () => {
    const before = await plans();
    const on = { templateKey: 'transactional', language: 'ru', existingDeals: true };
    expect((await admin.post('/api/pipelines/D_0/template', on)).status).toBe(200);
    await until(async () => (await admin.get<InstallView>('/api/install')).data.progress.some(isDone), {
      timeoutMs: 120_000,
      what: 'the end',
    });
    expect(await plans()).toBeGreaterThan(before);
    const [row] = await rows<{ plans: number; deals: number }>(
      `SELECT count(*)::int AS plans, count(DISTINCT deal_id)::int AS deals FROM plan WHERE deal_id LIKE 'D_9______'`,
    );
    expect(row).toEqual({ plans: DEALS, deals: DEALS });
  });

  function isDone({ state }: ProgressView): boolean {
    return state === 'done';
  }

  async function plans(): Promise<number> {
    const [row] = await rows<{ n: number }>('SELECT count(*)::int AS n FROM plan');
    return row?.n ?? -1;
  }

  async function rows<Row = object>(sql: string): Promise<Row[]> {
    return running.database.query<Row>(sql);
  }
});
