import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type {
  PanelBoardView,
  PanelChoicesView,
  PanelPageView,
} from '../../../src/features/pushing/panel.view.js';
import { DEMO_PLANS } from '../../../src/sandbox/demo/demo-administrator.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

describeOnEveryDatabase('test/medium/pushing/panel', (open) => {
  let running: Running;
  let admin: WidgetPerson;
  let seller: WidgetPerson;
  let sellerId = '';

  beforeAll(async () => {
    running = await startEverything({ database: await open(), company: smallCompany(60), plans: DEMO_PLANS });
    await settled(running);
    const { users, openDeals } = {
      users: running.portal.context.users(),
      openDeals: (await running.state()).openDeals,
    };
    admin = await openFrame(running, users.find((user) => user.admin)?.id ?? 0);
    const owners = running.portal.context.deals({ limit: 1000 }).deals.map((deal) => deal.ownerId);
    for (const user of users.filter((one) => !one.admin && one.active && owners.includes(one.id))) {
      seller = await openFrame(running, user.id);
      sellerId = String(user.id);
      if (!seller.boot.user.head) break;
    }
    expect(seller.boot.user.head).toBe(false);
    await until(async () => (await page(admin)).total === openDeals, { what: 'a pulse of every open deal' });
  }, 180_000);

  afterAll(async () => {
    await running?.stop();
  });

  async function page(person: WidgetPerson, query = ''): Promise<PanelPageView> {
    return (await person.get<PanelPageView>(`/api/panel${query}`)).data;
  }

  it('is what an administrator’s own page opens on; a seller’s is the own day', () => {
    expect([admin.boot.screen, seller.boot.screen]).toEqual(['panel', 'home']);
  });

  it('shows every open deal to the administrator, most pain first, and pages through them', async () => {
    const whole = await page(admin, '?limit=200');
    expect(whole.rows).toHaveLength(whole.total);
    expect(whole.next).toBeNull();
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const part: PanelPageView = await page(admin, `?limit=7${next === '' ? '' : `&after=${next}`}`);
      seen.push(...part.rows.map((row) => row.dealId));
      next = part.next;
    }
    expect(seen.toSorted()).toEqual(whole.rows.map((row) => row.dealId).toSorted());
  });

  it('tells the next step of a planned deal in the words of its plan, and where the deal’s card is', async () => {
    const { rows } = await page(admin, '?limit=200');
    const planned = rows.filter((row) => row.nextStep !== null);
    expect(planned.length).toBeGreaterThan(0);
    expect(planned.every((row) => /\s/.test(row.nextStep?.title ?? ''))).toBe(true);
    expect(planned.every((row) => row.dealPath?.includes(row.dealId.replace('D_', '')))).toBe(true);
    for (const row of rows)
      expect(row.marks.filter((mark) => mark === 'stuck')).toHaveLength(
        row.why.filter((one) => one.mark === 'stuck').length,
      );
  });

  it('counts under every mark exactly the deals that the mark as a filter shows', async () => {
    const { counts, total } = await page(admin);
    for (const [mark, count] of Object.entries(counts)) {
      const under = await page(admin, `?limit=200&marks=${mark}`);
      expect([mark, under.total, under.rows.length]).toEqual([mark, count, count]);
      expect(under.counts).toEqual(counts);
    }
    expect(total).toBeGreaterThanOrEqual(Math.max(...Object.values(counts)));
  });

  it('puts the same deals on the board, column by column', async () => {
    const { data: choices } = await admin.get<PanelChoicesView>('/api/panel/choices');
    let cards = 0;
    for (const pipeline of choices.pipelines) {
      const { data } = await admin.get<PanelBoardView>(`/api/panel/board?pipelineId=${pipeline.id}`);
      expect(data.columns.map((column) => column.stageId)).toEqual(pipeline.stages.map((stage) => stage.id));
      cards += data.columns.reduce((sum, column) => sum + column.total, 0);
    }
    expect(cards).toBe((await page(admin)).total);
  });

  it('shows a seller own deals and those of nobody, and no colleague’s name', async () => {
    const { rows, total } = await page(seller, '?limit=200');
    expect(rows).toHaveLength(total);
    expect(rows.every((row) => row.ownerId === sellerId || row.ownerId === null)).toBe(true);
    const { data } = await seller.get<PanelChoicesView>('/api/panel/choices');
    expect(data.sellers.map((one) => one.id)).toEqual([sellerId]);
    expect(data.can.push).toBe(false);
    const asked = await page(seller, '?limit=200&sellerIds=1&sellerIds=2&sellerIds=3');
    expect(asked.rows.every((row) => row.ownerId === sellerId)).toBe(true);
  });

  it('keeps saved views to their owner unless they are shared, and the last filter to each person', async () => {
    const id = '0192f0c1-0000-7000-8000-000000000001';
    const view = { name: 'Мои горящие', filter: { marks: ['overdue'] }, sort: 'pain', shared: false };
    expect((await admin.send('PUT', `/api/panel/views/${id}`, view)).status).toBe(204);
    const viewsOf = async (person: WidgetPerson) =>
      (await person.get<PanelChoicesView>('/api/panel/choices')).data.views;
    expect(await viewsOf(seller)).toEqual([]);
    expect((await seller.send('PUT', `/api/panel/views/${id}`, view)).status).toBe(409);
    await admin.send('PUT', `/api/panel/views/${id}`, { ...view, shared: true });
    expect(await viewsOf(seller)).toMatchObject([{ id, name: 'Мои горящие', mine: false }]);
    await admin.send('PUT', '/api/panel/last', { filter: { text: 'ромашка' } });
    expect((await admin.get<PanelChoicesView>('/api/panel/choices')).data.last).toEqual({ text: 'ромашка' });
    expect((await seller.get<PanelChoicesView>('/api/panel/choices')).data.last).toBeNull();
  });

  it.each(['?marks=nonsense', '?limit=5000', '?after=%00', '?after=AAAA', '?from=yesterday', '?sort=price'])(
    'refuses %s with a reason instead of an empty list',
    async (query) => {
      const { status, data } = await admin.get<{ readonly error: { readonly message: string } }>(
        `/api/panel${query}`,
      );
      expect(status).toBe(400);
      expect(data.error.message).toMatch(/\s/);
    },
  );
});
