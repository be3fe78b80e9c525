import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TemplateBody, TemplateStep } from '../../../src/domain/plans/types.js';
import type {
  AffectedView,
  DealChoiceView,
  DryRunView,
  MigrationPreviewView,
  MigrationView,
  PreviewView,
  PublishedView,
  TemplateView,
} from '../../../src/features/plans/templates.view.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

interface StepRow {
  readonly deal_id: string;
  readonly step_key: string;
  readonly visit_seq: number;
  readonly state: string;
  readonly owner_id: string | null;
  readonly due_at: Date | null;
}

describeOnEveryDatabase('test/medium/plans/migrations', (open) => {
  let running: Running;
  let admin: WidgetPerson;
  let head: WidgetPerson;
  let seller: WidgetPerson;
  let templateId = '';
  let first: TemplateBody;
  let before: readonly StepRow[] = [];
  let migration = '';

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(80) });
    await settled(running);
    const users = running.portal.context.users().filter((user) => user.active);
    const rows = await running.database.query<{ head_id: string }>(
      'SELECT head_id FROM department WHERE head_id IS NOT NULL',
    );
    const heads = new Set(rows.map((row) => Number(row.head_id)));
    const idOf = (wanted: (user: (typeof users)[number]) => boolean) => users.find(wanted)?.id ?? 0;
    admin = await openFrame(
      running,
      idOf((user) => user.admin),
    );
    head = await openFrame(
      running,
      idOf((user) => !user.admin && heads.has(user.id)),
    );
    seller = await openFrame(
      running,
      idOf((user) => !user.admin && !heads.has(user.id)),
    );
    const order = { from: 'library', key: 'transactional', language: 'ru' };
    const template = (await admin.post<TemplateView>('/api/templates', order)).data;
    templateId = template.id;
    first = template.body;
    await admin.post(`/api/templates/${templateId}/publish`, { revision: 1 });
    await admin.post('/api/pipelines/D_0/template', { templateId, language: 'ru', existingDeals: true });
    await until(async () => (await count(`progress WHERE state <> 'done'`)) === 0, { timeoutMs: 30_000 });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('shows what a draft would give a real deal, own rights applied', async () => {
    const { data: deals } = await admin.get<DealChoiceView[]>('/api/templates/deals');
    expect(deals.length).toBeGreaterThan(0);
    const title = deals[0]?.title ?? '';
    const found = await admin.get<DealChoiceView[]>(`/api/templates/deals?q=${encodeURIComponent(title)}`);
    expect(found.data.map((deal) => deal.title)).toContain(title);
    const { data } = await admin.post<PreviewView>(url('/preview'), { dealId: deals[0]?.id, body: first });
    expect(data.deal.title).toBe(title);
    expect(data.steps.length).toBeGreaterThan(0);
    expect(data.steps.every((step) => step.title !== step.stepKey)).toBe(true);
    const faulty = { ...first, stages: [] };
    const refused = await admin.post(url('/preview'), { dealId: deals[0]?.id, body: faulty });
    expect(refused.status).toBe(422);
  });

  it('runs the last ninety days dry: so many tasks for so many people, and the busiest day of each', async () => {
    const { status, data } = await admin.post<DryRunView>(url('/dry-run'), { pipelineId: 'D_0' });
    expect(status).toBe(200);
    expect(data.deals).toBeGreaterThan(0);
    expect(data.tasks).toBe(data.sellers.reduce((sum, one) => sum + one.tasks, 0));
    expect(data.tasks).toBeGreaterThan(0);
    expect(data.sampledDeals).toBeNull();
    for (const one of data.sellers) {
      expect(one.busiestDay.tasks).toBeLessThanOrEqual(one.tasks);
      expect(one.busiestDay.date >= data.from.slice(0, 10)).toBe(true);
      expect(one.name).not.toMatch(/^\d+$/);
    }
    const own = await head.post<DryRunView>(url('/dry-run'), { pipelineId: 'D_0' });
    expect(own.data.deals).toBeLessThanOrEqual(data.deals);
  });

  it('tells before publishing who is affected, and leaves running plans on their version', async () => {
    const saved = await admin.send('PUT', url('/draft'), { body: changed(first), revision: 0 });
    expect(saved.status).toBe(200);
    const { data } = await admin.get<AffectedView>(url('/affected'));
    const openPlans = await count(`plan WHERE state <> 'closed' AND template_id = '${templateId}'`);
    expect(data.openPlans).toBe(openPlans);
    expect(data.pipelines).toHaveLength(1);
    expect(data.sellers.length).toBeGreaterThan(0);
    expect(data.changes.dropped).toBeGreaterThan(0);
    before = await steps();
    const published = await admin.post<PublishedView>(url('/publish'), { revision: 1 });
    expect(published.data).toEqual({ version: 2, plansBehind: openPlans });
    await settled(running);
    expect(await count(`plan WHERE state <> 'closed' AND version = 2`)).toBe(0);
    expect(await steps()).toEqual(before);
  });

  it('previews the migration with counts and examples', async () => {
    const { data } = await admin.post<MigrationPreviewView>(url('/migration/preview'), { toVersion: 2 });
    const open = before.filter((step) => OPEN.has(step.state)).length;
    const { kept, moved, editedByHand, dropped } = data.counts;
    expect(kept + moved + editedByHand + dropped).toBe(open);
    expect(data.examples.length).toBe(Math.min(20, data.plans));
    expect(data.examples.flatMap((example) => example.steps.map((step) => step.change))).toEqual(
      expect.arrayContaining(['added', 'dropped']),
    );
    expect(data.sampledPlans).toBeNull();
  });

  it('migrates one deal by itself, then all of them, and closes the tasks of dropped steps', async () => {
    const dealId = before[0]?.deal_id ?? '';
    await migrated({ toVersion: 2, dealIds: [dealId] });
    expect(await count(`plan WHERE version = 2`)).toBe(1);
    const done = await migrated({ toVersion: 2 });
    migration = done.id;
    expect(done.done).toBe(done.total);
    expect(done.undoUntil).not.toBeNull();
    expect(
      await count(`plan WHERE state <> 'closed' AND version = 1 AND template_id = '${templateId}'`),
    ).toBe(0);
    expect(
      await count(
        `plan_step WHERE step_key = '${dropped().key}' AND state IN ('actionable', 'waiting', 'future')`,
      ),
    ).toBe(0);
    expect(await count(`plan_step WHERE step_key = 'brand-new' AND state <> 'cancelled'`)).toBeGreaterThan(0);
    await settled(running);
    const actionable = await count(`plan_step WHERE state = 'actionable'`);
    expect(running.portal.context.tasks({ open: true })).toHaveLength(actionable);
  });

  it('undoes the migration: every step as it was, and its tasks open again', async () => {
    const undone = await admin.post<MigrationView>(`/api/migrations/${migration}/undo`);
    expect([undone.status, undone.data.state]).toEqual([200, 'undoing']);
    const view = await ended(migration);
    expect([view.state, view.undoUntil]).toEqual(['undone', null]);
    const single = before[0]?.deal_id;
    const now = await steps();
    expect(now.filter((step) => step.deal_id !== single).map(comparable)).toEqual(
      before.filter((step) => step.deal_id !== single).map(comparable),
    );
    expect((await admin.post(`/api/migrations/${migration}/undo`)).status).toBe(409);
    await settled(running);
    const actionable = await count(`plan_step WHERE state = 'actionable'`);
    expect(running.portal.context.tasks({ open: true })).toHaveLength(actionable);
  });

  it('stops between two chunks when it is asked to', async () => {
    const started = await admin.post<MigrationView>(url('/migration'), { toVersion: 2 });
    const stopped = await admin.post<MigrationView>(`/api/migrations/${started.data.id}/stop`);
    expect(stopped.status).toBe(200);
    const view = await ended(started.data.id);
    expect(['stopped', 'done']).toContain(view.state);
    expect(view.undoUntil).not.toBeNull();
    const versions = await count(`plan WHERE state <> 'closed' AND version = 2`);
    expect(versions).toBe(view.done + 1);
  });

  it('refuses what nobody may ask for', async () => {
    const none = '00000000-0000-4000-8000-000000000000';
    expect((await admin.post(url('/migration'), { toVersion: 9 })).status).toBe(404);
    expect((await admin.get(`/api/migrations/${none}`)).status).toBe(404);
    expect((await admin.post(url('/migration'), { toVersion: 2, dealIds: [] })).status).toBe(400);
    expect((await head.post(url('/migration/preview'), { toVersion: 2 })).status).toBe(200);
    const forHeads = [
      await head.post(url('/migration'), { toVersion: 2 }),
      await head.post(`/api/migrations/${migration}/stop`),
      await head.post(`/api/migrations/${migration}/undo`),
    ];
    const forSellers = [
      await seller.get('/api/templates/deals'),
      await seller.post(url('/preview'), { dealId: 'D_1' }),
      await seller.post(url('/dry-run'), { pipelineId: 'D_0' }),
      await seller.get(url('/affected')),
      await seller.post(url('/migration/preview'), { toVersion: 2 }),
      await seller.get(`/api/migrations/${migration}`),
    ];
    expect([...forHeads, ...forSellers].map((answer) => answer.status)).toEqual(
      [...forHeads, ...forSellers].map(() => 403),
    );
  });

  it('makes one plan of a deal that is planned several times in the same moment', async () => {
    const [deal] = await running.database.query<{ deal_id: string }>(
      `SELECT deal_id FROM deal d WHERE stage_kind = 'open' AND deleted_at IS NULL
         AND NOT EXISTS (SELECT FROM plan p WHERE p.deal_id = d.deal_id) ORDER BY deal_id LIMIT 1`,
    );
    const dealId = deal?.deal_id ?? '';
    const started = await Promise.all(
      Array.from({ length: 6 }, () => admin.post<object>(`/api/plan/${dealId}/launch`, { templateId })),
    );
    expect(started.map((answer) => answer.status)).toEqual(started.map(() => 200));
    expect(await count(`plan WHERE deal_id = '${dealId}'`)).toBe(1);
    expect(await count(`plan_event WHERE deal_id = '${dealId}' AND kind = 'planStarted'`)).toBe(1);
    const stored = await count(`plan_step WHERE deal_id = '${dealId}'`);
    expect(stored).toBeGreaterThan(0);
    expect(await count(`(SELECT DISTINCT step_key FROM plan_step WHERE deal_id = '${dealId}') k`)).toBe(
      stored,
    );
  });

  function url(path: string): string {
    return `/api/templates/${templateId}${path}`;
  }

  /** The first step of the first stage goes, a new one comes, the others get a day more. */
  function changed(body: TemplateBody): TemplateBody {
    const gone = dropped().key;
    const later = (step: TemplateStep): TemplateStep => ({
      ...step,
      prerequisites: step.prerequisites.filter((key) => key !== gone),
      offset:
        step.offset.anchor.from === 'stepEnd' && step.offset.anchor.stepKey === gone
          ? { ...step.offset, anchor: { from: 'stageEntry' } }
          : step.offset,
    });
    const fresh: TemplateStep = { ...later(dropped()), key: 'brand-new', title: 'Совсем новый шаг' };
    return {
      ...body,
      stages: body.stages.map((stage) => ({
        ...stage,
        steps: [
          ...stage.steps.filter((step) => step.key !== gone).map(later),
          ...(stage.steps.some((step) => step.key === gone) ? [fresh] : []),
        ],
      })),
    };
  }

  /** A step that is open in some plan and that no condition names. */
  function dropped(): TemplateStep {
    const stages = first.stages.filter((stage) => stage.kind === 'open');
    const text = JSON.stringify(stages.map((stage) => stage.steps.map((step) => step.condition ?? null)));
    const all = stages.flatMap((stage) => stage.steps);
    const found = all.findLast((step) => !text.includes(`"${step.key}"`));
    if (!found) throw new Error('the template has no step to drop');
    return found;
  }

  async function migrated(order: object): Promise<MigrationView> {
    const started = await admin.post<MigrationView>(url('/migration'), order);
    expect([started.status, started.data.state]).toEqual([200, expect.stringMatching(/running|done/)]);
    const view = await ended(started.data.id);
    expect(view.state).toBe('done');
    return view;
  }

  async function ended(id: string): Promise<MigrationView> {
    const view = async () => (await admin.get<MigrationView>(`/api/migrations/${id}`)).data;
    await until(async () => !['running', 'stopping', 'undoing'].includes((await view()).state), {
      timeoutMs: 30_000,
      what: 'the end of the migration',
    });
    return view();
  }

  function steps(): Promise<readonly StepRow[]> {
    return running.database.query<StepRow>(
      `SELECT s.deal_id, s.step_key, s.visit_seq, s.state, s.owner_id, s.due_at FROM plan_step s
       JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
       WHERE p.state <> 'closed' AND p.template_id = $1::uuid ORDER BY s.deal_id, s.position, s.visit_seq`,
      [templateId],
    );
  }

  async function count(from: string): Promise<number> {
    const [row] = await running.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`);
    return row?.n ?? -1;
  }
});

const OPEN = new Set(['actionable', 'waiting', 'future']);

/** Deadlines that are only expected move with the hour. */
function comparable({
  deal_id: dealId,
  step_key: key,
  visit_seq: pass,
  state,
  due_at: dueAt,
}: StepRow): string {
  return [dealId, key, pass, state, state === 'actionable' ? dueAt?.toISOString() : ''].join(' ');
}
