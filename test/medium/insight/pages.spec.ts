import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type {
  Cell,
  ClientsView,
  DiagnosisView,
  DrillDealsView,
  ForecastView,
  FunnelView,
  InsightChoicesView,
  LossesView,
  SellersView,
  StagesView,
  StuckView,
  WeakestView,
} from '../../../src/features/insight/insight.view.js';
import type { PanelPageView } from '../../../src/features/pushing/panel.view.js';
import { rollupDifferences } from '../../../src/mirror/rollup-verify.js';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { settled, smallCompany, startEverything, type Running } from '../../support/running.js';
import { until } from '../../support/until.js';
import { leadsOf } from './leads.js';
import { someSteps } from './some-steps.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';

describeOnEveryDatabase('test/medium/insight/pages', (open) => {
  let running: Running;
  let database: Database;
  let admin: WidgetPerson;
  let seller: WidgetPerson;
  let sellerId = '';
  let openDeals = 0;

  beforeAll(async () => {
    database = await open();
    running = await startEverything({ database, company: smallCompany(240) });
    await settled(running);
    openDeals = (await running.state()).openDeals;
    const users = running.portal.context.users();
    admin = await openFrame(running, users.find((user) => user.admin)?.id ?? 0);
    const owners = running.portal.context.deals({ limit: 1000 }).deals.map((deal) => deal.ownerId);
    for (const user of users.filter((one) => !one.admin && one.active && owners.includes(one.id))) {
      seller = await openFrame(running, user.id);
      sellerId = String(user.id);
      if (!seller.boot.user.head) break;
    }
    await until(async () => (await database.query('SELECT 1 FROM deal WHERE products_due')).length === 0, {
      what: 'products of every deal',
    });
    await until(async () => (await states()).every((one) => one.live), {
      what: 'roll-ups after the first copy',
    });
    await someSteps(database, sellerId);
  }, 180_000);

  afterAll(async () => {
    await running?.stop();
  });

  async function states(): Promise<readonly { account_id: string; live: boolean }[]> {
    const rows = await database.query<{ account_id: string; live: boolean }>(
      'SELECT account_id, live FROM rollup_state',
    );
    return rows.length > 0 ? rows : [{ account_id: '', live: false }];
  }

  async function page<View>(name: string, query = '', person = admin): Promise<View> {
    const { data, status } = await person.get<View>(`/api/insight/${name}${query}`);
    expect([name, status]).toEqual([name, 200]);
    return data;
  }

  /** Every row behind a number, page by page. */
  async function drilled(drill: string, person = admin): Promise<{ rows: number; first: DrillDealsView }> {
    let rows = 0;
    let first: DrillDealsView | null = null;
    for (let next: string | null = ''; next !== null;) {
      const part: DrillDealsView = await page(
        `deals?drill=${drill}${next === '' ? '' : `&after=${next}`}`,
        '',
        person,
      );
      first ??= part;
      rows += part.deals.length;
      next = part.next;
    }
    if (!first) throw new Error('a list has no page');
    return { rows, first };
  }

  async function expectCell(cell: Cell, person = admin): Promise<void> {
    const { rows, first } = await drilled(cell.drill, person);
    expect([rows, first.total, first.amount]).toEqual([cell.deals, cell.deals, cell.amount]);
  }

  it('keeps roll-ups that equal a recomputation, and norms, right after the first copy', async () => {
    for (const { account_id: accountId } of await states()) {
      expect(await rollupDifferences(database, accountId)).toEqual([]);
    }
  });

  it('opens exactly the deals of every number of the funnel', async () => {
    const { data } = await admin.get<InsightChoicesView>('/api/insight/choices');
    let open = 0;
    for (const { id } of data.pipelines) {
      const funnel = await page<FunnelView>('funnel', `?pipelineId=${id}`);
      for (const stage of funnel.stages) {
        await expectCell(stage.now);
        if (stage.kind === 'open') open += stage.now.deals;
      }
      for (const crossing of funnel.crossings) {
        const cells = crossing.rows.flatMap((row) => row.cells.filter((cell) => cell !== null));
        for (const cell of cells.slice(0, 12)) await expectCell(cell);
        expect(cells.reduce((sum, cell) => sum + cell.deals, 0)).toBeGreaterThanOrEqual(funnel.deals);
      }
      expect(funnel.sentence).toMatch(/[а-я]/);
    }
    expect(open).toBe(openDeals);
  }, 60_000);

  it('names sources as the host does', async () => {
    const named = async () =>
      (await page<InsightChoicesView>('choices')).sources.some((one) => one.name === 'Web site');
    await until(named, { what: 'the names of sources' });
  });

  it('tells time in stage, and lists the visits that it rests on', async () => {
    const { stages } = await page<StagesView>('stages');
    expect(stages.length).toBeGreaterThan(2);
    for (const stage of stages) {
      const { rows, first } = await drilled(stage.drill);
      expect([stage.name, rows, first.total]).toEqual([stage.name, stage.visits, stage.visits]);
      if (stage.visits - stage.open < 30) expect(stage.median.value).toBeNull();
      expect(stage.curve.length).toBeLessThanOrEqual(60);
    }
  }, 60_000);

  it('gives the same figures from the roll-ups and from the visits', async () => {
    const whole = await page<StagesView>('stages');
    const counted = await page<StagesView>('stages', '?from=2000-01-01');
    const bare = ({ stages }: StagesView) =>
      stages.map(({ id, visits, open, byCohort, byPeriod, median }) => ({
        ...{ id, visits, open, known: median.value !== null },
        months: [byCohort, byPeriod].map((months) => months.map(({ drill: _, ...rest }) => rest)),
      }));
    expect(bare(counted)).toEqual(bare(whole));
  });

  it('lists stuck deals with reason and remedy, and pages through them', async () => {
    const first = await page<StuckView>('stuck');
    const counted = Object.values(first.counts).reduce((sum, { deals }) => sum + deals, 0);
    let seen: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const part: StuckView = await page('stuck', next === '' ? '' : `?after=${next}`);
      seen = [...seen, ...part.rows.map((row) => row.id)];
      next = part.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(counted);
    expect(counted).toBeGreaterThan(0);
    for (const row of first.rows) {
      expect(row.why).toMatch(/\d/);
      expect(row.path).toContain(row.id.replace('D_', ''));
    }
    const kinds = Object.entries(first.counts).filter(([, { deals }]) => deals > 0);
    for (const [kind, { deals }] of kinds) {
      const only = await page<StuckView>('stuck', `?kinds=${kind}`);
      expect(only.rows.every((row) => row.kind === kind)).toBe(true);
      expect(only.rows.length).toBe(Math.min(50, deals));
    }
  });

  it('diagnoses the company before anything is configured', async () => {
    const diagnosis = await page<DiagnosisView>('diagnosis');
    expect(diagnosis.company.deals).toBeGreaterThan(0);
    expect(diagnosis.company.since).not.toBeNull();
    const { rows, first } = await drilled(diagnosis.zombies.drill);
    expect([rows, first.amount]).toEqual([diagnosis.zombies.deals, diagnosis.zombies.amount]);
    const weakest = await page<WeakestView>('weakest');
    expect(weakest.stages.map((one) => one.id).toSorted()).toEqual(
      (await page<StagesView>('stages')).stages.map((one) => one.id).toSorted(),
    );
    for (const stage of weakest.stages) await drilled(stage.drill);
  });

  it('counts a seller’s own deals only, whatever filter is asked for and whosever link is opened', async () => {
    const funnel = await page<FunnelView>('funnel', '', seller);
    for (const stage of funnel.stages) {
      await expectCell(stage.now, seller);
    }
    const asked = await page<FunnelView>(
      'funnel',
      '?sellerIds=1&sellerIds=2&sellerIds=3&sellerIds=4',
      seller,
    );
    expect(asked.deals).toBeLessThanOrEqual(funnel.deals);
    const heads = await page<FunnelView>('funnel');
    const name = seller.boot.user.name;
    for (const stage of heads.stages) {
      const { first } = await drilled(stage.now.drill, seller);
      expect(first.deals.every((deal) => deal.ownerName === null || deal.ownerName === name)).toBe(true);
      expect(first.total).toBeLessThanOrEqual(stage.now.deals);
    }
    const { data } = await seller.get<InsightChoicesView>('/api/insight/choices');
    expect(data.sellers.map((one) => one.id)).toEqual([sellerId]);
  }, 60_000);

  it('counts the same deals stuck as the panel does, pipeline by pipeline', async () => {
    const { pipelines } = await page<InsightChoicesView>('choices');
    let [all, learned] = [0, 0];
    for (const { id } of pipelines) {
      const { counts, rows } = await page<StuckView>('stuck', `?pipelineId=${id}`);
      const { data } = await admin.get<PanelPageView>(`/api/panel?pipelineIds=${id}`);
      const moving = counts.noPlan.deals + counts.sellerIdle.deals + counts.dead.deals;
      expect([id, moving]).toEqual([id, data.counts.stuck]);
      all += moving;
      learned += rows.filter((row) => row.chance !== null).length;
    }
    const { data: whole } = await admin.get<PanelPageView>('/api/panel');
    expect(whole.counts.stuck).toBe(all);
    expect(all).toBeGreaterThan(0);
    expect(learned).toBeGreaterThan(0);
  });

  it('shows every seller’s load and results, and nobody beyond one’s reach', async () => {
    const { sellers, deals } = await page<SellersView>('sellers');
    expect(sellers.length).toBeGreaterThan(1);
    for (const row of sellers) {
      const { rows } = await drilled(row.drill);
      expect([row.name, rows]).toEqual([row.name, row.openDeals]);
      expect(row.capacityMinutes).toBeGreaterThan(0);
    }
    expect(sellers.reduce((sum, row) => sum + row.openDeals + row.won + row.lost, 0)).toBe(deals);
    const own = await page<SellersView>('sellers', '', seller);
    expect(own.sellers.map((row) => row.id)).toEqual([sellerId]);
  });

  it('forecasts months, and counts back from a target what each stage lacks', async () => {
    const { months, vacuum, tooFew } = await page<ForecastView>('forecast', '?target=500000000');
    if (tooFew) return expect(months).toEqual([]);
    expect(months).toHaveLength(3);
    for (const { revenue } of months) {
      expect(revenue.value).toBeGreaterThanOrEqual(0);
      expect(revenue.high).toBeGreaterThanOrEqual(revenue.low ?? 0);
    }
    for (const row of vacuum) expect(row.missing).toBeGreaterThan(0);
  });

  it('lists losses by reason and candidates for cross-sales', async () => {
    const losses = await page<LossesView>('losses');
    let lost = 0;
    for (const reason of losses.reasons) {
      const { rows, first } = await drilled(reason.drill);
      expect([rows, first.amount]).toEqual([reason.deals, reason.amount]);
      lost += rows;
    }
    expect(lost).toBe(losses.deals);
    const clients = await page<ClientsView>('clients');
    for (const sale of clients.crossSales) {
      const { rows } = await drilled(sale.drill);
      expect(rows).toBe(sale.candidates);
    }
  });

  it('leads from every number of every page to a list that sums to it', async () => {
    const seen = new Set<string>();
    for (const name of [
      'funnel',
      'stages',
      'stuck',
      'weakest',
      'sellers',
      'forecast',
      'clients',
      'losses',
      'diagnosis',
    ])
      for (const query of ['?target=500000000', `?from=2026-01-01&sellerIds=${sellerId}`])
        for (const { where, drill, number } of leadsOf(
          await page(name, name === 'forecast' ? query : query.replace('?target=500000000', '')),
        )) {
          const list = await page<DrillDealsView>(`deals?drill=${drill}`);
          if (number !== null) expect([name, query, where, list.total]).toEqual([name, query, where, number]);
          seen.add(`${name}${where.replaceAll(/\[\d+\]/g, '')}`);
        }
    for (const one of [
      'stages.leftOut.drill',
      'stages.stages.byCohort.drill',
      'stuck.counts.dead.drill',
      'sellers.sellers.doneDrill',
      'clients.loyalty.revenueDrill',
      'losses.reasons.byProduct.drill',
      'weakest.stages.advancedDrill',
      'diagnosis.cycle.closedDrill',
    ])
      expect([...seen]).toContain(one);
  }, 120_000);

  it('exports every page as a spreadsheet and as a table of text', async () => {
    for (const name of ['funnel', 'stages', 'stuck', 'weakest', 'sellers', 'forecast', 'clients', 'losses']) {
      const csv = await admin.get<string>(`/api/insight/export/${name}?format=csv`);
      expect([name, csv.status, csv.headers['content-type']]).toEqual([name, 200, 'text/csv; charset=utf-8']);
      expect(csv.data.split('\r\n')[0]).toMatch(/[А-Я]/);
      const xlsx = await admin.get<string>(`/api/insight/export/${name}?format=xlsx`);
      expect([name, xlsx.status, String(xlsx.data).slice(0, 2)]).toEqual([name, 200, 'PK']);
    }
    expect((await admin.get('/api/insight/export/secrets')).status).toBe(404);
    expect((await admin.get('/api/insight/export/funnel?format=exe')).status).toBe(400);
  });

  it('remembers each person’s filter and refuses what is not one', async () => {
    const filter = { from: '2026-01-01', sellerIds: ['1'] };
    expect((await admin.send('PUT', '/api/insight/last', { filter })).status).toBe(204);
    expect((await page<InsightChoicesView>('choices')).last).toEqual(filter);
    expect((await page<InsightChoicesView>('choices', '', seller)).last).toBeNull();
    for (const bad of ['funnel?from=yesterday', 'stuck?kinds=lazy', 'deals?drill=abc'])
      expect([bad, (await admin.get(`/api/insight/${bad}`)).status]).toEqual([bad, 400]);
    expect((await admin.get('/api/insight/stages?pipelineId=nowhere')).status).toBe(404);
  });
});
