import { createHmac, generateKeyPairSync, hkdfSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { SignJWT, UnsecuredJWT } from 'jose';
import { Config } from '../../src/infra/config/config.js';
import { Sessions, type SessionClaims } from '../../src/infra/crypto/sessions.js';
import { bodyFor, documentedRoutes, type DocumentedRoute } from '../support/documented-routes.js';
import { startEverything, type Running } from '../support/running.js';

const HOUR = 3_600;

describe('test/security/session-tokens', () => {
  let running: Running;
  let routes: readonly DocumentedRoute[];
  let claims: SessionClaims;

  beforeAll(async () => {
    running = await startEverything();
    routes = (await documentedRoutes(running.url)).filter((route) => route.path !== '/api/session');
    const [row] = await running.database.query<{ account_id: string }>('SELECT account_id FROM account');
    claims = {
      accountId: row?.account_id ?? '',
      host: 'bitrix24',
      userId: '1',
      userName: 'Анна',
      admin: true,
      dealId: null,
      language: 'ru',
      timeZone: 'Europe/Moscow',
    };
  }, 120_000);

  afterAll(async () => {
    await running?.stop();
  });

  it('lets the token in that the forgeries below differ from', async () => {
    expect(await statusWith(await signed({}), { method: 'get', path: '/api/home', parameters: [] })).toBe(
      200,
    );
    const issued = await running.app.get(Sessions).issue(claims);
    expect(await statusWith(issued.token, { method: 'get', path: '/api/home', parameters: [] })).toBe(200);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['no algorithm', () => unsecured()],
    ['an empty signature', async () => `${(await signed({})).split('.').slice(0, 2).join('.')}.`],
    [
      'a signature of zeros',
      async () => `${(await signed({})).split('.').slice(0, 2).join('.')}.${'A'.repeat(43)}`,
    ],
    ['RS256 instead of HS256', () => signedByRsa()],
    ['an RSA public key as the shared secret', () => signedByPublicKey()],
    ['HS512 instead of HS256', () => signed({ alg: 'HS512' })],
    ['another audience', () => signed({ aud: 'panel' })],
    ['another issuer', () => signed({ iss: 'somebody' })],
    ['no time of expiry', () => signed({ exp: null })],
    ['a time of expiry that is past', () => signed({ exp: -HOUR })],
    ['a time that it is not valid before', () => signed({ nbf: HOUR })],
    ['the secret itself as the key', () => signed({ key: new TextEncoder().encode(secretOf()) })],
    [
      'another account that does not exist',
      () => signed({ accountId: '018f0000-0000-5000-8000-000000000009' }),
    ],
    ['an account that is no id', () => signed({ accountId: `' OR true --` })],
    ['a changed role under an old signature', async () => withClaims(await signed({}), { userId: '2' })],
    ['nothing in it', () => ''],
    ['three dots', () => '...'],
  ])('row 42: answers 401 on every documented route to a token with %s', async (_, make) => {
    const token = await make();
    expect(routes.length).toBeGreaterThan(12);
    for (const route of routes) {
      expect([route.method, route.path, await statusWith(token, route)]).toEqual([
        route.method,
        route.path,
        401,
      ]);
    }
  });

  it('row 42: refuses a token of a megabyte before it costs anything', async () => {
    const began = process.cpuUsage();
    for (let time = 0; time < 10; time++) {
      const status = await statusWith('a'.repeat(1_048_576), {
        method: 'get',
        path: '/api/home',
        parameters: [],
      });
      expect([401, 431, null]).toContain(status);
    }
    // The sender's own work is in this process too.
    expect(process.cpuUsage(began).user / 1_000 / 10).toBeLessThan(100);
  });

  it('row 42: takes a token from nowhere but the header', async () => {
    const token = await signed({});
    const attempts = [
      axios.get(`${running.url}/api/home?token=${token}`, LENIENT),
      axios.get(`${running.url}/api/home?access_token=${token}`, LENIENT),
      axios.get(`${running.url}/api/home`, { ...LENIENT, headers: { cookie: `session=${token}` } }),
      axios.get(`${running.url}/api/home`, { ...LENIENT, headers: { authorization: `Basic ${token}` } }),
    ];
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  async function statusWith(token: string, route: DocumentedRoute): Promise<number | null> {
    const path = route.path.replaceAll(/\{\w+\}/g, '1');
    const body = route.method === 'get' || route.method === 'delete' ? {} : { data: bodyFor(path) };
    return axios
      .request({
        ...LENIENT,
        ...body,
        method: route.method,
        url: `${running.url}${path}`,
        headers: { authorization: `Bearer ${token}` },
      })
      .then(
        ({ status }) => status,
        () => null,
      );
  }

  function secretOf(): string {
    return running.app.get(Config).secrets[0] ?? '';
  }

  function rightKey(): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', secretOf(), 'dozhim', 'sessions', 32));
  }

  async function signed(changes: Forgery): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const { alg = 'HS256', key = rightKey(), exp = 600, aud = 'widget', iss = 'dozhim', nbf } = changes;
    const accountId = changes.accountId ?? claims.accountId;
    const jwt = new SignJWT({ ...claims, accountId }).setProtectedHeader({ alg }).setIssuedAt(now);
    jwt.setAudience(aud).setIssuer(iss);
    if (exp !== null) jwt.setExpirationTime(now + exp);
    if (nbf !== undefined) jwt.setNotBefore(now + nbf);
    return jwt.sign(alg === 'HS512' ? Buffer.concat([key, key]) : key);
  }

  function unsecured(): string {
    const jwt = new UnsecuredJWT({ ...claims }).setIssuedAt().setAudience('widget');
    return jwt.setIssuer('dozhim').setExpirationTime('10m').encode();
  }

  async function signedByRsa(): Promise<string> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwt = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256' }).setIssuedAt();
    return jwt.setAudience('widget').setIssuer('dozhim').setExpirationTime('10m').sign(privateKey);
  }

  async function signedByPublicKey(): Promise<string> {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const [header = '', payload = ''] = (await signed({})).split('.');
    const signature = createHmac('sha256', pem).update(`${header}.${payload}`).digest('base64url');
    return `${header}.${payload}.${signature}`;
  }
});

interface Forgery {
  readonly alg?: string;
  readonly key?: Uint8Array;
  readonly exp?: number | null;
  readonly nbf?: number;
  readonly aud?: string;
  readonly iss?: string;
  readonly accountId?: string;
}

const LENIENT = { validateStatus: () => true, timeout: 10_000 } as const;

function withClaims(token: string, changes: object): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, ...changes })).toString('base64url');
  return `${header}.${forged}.${signature}`;
}
