import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { PushesWorld } from '../../support/pushing-world.js';
import { HOUR, startPushesWorld } from '../../support/pushing-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import type { AnsweredView, MyPushesView, PushedView } from '../../../src/features/pushing/pushing.view.js';

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

describeOnEveryDatabase('src/features/pushing/pushes', (open) => {
  let world: PushesWorld;

  beforeAll(async () => {
    world = await startPushesWorld(await open());
  }, 180_000);

  afterAll(() => world?.stop(), 60_000);

  async function mine(): Promise<MyPushesView['pushes']> {
    return (await world.seller.get<MyPushesView>('/api/pushes/mine')).data.pushes;
  }

  it('asks in the deal and by a notification, shows it to the seller, and marks the deal', async () => {
    const [dealId = ''] = world.dealIds;
    const pushed = await world.head.post<PushedView>('/api/pushes', {
      target: { kind: 'deal', dealId },
      text: 'Что с договором?',
    });
    expect(pushed.status).toBe(200);
    expect(pushed.data.push).toMatchObject({ state: 'waiting', answer: null });
    expect(await mine()).toMatchObject([{ dealId, text: 'Что с договором?', repeats: 0 }]);
    const kinds = await world.actions();
    expect(kinds.filter((action) => action.kind === 'ask')).toMatchObject([
      { action: { dealId, userId: world.sellerId, text: 'Что с договором?' } },
    ]);
    expect(kinds.filter((action) => action.kind === 'notify')).toMatchObject([
      { action: { userId: world.sellerId } },
    ]);
    expect(await world.pushedAt(dealId)).not.toBeNull();
  });

  it('refuses a second push on the same within the hour, with the time when it is possible', async () => {
    const [dealId = ''] = world.dealIds;
    const again = await world.head.post<Failure>('/api/pushes', { target: { kind: 'deal', dealId } });
    expect([again.status, again.data.error.code]).toEqual([409, 'push-cooling']);
    expect(again.data.error.message).toMatch(/\d\d:\d\d/);
  });

  it('gathers a selection into one further notification, an hour after the last', async () => {
    const before = (await world.actions()).filter((action) => action.kind === 'notify');
    const { pushes, refused } = await world.pushDeals(world.dealIds);
    expect(refused.map((one) => one.refusal.code)).toEqual(['cooling']);
    expect(pushes).toHaveLength(world.dealIds.length - 1);
    const notes = (await world.actions()).filter((action) => action.kind === 'notify');
    expect(notes).toHaveLength(before.length + 1);
    const moments = new Set(pushes.map((push) => push.deliverAt));
    expect(moments.size).toBe(1);
    const first = await world.firstDelivery();
    expect(Math.min(...moments) - first).toBeGreaterThanOrEqual(HOUR);
  });

  it('records what the seller answers, tells the one who asked, and takes the question away', async () => {
    const [push] = await mine();
    const bad = await world.seller.post(`/api/pushes/${push?.id}/answer`, {
      kind: 'willBeDone',
      until: '2001-01-01',
    });
    expect(bad.status).toBe(422);
    const until = new Date(Date.now() + 30 * HOUR).toISOString();
    const answered = await world.seller.post<AnsweredView>(`/api/pushes/${push?.id}/answer`, {
      kind: 'willBeDone',
      until,
    });
    expect(answered.data.answer).toMatchObject({ kind: 'willBeDone', until });
    expect((await mine()).map((one) => one.id)).not.toContain(push?.id);
    const told = (await world.actions()).filter((one) => one.action['userId'] === world.headId);
    expect(told).toMatchObject([{ kind: 'notify' }]);
    expect(await world.pushedAt(push?.dealId ?? '')).toBeNull();
    const twice = await world.seller.post<Failure>(`/api/pushes/${push?.id}/answer`, { kind: 'done' });
    expect([twice.status, twice.data.error.code]).toEqual([409, 'push-over']);
  });

  it('wants a reason for what is not done, one of the list or in words', async () => {
    const [push] = await mine();
    const silent = await world.seller.post(`/api/pushes/${push?.id}/answer`, {
      kind: 'notDone',
      reasonKey: '',
      reason: ' ',
    });
    expect(silent.status).toBe(422);
    const answered = await world.seller.post<AnsweredView>(`/api/pushes/${push?.id}/answer`, {
      kind: 'notDone',
      reasonKey: 'noTime',
      reason: 'два дня на выставке',
    });
    expect(answered.data.answer.reason).toBe('Не хватило времени. два дня на выставке');
  });

  it('takes the answer by the host’s own button', async () => {
    const [push] = await mine();
    await world.pressButton(push?.id ?? '', 'done');
    expect((await mine()).map((one) => one.id)).not.toContain(push?.id);
    expect(await world.answerOf(push?.id ?? '')).toMatchObject({ kind: 'done', by: world.sellerId });
  });

  it('lets nobody push who leads nobody, nobody push own deals, and nobody answer for somebody else', async () => {
    const [push] = await mine();
    const [dealId = ''] = world.dealIds;
    const bySeller = await world.seller.post('/api/pushes', { target: { kind: 'deal', dealId } });
    expect(bySeller.status).toBe(403);
    const own = await world.head.post<Failure>('/api/pushes', {
      target: { kind: 'seller', userId: world.headId },
    });
    expect(own.data.error.code).toBe('push-own');
    expect((await world.head.post(`/api/pushes/${push?.id}/answer`, { kind: 'done' })).status).toBe(403);
    expect((await world.colleague.post(`/api/pushes/${push?.id}/answer`, { kind: 'done' })).status).toBe(404);
    expect((await world.colleague.post(`/api/pushes/${push?.id}/withdraw`)).status).toBe(404);
    const unknown = await world.head.post('/api/pushes', { target: { kind: 'deal', dealId: 'D_none' } });
    expect(unknown.status).toBe(404);
  });

  it('withdraws a push with its question, and takes it out of the notification that is still to come', async () => {
    const [push] = await mine();
    const told = async () =>
      (await world.actions()).filter(
        ({ kind, action }) => kind === 'notify' && String(action['text']).includes(push?.dealTitle ?? '?'),
      ).length;
    expect(await told()).toBe(1);
    const taken = await world.head.post<PushedView>(`/api/pushes/${push?.id}/withdraw`);
    expect(taken.data.push.state).toBe('withdrawn');
    expect(await told()).toBe(0);
    expect((await mine()).map((one) => one.id)).not.toContain(push?.id);
    expect(await world.pushedAt(push?.dealId ?? '')).toBeNull();
  });

  it.each([
    {},
    { target: { kind: 'deal' } },
    { target: { kind: 'everybody' } },
    { target: { kind: 'step', dealId: 'D_1' } },
    { target: { kind: 'seller', userId: 7 } },
  ])('refuses %j with a reason', async (body) => {
    const { status, data } = await world.head.post<Failure>('/api/pushes', body);
    expect(status).toBe(400);
    expect(data.error.message).toMatch(/\s/);
  });

  it('repeats once and then tells the head, when nobody answers', async () => {
    const { pushes } = await world.pushDeals(world.moreDealIds);
    expect(pushes.length).toBeGreaterThan(0);
    const seen: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await world.makeDue();
      await world.round();
      seen.push(...(await world.standings(pushes.map((push) => push.pushId))));
    }
    expect(new Set(seen)).toContain('waiting 1 0');
    expect(await world.standings(pushes.map((push) => push.pushId))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^escalated 1 [12]$/)]),
    );
    const texts = (await world.actions()).map((one) => String(one.action['text']));
    expect(texts.filter((text) => text.startsWith('Напоминание'))).toHaveLength(1);
    expect(texts.some((text) => text.startsWith('Не ответили на пуш'))).toBe(true);
  });
});
