import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DayAnswer, OffDaysView } from '../../../src/features/pushing/day.view.js';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { dayOf, startDayRoutes, type DayRoutesWorld } from '../../support/day-routes-world.js';

const DAY = 86_400_000;

describeOnEveryDatabase('test/medium/pushing/prompts', (open) => {
  let world: DayRoutesWorld;
  let database: Database;
  let dealId = '';
  let itemId = '';

  beforeAll(async () => {
    database = await open();
    world = await startDayRoutes(database);
    const [item] = await world.openItems();
    dealId = item?.dealId ?? '';
    itemId = item?.id ?? '';
    const stepId = item?.stepId ?? '';
    // Not for today, and in a deal that stands longer than any stage.
    await database.query(
      `UPDATE plan_step SET due_at = now() + interval '9 days' WHERE account_id = $1::uuid AND deal_id = $2
         AND step_key || '~' || visit_seq = $3`,
      [world.accountId, dealId, stepId],
    );
    await database.query(
      `UPDATE deal_pulse SET stage_since = now() - interval '300 days', last_event_at = now() - interval '300 days',
         next_step = $3, next_owner_id = owner_id, amount = 90000000, waiting_until = NULL, snoozed_until = NULL
       WHERE account_id = $1::uuid AND deal_id = $2`,
      [world.accountId, dealId, stepId],
    );
    await database.query(`DELETE FROM day_item WHERE account_id = $1::uuid AND deal_id = $2`, [
      world.accountId,
      dealId,
    ]);
  }, 240_000);

  afterAll(() => world?.running.stop());

  const path = (): string => `/api/day/items/${encodeURIComponent(itemId)}`;
  const dayIn = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

  it('offers to move the step of a prompt that is not for today', async () => {
    const day = await dayOf(world.seller);
    expect(day.items.some((item) => item.id === itemId)).toBe(false);
    const prompt = day.prompts.find((one) => one.dealId === dealId);
    expect(prompt).toMatchObject({ itemId, actions: ['openDeal', 'moveDate', 'lowerPriority'] });
  });

  it('moves nothing for others, to no date, without a reason, or by another answer than moving', async () => {
    const move = { kind: 'moved', until: dayIn(20), reason: 'Клиент в отпуске' };
    for (const person of [world.colleague, world.head])
      expect((await person.post(path(), move)).status).toBe(404);
    const { seller } = world;
    const bad: readonly (readonly [object, number])[] = [
      [{ ...move, until: '2020-01-01' }, 422],
      [{ ...move, until: dayIn(400) }, 422],
      [{ ...move, until: 'tomorrow' }, 400],
      [{ ...move, until: undefined }, 400],
      [{ kind: 'moved', until: dayIn(20) }, 422],
      [{ ...move, reason: 'x'.repeat(1_001) }, 400],
      [{ kind: 'done' }, 404],
      [{ kind: 'notDone', reason: 'Не успели' }, 404],
    ];
    for (const [body, status] of bad)
      expect([body, (await seller.post(path(), body)).status]).toEqual([body, status]);
    const foreign = `/api/day/items/${encodeURIComponent(`${dealId}~no-such-step~1`)}`;
    expect((await seller.post(foreign, move)).status).toBe(404);
  });

  it('moves the step’s own date with its reason, and leaves the day without it', async () => {
    const body = { kind: 'moved', until: dayIn(20), reason: 'Клиент в отпуске' };
    const { status, data } = await world.seller.post<DayAnswer>(path(), body);
    expect([status, data.said]).toEqual([200, null]);
    expect(data.day.items.some((item) => item.id === itemId)).toBe(false);
    const [step] = await database.query<{ due_at: Date; reason: string | null }>(
      `SELECT due_at, detail -> 'manual' ->> 'dueReason' AS reason FROM plan_step WHERE account_id = $1::uuid
         AND deal_id = $2 AND deal_id || '~' || step_key || '~' || visit_seq = $3 AND state = 'actionable'`,
      [world.accountId, dealId, itemId],
    );
    const moscow = new Date((step?.due_at.getTime() ?? 0) + 3 * 3_600_000).toISOString().slice(0, 10);
    expect([moscow, step?.reason]).toEqual([dayIn(20), 'Клиент в отпуске']);
  });

  it('tells the own days without work, those of somebody led, and of others no absence', async () => {
    const { seller, head, colleague, sellerId } = world;
    const away = { from: dayIn(3), to: dayIn(4) };
    const absence = { userId: sellerId, ...away, kind: 'vacation', deputyId: null };
    expect((await world.admin.post('/api/company/absences', absence)).status).toBeLessThan(300);
    const off = async (person: typeof seller, query = ''): Promise<readonly string[]> => {
      const { status, data } = await person.get<OffDaysView>(`/api/day/off-days${query}`);
      expect([query, status]).toEqual([query, 200]);
      return data.off.filter((span) => span.why === 'absent').map(({ from, to }) => `${from} ${to}`);
    };
    const known = [`${away.from} ${away.to}`];
    expect(await off(seller)).toEqual(known);
    expect(await off(head, `?userId=${sellerId}`)).toEqual(known);
    expect(await off(colleague, `?userId=${sellerId}`)).toEqual([]);
    expect(await off(seller, '?everybody=true')).toEqual([]);
    expect(await off(seller, '?userId=nobody-here')).toEqual([]);
    for (const query of ['?userId=', `?userId=${'x'.repeat(101)}`, '?everybody=1', '?userId[]=1'])
      expect([query, (await seller.get(`/api/day/off-days${query}`)).status]).toEqual([query, 400]);
  });
});
