import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { PLAN_COMMANDS, type PlanCommands } from '../../../src/contract/plan-commands.js';
import type { PlanChoicesView, StepCommandAnswer } from '../../../src/features/plans/plan.view.js';
import { PlanRounds } from '../../../src/features/plans/plan-rounds.service.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { aTask, startPlanWorld, WAIT, type PlanWorld } from '../../support/plan-world.js';
import { until } from '../../support/until.js';
import type { WidgetPerson } from '../../support/widget-person.js';

interface PeopleAnswer {
  readonly revision: number;
  readonly roles: readonly { readonly key: string; readonly name: string; readonly holderIds: string[] }[];
  readonly groups: readonly { readonly key: string; readonly name: string }[];
}

jest.setTimeout(240_000);

describeOnEveryDatabase('test/medium/plans/people', (open) => {
  let world: PlanWorld;
  let commands: PlanCommands;
  let members: readonly number[] = [];
  let seller = 0;

  beforeAll(async () => {
    world = await startPlanWorld(await open());
    commands = world.running.app.get<PlanCommands>(PLAN_COMMANDS, { strict: false });
    members = world.people.slice(-3);
    seller = world.people.find((id) => !members.includes(id)) ?? 0;
    const { data } = await world.admin.get<PeopleAnswer>('/api/company/people');
    const memberIds = members.map(String);
    const groups = [
      { name: 'Круг', memberIds, keeperId: null },
      { name: 'Очередь', memberIds, keeperId: String(seller) },
    ];
    const roles = data.roles.map(({ key, name, holderIds }) => ({ key, name, holderIds }));
    const order = { revision: data.revision, roles, groups };
    const saved = await world.admin.send<PeopleAnswer>('PUT', '/api/company/people', order);
    expect(saved.status).toBe(200);
    const keyOf = (name: string): string => saved.data.groups.find((each) => each.name === name)?.key ?? '';
    await world.switchOn({
      stages: [
        {
          steps: [
            aTask('round', { owner: { kind: 'roundRobin', group: keyOf('Круг') } }),
            aTask('queue', { owner: { kind: 'queue', group: keyOf('Очередь') } }),
            aTask('own'),
          ],
        },
      ],
    });
  }, 180_000);

  afterAll(async () => {
    await world?.running.stop();
  });

  it('gives turns of a group one after another, none twice, whoever plans at the same moment', async () => {
    const [template] = await world.rows<{ id: string }>('SELECT template_id AS id FROM pipeline_plan');
    const free = await world.rows<{ deal_id: string }>(
      `SELECT deal_id FROM deal d WHERE stage_kind = 'open' AND pipeline_id = 'D_0'
         AND stage_id = (SELECT stage_id FROM stage WHERE pipeline_id = 'D_0' ORDER BY sort LIMIT 1)
         AND NOT EXISTS (SELECT FROM plan p WHERE p.deal_id = d.deal_id)`,
    );
    const made = Array.from({ length: 9 }, () => world.deal(seller));
    const launched = free.map(({ deal_id: id }) =>
      world.admin.post(`/api/plan/${id}/launch`, { templateId: template?.id }),
    );
    await Promise.all([...made, ...launched]);
    const turns = await world.rows<{ owner_id: string; n: number }>(
      `SELECT owner_id, count(*)::int AS n FROM plan_step WHERE step_key = 'round' AND state = 'actionable'
       GROUP BY owner_id`,
    );
    const taken = turns.reduce((sum, { n }) => sum + n, 0);
    expect(taken).toBeGreaterThanOrEqual(9);
    expect(new Set(turns.map(({ owner_id: id }) => Number(id)))).toEqual(new Set(members));
    expect(Math.max(...turns.map(({ n }) => n)) - Math.min(...turns.map(({ n }) => n))).toBeLessThanOrEqual(
      1,
    );
    const [counted] = await world.rows<{ turns: number }>('SELECT turns FROM group_turn');
    expect(counted?.turns).toBe(taken);
  });

  it('lets a member take a step out of the queue in somebody else’s deal, and nothing more there', async () => {
    const dealId = await world.deal(seller);
    const member = await world.open(members[0] ?? 0);
    const step = await world.step(dealId, 'queue', member);
    expect([step.can.take, step.can.done]).toEqual([true, false]);
    const refused = await post(member, dealId, `steps/${step.id}/done`);
    expect(refused.status).toBe(403);
    const taken = await post(member, dealId, `steps/${step.id}/take`);
    expect(taken.status).toBe(200);
    const mine = await world.step(dealId, 'queue', member);
    expect([mine.mine, mine.can.done, mine.can.take]).toEqual([true, true, undefined]);
    const late = await world.open(members[1] ?? 0);
    const status = (await post(late, dealId, `steps/${step.id}/take`)).status;
    expect([403, 409]).toContain(status);
    const orders = {
      pause: { reason: 'просто проверка' },
      override: { reason: 'просто проверка', stageKey: 'stage-1' },
      launch: { templateId: 'transactional@ru' },
      accept: {},
      resume: {},
    };
    for (const [what, body] of Object.entries(orders)) {
      expect([what, (await post(member, dealId, what, body)).status]).toEqual([what, 403]);
    }
    const own = await world.step(dealId, 'own');
    expect((await post(member, dealId, `steps/${own.id}/skip`, { reason: 'это не мой шаг' })).status).toBe(
      403,
    );
  });

  it('moves a deadline with a reason, gives a step away where the person leads, and refuses what makes no sense', async () => {
    const dealId = await world.deal(seller);
    const person = await world.open(seller);
    const { id } = await world.step(dealId, 'own');
    const dueAt = new Date(Date.now() + 5 * 86_400_000).toISOString();
    const bare = await post(person, dealId, `steps/${id}/reschedule`, { dueAt });
    expect(bare.status).toBe(400);
    const past = { dueAt: '2020-01-01T10:00:00Z', reason: 'просил клиент' };
    expect((await post(person, dealId, `steps/${id}/reschedule`, past)).status).toBe(400);
    const later = await post(person, dealId, `steps/${id}/reschedule`, { dueAt, reason: 'просил клиент' });
    expect(later.status).toBe(200);
    const step = await world.step(dealId, 'own');
    expect([step.dueAt, step.dueReason]).toEqual([dueAt, 'просил клиент']);
    const userId = String(members[2]);
    expect((await post(world.admin, dealId, `steps/${id}/reassign`, { userId: '999999' })).status).toBe(400);
    expect((await post(world.admin, dealId, `steps/${id}/reassign`, { userId })).status).toBe(200);
    const [row] = await world.rows<{ owner_id: string }>(
      `SELECT owner_id FROM plan_step WHERE deal_id = $1 AND step_key = 'own'`,
      [`D_${dealId}`],
    );
    expect(row?.owner_id).toBe(userId);
    const { data } = await world.admin.get<{ reasons: object[]; people: object[] }>(
      `/api/plan/D_${dealId}/choices`,
    );
    expect(data.reasons.length).toBeGreaterThan(2);
    expect(data.people.length).toBeGreaterThan(3);
  });

  it('keeps the key of a reason of the company’s list and refuses one that is not there', async () => {
    const dealId = await world.deal(seller);
    const person = await world.open(seller);
    const { id } = await world.step(dealId, 'own');
    const { data } = await world.admin.get<PlanChoicesView>(`/api/plan/D_${dealId}/choices`);
    const [reason] = data.reasons;
    if (!reason) throw new Error('the company has reasons from the beginning');
    const { cause, key, name } = reason;
    const unknown = { cause, reason: name, reasonKey: 'no-such-reason' };
    expect((await post(person, dealId, `steps/${id}/fail`, unknown)).status).toBe(422);
    const failed = await post(person, dealId, `steps/${id}/fail`, { cause, reason: name, reasonKey: key });
    expect(failed.status).toBe(200);
    const [row] = await world.rows<{ outcome: object }>(
      `SELECT detail->'outcome' AS outcome FROM plan_step WHERE deal_id = $1 AND step_key = 'own'`,
      [`D_${dealId}`],
    );
    expect(row?.outcome).toMatchObject({ kind: 'failed', reason: name, reasonKey: key });
  });

  it('pauses a plan and counts what was left when it goes on', async () => {
    const dealId = await world.deal(seller);
    const before = await world.step(dealId, 'own');
    const paused = await post(world.admin, dealId, 'pause', { reason: 'клиент в отпуске' });
    expect(paused.data.plan.plan?.state).toBe('paused');
    expect(paused.data.plan.pause).toMatchObject({ until: null, reason: 'клиент в отпуске' });
    const resumed = await post(world.admin, dealId, 'resume');
    expect([resumed.status, resumed.data.plan.plan?.state]).toEqual([200, 'active']);
    const after = await world.step(dealId, 'own');
    expect(Date.parse(after.dueAt ?? '')).toBeGreaterThanOrEqual(Date.parse(before.dueAt ?? ''));
    expect((await post(world.admin, dealId, 'resume')).status).toBe(409);
    const until = new Date(Date.now() + 3_000).toISOString();
    expect((await post(world.admin, dealId, 'pause', { until, reason: 'ждём три секунды' })).status).toBe(
      200,
    );
    const [row] = await world.rows<{ pauses: object[] }>('SELECT pauses FROM plan WHERE deal_id = $1', [
      `D_${dealId}`,
    ]);
    expect(row?.pauses).toHaveLength(1);
  });

  it('carries out orders of other features: steps, new owners, new deadlines, pauses', async () => {
    const dealId = await world.deal(seller);
    const id = `D_${dealId}`;
    const { accountId } = world;
    const done = await commands.step(accountId, { dealId: id, stepId: 'own~1' }, { kind: 'done' }, '1', 'ru');
    expect(done).toEqual({ kind: 'ok' });
    const again = await commands.step(
      accountId,
      { dealId: id, stepId: 'own~1' },
      { kind: 'done' },
      '1',
      'en',
    );
    expect(again).toMatchObject({ kind: 'refused', code: 'already-finished' });
    const nobody = await commands.step(
      accountId,
      { dealId: 'D_0', stepId: 'own~1' },
      { kind: 'done' },
      '1',
      'ru',
    );
    expect(nobody).toMatchObject({ kind: 'refused', code: 'not-found' });
    const other = await world.deal(seller);
    const both = [`D_${other}`, 'D_0'];
    expect(await commands.reassign(accountId, both, String(members[1]), '1')).toEqual([`D_${other}`]);
    expect((await world.step(other, 'own')).ownerName).not.toBe((await world.view(other)).deal.ownerName);
    const dueAt = Date.now() + 30 * 86_400_000;
    const far = { kind: 'reschedule', dueAt, reason: 'очень далеко' } as const;
    await commands.step(accountId, { dealId: `D_${other}`, stepId: 'own~1' }, far, '1', 'ru');
    const former = await commands.replan(accountId, both, '1');
    expect(former.map((one) => one.dealId)).toEqual([`D_${other}`]);
    expect(Date.parse((await world.step(other, 'own')).dueAt ?? '')).toBeLessThan(dueAt);
    expect(await commands.undoReplan(accountId, former, '1')).toEqual([`D_${other}`]);
    expect(Date.parse((await world.step(other, 'own')).dueAt ?? '')).toBe(dueAt);
    expect(await commands.pause(accountId, both, { until: null, reason: 'все в отпуске' }, '1')).toHaveLength(
      1,
    );
    expect((await world.view(other)).pause?.reason).toBe('все в отпуске');
    expect(await commands.pause(accountId, both, null, '1')).toEqual([`D_${other}`]);
    expect((await world.view(other)).pause).toBeUndefined();
  });

  it('waits for a lead to be accepted where administrators say that leads wait', async () => {
    const first = world.stages[0]?.id ?? '';
    const path = '/api/pipelines/D_0/intake';
    const person = await world.open(seller);
    expect((await person.send('PUT', path, { stageIds: [first] })).status).toBe(403);
    expect((await world.admin.send('PUT', path, { stageIds: ['no-such'] })).status).toBe(400);
    expect((await world.admin.send('PUT', path, { stageIds: [first] })).status).toBe(200);
    const { context } = world.running.portal;
    const draft = { title: 'Заявка с сайта', pipelineId: 0, ownerId: seller };
    const [taken, moved] = [context.createDeal(draft, seller), context.createDeal(draft, seller)];
    await until(async () => (await copied(taken.id)) && (await copied(moved.id)), WAIT);
    const waiting = await world.view(taken.id, person);
    expect([waiting.plan, waiting.acceptance]).toEqual([null, { can: true }]);
    const accepted = await post(person, taken.id, 'accept');
    expect([accepted.status, accepted.data.plan.plan?.state]).toEqual([200, 'active']);
    expect(accepted.data.plan.acceptance).toBeUndefined();
    await world.move(moved.id, world.stages[1]?.id ?? '');
    await until(async () => (await world.view(moved.id)).plan !== null, WAIT);
    const triggers = await world.rows<{ trigger: string }>(
      'SELECT trigger FROM plan WHERE deal_id = ANY($1::text[])',
      [[`D_${taken.id}`, `D_${moved.id}`]],
    );
    expect(triggers.map(({ trigger }) => trigger)).toEqual(['acceptance', 'acceptance']);
    expect((await post(person, moved.id, 'accept')).status).toBe(409);
    // A plan by hand accepts who waits, and nobody else.
    const elsewhere = context.createDeal({ ...draft, pipelineId: 1 }, seller);
    await until(async () => copied(elsewhere.id), WAIT);
    const { launch } = await world.view(elsewhere.id, person);
    const begun = await post(person, elsewhere.id, 'launch', { templateId: launch?.templates[0]?.id });
    expect([begun.status, begun.data.plan.plan?.state]).toEqual([200, 'active']);
    const known = await world.rows<{ deal_id: string }>(
      'SELECT deal_id FROM deal_acceptance WHERE deal_id = ANY($1::text[])',
      [[taken.id, moved.id, elsewhere.id].map((id) => `D_${id}`)],
    );
    expect(new Set(known.map((row) => row.deal_id))).toEqual(new Set([`D_${taken.id}`, `D_${moved.id}`]));
    expect((await world.admin.send('PUT', path, { stageIds: [] })).status).toBe(200);
  });

  it('gives the steps of a dismissed person to somebody else soon after', async () => {
    const dealId = await world.deal(seller);
    const rounds = world.running.app.get<PlanRounds>(PlanRounds, { strict: false });
    await rounds.tick();
    await world.rows('UPDATE host_user SET active = false WHERE user_id = $1', [String(seller)]);
    await rounds.tick();
    const own = async (): Promise<string | null> =>
      (
        await world.rows<{ owner_id: string | null }>(
          `SELECT owner_id FROM plan_step WHERE deal_id = $1 AND step_key = 'own'`,
          [`D_${dealId}`],
        )
      )[0]?.owner_id ?? null;
    await until(async () => (await own()) !== String(seller), { ...WAIT, what: 'another owner' });
  });

  async function copied(dealId: number): Promise<boolean> {
    return (await world.rows('SELECT 1 FROM deal WHERE deal_id = $1', [`D_${dealId}`])).length > 0;
  }

  function post(person: WidgetPerson, dealId: number, what: string, body: object = {}) {
    return person.post<StepCommandAnswer>(`/api/plan/D_${dealId}/${what}`, body);
  }
});
