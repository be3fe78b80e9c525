import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { control } from './control-call.js';
import { accountOf, api, as, granted, integratorOf, token } from './account-harness.js';

const MINUTE = 60_000;

describe('test/sandbox-amocrm/oauth', () => {
  it('asks for consent, and sends the person back with a code, the state and a bare host', async () => {
    const portal = await accountOf();
    const { clientId, redirectUri } = await granted(portal);
    const answer = await fetch(`${portal.url}/oauth?client_id=${clientId}&state=abc&mode=popup`, {
      redirect: 'manual',
    });
    const target = new URL(answer.headers.get('location') ?? '');
    expect(target.origin + target.pathname).toBe(redirectUri);
    expect(target.searchParams.get('state')).toBe('abc');
    expect(target.searchParams.get('referer')).toBe(new URL(portal.url).host);
    expect(target.searchParams.get('platform')).toBe('1');
    const denied = await fetch(`${portal.url}/oauth?client_id=${clientId}&state=abc&sandbox_deny=1`, {
      redirect: 'manual',
    });
    expect(new URL(denied.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied');
  });

  it('takes a code once and for twenty minutes, with the exact redirect address', async () => {
    const portal = await accountOf();
    const { clientId, secret, redirectUri } = await granted(portal);
    const fields = { client_id: clientId, client_secret: secret, grant_type: 'authorization_code' };
    const code = portal.store.tokens.issueCode(clientId, 1);
    expect((await token(portal, { ...fields, code, redirect_uri: `${redirectUri}/` })).status).toBe(400);
    const first = await token(portal, { ...fields, code, redirect_uri: redirectUri });
    expect(first.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 86_400,
      server_time: expect.any(Number),
    });
    const again = await token(portal, { ...fields, code, redirect_uri: redirectUri });
    expect(again.status).toBe(401);
    expect(again.body['hint']).toBe('Authorization code has been revoked');
    const late = portal.store.tokens.issueCode(clientId, 1);
    await control(portal, '/clock', { advanceMs: 21 * MINUTE });
    const expired = await token(portal, { ...fields, code: late, redirect_uri: redirectUri });
    expect([expired.status, expired.body['hint']]).toEqual([401, 'Authorization code has expired']);
  });

  it('kills a refresh token with its use, and leaves other grants alone', async () => {
    const portal = await accountOf();
    const one = await granted(portal);
    const other = await portal.store.tokens.issuePair(one.clientId, 1);
    const fields = {
      client_id: one.clientId,
      client_secret: one.secret,
      grant_type: 'refresh_token',
      redirect_uri: one.redirectUri,
    };
    const renewed = await token(portal, { ...fields, refresh_token: one.refresh });
    expect(renewed.status).toBe(200);
    const reused = await token(portal, { ...fields, refresh_token: one.refresh });
    expect([reused.status, reused.body['hint']]).toEqual([401, 'Token has been revoked']);
    expect((await token(portal, { ...fields, refresh_token: other.refresh })).status).toBe(200);
    expect((await api(portal, 'GET', 'account', undefined, as(one.access))).status).toBe(200);
    await control(portal, '/clock', { advanceMs: 91 * 1440 * MINUTE });
    const idle = await token(portal, { ...fields, refresh_token: String(renewed.body['refresh_token']) });
    expect(idle.status).toBe(401);
  });

  it('lets a lost answer be asked for again on the other platform only', async () => {
    const portal = await accountOf();
    const grant = await granted(portal);
    await control(portal, '/settings', { graceRefresh: true });
    const fields = {
      client_id: grant.clientId,
      client_secret: grant.secret,
      grant_type: 'refresh_token',
      redirect_uri: grant.redirectUri,
    };
    await token(portal, { ...fields, refresh_token: grant.refresh });
    const again = await token(portal, { ...fields, refresh_token: grant.refresh });
    expect(again.status).toBe(200);
    await token(portal, { ...fields, refresh_token: String(again.body['refresh_token']) });
    expect((await token(portal, { ...fields, refresh_token: grant.refresh })).status).toBe(401);
  });

  it('writes the shared host and the account into access tokens', async () => {
    const portal = await accountOf();
    const { access } = await granted(portal);
    expect(decodeJwt(access)).toMatchObject({
      account_id: portal.accountId,
      api_domain: new URL(portal.url).host,
      sub: '1',
    });
  });

  it('moves: the old host knows nobody, the shared host tells the new one, tokens go on', async () => {
    const portal = await accountOf();
    const { access, refresh } = await granted(portal);
    const to = portal.url.replace('localhost', '127.0.0.1');
    await control(portal, '/rename', { to, subdomain: 'renamed' });
    expect((await api(portal, 'GET', 'account', undefined, as(access))).status).toBe(401);
    const told = await fetch(`${portal.url}/oauth2/account/current/subdomain`, {
      headers: { 'x-refresh-token': refresh },
    });
    expect(await told.json()).toEqual({
      id: portal.accountId,
      subdomain: 'renamed',
      domain: new URL(to).host,
      top_level_domain: 'ru',
    });
    expect((await fetch(`${portal.url}/oauth2/account/current/subdomain`)).status).toBe(401);
  });

  it('calls an installed widget’s address once, without a state, and says farewell with a piped signature', async () => {
    const portal = await accountOf();
    const server = await integratorOf();
    server.status = 500;
    const { clientId, secret, access } = await granted(portal, 1, server.url);
    const installed = await control(portal, `/applications/${clientId}/install`);
    expect(installed.body).toEqual({ status: 500, state: 'installed' });
    const callbacks = server.heard.filter((one) => one.url.pathname === '/oauth/amocrm/callback');
    expect(callbacks).toHaveLength(1);
    expect([...(callbacks[0]?.url.searchParams.keys() ?? [])]).toEqual([
      'code',
      'referer',
      'platform',
      'from_widget',
    ]);
    await control(portal, `/applications/${clientId}/uninstall`);
    const farewell = server.heard.at(-1)?.url.searchParams;
    const signature = createHmac('sha256', secret).update(`${clientId}|${portal.accountId}`).digest('hex');
    expect(Object.fromEntries(farewell ?? [])).toEqual({
      client_uuid: clientId,
      account_id: String(portal.accountId),
      signature,
    });
    expect((await api(portal, 'GET', 'account', undefined, as(access))).status).toBe(401);
  });

  it('forges disposable tokens for tests of who verifies them', async () => {
    const portal = await accountOf();
    const { clientId } = await granted(portal);
    const made = async (wish: object) =>
      String((await control(portal, `/applications/${clientId}/disposable-token`, wish)).body['token']);
    const good = await made({ userId: 3 });
    expect(decodeProtectedHeader(good).alg).toBe('HS256');
    const claims = decodeJwt(good);
    expect(claims).toMatchObject({ iss: portal.url, aud: 'http://127.0.0.1:9', user_id: 3, is_admin: false });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(1800);
    expect(decodeProtectedHeader(await made({ algorithm: 'HS512' })).alg).toBe('HS512');
    expect((await made({ algorithm: 'none' })).endsWith('.')).toBe(true);
    expect(decodeJwt(await made({ audience: 'https://other.example' })).aud).toBe('https://other.example');
  });

  it('gives long-lived tokens that end with their day, and keeps them from whoever is uninstalled', async () => {
    const portal = await accountOf();
    const { clientId } = await granted(portal);
    const { body } = await control(portal, `/applications/${clientId}/long-lived-token`, { days: 2 });
    const call = () => api(portal, 'GET', 'account', undefined, as(String(body['access'])));
    expect((await call()).status).toBe(200);
    await control(portal, '/clock', { advanceMs: 3 * 1440 * MINUTE });
    expect((await call()).status).toBe(401);
  });
});
