import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Company, CompanyRules } from '../../../src/contract/company.js';
import type { Hosts } from '../../../src/contract/connections.js';
import { ReasonDeals } from '../../../src/features/pushing/reason-deals.service.js';
import { MOST_REASONS, ReasonsReport } from '../../../src/features/pushing/reasons-report.service.js';
import { ReasonsRepository } from '../../../src/features/pushing/reasons.repository.js';
import type { ReasonDealsQuery } from '../../../src/features/pushing/reasons.requests.js';
import type { ReasonsBy, ReasonsReportView } from '../../../src/features/pushing/reasons.view.js';
import type { SessionClaims } from '../../../src/infra/crypto/sessions.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { MirrorReads, type CompanyStructures } from '../../../src/mirror/index.js';
import { describeOnEveryDatabase } from '../../support/database.js';

const ACCOUNT = accountIdOf('memory', 'reasons');
const OTHER = accountIdOf('memory', 'reasons-of-others');
const NOW = Date.UTC(2026, 10, 23, 9);
const DAY = 86_400_000;
const PLAN = '0192f0c1-0000-7000-8000-000000000001';
const SELLERS = ['anna', 'oleg', 'vera'] as const;
const DEALS = 240;

describeOnEveryDatabase('test/medium/pushing/reasons', (open) => {
  let database: Database;
  let report: ReasonsReport;
  let lists: ReasonDeals;

  beforeAll(async () => {
    database = await open();
    await plant(ACCOUNT);
    await plant(OTHER);
    const structure = {
      users: [...SELLERS, 'head'].map((id) => ({
        id,
        name: id.toUpperCase(),
        departmentIds: [id === 'vera' ? 'north' : 'south'],
        active: true,
      })),
      departments: [
        { id: 'south', parentId: null, headId: 'head' },
        { id: 'north', parentId: null, headId: null },
      ],
      pipelines: [{ id: 'P', name: 'Продажи' }],
      stages: [
        { id: 'A', pipelineId: 'P', name: 'Новый', kind: 'open' },
        { id: 'B', pipelineId: 'P', name: 'Предложение', kind: 'open' },
      ],
    };
    const reasons = [
      { key: 'price', name: 'Дорого', cause: 'client', uses: ['step', 'loss'] },
      { key: 'forgot', name: 'Забыл', cause: 'omission', uses: ['step', 'snooze'] },
    ];
    const structures = { of: async () => structure } as unknown as CompanyStructures;
    const company = { of: async () => ({ reasons }) as unknown as CompanyRules } as Company;
    const repository = new ReasonsRepository(database);
    const mirror = new MirrorReads(database);
    report = new ReasonsReport(repository, structures, mirror, company, { now: () => NOW });
    const hosts = new Map([['memory', { dealPath: (id: string) => `/deal/${id}` }]]) as unknown as Hosts;
    lists = new ReasonDeals(report, repository, hosts);
  }, 120_000);

  afterAll(() => database?.close());

  /** Deals that end in turn: won, lost for the price, lost silently; those with "Забыл" before are mostly lost. */
  async function plant(account: string): Promise<void> {
    await database.query(
      `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind) VALUES
       ($1::uuid, 'P', 'A', 'A', 1, 'open'), ($1::uuid, 'P', 'B', 'B', 2, 'open'), ($1::uuid, 'P', 'L', 'L', 3, 'lost')`,
      [account],
    );
    const deals = Array.from({ length: DEALS }, (_, index) => {
      const forgot = index % 2 === 0;
      const lost = forgot ? index % 10 !== 0 : index % 10 === 1;
      return {
        id: `D_${index}`,
        owner: SELLERS[index % 3],
        kind: index % 40 === 39 ? 'open' : lost ? 'lost' : 'won',
        reason: lost && index % 3 === 0 ? ' дорого ' : null,
        product: index % 4 === 0 ? [] : [`p${index % 2}`],
        forgot,
        at: NOW - (1 + (index % 60)) * DAY,
      };
    });
    await database.query(
      `INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, created_at, modified_at,
         stage_since, synced_at, loss_reason, product_ids)
       SELECT $1::uuid, d ->> 'id', d ->> 'id', 'P', 'L', d ->> 'kind', d ->> 'owner', $3, $3,
         to_timestamp((d ->> 'at')::float8 / 1000), $3, d ->> 'reason',
         ARRAY(SELECT jsonb_array_elements_text(d -> 'product'))
       FROM jsonb_array_elements($2::jsonb) d`,
      [account, JSON.stringify(deals), new Date(NOW - 200 * DAY)],
    );
    await database.query(
      `INSERT INTO stage_visit (account_id, deal_id, seq, pipeline_id, stage_id, entered_at)
       SELECT $1::uuid, d ->> 'id', 1, 'P', CASE WHEN d ->> 'owner' = 'anna' THEN 'A' ELSE 'B' END, $3
       FROM jsonb_array_elements($2::jsonb) d UNION ALL
       SELECT $1::uuid, d ->> 'id', 2, 'P', 'L', to_timestamp((d ->> 'at')::float8 / 1000)
       FROM jsonb_array_elements($2::jsonb) d`,
      [account, JSON.stringify(deals), new Date(NOW - 200 * DAY)],
    );
    await database.query(
      `INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, finished_at, detail)
       SELECT $1::uuid, $3::uuid, 'call-' || (d ->> 'id'), 1, d ->> 'id', 'a', 1, 'failed',
         to_timestamp((d ->> 'at')::float8 / 1000) - interval '1 hour', jsonb_build_object('outcome', CASE
           WHEN (d ->> 'forgot')::boolean THEN '{"cause":"omission","reason":"Забыл","reasonKey":"forgot"}'::jsonb
           ELSE jsonb_build_object('cause', 'outer', 'reason', 'Причина ' || (length(d ->> 'id') + (ascii(right(d ->> 'id', 1)))::int)) END)
       FROM jsonb_array_elements($2::jsonb) d`,
      [account, JSON.stringify(deals), PLAN],
    );
    await database.query(
      `INSERT INTO snooze (account_id, snooze_id, deal_id, until, reason_key, comment, by_user, at)
       SELECT $1::uuid, gen_random_uuid(), 'D_' || n, $2, CASE n WHEN 39 THEN 'retired' ELSE 'forgot' END, 'потом', 'anna', $2
       FROM generate_series(39, 239, 40) n`,
      [account, new Date(NOW - 5 * DAY)],
    );
  }

  function person(userId: string, admin = false): SessionClaims {
    const claims = { accountId: ACCOUNT, host: 'memory', userId, userName: userId, admin, dealId: null };
    return { ...claims, language: 'ru', timeZone: 'Europe/Moscow' };
  }

  const admin = person('boss', true);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const listed = async (query: ReasonDealsQuery, who = admin): Promise<number> => {
    const { total, deals } = await lists.page(who, query);
    expect(deals.length).toBe(Math.min(total, 50));
    return total;
  };

  it('counts every failed step, loss and snooze once: reasons, causes and rows sum to the total', async () => {
    for (const by of ['stage', 'seller', 'product'] as const satisfies readonly ReasonsBy[]) {
      const view = await report.view(admin, { by });
      const [counted] = await database.query<{ n: number }>(
        `SELECT ((SELECT count(*) FROM plan_step WHERE account_id = $1::uuid) + (SELECT count(*) FROM snooze
           WHERE account_id = $1::uuid) + (SELECT count(*) FROM deal WHERE account_id = $1::uuid
           AND stage_kind = 'lost'))::int AS n`,
        [ACCOUNT],
      );
      expect(view.total).toBe(counted?.n);
      expect(sum(view.reasons.map((row) => row.count))).toBe(view.total);
      expect(sum(view.causes.map((row) => row.count))).toBe(view.total);
      expect(sum(view.groups.map((row) => row.total))).toBe(view.total);
      for (const [index, reason] of view.reasons.entries()) {
        expect(reason.steps + reason.losses + reason.snoozes).toBe(reason.count);
        expect(sum(view.groups.map((group) => group.counts[index] ?? 0))).toBe(reason.count);
      }
    }
  });

  it('opens a list of as many deals behind every number', async () => {
    const view = await report.view(admin, { by: 'seller' });
    expect(view.reasons.length).toBeGreaterThan(5);
    expect(await listed({})).toBe(view.total);
    for (const [index, reason] of view.reasons.entries()) {
      expect([reason.id, await listed({ by: 'seller', reason: reason.id })]).toEqual([
        reason.id,
        reason.count,
      ]);
      if (index > 2) continue;
      for (const group of view.groups) {
        const query = { by: 'seller', reason: reason.id, group: group.id } as const;
        expect([group.id, await listed(query)]).toEqual([group.id, group.counts[index]]);
      }
      expect(await listed({ reason: reason.id, use: 'loss' })).toBe(reason.losses);
    }
  });

  it('pages without gaps or repetitions', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page: Awaited<ReturnType<ReasonDeals['page']>> = await lists.page(admin, {
        use: 'step',
        ...(after !== null && { after }),
      });
      seen.push(...page.deals.map((deal) => deal.dealId));
      after = page.next;
      if (after === null) break;
    }
    expect(seen).toHaveLength(DEALS);
    expect(new Set(seen).size).toBe(DEALS);
    await expect(lists.page(admin, { after: 'nonsense' })).rejects.toMatchObject({ status: 400 });
  });

  it('knows the reason that the host names and the one of the list for the same', async () => {
    const { reasons } = await report.view(admin, {});
    const price = reasons.find((one) => one.id === 'key:price');
    expect(price).toMatchObject({ name: 'Дорого', cause: 'client', causeName: 'Отказ клиента', steps: 0 });
    expect(price?.losses).toBeGreaterThan(10);
    expect(reasons.find((one) => one.id === 'none')?.losses).toBeGreaterThan(10);
    expect(reasons.find((one) => one.id === 'key:retired')?.name).toBe('Прежняя причина');
  });

  it('finds that what sellers forget precedes a loss, with an interval, and says where there are too few', async () => {
    const view: ReasonsReportView = await report.view(admin, {});
    const [first] = view.precede;
    expect(first).toMatchObject({ id: 'key:forgot', name: 'Забыл' });
    expect(first?.lift?.low).toBeGreaterThan(1.5);
    expect(first?.lift?.high).toBeGreaterThan(first?.lift?.value ?? 0);
    expect(first?.text).toContain('чаще остальных');
    const few = view.precede.filter((one) => one.deals < 30);
    expect(few.length).toBeGreaterThan(0);
    for (const one of few) expect([one.lift, one.text.includes('для выводов мало')]).toEqual([null, true]);
    expect(await listed({ reason: 'key:forgot', closed: 'all' })).toBe(first?.deals);
    expect(await listed({ reason: 'key:forgot', closed: 'lost' })).toBe(first?.lost);
  });

  it('shows a seller the own deals, a head those of the department, and nobody another account’s', async () => {
    const all = (await report.view(admin, { by: 'seller' })).groups;
    const of = (id: string): number => all.find((group) => group.id === id)?.total ?? 0;
    const own = await report.view(person('anna'), { by: 'seller' });
    expect(own.groups.map((group) => [group.id, group.total])).toEqual([['anna', of('anna')]]);
    const led = await report.view(person('head'), { by: 'seller' });
    expect(led.total).toBe(of('anna') + of('oleg'));
    expect(await listed({}, person('anna'))).toBe(of('anna'));
    expect(await listed({ by: 'seller', group: 'vera' }, person('head'))).toBe(0);
  });

  it('keeps to the days that were asked for, in the reader’s own zone', async () => {
    const day = new Date(NOW - 5 * DAY).toISOString().slice(0, 10);
    const one = await report.view(admin, { from: day, to: day });
    expect([one.from, one.to]).toEqual([day, day]);
    expect(one.total).toBeGreaterThan(0);
    expect(one.total).toBeLessThan((await report.view(admin, {})).total);
    const nothing = await report.view(admin, { from: '2020-01-01', to: '2020-01-02' });
    expect(nothing).toMatchObject({ total: 0, reasons: [], groups: [], precede: [] });
    expect(nothing.sentence).toContain('ничего не сорвалось');
    await expect(report.view(admin, { from: '2026-02-31' })).rejects.toMatchObject({ status: 400 });
  });

  it('counts what stayed undone in people’s days once, by the last word that was said, and names it where nobody said any', async () => {
    const before = await report.view(admin, {});
    const none = before.reasons.find((one) => one.id === 'none')?.count ?? 0;
    const forgot = before.reasons.find((one) => one.id === 'key:forgot')?.count ?? 0;
    const item = (
      day: number,
      step: string,
      kind: string,
      reason: string | null = null,
      key: string | null = null,
    ) => {
      const date = new Date(NOW - day * DAY).toISOString().slice(0, 10);
      return { date, step, kind, reason, key, at: NOW - day * DAY + DAY };
    };
    const items = [
      ...[4, 3, 2].map((day) => item(day, 'silent~1', 'unexplained')),
      item(4, 'told~1', 'notDone', 'Забыл. Был на выезде', 'forgot'),
      item(3, 'told~1', 'unexplained'),
      item(2, 'told~1', 'done'),
      item(3, 'moved~1', 'moved'),
      item(3, 'fine~1', 'done'),
      item(3, 'call-D_39~1', 'unexplained'),
      item(3, 'push~0192f0c1-0000-7000-8000-00000000000a', 'unexplained'),
    ];
    await database.query(
      `INSERT INTO day_item (account_id, user_id, day, deal_id, step_id, kind, reason, reason_key, at, title)
       SELECT $1::uuid, 'anna', i ->> 'date', CASE i ->> 'step' WHEN 'call-D_39~1' THEN 'D_39' ELSE 'D_119' END, i ->> 'step',
         i ->> 'kind', i ->> 'reason', i ->> 'key', to_timestamp((i ->> 'at')::float8 / 1000), 'Позвонить'
       FROM jsonb_array_elements($2::jsonb) i`,
      [ACCOUNT, JSON.stringify(items)],
    );
    await database.query(
      `INSERT INTO push (account_id, push_id, target, deal_id, user_id, text, at, deliver_at, answer_by, state, answer,
         answered_at, reason) VALUES ($1::uuid, '0192f0c1-0000-7000-8000-00000000000a', 'deal', 'D_119', 'anna', 'Как дела?',
         $2, $2, $2, 'answered', 'notDone', $2, '')`,
      [ACCOUNT, new Date(NOW - 2 * DAY)],
    );
    const after = await report.view(admin, {});
    expect(after.total - before.total).toBe(4);
    expect(after.reasons.find((one) => one.id === 'none')).toMatchObject({
      count: none + 3,
      name: 'Причина не указана',
    });
    expect(after.reasons.find((one) => one.id === 'key:forgot')?.count).toBe(forgot + 1);
    expect(await listed({ reason: 'none' })).toBe(none + 3);
    const { deals } = await lists.page(admin, { reason: 'key:forgot', use: 'step' });
    expect(deals.find((deal) => deal.dealId === 'D_119')).toMatchObject({ words: 'Был на выезде' });
    await database.query('DELETE FROM day_item WHERE account_id = $1::uuid', [ACCOUNT]);
    await database.query('DELETE FROM push WHERE account_id = $1::uuid', [ACCOUNT]);
  });

  it('folds what is too rare into one row whose list holds exactly the rest', async () => {
    await database.query(
      `UPDATE plan_step SET detail = jsonb_build_object('outcome', jsonb_build_object('cause', 'outer', 'reason', deal_id))
       WHERE account_id = $1::uuid`,
      [ACCOUNT],
    );
    const view = await report.view(admin, {});
    expect(view.reasons).toHaveLength(MOST_REASONS + 1);
    const rest = view.reasons.at(-1);
    expect(rest?.id).toBe('others');
    expect(sum(view.reasons.map((row) => row.count))).toBe(view.total);
    expect(await listed({ reason: 'others' })).toBe(rest?.count);
  });
});
