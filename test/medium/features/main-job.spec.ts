import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { PlanView, StepCommandAnswer } from '../../../src/features/plans/plan.view.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, stepsOf, type WidgetPerson } from '../../support/widget-person.js';

const PLANS = [
  { pipelineId: 0, templateKey: 'b2b-twelve-status' },
  { pipelineId: 1, templateKey: 'transactional' },
];

describeOnEveryDatabase('test/medium/features/main-job', (open) => {
  let running: Running;

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(60), plans: PLANS });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('plans every open deal and writes its current steps as tasks, none twice', async () => {
    const state = await running.state();
    expect(await count('SELECT count(*)::int AS n FROM plan')).toBe(state.openDeals);
    expect(state.tasks).toBeGreaterThan(0);
    expect(await count(`SELECT count(*)::int AS n FROM outbox_task WHERE state = 'created'`)).toBe(
      state.tasks,
    );
    expect(await count(`SELECT count(*)::int AS n FROM plan_step WHERE state = 'actionable'`)).toBe(
      state.tasks,
    );
  });

  it('completes the task in the portal when the seller marks the step done in the widget, and undoes it', async () => {
    const { person, dealId, plan } = await sellerWithPlan();
    const step = firstOf(plan);
    const before = running.portal.context.tasks({ dealId }).filter((task) => !isDone(task)).length;
    const answer = await person.post<StepCommandAnswer>(`/api/plan/D_${dealId}/steps/${step.id}/skip`, {
      reason: 'клиент уже всё прислал',
    });
    expect(answer.status).toBe(200);
    expect(stepsOf(answer.data.plan).find((each) => each.id === step.id)?.state).toBe('skipped');
    await settled(running);
    const after = running.portal.context.tasks({ dealId }).filter(isDone).length;
    expect(after).toBeGreaterThanOrEqual(1);
    const undone = await person.post<StepCommandAnswer>(`/api/plan/D_${dealId}/undo`, {
      undo: answer.data.undo,
    });
    expect(undone.status).toBe(200);
    expect(stepsOf(undone.data.plan).find((each) => each.id === step.id)?.state).toBe('actionable');
    await settled(running);
    const open = running.portal.context.tasks({ dealId }).filter((task) => !isDone(task)).length;
    expect(open).toBe(before);
  });

  it('moves the plan on when the seller completes the task in the portal’s own list', async () => {
    const { person, dealId, plan } = await sellerWithPlan();
    const revision = plan.plan?.revision ?? 0;
    const task = running.portal.context.tasks({ dealId }).find((each) => !isDone(each));
    running.portal.context.completeTask(task?.id ?? 0, task?.responsibleId ?? 0);
    await until(async () => ((await viewOf(person, dealId)).plan?.revision ?? 0) > revision, {
      timeoutMs: 30_000,
    });
    await settled(running);
    const view = await viewOf(person, dealId);
    expect(view.plan?.doneCount).toBeGreaterThan(plan.plan?.doneCount ?? 0);
  });

  it('makes tasks of the next stage when the deal moves, and closes what is left when it is lost', async () => {
    const { person, dealId } = await sellerWithPlan();
    const deal = running.portal.context.deal(dealId);
    const stages =
      running.portal.context.pipelines().find((each) => each.id === deal?.pipelineId)?.stages ?? [];
    const at = stages.findIndex((stage) => stage.id === deal?.stageId);
    const next = stages[at + 1];
    running.portal.context.moveDeal(dealId, next?.id ?? '', deal?.ownerId ?? 0);
    await until(async () => (await viewOf(person, dealId)).deal.stageName === next?.name, {
      timeoutMs: 30_000,
    });
    await settled(running);
    const lost = stages.find((stage) => stage.kind === 'lost');
    running.portal.context.moveDeal(dealId, lost?.id ?? '', deal?.ownerId ?? 0);
    await until(async () => (await viewOf(person, dealId)).plan?.state === 'closed', { timeoutMs: 30_000 });
    await settled(running);
    const view = await viewOf(person, dealId);
    const wanted = stepsOf(view).filter((step) => step.state === 'actionable').length;
    expect(running.portal.context.tasks({ dealId }).filter((task) => !isDone(task)).length).toBe(wanted);
  });

  it('plans a deal that is created later, by itself', async () => {
    const owner = running.portal.context.users().find((user) => !user.admin);
    const deal = running.portal.context.createDeal({ title: 'Новая сделка', pipelineId: 1 }, owner?.id ?? 0);
    await until(() => running.portal.context.tasks({ dealId: deal.id }).length > 0, { timeoutMs: 30_000 });
    expect(running.portal.context.tasks({ dealId: deal.id })[0]?.responsibleId).toBe(deal.ownerId);
  });

  async function count(sql: string): Promise<number> {
    const [row] = await running.database.query<{ n: number }>(sql);
    return row?.n ?? -1;
  }

  async function sellerWithPlan(): Promise<{ person: WidgetPerson; dealId: number; plan: PlanView }> {
    const [row] = await running.database.query<{ deal_id: string; owner_id: string }>(
      `SELECT p.deal_id, d.owner_id FROM plan p JOIN deal d USING (account_id, deal_id)
       WHERE p.state = 'active' AND d.pipeline_id = 'D_0' AND p.revision = 1
         AND EXISTS (SELECT FROM plan_step s WHERE s.plan_id = p.plan_id AND s.state = 'actionable')
       ORDER BY p.deal_id LIMIT 1`,
    );
    const dealId = Number(row?.deal_id.slice(2));
    const person = await openFrame(running, Number(row?.owner_id), dealId);
    return { person, dealId, plan: await viewOf(person, dealId) };
  }
});

async function viewOf(person: WidgetPerson, dealId: number): Promise<PlanView> {
  return (await person.get<PlanView>(`/api/plan/D_${dealId}`)).data;
}

function firstOf(plan: PlanView) {
  const step = stepsOf(plan).find((each) => each.id === plan.nextStepIds[0]);
  if (!step) throw new Error('the plan has no next step');
  return step;
}

function isDone(task: { readonly completed: boolean }): boolean {
  return task.completed;
}
