import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios, { type AxiosResponse } from 'axios';
import type { PlanView, StepView } from '../../../src/features/plans/plan.view.js';
import { INTEGRATION } from '../../support/amocrm-world.js';
import { type AmocrmRunning, startAmocrmEverything } from '../../support/amocrm-running.js';
import { settled, smallCompany } from '../../support/running.js';
import { until } from '../../support/until.js';
import { stepsOf } from '../../support/widget-person.js';

const WAIT = { timeoutMs: 20_000 };

describe('test/medium/features/amocrm-main-job', () => {
  let running: AmocrmRunning;
  let admin: number;

  beforeAll(async () => {
    running = await startAmocrmEverything({ company: smallCompany(60) });
    admin = running.portal.store.people.firstAdmin().id;
    const { api } = await running.enter(admin);
    for (const { id } of running.portal.context.pipelines().slice(0, 1)) {
      const order = { templateKey: 'transactional', language: 'ru', existingDeals: true };
      expect((await api.post(`/api/pipelines/${id}/template`, order)).status).toBe(200);
    }
    await until(async () => (await count('SELECT count(*)::int AS n FROM plan')) > 0, WAIT);
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('copies every deal with its place, and where it came from', async () => {
    expect(await count('SELECT count(*)::int AS n FROM deal WHERE deleted_at IS NULL')).toBe(
      running.portal.store.leads.size,
    );
    for (const { id } of [...running.portal.store.leads].slice(0, 20)) {
      const visits = await running.database.query<{ pipeline_id: string; stage_id: string }>(
        'SELECT pipeline_id, stage_id FROM stage_visit WHERE deal_id = $1 ORDER BY seq',
        [String(id)],
      );
      const truth = running.portal.context.stageHistory(id).map(({ stageId }) => stageId);
      const without = truth.filter((stage, index) => stage !== truth[index - 1]);
      expect(visits.map((visit) => `${visit.pipeline_id}:${visit.stage_id}`)).toEqual(without);
    }
  });

  it('writes the actionable steps as tasks of their owners, none twice', async () => {
    const tasks = running.portal.context.tasks({}).filter(({ title }) => title.includes('[#'));
    expect(tasks.length).toBeGreaterThan(0);
    expect(tasks.length).toBe(
      await count(`SELECT count(*)::int AS n FROM plan_step WHERE state = 'actionable'`),
    );
    const marks = tasks.map(({ title }) => /\[#[\w-]{22}\]/.exec(title)?.[0]);
    expect(new Set(marks).size).toBe(tasks.length);
  });

  it('moves the plan on when the seller completes the task in the account', async () => {
    const dealId = await plannedDeal();
    const { api } = await running.enter(admin, dealId);
    const before = await viewOf(api, dealId);
    const task = running.portal.context.tasks({ dealId, open: true })[0];
    running.portal.context.completeWithResult(task?.id ?? 0, 'договорились', task?.responsibleId ?? 0);
    await until(
      async () => ((await viewOf(api, dealId)).plan?.doneCount ?? 0) > (before.plan?.doneCount ?? 0),
      WAIT,
    );
  });

  it('takes the result that the seller wrote in the account’s own form, and asks for it no second time', async () => {
    const dealId = await plannedDeal();
    const { api } = await running.enter(admin, dealId);
    const [step] = stepsOf(await viewOf(api, dealId)).filter(({ state }) => state === 'actionable');
    const task = running.portal.context
      .tasks({ dealId, open: true })
      .find(({ title }) => title.startsWith(step?.title ?? '?'));
    const words = wordsFor(step);
    running.portal.context.completeWithResult(task?.id ?? 0, words, task?.responsibleId ?? 0);
    const now = async () => stepsOf(await viewOf(api, dealId)).find(({ id }) => id === step?.id);
    await until(async () => (await now())?.state === 'done', WAIT);
    expect((await now())?.outcome).toMatchObject({ result: expect.stringContaining(words) });
  });

  it('completes the task in the account when the step is skipped in the widget', async () => {
    const dealId = await plannedDeal();
    const { api } = await running.enter(admin, dealId);
    const [step] = stepsOf(await viewOf(api, dealId)).filter(({ state }) => state === 'actionable');
    const open = running.portal.context.tasks({ dealId, open: true }).length;
    const answer = await api.post(`/api/plan/${dealId}/steps/${step?.id}/skip`, { reason: 'уже прислал' });
    expect(answer.status).toBe(200);
    await settled(running);
    const closed = running.portal.context.tasks({ dealId, open: false });
    expect(closed.length).toBeGreaterThan(0);
    expect(open).toBeGreaterThan(0);
  });

  it('plans a deal that is created later, and follows it to its next stage and to its loss', async () => {
    const [pipeline] = running.portal.context.pipelines();
    const deal = running.portal.context.createDeal(
      { title: 'Новая', pipelineId: Number(pipeline?.id) },
      admin,
    );
    const open = () => running.portal.context.tasks({ dealId: deal.id, open: true });
    await until(() => open().length > 0, WAIT);
    const lost = pipeline?.stages.find(({ kind }) => kind === 'lost');
    running.portal.context.moveDeal(deal.id, lost?.id ?? '', admin);
    const { api } = await running.enter(admin, deal.id);
    await until(async () => (await viewOf(api, deal.id)).plan?.state === 'closed', WAIT);
    await settled(running);
    const wanted = stepsOf(await viewOf(api, deal.id)).filter(({ state }) => state === 'actionable').length;
    expect(open().length).toBe(wanted);
  });

  it('knows a seller as a seller, and refuses who comes without the account’s word', async () => {
    const seller = running.portal.store.people.all.find(({ admin: is, active }) => !is && active);
    const { boot } = await running.enter(seller?.id ?? 0);
    expect(boot.user).toMatchObject({ id: String(seller?.id), admin: false });
    expect(boot.user.name).toContain(seller?.lastName ?? '?');
  });

  it('gives the automation’s key to administrators, and plans the deal that a call with it names', async () => {
    const seller = running.portal.store.people.all.find(({ admin: is, active }) => !is && active);
    const { api } = await running.enter(seller?.id ?? 0);
    expect((await api.get('/api/automation')).status).toBe(403);
    const boss = await running.enter(admin);
    const { data } = await boss.api.get<{ address: string; key: string }>('/api/automation');
    const unplanned = running.portal.context.pipelines()[1];
    const [first, second] = unplanned?.stages ?? [];
    const deal = running.portal.context.createDeal(
      { title: 'По действию', pipelineId: Number(unplanned?.id), stageId: first?.id ?? '' },
      admin,
    );
    const [pipelineId, statusId] = (second?.id ?? '').split(':').map(Number);
    running.portal.store.digitalPipeline.add({
      pipelineId: pipelineId ?? 0,
      statusId: statusId ?? 0,
      url: data.address,
      settings: { key: data.key, template: 'transactional' },
      encoding: 'form',
      shape: 'data',
      multiple: false,
    });
    running.portal.context.moveDeal(deal.id, second?.id ?? '', admin);
    await until(() => running.portal.context.tasks({ dealId: deal.id }).length > 0, WAIT);
  });

  it('takes no code that was asked for in another browser', async () => {
    const start = await get('/oauth/amocrm/start');
    const consent = await get(String(start.headers['location']));
    const back = String(consent.headers['location']);
    expect((await get(back)).status).toBe(403);
    const [cookie = ''] = start.headers['set-cookie'] ?? [];
    expect(cookie).toContain('HttpOnly');
    expect((await get(back, { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200);
    await settled(running);
    const chains = await count(`SELECT count(*)::int AS n FROM credential WHERE dead_at IS NULL`);
    expect(chains).toBe(2);
    expect((await get('/oauth/amocrm')).status).toBe(404);
    expect((await get('/oauth/amocrm?error=access_denied')).data).toContain('Доступ не выдан');
  });

  it('stops when the account says farewell', async () => {
    expect(await running.portal.context.uninstall(INTEGRATION.clientId)).toBe(200);
    const [account] = await running.database.query<{ state: string }>('SELECT state FROM account');
    expect(account?.state).toBe('frozen');
    await expect(running.enter(admin)).rejects.toThrow('403');
  });

  it('finds its data when the widget is installed again', async () => {
    const plans = await count('SELECT count(*)::int AS n FROM plan');
    expect(await running.portal.context.install(INTEGRATION.clientId, admin)).toBe(200);
    const active = `SELECT count(*)::int AS n FROM account WHERE state = 'active'`;
    await until(async () => (await count(active)) === 1, WAIT);
    expect(await count('SELECT count(*)::int AS n FROM plan')).toBe(plans);
    expect(running.portal.store.webhooks.all).toHaveLength(1);
    const made = running.portal.context.createDeal({ title: 'После возвращения' }, admin);
    await until(() => running.portal.context.tasks({ dealId: made.id }).length > 0, WAIT);
  });

  async function get(address: string, headers: Record<string, string> = {}): Promise<AxiosResponse<string>> {
    const url = new URL(address, running.url).href;
    return axios.get<string>(url, { headers, maxRedirects: 0, validateStatus: () => true });
  }

  async function count(sql: string): Promise<number> {
    const [row] = await running.database.query<{ n: number }>(sql);
    return row?.n ?? -1;
  }

  async function plannedDeal(): Promise<number> {
    const [row] = await running.database.query<{ deal_id: string }>(
      `SELECT p.deal_id FROM plan p WHERE p.state = 'active' AND p.revision = 1
         AND EXISTS (SELECT FROM plan_step s WHERE s.plan_id = p.plan_id AND s.state = 'actionable')
       ORDER BY p.deal_id LIMIT 1`,
    );
    return Number(row?.deal_id);
  }
});

/** What a seller would write in one line. */
function wordsFor(step: StepView | undefined): string {
  const { kind, choices } = step?.result ?? { kind: 'none', choices: [] };
  if (kind === 'choice') return choices[0] ?? '';
  if (kind === 'number') return '450';
  return kind === 'link' ? 'https://example.com/offer' : 'ждут счёт до пятницы';
}

async function viewOf(
  api: { get(path: string): Promise<{ data: unknown }> },
  dealId: number,
): Promise<PlanView> {
  return (await api.get(`/api/plan/${dealId}`)).data as PlanView;
}
