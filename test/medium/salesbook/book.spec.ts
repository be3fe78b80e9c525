import { afterAll, beforeAll, expect, it } from '@jest/globals';
import axios from 'axios';
import { bookRecorded } from '../../../src/contract/jobs.js';
import type {
  BookChoicesView,
  BookDealsView,
  BookEntryView,
  BookSubscriptionsView,
  BookVerdictView,
  BookView,
} from '../../../src/features/salesbook/salesbook.view.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { DEMO_PLANS } from '../../../src/sandbox/demo/demo-administrator.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

describeOnEveryDatabase('test/medium/salesbook/book', (open) => {
  let running: Running;
  let accountId = '';
  let admin: WidgetPerson;
  let seller: WidgetPerson;
  let sellerId = '';
  let adminId = '';
  let own = { id: '', hostId: 0 };
  let foreign = { id: '', hostId: 0 };

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(60), plans: DEMO_PLANS });
    await settled(running);
    const [account] = await running.database.query<{ account_id: string }>('SELECT account_id FROM account');
    accountId = account?.account_id ?? '';
    const users = running.portal.context.users();
    adminId = String(users.find((user) => user.admin)?.id ?? 0);
    admin = await openFrame(running, Number(adminId));
    const deals = running.portal.context.deals({ open: true, limit: 1000 }).deals;
    for (const user of users.filter((one) => !one.admin && one.active)) {
      const mine = deals.find((deal) => deal.ownerId === user.id);
      if (!mine) continue;
      seller = await openFrame(running, user.id);
      sellerId = String(user.id);
      own = { id: `D_${mine.id}`, hostId: mine.id };
      if (!seller.boot.user.head) break;
    }
    expect(seller.boot.user.head).toBe(false);
    const theirs = deals.find((deal) => deal.ownerId !== null && String(deal.ownerId) !== sellerId);
    foreign = { id: `D_${theirs?.id ?? 0}`, hostId: theirs?.id ?? 0 };
  }, 180_000);

  afterAll(async () => {
    await running?.stop();
  });

  async function feed(person: WidgetPerson, query = ''): Promise<readonly BookEntryView[]> {
    return (await person.get<BookView>(`/api/book${query}`)).data.entries;
  }

  async function heard(userId: string): Promise<readonly string[]> {
    return running.portal.context.notifications(Number(userId)).map((one) => one.message);
  }

  it('knows nothing from before the installation but the plans that were made since', async () => {
    const entries = await feed(admin, '?limit=200');
    expect(entries.length).toBeGreaterThan(0);
    expect(new Set(entries.map((entry) => entry.kind))).toEqual(new Set(['planStarted']));
    expect(
      entries.every((entry) => /^Составлен план «.+»$/.test(entry.text) && entry.dealTitle !== null),
    ).toBe(true);
  });

  it('writes a move of the deal down once, with the names of its stages, whoever sees it how often', async () => {
    const { context } = running.portal;
    const deal = context.deals({ limit: 1000 }).deals.find((one) => one.id === own.hostId);
    const { data: choices } = await admin.get<{
      pipelines: readonly { stages: readonly { id: string; name: string; kind: string }[] }[];
    }>('/api/panel/choices');
    const stages = choices.pipelines.flatMap((one) => one.stages).filter((one) => one.kind === 'open');
    const pipelineStages =
      choices.pipelines.find((one) => one.stages.some((s) => s.id === deal?.stageId))?.stages ?? stages;
    const to = pipelineStages.find((one) => one.kind === 'open' && one.id !== deal?.stageId);
    await axios.patch(`${running.portal.control}/deals/${own.hostId}`, { stageId: to?.id });
    await until(
      async () =>
        (await feed(seller, `?dealId=${own.id}&kinds=stageMoved`)).some((one) =>
          one.text.includes(to?.name ?? '?'),
        ),
      { what: 'the move in the book' },
    );
    await settled(running);
    const moves = await feed(seller, `?dealId=${own.id}&kinds=stageMoved`);
    expect(moves).toHaveLength(1);
    expect(moves[0]?.text).toMatch(/^Сделка перешла с этапа «.+» на этап «.+»/);
    expect(moves[0]?.dealPath).toContain(String(own.hostId));
  }, 60_000);

  it('takes what other features report once, and refuses what is older than the installation', async () => {
    const jobs = running.app.get(Jobs);
    const push = {
      sourceKey: 'push|1',
      at: Date.now(),
      kind: 'pushed',
      dealId: own.id,
      by: adminId,
      body: { text: 'Как дела с договором?', userIds: [sellerId] },
    } as const;
    const old = { ...push, sourceKey: 'push|0', at: Date.UTC(2020, 0, 1) };
    await jobs.enqueue(bookRecorded, [
      { accountId, entries: [push, old] },
      { accountId, entries: [push] },
    ]);
    await until(async () => (await feed(seller, `?kinds=pushed`)).length > 0, { what: 'the push' });
    await settled(running);
    const pushes = await feed(seller, '?kinds=pushed');
    expect(pushes).toHaveLength(1);
    expect(pushes[0]?.text).toMatch(/^Пуш → .+: Как дела с договором\?$/);
  }, 60_000);

  it('keeps a note, tells whom the writer named, and lets nobody name somebody unknown', async () => {
    const note = { kind: 'note', dealId: own.id, text: 'Клиент ждёт счёт до пятницы', tell: [adminId] };
    expect((await seller.post('/api/book', note)).status).toBe(201);
    const [entry] = await feed(admin, `?dealId=${own.id}&kinds=note`);
    expect(entry).toMatchObject({ text: note.text, byHand: true, mayCorrect: true });
    expect(entry?.told).toHaveLength(1);
    await until(async () => (await heard(adminId)).some((text) => text.includes('Клиент ждёт счёт')), {
      what: 'the notification',
    });
    expect((await seller.post('/api/book', { ...note, tell: ['777777'] })).status).toBe(400);
  }, 60_000);

  it('corrects by a new entry, which the old one points at, and by the writer only', async () => {
    const [note] = await feed(seller, `?dealId=${own.id}&kinds=note`);
    const automatic = (await feed(admin, '?kinds=planStarted'))[0];
    const correct = (entryId: string | undefined) => ({ kind: 'correction', entryId, text: 'до четверга' });
    expect((await seller.post('/api/book', correct(note?.id))).status).toBe(201);
    expect((await admin.post('/api/book', correct(automatic?.id))).status).toBe(403);
    const [after] = await feed(seller, `?dealId=${own.id}&kinds=note`);
    const [correction] = await feed(seller, `?dealId=${own.id}&kinds=correction`);
    expect([after?.text, after?.correctedBy]).toEqual([note?.text, correction?.id]);
    expect(correction?.text).toBe('Исправление: до четверга');
  });

  it('plans an event, reminds of it once, and takes its end once', async () => {
    const event = {
      kind: 'plannedEvent',
      dealId: own.id,
      text: 'Встреча с директором',
      at: new Date(Date.now() + 3_600_000).toISOString(),
      remindMinutesBefore: 60,
      tell: [adminId],
    };
    const { data } = await seller.post<{ id: string }>('/api/book', event);
    const [planned] = await feed(seller, `?dealId=${own.id}&kinds=plannedEvent`);
    expect([planned?.id, planned?.planned?.state]).toEqual([data.id, 'ahead']);
    await running.app.get(Jobs).enqueue({ name: 'salesbook.tick' }, {});
    await until(
      async () => (await heard(sellerId)).filter((text) => text.startsWith('Напоминание')).length === 1,
      { what: 'the reminder' },
    );
    const end = `/api/book/entries/${data.id}/planned`;
    expect((await seller.send('PUT', end, { state: 'done' })).status).toBe(204);
    expect((await admin.send('PUT', end, { state: 'cancelled' })).status).toBe(409);
    const [settledOne] = await feed(seller, `?dealId=${own.id}&kinds=plannedEvent`);
    expect(settledOne?.planned?.state).toBe('done');
    expect(await feed(seller, `?dealId=${own.id}&kinds=plannedDone`)).toHaveLength(1);
    const late = { ...event, at: '2020-01-01T10:00:00Z' };
    expect((await seller.post('/api/book', late)).status).toBe(400);
  }, 60_000);

  it('tells subscribers of the deals within their reach, and gathers what comes within the hour', async () => {
    const wish = { own: [{ by: 'seller', id: sellerId, kinds: [], channels: ['host'] }] };
    expect((await admin.send('PUT', '/api/book/subscriptions', wish)).status).toBe(204);
    const { data } = await admin.get<BookSubscriptionsView>('/api/book/subscriptions');
    expect(data.own).toMatchObject([{ by: 'seller', id: sellerId }]);
    expect(data.own[0]?.name).not.toBe(sellerId);
    for (const text of ['первая договорённость', 'вторая договорённость'])
      await seller.post('/api/book', { kind: 'agreement', dealId: own.id, text, tell: [] });
    await settled(running);
    const rows = await running.database.query<{ told: number; waiting: number }>(
      `SELECT count(told_at)::int AS told, count(due_at)::int AS waiting FROM book_told
       WHERE account_id = $1::uuid AND user_id = $2 AND why = 'subscribed'`,
      [accountId, adminId],
    );
    // By day one is told and the other waits for the hour; at night both wait for the morning.
    expect((rows[0]?.told ?? 0) + (rows[0]?.waiting ?? 0)).toBe(2);
    expect(rows[0]?.told).toBeLessThanOrEqual(1);
  }, 60_000);

  it('shows and takes nothing of a colleague’s deal, by any route', async () => {
    await admin.post('/api/book', { kind: 'note', dealId: foreign.id, text: 'секретно', tell: [] });
    const [theirs] = await feed(admin, `?dealId=${foreign.id}&kinds=note`);
    const { data: planned } = await admin.post<{ id: string }>('/api/book', {
      kind: 'plannedEvent',
      dealId: foreign.id,
      text: 'секретная встреча',
      at: new Date(Date.now() + 86_400_000).toISOString(),
      remindMinutesBefore: 15,
      tell: [],
    });
    expect(theirs).toBeDefined();
    expect(await feed(seller, `?dealId=${foreign.id}`)).toEqual([]);
    expect(JSON.stringify(await feed(seller, '?limit=200'))).not.toContain('секретн');
    const statuses = await Promise.all([
      seller.post('/api/book', { kind: 'note', dealId: foreign.id, text: 'x', tell: [] }),
      seller.post('/api/book', { kind: 'correction', entryId: theirs?.id, text: 'x' }),
      seller.send('PUT', `/api/book/entries/${planned.id}/planned`, { state: 'done' }),
      seller.send('PUT', '/api/book/subscriptions', {
        own: [{ by: 'deal', id: foreign.id, kinds: [], channels: ['host'] }],
      }),
      seller.send('PUT', '/api/book/subscriptions', {
        own: [{ by: 'seller', id: adminId, kinds: [], channels: ['host'] }],
      }),
      seller.get('/api/book/verify'),
    ]);
    expect(statuses.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 403, 403]);
    expect((await seller.get<string>('/api/book/export')).data).not.toContain('секретн');
    const { data: deals } = await seller.get<BookDealsView>('/api/book/deals?q=');
    expect(deals.deals.map((deal) => deal.id)).not.toContain(foreign.id);
    const { data: choices } = await seller.get<BookChoicesView>('/api/book/choices');
    expect([choices.sellers.map((one) => one.id), choices.mayVerify]).toEqual([[sellerId], false]);
  });

  it('lets a subscription be saved beside one whose deal was handed over since, and tells nothing of that deal', async () => {
    const kept = { by: 'deal', id: foreign.id, kinds: [], channels: ['host'] };
    await running.database.query(
      `INSERT INTO book_subscription (account_id, user_id, by, subject_id, kinds, channels)
       VALUES ($1::uuid, $2, 'deal', $3, '{}', '{host}')`,
      [accountId, sellerId, foreign.id],
    );
    const wish = { own: [kept, { by: 'all', kinds: [], channels: ['host'] }] };
    expect((await seller.send('PUT', '/api/book/subscriptions', wish)).status).toBe(204);
    await admin.post('/api/book', { kind: 'note', dealId: foreign.id, text: 'не для него', tell: [] });
    const told = await running.database.query(
      `SELECT 1 FROM book_told WHERE account_id = $1::uuid AND user_id = $2 AND deal_id = $3`,
      [accountId, sellerId, foreign.id],
    );
    expect(told).toEqual([]);
    expect((await seller.send('PUT', '/api/book/subscriptions', { own: [] })).status).toBe(204);
  });

  it('searches every word, small or capital, with ё or е, in what people wrote', async () => {
    const found = await feed(seller, `?q=${encodeURIComponent('ЖДЕТ счёт')}`);
    expect(found.map((entry) => entry.text)).toEqual(['Клиент ждёт счёт до пятницы']);
    expect(await feed(seller, `?q=${encodeURIComponent('счёт понедельник')}`)).toEqual([]);
    expect(await feed(seller, '?q=%25')).toEqual([]);
  });

  it('pages through all entries without losing or doubling one', async () => {
    const whole = await feed(admin, '?limit=200');
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { data }: { readonly data: BookView } = await admin.get<BookView>(
        `/api/book?limit=7${next === '' ? '' : `&after=${next}`}`,
      );
      seen.push(...data.entries.map((entry) => entry.id));
      next = data.next;
    }
    expect(seen.slice(0, whole.length)).toEqual(whole.map((entry) => entry.id));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('exports what the filter shows, and no cell that a spreadsheet would compute', async () => {
    await seller.post('/api/book', {
      kind: 'note',
      dealId: own.id,
      text: '=HYPERLINK("http://x")',
      tell: [],
    });
    const { data, headers } = await seller.get<string>(`/api/book/export?dealId=${own.id}&kinds=note`);
    expect(headers['content-type']).toMatch(/text\/csv/);
    expect(data).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(data.split('\r\n').filter((line) => line !== '')).toHaveLength(3);
  });

  it('holds as a chain after all of this, and a head can ask for its verdict', async () => {
    const { data } = await admin.get<BookVerdictView>('/api/book/verify');
    expect([data.intact, data.brokenAt]).toEqual([true, null]);
    expect(data.entries).toBeGreaterThan(10);
    expect(data.head).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    '?kinds=nonsense',
    '?limit=5000',
    '?after=%00',
    '?after=9999999999999999-1',
    '?from=yesterday',
    '?from=2026-02-30',
    '?to=9999-12-31&from=2026-13-01',
  ])('refuses %s with a reason instead of an empty feed', async (query) => {
    const { status, data } = await admin.get<{ readonly error: { readonly message: string } }>(
      `/api/book${query}`,
    );
    expect(status).toBe(400);
    expect(data.error.message).toMatch(/\s/);
  });
});
