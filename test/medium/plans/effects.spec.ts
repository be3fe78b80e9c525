import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { StepCommandAnswer } from '../../../src/features/plans/plan.view.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { aTask, startPlanWorld, WAIT, type PlanWorld } from '../../support/plan-world.js';
import { until } from '../../support/until.js';

jest.setTimeout(240_000);

describeOnEveryDatabase('test/medium/plans/effects', (open) => {
  let world: PlanWorld;
  let manager = 0;
  let seller = 0;

  beforeAll(async () => {
    world = await startPlanWorld(await open());
    [seller = 0, manager = 0] = world.people;
    const to = { kind: 'user', userId: String(manager) } as const;
    const repeat = {
      attempts: 2,
      interval: { amount: 5, unit: 'workingDays' },
      exhausted: { cause: 'client', reason: 'Клиент не отвечает', closeDeal: true },
    } as const;
    await world.switchOn({
      body: { key: 'own-funnel', afterWon: ['retention'] },
      stages: [
        {
          steps: [
            aTask('call', { repeat }),
            aTask('joining', { handOver: { to, mode: 'gradual' } }),
            aTask('handing', { handOver: { to, mode: 'atOnce' } }),
          ],
        },
        { guard: 'return', steps: [aTask('brief', { required: true, reentry: 'reopenUndone' })] },
        { guard: 'alert', steps: [aTask('offer', { required: true })] },
      ],
    });
  }, 180_000);

  afterAll(async () => {
    await world?.running.stop();
  });

  it('lets the next person join a deal, and hands it over once: who takes it back keeps it', async () => {
    const dealId = await world.deal(seller);
    const { context } = world.running.portal;
    expect(await world.events(dealId, 'deal.joined')).toBe(1);
    const joining = await world.step(dealId, 'joining');
    expect(joining.handOver).toContain(context.users().find((user) => user.id === manager)?.lastName ?? '?');
    const done = await post(dealId, `steps/${joining.id}/done`);
    expect(done.status).toBe(200);
    await until(() => context.deal(dealId)?.ownerId === manager, { ...WAIT, what: 'the hand-over' });
    await until(async () => (await world.view(dealId)).deal.ownerName === nameOf(manager), WAIT);
    context.updateDeal(dealId, { ownerId: seller }, seller);
    await until(async () => (await world.view(dealId)).deal.ownerName === nameOf(seller), WAIT);
    const { id } = await world.step(dealId, 'call');
    expect((await post(dealId, `steps/${id}/skip`, { reason: 'уже созвонились' })).status).toBe(200);
    await quiet();
    expect(context.deal(dealId)?.ownerId).toBe(seller);
    expect(await world.events(dealId, 'deal.handedOver')).toBe(1);
  });

  it('counts tries, ends the step after the last one and proposes to close the deal, once', async () => {
    const dealId = await world.deal(seller);
    const step = await world.step(dealId, 'call');
    expect([step.attempts, step.can.attempt]).toEqual([{ made: 0, of: 2, lastNote: null }, true]);
    const first = await post(dealId, `steps/${step.id}/attempt`, { note: 'не берёт трубку' });
    expect(first.status).toBe(200);
    const tried = await world.step(dealId, 'call');
    expect(tried.attempts).toEqual({ made: 1, of: 2, lastNote: 'не берёт трубку' });
    expect(Date.parse(tried.dueAt ?? '')).toBeGreaterThan(Date.parse(step.dueAt ?? ''));
    const undone = await post(dealId, 'undo', { undo: first.data.undo });
    expect([undone.status, (await world.step(dealId, 'call')).attempts?.made]).toEqual([200, 0]);
    await post(dealId, `steps/${step.id}/attempt`, {});
    const last = await post(dealId, `steps/${step.id}/attempt`, { note: 'снова тишина' });
    expect(last.data.plan.closeProposal).toEqual({ stepTitle: 'Шаг call', reason: 'Клиент не отвечает' });
    const over = await post(dealId, `steps/${step.id}/attempt`, {});
    expect(over.status).toBe(409);
    const { id } = await world.step(dealId, 'handing');
    await post(dealId, `steps/${id}/skip`, { reason: 'передавать не будем' });
    expect(await world.events(dealId, 'close.proposed')).toBe(1);
    expect(world.running.portal.context.deal(dealId)?.stageId).toBe(world.stages[0]?.id);
  });

  it('takes a deal back to a guarded stage once, with a comment; a reason lets it pass and it goes on', async () => {
    const dealId = await world.deal(seller);
    const { context } = world.running.portal;
    await world.move(dealId, stage(1));
    await stands(dealId, 1);
    await world.move(dealId, stage(2));
    await until(async () => (await world.view(dealId)).guards?.[0]?.state === 'returning', WAIT);
    const putOff = `SELECT 1 FROM outbox_action WHERE deal_id = $1 AND next_at > created_at + interval '10 s'`;
    expect(await world.rows(putOff, [`D_${dealId}`])).toHaveLength(2);
    expect(context.deal(dealId)?.stageId).toBe(stage(2));
    await world.waitedFor(dealId);
    await until(() => context.deal(dealId)?.stageId === stage(1), { ...WAIT, what: 'the return' });
    await until(async () => (await world.view(dealId)).guards?.[0]?.state === 'returned', WAIT);
    const { guards } = await world.view(dealId);
    expect(guards?.[0]).toMatchObject({ stageKey: 'stage-2', missing: ['Шаг brief'] });
    expect((await world.step(dealId, 'brief')).state).toBe('actionable');
    await until(() => comments(dealId).some((text) => text.includes('Шаг brief')), WAIT);
    const short = await post(dealId, 'override', { stageKey: 'stage-2', reason: ' мало  ' });
    expect(short.status).toBe(400);
    const passed = await post(dealId, 'override', { stageKey: 'stage-2', reason: 'бриф пришлют завтра' });
    expect([passed.status, passed.data.plan.guards]).toEqual([200, undefined]);
    await until(() => context.deal(dealId)?.stageId === stage(2), { ...WAIT, what: 'the deal going on' });
    await stands(dealId, 2);
    await quiet();
    expect([await world.events(dealId, 'guard.return'), await actions(dealId, 'moveStage')]).toEqual([1, 2]);
    expect(context.deal(dealId)?.stageId).toBe(stage(2));
    const noted = await world.rows<{ detail: { reason?: string } }>(
      `SELECT detail FROM plan_event WHERE deal_id = $1 AND kind = 'guard.overridden'`,
      [`D_${dealId}`],
    );
    expect(noted.map(({ detail }) => detail.reason)).toEqual(['бриф пришлют завтра']);
    const audited = await world.rows(`SELECT detail FROM audit_log WHERE action = 'guard.overridden'`);
    expect(JSON.stringify(audited)).not.toContain('бриф');
    expect((await post(dealId, 'override', { stageKey: 'stage-2', reason: 'ещё раз то же' })).status).toBe(
      409,
    );
  });

  it('does not take a deal back whose last step is finished in the same minute, nor one that a person moved back', async () => {
    const [finished, returned] = [await world.deal(seller), await world.deal(seller)];
    for (const dealId of [finished, returned]) await world.move(dealId, stage(1));
    await Promise.all([stands(finished, 1), stands(returned, 1)]);
    for (const dealId of [finished, returned]) await world.move(dealId, stage(2));
    const returning = async (dealId: number) => (await world.view(dealId)).guards?.[0]?.state === 'returning';
    await until(async () => (await returning(finished)) && (await returning(returned)), WAIT);
    const { id } = await world.step(finished, 'brief');
    await post(finished, `steps/${id}/reopen`);
    expect((await post(finished, `steps/${id}/done`)).status).toBe(200);
    await world.move(returned, stage(1));
    await stands(returned, 1);
    expect(await actions(finished, 'moveStage')).toBe(0);
    await until(async () => (await actions(returned, 'moveStage')) === 0, WAIT);
    expect(world.running.portal.context.deal(finished)?.stageId).toBe(stage(2));
  });

  it('only says so where the guard alerts, and judges a move once', async () => {
    const dealId = await world.deal(seller);
    await world.move(dealId, stage(2));
    await stands(dealId, 2);
    await world.move(dealId, stage(3));
    await until(async () => (await world.view(dealId)).guards?.[0]?.state === 'alert', WAIT);
    const { id } = await world.step(dealId, 'handing');
    await post(dealId, `steps/${id}/reopen`);
    expect(await world.events(dealId, 'guard.alert')).toBe(1);
    expect(await actions(dealId, 'moveStage')).toBe(0);
  });

  it('starts the plan after the sale of a won deal, shows it beside the sale’s, and closes it when it is done', async () => {
    const dealId = await world.deal(seller);
    await world.move(dealId, world.wonStage);
    await until(async () => ((await world.view(dealId)).afterSale ?? []).length === 1, WAIT);
    const view = await world.view(dealId);
    expect(view.plan?.state).toBe('closed');
    expect(view.afterSale?.[0]?.plan.state).toBe('active');
    expect(view.afterSale?.[0]?.nextStepIds.length).toBeGreaterThan(0);
    await until(() => world.running.portal.context.tasks({ dealId, open: true }).length > 0, WAIT);
    for (let round = 0; round < 40; round += 1) {
      const now = await world.view(dealId);
      const [after] = now.afterSale ?? [];
      const next = after?.stages.flatMap((each) => each.steps).find((step) => step.can.skip);
      if (!next) break;
      const skipped = await post(dealId, `steps/${next.id}/skip`, { reason: 'для этой проверки' });
      expect(skipped.status).toBe(200);
    }
    const [after] = (await world.view(dealId)).afterSale ?? [];
    expect([after?.plan.state, after?.plan.closeReason]).toEqual(['closed', 'Все шаги этого плана сделаны']);
    expect(await world.rows(`SELECT 1 FROM plan WHERE deal_id = $1`, [`D_${dealId}`])).toHaveLength(2);
  });

  it('asks the host for nothing in a pipeline whose plans are off, nor makes up for it when they are on again', async () => {
    const dealId = await world.deal(seller);
    await until(async () => (await actions(dealId, 'join')) === 1, WAIT);
    expect((await world.admin.send('DELETE', '/api/pipelines/D_0/template?close=false')).status).toBe(200);
    const { id } = await world.step(dealId, 'handing');
    expect((await post(dealId, `steps/${id}/done`)).status).toBe(200);
    await world.move(dealId, stage(1));
    await stands(dealId, 1);
    await world.move(dealId, stage(2));
    await stands(dealId, 2);
    expect([await actions(dealId, 'assign'), await actions(dealId, 'moveStage')]).toEqual([0, 0]);
    const [row] = await world.rows<{ template_id: string }>('SELECT template_id FROM pipeline_plan');
    const on = { templateId: row?.template_id, language: 'ru', existingDeals: false };
    expect((await world.admin.post('/api/pipelines/D_0/template', on)).status).toBe(200);
    const call = await world.step(dealId, 'call');
    await post(dealId, `steps/${call.id}/reopen`);
    await quiet();
    expect([await actions(dealId, 'assign'), await actions(dealId, 'moveStage')]).toEqual([0, 0]);
  });

  function stage(at: number): string {
    return world.stages[at]?.id ?? '';
  }

  async function stands(dealId: number, at: number): Promise<void> {
    const name = world.stages[at]?.name;
    const key = `stage-${at + 1}`;
    await until(
      async () => {
        const view = await world.view(dealId);
        const current = view.stages.find((each) => each.position === 'current');
        return view.deal.stageName === name && (current === undefined || current.key === key);
      },
      { ...WAIT, what: `the plan at ${key}` },
    );
  }

  function comments(dealId: number): readonly string[] {
    return world.running.portal.context.timeline(dealId).map((entry) => entry.text);
  }

  function nameOf(userId: number): string {
    return world.running.portal.context.users().find((user) => user.id === userId)?.name ?? '';
  }

  async function actions(dealId: number, kind: string): Promise<number> {
    const sql = 'SELECT 1 FROM outbox_action WHERE deal_id = $1 AND kind = $2';
    return (await world.rows(sql, [`D_${dealId}`, kind])).length;
  }

  /** Nothing that could still be done is waiting. */
  async function quiet(): Promise<void> {
    await until(
      async () =>
        (
          await world.rows(
            `SELECT 1 FROM outbox_action WHERE state NOT IN ('done', 'refused')
             UNION ALL SELECT 1 FROM inbox WHERE entity = 'deal'
             UNION ALL SELECT 1 FROM pgboss.job WHERE name LIKE 'mirror.%Changed' AND state IN ('created', 'active', 'retry')`,
          )
        ).length === 0,
      { ...WAIT, what: 'a quiet outbox' },
    );
  }

  function post(dealId: number, what: string, body: object = {}) {
    return world.admin.post<StepCommandAnswer>(`/api/plan/D_${dealId}/${what}`, body);
  }
});
