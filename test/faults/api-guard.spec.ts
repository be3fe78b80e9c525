import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { SignJWT } from 'jose';
import { Config } from '../../src/infra/config/config.js';
import { Sessions } from '../../src/infra/crypto/sessions.js';
import { accountIdOf, uuidv7 } from '../../src/infra/ids.js';
import type { PlanView, StepCommandAnswer } from '../../src/features/plans/plan.view.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { openFrame, stepsOf } from '../support/widget-person.js';

/** A deal's plan and its steps, long work, dead letters, the switch of a pipeline. */
const DAILY =
  /^\/api\/(plan\/\{dealId\}(\/(launch|undo|events|steps\/\{stepId\}\/(done|skip|fail|reopen)))?|progress\/.*|dead-letters\/.*|pipelines\/\{\w+\}\/template)$/;

describe('test/faults/api-guard', () => {
  let running: Running;

  beforeAll(async () => {
    running = await startEverything({
      company: smallCompany(30),
      plans: [{ pipelineId: 0, templateKey: 'transactional' }],
    });
    await settled(running);
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('row 38: answers 404 for every id of another account, in every route', async () => {
    const stranger = await strangerSession();
    const ids = await idsOfTheFirstAccount();
    const { data: api } = await axios.get<{ paths: Record<string, Record<string, object>> }>(
      `${running.url}/docs`,
    );
    const routes = Object.entries(api.paths)
      // Every route there is gets crawled in test/security/other-accounts; these are the ones that people press daily.
      .filter(([path]) => DAILY.test(path))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method, path })));
    expect(routes.length).toBeGreaterThan(8);
    for (const { method, path } of routes) {
      const url = path
        .replace('{dealId}', ids.dealId)
        .replace('{stepId}', ids.stepId)
        .replace(
          '{id}',
          path.includes('progress') ? ids.progressId : path.includes('dead') ? ids.deadLetterId : 'D_0',
        );
      const body = {
        templateId: 'x',
        reason: 'long enough',
        cause: 'client',
        undo: 'v1.a.b.c.d',
        ...(path.includes('pipelines')
          ? { templateKey: 'transactional', language: 'ru', existingDeals: false }
          : {}),
      };
      const answer = await axios.request({
        method,
        url: `${running.url}${url}`,
        data: method === 'get' ? undefined : allowed(path, body),
        headers: { authorization: `Bearer ${stranger}` },
        validateStatus: () => true,
        timeout: 5_000,
      });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
  });

  it('lets a seller handle own deals and nobody else’s', async () => {
    const [row] = await running.database.query<{ owner_id: string; deal_id: string }>(
      `SELECT d.owner_id, d.deal_id FROM deal d JOIN host_user u ON u.user_id = d.owner_id
       WHERE NOT u.admin AND u.active AND d.stage_kind = 'open' ORDER BY d.deal_id LIMIT 1`,
    );
    const [other] = await running.database.query<{ deal_id: string }>(
      `SELECT d.deal_id FROM deal d JOIN host_user u ON u.user_id = d.owner_id
       WHERE u.user_id <> $1 AND NOT (u.department_ids && (SELECT department_ids FROM host_user WHERE user_id = $1))
       LIMIT 1`,
      [row?.owner_id],
    );
    const seller = await openFrame(running, Number(row?.owner_id), Number(row?.deal_id.slice(2)));
    expect((await seller.get(`/api/plan/${row?.deal_id}`)).status).toBe(200);
    expect((await seller.get(`/api/plan/${other?.deal_id}`)).status).toBe(403);
    expect((await seller.get('/api/install')).status).toBe(403);
    expect((await seller.post('/api/pipelines/D_0/template', SWITCH_ON)).status).toBe(403);
  });

  it('row 40: refuses writes from foreign pages, by site and by simple content type', async () => {
    const admin = await openFrame(running, adminId());
    const session = { authorization: `Bearer ${admin.boot.session}` };
    const from = (headers: Record<string, string>, data: unknown = {}) =>
      axios.post(`${running.url}/api/install`, data, {
        headers: { ...session, ...headers },
        validateStatus: () => true,
      });
    expect((await from({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await from({ origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await from({ 'content-type': 'text/plain' }, '{}')).status).toBe(403);
    expect((await from({ 'content-type': 'application/x-www-form-urlencoded' }, 'a=1')).status).toBe(403);
    expect((await from({ 'sec-fetch-site': 'same-origin', origin: running.url })).status).toBe(200);
  });

  it('refuses what no database keeps in a text, in an address and in a body, before anything is tried', async () => {
    const admin = await openFrame(running, adminId());
    const headers = { authorization: `Bearer ${admin.boot.session}` };
    for (const path of ['/api/book?q=%00', '/api/plan/D_1%00', '/api/templates/deals?q=a%00']) {
      const { status } = await axios.get(`${running.url}${path}`, { headers, validateStatus: () => true });
      expect([path, status]).toEqual([path, 400]);
    }
    const { data } = await admin.get<{ revision: number }>('/api/company/reasons');
    const save = (name: string) =>
      axios.put(
        `${running.url}/api/company/reasons`,
        `{"revision":${data.revision},"reasons":[{"name":"${name}","cause":"client","uses":["step"]}]}`,
        { headers: { ...headers, 'content-type': 'application/json' }, validateStatus: () => true },
      );
    const answers = [
      await save('a\\u0000b'),
      await save('a\\ud83db'),
      await save('\\\\u0000 \\ud83d\\ude00'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 200]);
  });

  it('says which field of a request is wrong', async () => {
    const admin = await openFrame(running, adminId());
    const { status, data } = await admin.send<{ error: { code: string; details?: readonly string[] } }>(
      'PUT',
      '/api/company/reasons',
      { revision: 0, reasons: 'none', surprise: true },
    );
    expect([status, data.error.code]).toEqual([400, 'bad-request']);
    expect(data.error.details).toEqual(
      expect.arrayContaining(['property surprise should not exist', 'reasons must be an array']),
    );
  });

  it('takes a time only with its offset: without one it would be a time of the server’s clock', async () => {
    const admin = await openFrame(running, adminId());
    const [row] = await running.database.query<{ deal_id: string }>(
      `SELECT deal_id FROM plan WHERE state = 'active' ORDER BY deal_id LIMIT 1`,
    );
    const pause = (until: string) =>
      admin.post(`/api/plan/${row?.deal_id}/pause`, { until, reason: 'клиент в отпуске' });
    expect((await pause('2031-01-11T09:00:00')).status).toBe(400);
    expect((await pause('2031-01-11')).status).toBe(400);
  });

  it('lets a mail program switch letters off by one click, which posts a multipart form', async () => {
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    const answer = await fetch(`${running.url}/mail/off/nobody`, { method: 'POST', body: form });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('There is no such link');
  });

  it('row 42: takes no token but its own', async () => {
    const person = await openFrame(running, adminId());
    const [head = '', payload = '', signature = ''] = person.boot.session.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const [secret = ''] = running.app.get(Config).secrets;
    const wrongKey = new TextEncoder().encode(secret);
    const tokens = [
      '',
      'null',
      `${none}.${payload}.`,
      `${head}.${payload}.`,
      `${head}.${payload}.${signature.slice(0, -2)}AA`,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, userId: '424242' })).toString('base64url')}.${signature}`,
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(wrongKey),
      `${head}.${payload}.${createHmac('sha256', 'secret').update(`${head}.${payload}`).digest('base64url')}`,
      await expiredToken(),
      'x'.repeat(14_000),
    ];
    for (const token of tokens) {
      const answer = await axios.get(`${running.url}/api/home`, {
        headers: { authorization: `Bearer ${token}` },
        validateStatus: () => true,
      });
      expect([token.slice(0, 30), answer.status]).toEqual([token.slice(0, 30), 401]);
      expect(answer.data.error.code).toBe('session-expired');
    }
  });

  it('does a write once under one key, and refuses the key for another one', async () => {
    const admin = await openFrame(running, adminId());
    const [row] = await running.database.query<{ deal_id: string }>(
      `SELECT DISTINCT deal_id FROM plan_step WHERE state = 'actionable' ORDER BY deal_id LIMIT 1`,
    );
    const { data: plan } = await admin.get<PlanView>(`/api/plan/${row?.deal_id}`);
    const url = `/api/plan/${row?.deal_id}/steps/${plan.nextStepIds[0]}/skip`;
    const key = uuidv7();
    const body = { reason: 'двойной щелчок' };
    const answers = await Promise.all([1, 2, 3].map(() => admin.post<StepCommandAnswer>(url, body, key)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const revisions = answers.map((answer) => answer.data.plan.plan?.revision);
    expect(new Set(revisions).size).toBe(1);
    expect(answers.map((answer) => stepsOf(answer.data.plan).length > 0)).toEqual([true, true, true]);
    expect((await admin.post(url, { reason: 'другой текст' }, key)).status).toBe(409);
    expect((await admin.post(url, body, 'not a key!')).status).toBe(400);
  });

  it('tells bad input apart and answers in the person’s language', async () => {
    const admin = await openFrame(running, adminId());
    const bad = await admin.post<{ error: { code: string; message: string; requestId: string } }>(
      '/api/pipelines/D_0/template',
      { templateKey: 5 },
    );
    expect(bad.status).toBe(400);
    expect(bad.data.error.message).toMatch(admin.boot.language === 'ru' ? /[а-я]/ : /[a-z]/);
    expect(bad.data.error.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await admin.get('/api/nothing')).status).toBe(404);
    expect((await admin.post('/api/pipelines/D_99/template', SWITCH_ON)).status).toBe(404);
    expect(
      (await admin.post('/api/pipelines/D_0/template', { ...SWITCH_ON, templateKey: 'none' })).status,
    ).toBe(404);
  });

  it('frames the page for this portal only, and lets nothing foreign in', async () => {
    const { page } = await openFrame(running, adminId());
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain(`frame-ancestors ${running.portal.url}`);
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toContain('unsafe');
    expect(page.headers['x-frame-options']).toBeUndefined();
    expect(page.headers['cache-control']).toBe('no-store');
  });

  function adminId(): number {
    return running.portal.context.users().find((user) => user.admin && user.active)?.id ?? 0;
  }

  async function strangerSession(): Promise<string> {
    const accountId = accountIdOf('bitrix24', 'another-portal');
    await running.database.query(
      `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
       VALUES ($1::uuid, 'bitrix24', 'another-portal', 'https://other.bitrix24.ru/rest/', '', 'active', now())`,
      [accountId],
    );
    const { token } = await running.app.get(Sessions).issue({ ...CLAIMS, accountId });
    return token;
  }

  function expiredToken(): Promise<string> {
    const past = new Sessions(running.app.get(Config).secrets, { now: () => Date.now() - 3_600_000 });
    const claims = { ...CLAIMS, accountId: accountIdOf('bitrix24', running.portal.memberId) };
    return past.issue(claims).then(({ token }) => token);
  }

  async function idsOfTheFirstAccount() {
    const [step] = await running.database.query<{ deal_id: string; step_key: string; visit_seq: number }>(
      'SELECT deal_id, step_key, visit_seq FROM plan_step LIMIT 1',
    );
    const [progress] = await running.database.query<{ progress_id: string }>(
      'SELECT progress_id FROM progress',
    );
    const [letter] = await running.database.query<{ dead_letter_id: string }>(
      `INSERT INTO dead_letter (account_id, source, subject, payload, reason, attempts)
       SELECT account_id, 'job', 'plans.refresh', '{}', 'test', 1 FROM account LIMIT 1 RETURNING dead_letter_id`,
    );
    return {
      dealId: step?.deal_id ?? '',
      stepId: `${step?.step_key}~${step?.visit_seq}`,
      progressId: progress?.progress_id ?? '',
      deadLetterId: String(letter?.dead_letter_id ?? ''),
    };
  }
});

const SWITCH_ON = { templateKey: 'transactional', language: 'ru', existingDeals: false };

const CLAIMS = {
  host: 'bitrix24',
  userId: '1',
  userName: 'Кто-то',
  admin: true,
  dealId: null,
  language: 'ru',
  timeZone: 'Europe/Moscow',
} as const;

/** Only the fields that the route knows: others are bad input, which would hide the 404. */
function allowed(path: string, body: Record<string, unknown>): Record<string, unknown> {
  const fields = path.includes('pipelines')
    ? ['templateKey', 'language', 'existingDeals']
    : path.endsWith('launch')
      ? ['templateId']
      : path.endsWith('skip')
        ? ['reason']
        : path.endsWith('fail')
          ? ['cause', 'reason']
          : path.endsWith('undo')
            ? ['undo']
            : [];
  return Object.fromEntries(fields.map((field) => [field, body[field]]));
}
