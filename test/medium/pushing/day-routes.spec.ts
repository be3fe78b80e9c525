import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { dayTick } from '../../../src/features/pushing/day.jobs.js';
import type {
  DayAnswer,
  DayItemView,
  DaySettingsRequest,
  DaySettingsView,
  ExceptionsView,
  ReviewView,
} from '../../../src/features/pushing/day.view.js';
import type { BookView } from '../../../src/features/salesbook/salesbook.view.js';
import type { PlanView } from '../../../src/features/plans/plan.view.js';
import type { Database } from '../../../src/infra/db/database.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { dayOf, startDayRoutes, tellOf, type DayRoutesWorld } from '../../support/day-routes-world.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled } from '../../support/running.js';
import { until } from '../../support/until.js';
import { stepsOf, type WidgetPerson } from '../../support/widget-person.js';

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

const DAY_MS = 86_400_000;
const SETTINGS: DaySettingsRequest = {
  cycleOn: false,
  listAt: '00:01',
  closingAt: '23:57',
  exceptionsAt: '23:58',
  reviewAt: '10:00',
  remindMinutes: 15,
  mail: false,
};

describeOnEveryDatabase('src/features/pushing/day', (open) => {
  let world: DayRoutesWorld;
  let database: Database;
  let admin: WidgetPerson;
  let head: WidgetPerson;
  let seller: WidgetPerson;
  let colleague: WidgetPerson;

  beforeAll(async () => {
    database = await open();
    ({ admin, head, seller, colleague } = world = await startDayRoutes(database));
  }, 240_000);

  afterAll(() => world?.running.stop(), 60_000);

  function stateOf(answer: DayAnswer, item: DayItemView | undefined): DayItemView | undefined {
    return answer.day.items.find((one) => one.id === item?.id);
  }

  /** What fits the question of the step. */
  function resultOf({ result }: DayItemView): string {
    const fitting = {
      none: '',
      text: 'сделано',
      choice: result.choices[0] ?? '',
      number: '5',
      link: 'https://a.example',
    };
    return fitting[result.kind];
  }

  it('shows the seller what the day consists of, with reasons to choose from', async () => {
    await world.openItems();
    const day = await dayOf(seller);
    expect(day.phase).toMatch(/^(morning|day|closing)$/);
    expect(day.counts.open).toBeGreaterThanOrEqual(4);
    expect(day.counts.overdue).toBe(day.counts.open);
    expect(day.items[0]).toMatchObject({
      kind: 'step',
      state: 'open',
      dealPath: expect.stringContaining('/'),
    });
    expect(day.items.every((item) => item.title !== '' && item.title !== item.stepId)).toBe(true);
    expect(day.reasons.map((reason) => reason.key)).toContain('noTime');
    expect((await dayOf(colleague)).items.map((item) => item.id)).not.toContain(day.items[0]?.id);
  });

  it('does a step: the plan follows, the result is asked for where it is demanded, and twice is once', async () => {
    const items = await world.openItems();
    const [item] = items;
    const demanding = items.find((one) => one.result.demanded);
    if (demanding) {
      const bare = await tellOf<Failure>(seller, demanding, { kind: 'done' });
      expect([bare.status, bare.data.error.message]).toEqual([409, expect.stringMatching(/\S+ \S+/)]);
    }
    const done = await tellOf(seller, item, { kind: 'done', ...(item && { result: resultOf(item) }) });
    expect([done.status, stateOf(done.data, item)?.state]).toEqual([200, 'done']);
    expect(stateOf(done.data, item)?.settledElsewhere).toBe(false);
    const plan = await seller.get<PlanView>(`/api/plan/${item?.dealId ?? ''}`);
    expect(stepsOf(plan.data).find((step) => step.id === item?.stepId)?.state).toBe('done');
    const again = await tellOf(seller, item, { kind: 'done' });
    expect([again.status, again.data.day.counts]).toEqual([200, done.data.day.counts]);
    const late = await tellOf<Failure>(seller, item, { kind: 'notDone', reasonKey: 'noTime' });
    expect([late.status, late.data.error.code]).toEqual([409, 'item-done']);
  });

  it('wants a reason for what is not done; the step stays open for tomorrow', async () => {
    const [item] = await world.openItems();
    const silent = await tellOf<Failure>(seller, item, { kind: 'notDone', reason: '  ' });
    expect([silent.status, silent.data.error.code]).toEqual([422, 'reason-missing']);
    const told = await tellOf(seller, item, { kind: 'notDone', reasonKey: 'noTime', reason: 'два выезда' });
    expect(stateOf(told.data, item)).toMatchObject({
      state: 'notDone',
      reason: 'Не хватило времени. два выезда',
    });
    const plan = await seller.get<PlanView>(`/api/plan/${item?.dealId ?? ''}`);
    expect(stepsOf(plan.data).find((step) => step.id === item?.stepId)?.state).toBe('actionable');
  });

  it('writes why it was not done into the Sales Book, once a reason, for the seller and the head alike', async () => {
    const [item] = await world.openItems();
    const reasons = ['клиент заболел', 'клиент заболел', 'клиент в отпуске'];
    for (const reason of reasons)
      expect((await tellOf(seller, item, { kind: 'notDone', reason })).status).toBe(200);
    await settled(world.running, 60_000);
    for (const person of [seller, head]) {
      const { data } = await person.get<BookView>(`/api/book?kinds=notDone&dealId=${item?.dealId ?? ''}`);
      const lines = data.entries.map(({ text }) => text);
      expect(lines.filter((text) => /заболел|отпуске/.test(text)).toSorted()).toEqual([
        `Дело «${item?.title ?? ''}» за день не сделано: клиент в отпуске`,
        `Дело «${item?.title ?? ''}» за день не сделано: клиент заболел`,
      ]);
    }
  });

  it('ends a step with its negative result when that is final', async () => {
    const [item] = await world.openItems();
    const told = await tellOf(seller, item, { kind: 'notDone', reasonKey: 'price', final: true });
    expect(stateOf(told.data, item)?.state).toBe('notDone');
    const plan = await seller.get<PlanView>(`/api/plan/${item?.dealId ?? ''}`);
    expect(stepsOf(plan.data).find((step) => step.id === item?.stepId)?.state).toBe('failed');
  });

  it('moves a step to a day, with a reason, in the plan as well', async () => {
    const [item] = await world.openItems();
    const until = new Date(Date.now() + 3 * DAY_MS).toISOString().slice(0, 10);
    for (const wrong of ['2001-01-01', '2226-01-01']) {
      const refused = await tellOf<Failure>(seller, item, {
        kind: 'moved',
        until: wrong,
        reasonKey: 'notNow',
      });
      expect([wrong, refused.status, refused.data.error.code]).toEqual([wrong, 422, 'bad-date']);
    }
    const moved = await tellOf(seller, item, { kind: 'moved', until, reasonKey: 'notNow' });
    expect(stateOf(moved.data, item)).toMatchObject({ state: 'moved', reason: 'Отложили решение' });
    const plan = await seller.get<PlanView>(`/api/plan/${item?.dealId ?? ''}`);
    const step = stepsOf(plan.data).find((one) => one.id === item?.stepId);
    expect(step?.dueAt).toBe(stateOf(moved.data, item)?.until);
    const twice = await tellOf(seller, item, { kind: 'moved', until, reasonKey: 'notNow' });
    expect(stateOf(twice.data, item)?.postponed).toBe(stateOf(moved.data, item)?.postponed);
  });

  it('says at the third moving of a step that the head hears of it, and the head does', async () => {
    const [item] = await world.openItems();
    const said: (string | null)[] = [];
    for (const days of [2, 4, 6]) {
      const until = new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
      said.push((await tellOf(seller, item, { kind: 'moved', until, reasonKey: 'notNow' })).data.said);
    }
    expect(said).toEqual([null, null, expect.stringContaining('руководитель')]);
    const told = await database.query<{ user_id: string }>(
      `SELECT action ->> 'userId' AS user_id FROM outbox_action WHERE action ->> 'dealId' = $1 AND kind = 'notify'
         AND action ->> 'text' LIKE '%перенесли уже 3 раза%'`,
      [item?.dealId],
    );
    expect(told.map((one) => one.user_id)).toEqual([world.headId]);
  });

  it('moves a date agreed with a client by pausing the plan until then', async () => {
    await world.openItems();
    const item = await world.askedDate();
    expect(item.state).toBe('open');
    const later = new Date(Date.now() + 5 * DAY_MS).toISOString();
    const moved = await tellOf(seller, item, { kind: 'moved', until: later, reasonKey: 'notNow' });
    expect(stateOf(moved.data, item)).toMatchObject({ state: 'moved', until: later });
    const plans = await database.query<{ state: string }>(
      `SELECT state FROM plan WHERE deal_id = $1 AND state <> 'closed'`,
      [item.dealId],
    );
    expect(plans.map((plan) => plan.state)).toEqual(['paused']);
  });

  it('answers a question of the head from the day', async () => {
    const pushed = await head.post('/api/pushes', {
      target: { kind: 'seller', userId: world.sellerId },
      text: 'Как дела?',
    });
    expect(pushed.status).toBe(200);
    const [first] = (await dayOf(seller)).items;
    expect(first).toMatchObject({ kind: 'push', title: 'Как дела?', state: 'open' });
    const answered = await tellOf(seller, first, { kind: 'notDone', reason: 'жду юриста' });
    expect(stateOf(answered.data, first)).toMatchObject({ state: 'notDone', reason: 'жду юриста' });
    expect((await seller.get<{ pushes: object[] }>('/api/pushes/mine')).data.pushes).toEqual([]);
  });

  it('closes the day once, and says what stays unexplained', async () => {
    const open = (await dayOf(seller)).counts.open;
    const closed = await seller.post<DayAnswer>('/api/day/close');
    expect([closed.status, closed.data.day.phase]).toEqual([200, 'closed']);
    expect(closed.data.said).toEqual(open === 0 ? null : expect.stringContaining(`${open}`));
    const again = await seller.post<DayAnswer>('/api/day/close');
    expect(again.data.day.closedAt).toBe(closed.data.day.closedAt);
  });

  it('shows the head the same day by seller, with reasons, and nobody else’s to a seller', async () => {
    const { data, status } = await head.get<ExceptionsView>('/api/day/exceptions');
    expect(status).toBe(200);
    const own = data.sellers.find((one) => one.userId === world.sellerId);
    const day = await dayOf(seller);
    const { planned, done, notDone, moved, open } = day.counts;
    expect(own).toMatchObject({ planned, done, notDone, moved, unexplained: open, closedAt: day.closedAt });
    expect(own?.items.map((item) => item.reason)).toContain('Не хватило времени. два выезда');
    expect(data.sellers.map((one) => one.userId)).not.toContain(world.colleagueId);
    expect(data.sentence).toMatch(/Сделано \d+ из \d+/);
    expect((await seller.get('/api/day/exceptions')).status).toBe(403);
    expect((await admin.get('/api/day/exceptions')).status).toBe(200);
    expect((await head.get('/api/day/exceptions?date=2026-02-31')).status).toBe(400);
    expect((await head.get('/api/day/exceptions?date=yesterday')).status).toBe(400);
  });

  it('reviews the week for a seller alone and for a head with the department', async () => {
    const mine = await seller.get<ReviewView>('/api/day/review');
    expect([mine.status, mine.data.sellers]).toEqual([200, []]);
    const week = new Date().toISOString().slice(0, 10);
    const whole = await head.get<ReviewView>(`/api/day/review?week=${week}`);
    expect(whole.data.from <= week && week <= whole.data.to).toBe(true);
    const asked = whole.data.sellers.find((one) => one.userId === world.sellerId);
    expect(asked?.week).toMatchObject({ pushes: 1, answered: 1 });
    expect((await head.get('/api/day/review?week=2026-13-40')).status).toBe(400);
  });

  it('lets only an administrator set the times, in an order that makes a day', async () => {
    expect((await seller.get('/api/day/settings')).status).toBe(403);
    const read = await head.get<DaySettingsView>('/api/day/settings');
    expect(read.data).toMatchObject({ listAt: '09:00', closingAt: '18:00', canEdit: false, cycleOn: false });
    expect((await head.send('put', '/api/day/settings', SETTINGS)).status).toBe(403);
    const backwards = { ...SETTINGS, listAt: '19:00', closingAt: '18:00' };
    expect((await admin.send<Failure>('put', '/api/day/settings', backwards)).status).toBe(422);
    for (const wrong of [{ listAt: '25:00' }, { remindMinutes: 1_000 }, { cycleOn: 'yes' }]) {
      const refused = await admin.send<Failure>('put', '/api/day/settings', { ...SETTINGS, ...wrong });
      expect([refused.status, refused.data.error.message]).toEqual([400, expect.stringMatching(/\s/)]);
    }
    const saved = await admin.send<DaySettingsView>('put', '/api/day/settings', SETTINGS);
    expect([saved.status, saved.data]).toEqual([
      200,
      expect.objectContaining({ ...SETTINGS, canEdit: true }),
    ]);
  });

  it('lets a seller put an own deal behind the others, switch reminders off, and touch no other’s day', async () => {
    const [item] = (await dayOf(seller)).items.filter(
      (one) => one.kind === 'step' && one.state === 'notDone',
    );
    const path = `/api/day/prompts/${item?.dealId ?? ''}`;
    expect((await seller.post(path, { action: 'lowerPriority' })).status).toBe(200);
    expect((await seller.post(path, { action: 'raisePriority' })).status).toBe(200);
    expect((await colleague.post(path, { action: 'lowerPriority' })).status).toBe(404);
    expect((await tellOf<Failure>(colleague, item, { kind: 'done' })).status).toBe(404);
    const off = await seller.send<DayAnswer>('put', '/api/day/reminders', { on: false });
    expect(off.data.day.reminders).toBe(false);
    expect((await seller.send('put', '/api/day/reminders', {})).status).toBe(400);
  });

  it('prompts to move on or to switch where a deal stands longer than usual, until its seller switches', async () => {
    await settled(world.running, 60_000);
    const [deal] = await database.query<{ deal_id: string }>(
      `UPDATE deal_pulse SET last_event_at = now() - interval '300 days', stage_since = now() - interval '300 days',
         amount = 1e12, waiting_until = NULL, snoozed_until = NULL
       WHERE deal_id = (SELECT min(deal_id) FROM deal_pulse WHERE owner_id = $1 AND stage_kind = 'open' AND NOT unsorted)
       RETURNING deal_id`,
      [world.sellerId],
    );
    const dealId = deal?.deal_id ?? '';
    const [prompt] = (await dayOf(seller)).prompts;
    expect(prompt).toMatchObject({ dealId, text: expect.stringMatching(/300 дней.*понизьте приоритет/) });
    expect(prompt?.actions).toContain('lowerPriority');
    const lowered = await seller.post<DayAnswer>(`/api/day/prompts/${dealId}`, { action: 'lowerPriority' });
    expect(lowered.data.day.prompts.map((one) => one.dealId)).not.toContain(dealId);
    const raised = await seller.post<DayAnswer>(`/api/day/prompts/${dealId}`, { action: 'raisePriority' });
    expect(raised.data.day.prompts.map((one) => one.dealId)).toContain(dealId);
  });

  it.each([
    ['nothing', {}],
    ['an unknown answer', { kind: 'forgotten' }],
    ['a move to nowhere', { kind: 'moved' }],
    ['a date in words', { kind: 'moved', until: 'tomorrow', reasonKey: 'noTime' }],
    ['a number for a reason', { kind: 'notDone', reason: 7 }],
    ['a novel for a result', { kind: 'done', result: 'x'.repeat(5_000) }],
  ])('refuses %s with a reason', async (_, body) => {
    const refused = await seller.post<Failure>('/api/day/items/D_1~call~1', body);
    expect(refused.status).toBe(400);
    expect(refused.data.error.message).toMatch(/\s/);
  });

  it('is looked at by the clock as soon as the cycle is on', async () => {
    await admin.send('put', '/api/day/settings', { ...SETTINGS, cycleOn: true });
    await world.running.app.get(Jobs, { strict: false }).enqueue(dayTick, {});
    const looked = async (): Promise<boolean> => {
      const [row] = await database.query<{ next: Date | null }>(
        'SELECT cycle_next_at AS next FROM control_setting WHERE account_id = $1::uuid',
        [world.accountId],
      );
      return (row?.next?.getTime() ?? 0) > Date.now() - 60_000;
    };
    await until(looked, { what: 'a round of the daily cycle', timeoutMs: 30_000 });
  });
});
