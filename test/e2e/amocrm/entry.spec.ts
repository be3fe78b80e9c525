import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios, { type AxiosResponse } from 'axios';
import type { BootView } from '../../../src/features/embed/boot.view.js';
import {
  disposableToken,
  type DisposableTokenWish,
} from '../../../src/sandbox/amocrm/store/disposable-token.js';
import { startLivingAccount, type LivingAccount } from './living-account.js';

describe('test/e2e/amocrm/entry', () => {
  let living: LivingAccount;

  beforeAll(async () => {
    living = await startLivingAccount();
  }, 120_000);
  afterAll(() => living?.stop());

  const entry = (account: string | number = living.portal.accountId): string =>
    `${living.url}/embed/amocrm/session?account=${account}`;

  async function token(wish: Partial<DisposableTokenWish> = {}): Promise<string> {
    const integration = living.portal.store.integrations.get(living.integrationId);
    if (!integration) throw new Error('the integration is not there');
    return disposableToken(living.portal.store, integration, { userId: living.adminId, ...wish });
  }

  async function enter(
    jwt: string,
    change: { readonly origin?: string; readonly body?: object; readonly account?: string } = {},
  ): Promise<AxiosResponse<BootView & { error?: { code: string; message: string } }>> {
    const { origin = living.portal.url, body = { screen: 'home', dealId: '', language: 'ru' } } = change;
    return axios.post(entry(change.account), body, {
      headers: { origin, 'x-auth-token': jwt, 'content-type': 'application/json' },
      validateStatus: () => true,
    });
  }

  it('gives the page of a living account all that the widget begins with', async () => {
    const [deal] = await living.database.query<{ deal_id: string }>(
      `SELECT deal_id FROM deal WHERE stage_kind = 'open' ORDER BY deal_id LIMIT 1`,
    );
    const answer = await enter(await token(), {
      body: { screen: 'plan', dealId: deal?.deal_id ?? '', language: 'ru' },
    });
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({
      host: 'amocrm',
      screen: 'plan',
      portalOrigin: living.portal.url,
      language: 'ru',
      installing: false,
      user: { id: String(living.adminId), admin: true },
    });
    expect(answer.data.user.name).not.toBe('');
    const plan = await axios.get(`${living.url}/api/plan/${answer.data.dealId}`, {
      headers: { authorization: `Bearer ${answer.data.session}` },
      validateStatus: () => true,
    });
    expect(plan.status).toBe(200);
  });

  it('lets exactly that page read the answer, and caches keep them apart', async () => {
    const { headers } = await enter(await token());
    expect(headers['access-control-allow-origin']).toBe(living.portal.url);
    expect(headers['vary']).toContain('Origin');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
  });

  it('answers the preflight of that page and of no other', async () => {
    const ask = (origin: string, account?: string) =>
      axios.options(entry(account), {
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-auth-token,content-type',
        },
        validateStatus: () => true,
      });
    const own = await ask(living.portal.url);
    expect([own.status, own.headers['access-control-allow-origin']]).toEqual([204, living.portal.url]);
    expect(own.headers['access-control-allow-headers']).toBe('x-auth-token, content-type');
    expect(own.headers['vary']).toContain('Origin');
    for (const [origin, account] of [
      ['https://evil.example.com', undefined],
      ['null', undefined],
      [`${living.portal.url}.evil.example.com`, undefined],
      [living.portal.url, '99999999'],
    ] as const) {
      const foreign = await ask(origin, account);
      expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
  });

  it('tells the automation’s key to administrators only', async () => {
    const seller = living.portal.store.people.all.find(({ admin, active }) => !admin && active);
    const [admin, other] = [
      await enter(await token()),
      await enter(await token({ userId: seller?.id ?? 0 })),
    ];
    expect(admin.data).toMatchObject({ automationKey: expect.stringMatching(/^[\w-]{20,}$/) });
    expect([other.status, other.data]).toMatchObject([200, { automationKey: null, user: { admin: false } }]);
  });

  it('takes one token for several sessions, as pages send it', async () => {
    const jwt = await token();
    expect([(await enter(jwt)).status, (await enter(jwt)).status]).toEqual([200, 200]);
  });

  it.each([
    ['of bots (HS512)', { algorithm: 'HS512' }, 401, 'not-proven'],
    ['that nobody signed', { algorithm: 'none' }, 401, 'not-proven'],
    ['of another secret', { secret: 'another-secret-that-is-long-enough-000000' }, 401, 'not-proven'],
    ['for another service', { audience: 'https://other.example.com' }, 401, 'not-proven'],
    ['that is over', { expired: true }, 401, 'host-token-expired'],
  ] as const)('refuses a token %s', async (_what, wish, status, code) => {
    const answer = await enter(await token(wish));
    expect([answer.status, answer.data.error?.code]).toEqual([status, code]);
    expect(answer.data.error?.message).toMatch(/[А-Яа-я]/);
    // The widget shows the reason, so its page may read it.
    expect(answer.headers['access-control-allow-origin']).toBe(living.portal.url);
  });

  it('refuses a genuine token from a foreign page, and an empty one', async () => {
    const foreign = await enter(await token(), { origin: 'https://evil.example.com' });
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect((await enter('')).status).toBe(400);
    expect((await enter('x'.repeat(7_000))).status).toBe(400);
  });

  it.each([
    [{ screen: 'other', dealId: '', language: 'ru' }],
    [{ screen: 'plan', dealId: "1' OR 1=1", language: 'ru' }],
    [{ screen: 'plan', dealId: 57, language: 'ru' }],
    [{ screen: 'plan', dealId: '57' }],
    [{ screen: 'plan', dealId: '57', language: 'ru', user_id: '1' }],
    [[]],
  ])('refuses the place %j', async (body) => {
    const answer = await enter(await token(), { body });
    expect([answer.status, answer.data.error?.code]).toEqual([400, 'bad-request']);
  });

  it('shows an empty frame to that account’s page only, with nothing of anybody in it', async () => {
    const frame = (query: string) =>
      axios.get<string>(`${living.url}/embed/amocrm/frame${query}`, { validateStatus: () => true });
    const own = await frame(`?account=${living.portal.accountId}&LANG=en&theme=dark`);
    expect(own.status).toBe(200);
    expect(own.headers['content-security-policy']).toContain(`frame-ancestors ${living.portal.url}`);
    expect(own.data).toContain('<html lang="en" data-host="amocrm" data-theme="auto" data-around="dark">');
    expect(own.data).not.toMatch(/"session"|"user"/);
    const unknown = await frame('?account=99999999');
    expect([unknown.status, unknown.headers['refresh'], unknown.headers['content-security-policy']]).toEqual([
      202,
      expect.stringContaining('tries=1'),
      expect.stringContaining(`frame-ancestors 'none'`),
    ]);
    const given = await frame('?account=99999999&tries=8&framer=https://demo.example.com');
    expect([given.status, given.headers['refresh'], given.headers['content-security-policy']]).toEqual([
      403,
      undefined,
      expect.stringContaining('frame-ancestors https://demo.example.com'),
    ]);
    expect((await frame('?account=1&account=2')).headers['content-security-policy']).toContain(`'none'`);
  });

  it('has no such door in a host that posts into its frames', async () => {
    const { status } = await axios.post(
      `${living.url}/embed/bitrix24/session?account=1`,
      { screen: 'home', dealId: '', language: 'ru' },
      { headers: { origin: living.portal.url, 'x-auth-token': await token() }, validateStatus: () => true },
    );
    expect(status).toBe(403);
  });

  it('shuts the door when the widget was removed', async () => {
    await living.portal.context.uninstall(living.integrationId);
    const answer = await enter(await token());
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });
});
