import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { openDatabase } from '../../src/infra/db/open.js';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';
import { launchOf, postFrame } from '../support/widget-person.js';

/** The host gives a hook two seconds and never sends it again. */
const HOST_PATIENCE_MS = 2_000;
const NO_DEAL = { id: 0, ownerId: 0 };

if (postgresPrograms()) describe('test/faults/hooks-database-away', suite);
else {
  describe('test/faults/hooks-database-away', () => {
    it('is left out, because no PostgreSQL server is installed', () => {
      console.warn('LEFT OUT: hooks while the database is away (apt-get install postgresql)');
      expect(postgresPrograms()).toBeNull();
    });
  });
}

function suite(): void {
  let server: TestPostgres;
  let running: Running;

  beforeAll(async () => {
    server = await startPostgres();
    const databaseUrl = await server.createDatabase('away');
    running = await startEverything({
      company: smallCompany(10),
      database: await openDatabase({ databaseUrl, dataDir: '' }),
    });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
    await server?.close();
  });

  it('row 8: takes hooks in time while the database is away, and loses none of them', async () => {
    const [deal = NO_DEAL] = running.portal.context.deals({ open: true, limit: 1 }).deals;
    const secret = launchOf(running, 1, null).fields['APPLICATION_TOKEN'] ?? '';
    await axios.post(`${running.portal.control}/events`, { loseShare: 1 });
    expect((await hook(deal.id, secret)).status).toBe(200);
    await server.stop('immediate');
    running.portal.context.updateDeal(deal.id, { title: 'Пока базы не было' }, deal.ownerId);
    for (let repeat = 0; repeat < 5; repeat += 1) {
      const startedAt = performance.now();
      const answer = await hook(deal.id, secret);
      expect(answer.status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(HOST_PATIENCE_MS);
    }
    expect((await hook(deal.id, 'f'.repeat(32))).status).toBe(403);
    const asked = performance.now();
    expect((await robot(deal.id, secret)).status).toBe(200);
    expect(performance.now() - asked).toBeLessThan(HOST_PATIENCE_MS);
    await server.start();
    await until(async () => (await titleOf(deal.id)) === 'Пока базы не было', { timeoutMs: 30_000 });
    await until(async () => (await plansOf(deal.id)) === 1, { timeoutMs: 30_000, what: 'the plan' });
  }, 120_000);

  it('row 8: tells people in words meanwhile, and hears the farewell of an application that was removed', async () => {
    const secret = launchOf(running, 1, null).fields['APPLICATION_TOKEN'] ?? '';
    const launch = launchOf(running, 1, null);
    await server.stop('immediate');
    const page = await postFrame(running, launch);
    expect([page.status, page.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(page.data).toContain('Дожим сейчас не отвечает');
    expect((await post('', { event: 'ONAPPUNINSTALL', 'data[CLEAN]': '0' }, secret)).status).toBe(200);
    await server.start();
    await until(async () => (await state()) === 'frozen', { timeoutMs: 30_000, what: 'the farewell' });
  }, 90_000);

  function robot(dealId: number, secret: string) {
    const document = {
      'document_id[0]': 'crm',
      'document_id[1]': 'CCrmDocumentDeal',
      'document_id[2]': `DEAL_${dealId}`,
      'properties[template]': 'transactional',
    };
    return post('/robot', { code: 'dozhim_generate_plan', event_token: 'x'.repeat(40), ...document }, secret);
  }

  function post(place: string, fields: Readonly<Record<string, string>>, secret: string) {
    const auth = { 'auth[member_id]': running.portal.memberId, 'auth[application_token]': secret };
    const body = new URLSearchParams({ ...fields, ...auth }).toString();
    return axios.post(`${running.url}/hooks/bitrix24${place}`, body, { validateStatus: () => true });
  }

  async function plansOf(dealId: number): Promise<number> {
    const rows = await running.database
      .query('SELECT 1 FROM plan WHERE deal_id = $1', [`D_${dealId}`])
      .catch(() => []);
    return rows.length;
  }

  async function state(): Promise<string | undefined> {
    const rows = await running.database.query<{ state: string }>('SELECT state FROM account').catch(() => []);
    return rows[0]?.state;
  }

  function hook(dealId: number, secret: string) {
    const fields = {
      event: 'ONCRMDEALUPDATE',
      'data[FIELDS][ID]': String(dealId),
      ts: String(Math.floor(Date.now() / 1000)),
      'auth[member_id]': running.portal.memberId,
      'auth[application_token]': secret,
    };
    return axios.post(`${running.url}/hooks/bitrix24`, new URLSearchParams(fields).toString(), {
      validateStatus: () => true,
    });
  }

  async function titleOf(dealId: number): Promise<string> {
    const rows = await running.database
      .query<{ title: string }>('SELECT title FROM deal WHERE deal_id = $1', [`D_${dealId}`])
      .catch(() => []);
    return rows[0]?.title ?? '';
  }
}
