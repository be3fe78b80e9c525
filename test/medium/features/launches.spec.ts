import { afterAll, beforeAll, expect, it } from '@jest/globals';
import axios from 'axios';
import type { InstallView } from '../../../src/features/embed/boot.view.js';
import type { HomeView } from '../../../src/features/plans/home.view.js';
import type { PlanView, StepCommandAnswer } from '../../../src/features/plans/plan.view.js';
import { LaunchesWorker } from '../../../src/features/plans/launches.worker.js';
import { PlanRounds } from '../../../src/features/plans/plan-rounds.service.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, stepsOf, type WidgetPerson } from '../../support/widget-person.js';

const ON = { templateKey: 'transactional', language: 'ru', existingDeals: true };

describeOnEveryDatabase('test/medium/features/launches', (open) => {
  let running: Running;
  let admin: WidgetPerson;

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(60) });
    await settled(running);
    const adminId = running.portal.context.users().find((user) => user.admin)?.id ?? 0;
    admin = await openFrame(running, adminId);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('writes nothing to the portal until plans are switched on', async () => {
    const { data } = await admin.get<InstallView>('/api/install');
    expect(data.state).toBe('ready');
    expect(data.pipelines.every((pipeline) => pipeline.plan === null)).toBe(true);
    expect(data.templates.map((template) => template.language)).toEqual(expect.arrayContaining(['ru', 'en']));
    expect((await running.state()).tasks).toBe(0);
  });

  it('offers a plan by hand on a deal without one, and starts it once', async () => {
    const deal = openDeal(1);
    const { data } = await admin.get<PlanView>(`/api/plan/D_${deal.id}`);
    expect(data.plan).toBeNull();
    expect(data.launch?.allowed).toBe(true);
    const templateId = data.launch?.templates.find((each) => each.id.startsWith('transactional'))?.id ?? '';
    const started = await admin.post<StepCommandAnswer>(`/api/plan/D_${deal.id}/launch`, { templateId });
    expect(started.status).toBe(200);
    const again = await admin.post<StepCommandAnswer>(`/api/plan/D_${deal.id}/launch`, { templateId });
    expect(again.data.plan.plan?.id).toBe(started.data.plan.plan?.id);
    expect(await count(`SELECT count(*)::int AS n FROM plan WHERE deal_id = 'D_${deal.id}'`)).toBe(1);
  });

  it('makes a plan when the portal’s robot asks for one, and one for a repeated call', async () => {
    const deal = openDeal(0);
    const [robot] = running.portal.context.robots();
    await running.portal.context.runRobot(robot?.code ?? '', deal.id, { template: 'transactional' });
    await until(async () => (await planCount(deal.id)) === 1, { timeoutMs: 30_000 });
    await running.portal.context.runRobot(robot?.code ?? '', deal.id, { template: 'transactional' });
    await settled(running);
    expect(await planCount(deal.id)).toBe(1);
  });

  it('plans the open deals of a pipeline once, however often the button is pressed', async () => {
    const presses = await Promise.all(
      [1, 2, 3].map(() => admin.post<InstallView>('/api/pipelines/D_0/template', ON)),
    );
    expect(presses.map((answer) => answer.status)).toEqual([200, 200, 200]);
    await until(async () => (await progressOf()).every((each) => each.state === 'done'), {
      timeoutMs: 30_000,
    });
    await settled(running);
    const { data } = await admin.get<InstallView>('/api/install');
    const pipeline = data.pipelines.find((each) => each.id === 'D_0');
    expect(pipeline?.plan?.activePlans).toBe(pipeline?.openDeals);
    expect(await count('SELECT count(*)::int AS n FROM plan')).toBe(
      await count('SELECT count(DISTINCT deal_id)::int AS n FROM plan'),
    );
    expect((await running.state()).tasks).toBe(
      await count(`SELECT count(*)::int AS n FROM outbox_task WHERE state = 'created'`),
    );
  });

  it('respects a deadline and a deletion that people made in the portal', async () => {
    const [row] = await running.database.query<{ deal_id: string; host_task_id: string; step: string }>(
      `SELECT deal_id, host_task_id, step_key || '~' || visit_seq AS step FROM outbox_task
       WHERE state = 'created' AND deal_id <> 'D_${openDeal(1).id}' ORDER BY key LIMIT 1`,
    );
    const url = `/api/plan/${row?.deal_id}`;
    const deadline = Date.now() + 9 * 86_400_000;
    await axios.patch(`${running.portal.control}/tasks/${row?.host_task_id}`, { deadline });
    const stepNow = async () =>
      stepsOf((await admin.get<PlanView>(url)).data).find((each) => each.id === row?.step);
    await until(async () => Math.abs(Date.parse((await stepNow())?.dueAt ?? '') - deadline) < 1_000, {
      timeoutMs: 30_000,
    });
    await axios.delete(`${running.portal.control}/tasks/${row?.host_task_id}`);
    await until(async () => (await stepNow())?.state === 'skipped', { timeoutMs: 30_000 });
    await settled(running);
    expect((await stepNow())?.hostTask).not.toBe('there');
  });

  it('ends the plan of a deal that was deleted', async () => {
    const deal = running.portal.context.deals({ pipelineId: 0, open: true, limit: 1 }).deals[0];
    running.portal.context.deleteDeal(deal?.id ?? 0, deal?.ownerId ?? 0);
    await until(async () => (await closeReason(deal?.id ?? 0)) === 'dealDeleted', { timeoutMs: 30_000 });
    expect((await admin.get(`/api/plan/D_${deal?.id}`)).status).toBe(404);
  });

  it('shows a person’s own day, and decides again by the clock without changing anything', async () => {
    await settled(running);
    const before = await count('SELECT sum(revision)::int AS n FROM plan');
    await running.app.get(PlanRounds, { strict: false }).tick();
    expect(running.app.get(LaunchesWorker, { strict: false })).toBeDefined();
    expect(await count('SELECT sum(revision)::int AS n FROM plan')).toBe(before);
    const [owner] = await running.database.query<{ owner_id: string }>(
      `SELECT owner_id FROM plan_step WHERE state = 'actionable' AND due_at < now() + interval '12 hours' LIMIT 1`,
    );
    if (!owner) return;
    const seller = await openFrame(running, Number(owner.owner_id));
    const { data } = await seller.get<HomeView>('/api/home');
    expect(data.today.length).toBeLessThanOrEqual(data.counts.overdue + data.counts.today);
  });

  it('switches a pipeline off: plans stay, or end when that is asked for', async () => {
    const openPlans = () => count(`SELECT count(*)::int AS n FROM plan WHERE state <> 'closed'`);
    const before = await openPlans();
    const off = await admin.send<InstallView>('DELETE', '/api/pipelines/D_0/template');
    expect(off.data.pipelines.find((each) => each.id === 'D_0')?.plan).toBeNull();
    expect(await openPlans()).toBe(before);
    await admin.send('DELETE', '/api/pipelines/D_0/template?close=true');
    await until(async () => (await openIn('D_0')) === 0, { timeoutMs: 20_000 });
    await settled(running);
    const left = await count(`SELECT count(*)::int AS n FROM plan_step WHERE state = 'actionable'`);
    expect(running.portal.context.tasks({ open: true })).toHaveLength(left);
  });

  it('plans a deal that was made in the very second in which plans were switched on', async () => {
    // The portal tells when a deal was made in whole seconds, so the deal looks older than the switch-on.
    await until(() => Date.now() % 1_000 > 200 && Date.now() % 1_000 < 400);
    const order = { ...ON, existingDeals: false };
    expect((await admin.post('/api/pipelines/D_0/template', order)).status).toBe(200);
    const deal = running.portal.context.createDeal({ title: 'Первая', pipelineId: 0 }, openDeal(1).ownerId);
    await until(async () => (await planCount(deal.id)) === 1, { what: 'its plan', timeoutMs: 30_000 });
  });

  function openDeal(pipelineId: number) {
    const [deal] = running.portal.context.deals({ pipelineId, open: true, order: 'oldest', limit: 1 }).deals;
    if (!deal) throw new Error('the company has no open deal there');
    return deal;
  }

  async function count(sql: string): Promise<number> {
    const [row] = await running.database.query<{ n: number }>(sql);
    return row?.n ?? -1;
  }

  function planCount(dealId: number): Promise<number> {
    return count(`SELECT count(*)::int AS n FROM plan WHERE deal_id = 'D_${dealId}'`);
  }

  function openIn(pipelineId: string): Promise<number> {
    return count(
      `SELECT count(*)::int AS n FROM plan p JOIN deal d USING (account_id, deal_id)
       WHERE p.state <> 'closed' AND d.pipeline_id = '${pipelineId}'`,
    );
  }

  async function progressOf() {
    return (await admin.get<InstallView>('/api/install')).data.progress;
  }

  async function closeReason(dealId: number): Promise<string> {
    const rows = await running.database.query<{ close_reason: string | null }>(
      'SELECT close_reason FROM plan WHERE deal_id = $1',
      [`D_${dealId}`],
    );
    return rows[0]?.close_reason ?? '';
  }
});
