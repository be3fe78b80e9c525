import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type {
  PanelAction,
  PanelActionAnswer,
  PanelChoicesView,
  PanelDrawerView,
  PanelPageView,
  PanelRowView,
} from '../../../src/features/pushing/panel.view.js';
import { DEMO_PLANS } from '../../../src/sandbox/demo/demo-administrator.js';
import { ADMIN, HEAD } from '../../support/company-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

const WAIT = { timeoutMs: 20_000 };
const NOBODYS_DEED = '0192f0c1-0000-7000-8000-00000000dead';

describeOnEveryDatabase('test/medium/pushing/panel-actions', (open) => {
  let running: Running;
  let admin: WidgetPerson;
  let head: WidgetPerson;
  let seller: WidgetPerson;
  let choices: PanelChoicesView;

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(60), plans: DEMO_PLANS });
    await settled(running);
    admin = await openFrame(running, ADMIN);
    head = await openFrame(running, HEAD);
    choices = (await admin.get<PanelChoicesView>('/api/panel/choices')).data;
    const { openDeals } = await running.state();
    await until(async () => (await page(admin)).total === openDeals, { what: 'a pulse of every open deal' });
    const owners = new Set((await page(admin)).rows.map((row) => Number(row.ownerId)));
    for (const user of running.portal.context.users().filter((one) => owners.has(one.id) && !one.admin)) {
      seller = await openFrame(running, user.id);
      if (!seller.boot.user.head) break;
    }
    expect(seller.boot.user.head).toBe(false);
  }, 180_000);

  afterAll(async () => {
    await running?.stop();
  });

  async function page(person: WidgetPerson, query = ''): Promise<PanelPageView> {
    return (await person.get<PanelPageView>(`/api/panel?limit=200${query}`)).data;
  }

  async function rowOf(dealId: string, person = admin): Promise<PanelRowView | undefined> {
    return (await page(person)).rows.find((row) => row.dealId === dealId);
  }

  async function act(action: PanelAction, person = admin): Promise<PanelActionAnswer> {
    const { status, data } = await person.post<PanelActionAnswer>('/api/panel/actions', action);
    expect([status, data]).toEqual([200, data]);
    return data;
  }

  /** Open deals of the pipeline in which most of them are; every test takes others, by the end of the list. */
  async function deals(person: WidgetPerson, count: number): Promise<readonly PanelRowView[]> {
    const { rows } = await page(person, '&sort=created');
    const byPipeline = Map.groupBy(rows, (row) => row.pipelineId);
    const [most] = [...byPipeline.values()].toSorted((one, other) => other.length - one.length);
    return (most ?? []).slice(0, count);
  }

  const bare = (dealId: string): number => Number(dealId.replace('D_', ''));
  const stageInHost = (dealId: string) => running.portal.context.deal(bare(dealId))?.stageId;
  const ownerInHost = (dealId: string) => String(running.portal.context.deal(bare(dealId))?.ownerId);

  function openStages(row: PanelRowView) {
    const stages = choices.pipelines.find((pipeline) => pipeline.id === row.pipelineId)?.stages ?? [];
    return stages.filter((stage) => stage.kind === 'open');
  }

  it('moves cards to another stage in the host, says so until it is there, and takes the move back', async () => {
    const [row] = await deals(admin, 1);
    const target = openStages(row as PanelRowView).find((stage) => stage.id !== row?.stageId);
    const dealId = row?.dealId ?? '';
    const before = stageInHost(dealId);
    const answer = await act({ kind: 'move', dealIds: [dealId], stageId: target?.id ?? '' });
    expect(answer).toMatchObject({ done: 1, refused: [] });
    const moving = await rowOf(dealId);
    expect(moving?.moving?.stageId ?? moving?.stageId).toBe(target?.id);
    await until(async () => (await rowOf(dealId))?.stageId === target?.id, {
      ...WAIT,
      what: 'the new stage',
    });
    expect((await rowOf(dealId))?.moving).toBeUndefined();
    expect(stageInHost(dealId)).not.toBe(before);
    const undone = await admin.post<PanelActionAnswer>('/api/panel/undo', { undo: answer.undo });
    expect([undone.status, undone.data.done]).toEqual([200, 1]);
    await until(() => stageInHost(dealId) === before, { ...WAIT, what: 'the old stage' });
    const again = await admin.post('/api/panel/undo', { undo: answer.undo });
    expect(again.status).toBe(409);
  });

  it('leaves a deal where somebody else took it meanwhile, and says so', async () => {
    const [row] = (await deals(admin, 2)).slice(1);
    const dealId = row?.dealId ?? '';
    const [target, other] = openStages(row as PanelRowView).filter((stage) => stage.id !== row?.stageId);
    const { undo } = await act({ kind: 'move', dealIds: [dealId], stageId: target?.id ?? '' });
    await until(async () => (await rowOf(dealId))?.stageId === target?.id, { ...WAIT, what: 'the move' });
    running.portal.context.moveDeal(bare(dealId), other?.id ?? '', ADMIN);
    await until(async () => (await rowOf(dealId))?.stageId === other?.id, {
      ...WAIT,
      what: 'the other move',
    });
    const { data } = await admin.post<PanelActionAnswer>('/api/panel/undo', { undo });
    expect(data).toMatchObject({ done: 0, refused: [{ dealId, why: expect.stringMatching(/дальше/) }] });
    expect((await rowOf(dealId))?.stageId).toBe(other?.id);
  });

  it('closes a deal into a lost stage with the reason in its history, and opens it again', async () => {
    const [row] = (await deals(admin, 3)).slice(2);
    const dealId = row?.dealId ?? '';
    const reason = choices.reasons.find((one) => one.uses.includes('loss'));
    const before = stageInHost(dealId);
    const order = { kind: 'close', dealIds: [dealId], reasonKey: reason?.key ?? '' } as const;
    const { undo } = await act({ ...order, comment: 'Перезвонить через год' });
    const { context } = running.portal;
    await until(() => context.deal(bare(dealId))?.kind === 'lost', { ...WAIT, what: 'a lost deal' });
    const texts = (): string =>
      context
        .timeline(bare(dealId))
        .map((entry) => entry.text)
        .join('\n');
    await until(() => texts().includes(reason?.name ?? '?'), { ...WAIT, what: 'the reason' });
    expect(texts()).toContain('Перезвонить через год');
    await until(async () => (await rowOf(dealId)) === undefined, { ...WAIT, what: 'no row any more' });
    expect((await act(order)).refused).toMatchObject([{ dealId, why: 'Сделка уже закрыта.' }]);
    expect((await admin.post('/api/panel/undo', { undo })).status).toBe(200);
    await until(() => stageInHost(dealId) === before, { ...WAIT, what: 'the old stage' });
    await until(async () => (await rowOf(dealId)) !== undefined, { ...WAIT, what: 'the row again' });
  });

  it('hands deals to another person within reach, and back', async () => {
    const rows = await deals(head, 40);
    const heir = (await head.get<PanelChoicesView>('/api/panel/choices')).data.sellers.at(-1);
    const some = rows.filter((row) => row.ownerId !== heir?.id && row.ownerId !== null).slice(0, 2);
    const dealIds = some.map((row) => row.dealId);
    const answer = await act({ kind: 'reassign', dealIds, userId: heir?.id ?? '', openSteps: true }, head);
    expect(answer).toMatchObject({ done: 2, refused: [] });
    await until(() => dealIds.every((id) => ownerInHost(id) === heir?.id), {
      ...WAIT,
      what: 'the new owner',
    });
    const same = async (): Promise<boolean> =>
      (await page(head)).rows.filter((row) => dealIds.includes(row.dealId) && row.ownerId === heir?.id)
        .length === 2;
    await until(same, { ...WAIT, what: 'the mirrored owner' });
    expect((await head.post('/api/panel/undo', { undo: answer.undo })).status).toBe(200);
    await until(() => some.every((row) => ownerInHost(row.dealId) === row.ownerId), {
      ...WAIT,
      what: 'the former owners',
    });
  });

  it('puts deals off until a date with a reason, and lets an earlier date hold again', async () => {
    const [row] = (await deals(admin, 4)).slice(3);
    const dealIds = [row?.dealId ?? ''];
    const reasonKey = choices.reasons.find((one) => one.uses.includes('snooze'))?.key ?? '';
    const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
    const [near, far] = [inDays(2), inDays(9)];
    await act({ kind: 'snooze', dealIds, until: near, reasonKey });
    const { undo } = await act({ kind: 'snooze', dealIds, until: far, reasonKey, comment: 'Отпуск клиента' });
    expect((await rowOf(dealIds[0] ?? ''))?.snoozedUntil).toBe(far);
    const { data } = await admin.get<PanelDrawerView>(`/api/panel/deals/${dealIds[0] ?? ''}`);
    expect(data.events.some((event) => event.text.includes('Отпуск клиента'))).toBe(true);
    expect((await admin.post('/api/panel/undo', { undo })).status).toBe(200);
    expect((await rowOf(dealIds[0] ?? ''))?.snoozedUntil).toBe(near);
  });

  it('does what it can of a selection and names the rest', async () => {
    const [row] = (await deals(admin, 5)).slice(4);
    const dealId = row?.dealId ?? '';
    const order = { kind: 'move', stageId: row?.stageId ?? '' } as const;
    const answer = await act({ ...order, dealIds: [dealId, 'D_99999', dealId] });
    expect(answer.done).toBe(0);
    expect(answer.undo).toBeNull();
    expect(answer.refused.map((one) => one.dealId).toSorted()).toEqual([dealId, 'D_99999'].toSorted());
    expect(answer.refused.every((one) => /\s/.test(one.why))).toBe(true);
    const lost = choices.pipelines
      .find((one) => one.id === row?.pipelineId)
      ?.stages.find((one) => one.kind === 'lost');
    expect((await act({ kind: 'move', dealIds: [dealId], stageId: lost?.id ?? '' })).refused).toHaveLength(1);
    expect((await act({ kind: 'move', dealIds: [dealId], stageId: 'NOWHERE' })).refused).toHaveLength(1);
  });

  it('lets nobody touch deals beyond the own reach, by any action or by their drawer', async () => {
    const mine = new Set((await page(seller)).rows.map((row) => row.dealId));
    const foreign = (await page(admin)).rows.find((row) => !mine.has(row.dealId));
    const dealIds = [foreign?.dealId ?? ''];
    const key = (use: string) => choices.reasons.find((one) => one.uses.includes(use))?.key ?? '';
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const actions: readonly PanelAction[] = [
      { kind: 'move', dealIds, stageId: foreign?.stageId ?? '' },
      { kind: 'close', dealIds, reasonKey: key('loss') },
      { kind: 'snooze', dealIds, until, reasonKey: key('snooze') },
      { kind: 'replan', dealIds, from: until },
    ];
    for (const action of actions)
      expect([action.kind, await act(action, seller)]).toMatchObject([
        action.kind,
        { done: 0, undo: null, refused: [{ dealId: dealIds[0] }] },
      ]);
    for (const kind of ['push', 'reassign'] as const) {
      const order = { kind, dealIds: [...mine].slice(0, 1), userId: seller.boot.user.id, openSteps: false };
      expect([kind, (await seller.post('/api/panel/actions', order)).status]).toEqual([kind, 403]);
    }
    expect((await seller.get(`/api/panel/deals/${dealIds[0] ?? ''}`)).status).toBe(404);
    expect((await admin.get('/api/panel/deals/D_99999')).status).toBe(404);
    const { undo } = await act({ kind: 'snooze', dealIds, until, reasonKey: key('snooze') });
    expect((await seller.post('/api/panel/undo', { undo })).status).toBe(409);
    expect((await head.post('/api/panel/undo', { undo: NOBODYS_DEED })).status).toBe(409);
    expect((await admin.post('/api/panel/undo', { undo })).status).toBe(200);
  });

  it('counts deadlines anew, and takes that back', async () => {
    const planned = (await page(admin)).rows.filter((row) => row.nextStep?.dueAt).slice(0, 2);
    const dealIds = planned.map((row) => row.dealId);
    const answer = await act({ kind: 'replan', dealIds, from: new Date().toISOString() });
    expect([answer.done, answer.refused]).toEqual([2, []]);
    const { data } = await admin.post<PanelActionAnswer>('/api/panel/undo', { undo: answer.undo });
    expect(data).toMatchObject({ done: 2, refused: [] });
    // Other tests move deals meanwhile: that the very deadlines come back is shown in test/medium/plans/people.
    expect((await admin.post('/api/panel/undo', { undo: answer.undo })).status).toBe(409);
  });

  it('tells in the drawer what happened to a deal, newest first', async () => {
    const planned = (await page(admin)).rows.find((row) => row.nextStep !== null);
    const { data } = await admin.get<PanelDrawerView>(`/api/panel/deals/${planned?.dealId ?? ''}`);
    expect(data.row.dealId).toBe(planned?.dealId);
    expect(data.events.map((event) => event.text)).toEqual(
      expect.arrayContaining(['Создан план', expect.stringMatching(/«.+»/)]),
    );
    const times = data.events.map((event) => event.at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('pushes the people behind deals, shows what waits for an answer, and withdraws', async () => {
    const mine = String(ADMIN);
    const others = (await deals(admin, 60)).filter((one) => one.ownerId !== null && one.ownerId !== mine);
    const dealIds = others.slice(-2).map((row) => row.dealId);
    const answer = await act({ kind: 'push', dealIds, text: 'Что со сделкой?' });
    expect(answer.done + answer.refused.length).toBe(2);
    // People may be away today: then nobody is asked, and the words say so.
    for (const { why } of answer.refused) expect(why).toMatch(/\s/);
    if (answer.undo === null) return;
    const pushed = dealIds.filter((id) => !answer.refused.some((one) => one.dealId === id));
    for (const id of pushed) {
      expect((await rowOf(id))?.push).toMatchObject({ state: 'waiting', byName: expect.any(String) });
      expect((await rowOf(id))?.marks).toContain('pushedUnanswered');
    }
    const again = await act({ kind: 'push', dealIds: pushed });
    expect([again.done, again.refused.length]).toEqual([0, pushed.length]);
    const { data } = await admin.post<PanelActionAnswer>('/api/panel/undo', { undo: answer.undo });
    expect(data).toMatchObject({ done: pushed.length, refused: [] });
    for (const id of pushed) expect((await rowOf(id))?.marks).not.toContain('pushedUnanswered');
  });

  it.each([
    ['an unknown kind', { kind: 'dance', dealIds: ['D_1'] }, 400],
    ['no deals', { kind: 'move', dealIds: [], stageId: 'NEW' }, 400],
    ['no stage', { kind: 'move', dealIds: ['D_1'] }, 400],
    [
      'more than 500 deals',
      { kind: 'move', dealIds: Array.from({ length: 501 }, (_, n) => `D_${n}`), stageId: 'NEW' },
      400,
    ],
    ['an unknown reason', { kind: 'close', dealIds: ['D_1'], reasonKey: 'because' }, 422],
    ['a date that is none', { kind: 'snooze', dealIds: ['D_1'], reasonKey: 'because', until: 'soon' }, 400],
    ['an unknown heir', { kind: 'reassign', dealIds: ['D_1'], userId: '424242', openSteps: true }, 422],
  ])('refuses %s with words', async (_, body, status) => {
    const answer = await admin.post<{ readonly error: { readonly message: string } }>(
      '/api/panel/actions',
      body,
    );
    expect([answer.status, /\s/.test(answer.data.error.message)]).toEqual([status, true]);
  });
});
