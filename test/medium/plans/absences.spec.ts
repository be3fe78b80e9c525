import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { StepCommandAnswer } from '../../../src/features/plans/plan.view.js';
import { PlanRounds } from '../../../src/features/plans/plan-rounds.service.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { aTask, startPlanWorld, WAIT, type PlanWorld } from '../../support/plan-world.js';
import { smallCompany } from '../../support/running.js';
import { until } from '../../support/until.js';

jest.setTimeout(180_000);

const DAY_MS = 86_400_000;
const FIRST_DAY = 20;
const LAST_DAY = 30;
const dateIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

describeOnEveryDatabase('test/medium/plans/absences', (open) => {
  let world: PlanWorld;
  let days = 0;
  let seller = 0;
  let deputy = 0;
  let dealId = 0;

  beforeAll(async () => {
    const clock = { now: (): number => Date.now() + days * DAY_MS };
    world = await startPlanWorld(await open(), smallCompany(10), clock);
    [seller = 0, deputy = 0] = world.people.slice(-2);
    await world.switchOn({
      stages: [{ steps: [aTask('call'), aTask('letter', { exit: 'keep' }), aTask('visit')] }],
    });
    dealId = await world.deal(seller);
    await until(() => owners().size === 3, { ...WAIT, what: 'three tasks' });
  }, 180_000);

  afterAll(async () => {
    await world?.running.stop();
  });

  it('leaves steps where they are until the absence begins, and gives them to the deputy in the host on its first day', async () => {
    expect([...owners().values()]).toEqual([seller, seller, seller]);
    const absence = { userId: String(seller), kind: 'vacation', deputyId: String(deputy) };
    const period = { from: dateIn(FIRST_DAY), to: dateIn(LAST_DAY) };
    expect((await world.admin.post('/api/company/absences', { ...absence, ...period })).status).toBe(201);
    await passTo(FIRST_DAY - 2);
    expect([...owners().values()]).toEqual([seller, seller, seller]);
    await passTo(FIRST_DAY + 1);
    await until(() => ownedBy(deputy) === 3, { ...WAIT, what: 'tasks of the deputy' });
    const boss = await world.open(1);
    const step = await world.step(dealId, 'call', boss);
    expect(step.ownerName).toBe(nameOf(deputy));
    expect(world.running.portal.context.deal(dealId)?.ownerId).toBe(seller);
  });

  it('brings back at the end what the deputy did not finish, and leaves what is done as it was done', async () => {
    const standIn = await world.open(deputy);
    const { id } = await world.step(dealId, 'visit', standIn);
    const done = await standIn.post<StepCommandAnswer>(`/api/plan/D_${dealId}/steps/${id}/done`);
    expect(done.status).toBe(200);
    await until(() => owners().size === 2, { ...WAIT, what: 'one task fewer' });
    await passTo(LAST_DAY + 1);
    await until(() => ownedBy(seller) === 2, { ...WAIT, what: 'tasks of the seller again' });
    const boss = await world.open(1);
    const visit = await world.step(dealId, 'visit', boss);
    expect([visit.state, visit.outcome?.byName]).toEqual(['done', nameOf(deputy)]);
    expect([...owners().keys()].some((title) => title.startsWith('Шаг visit'))).toBe(false);
  });

  it('goes on by itself when a pause is over, its deadlines moved behind it', async () => {
    const boss = await world.open(1);
    const before = await world.step(dealId, 'call', boss);
    const until5 = new Date(Date.now() + (days + 5) * DAY_MS).toISOString();
    const paused = await boss.post<StepCommandAnswer>(`/api/plan/D_${dealId}/pause`, {
      until: until5,
      reason: 'клиент в отъезде',
    });
    expect([paused.status, paused.data.plan.plan?.state]).toEqual([200, 'paused']);
    await passTo(days + 4);
    const later = await world.open(1);
    expect((await world.view(dealId, later)).plan?.state).toBe('paused');
    await passTo(days + 2);
    const after = await world.open(1);
    await until(async () => (await world.view(dealId, after)).plan?.state === 'active', WAIT);
    const step = await world.step(dealId, 'call', after);
    expect(Date.parse(step.dueAt ?? '')).toBeGreaterThan(Date.parse(before.dueAt ?? ''));
    expect(owners().size).toBe(2);
  });

  /** As if so many days had gone by since the beginning; every minute the service looks for what is due. */
  async function passTo(day: number): Promise<void> {
    days = day;
    const rounds = world.running.app.get<PlanRounds>(PlanRounds, { strict: false });
    await rounds.tick();
    await until(
      async () =>
        (
          await world.rows(
            `SELECT 1 FROM outbox_task WHERE desired_rev > applied_rev AND state NOT IN ('gone', 'failed')`,
          )
        ).length === 0,
      { ...WAIT, what: 'a quiet outbox' },
    );
  }

  /** Who has each open task of the deal in the host, by its title. */
  function owners(): ReadonlyMap<string, number> {
    const tasks = world.running.portal.context.tasks({ dealId, open: true });
    return new Map(tasks.map((task) => [task.title, task.responsibleId]));
  }

  function ownedBy(userId: number): number {
    return [...owners().values()].filter((id) => id === userId).length;
  }

  function nameOf(userId: number): string {
    return world.running.portal.context.users().find((user) => user.id === userId)?.name ?? '';
  }
});
