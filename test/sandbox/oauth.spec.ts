import { describe, it, expect } from '@jest/globals';
import { at, hook, installed, portalOf, post, read } from './portal-harness.js';

async function token(portal: { url: string }, fields: Record<string, string>) {
  return read(
    await fetch(`${portal.url}/oauth/token/`, { method: 'POST', body: new URLSearchParams(fields) }),
  );
}

describe('test/sandbox/oauth', () => {
  it('continues a chain once: the old refresh token is dead afterwards', async () => {
    const portal = await portalOf();
    const { application, pair } = installed(portal, 'http://127.0.0.1:1');
    const fields = {
      grant_type: 'refresh_token',
      client_id: application.id,
      client_secret: application.secret,
      refresh_token: pair.refresh,
    };
    const first = await token(portal, fields);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      client_endpoint: `${portal.url}/rest/`,
      server_endpoint: `${portal.url}/oauth/rest/`,
      member_id: portal.memberId,
      expires_in: 3600,
      user_id: 1,
      status: 'L',
    });
    expect(first.body['domain']).not.toBe(portal.domain);
    expect(first.body['refresh_token']).not.toBe(pair.refresh);
    const second = await token(portal, fields);
    expect(second.status).toBe(400);
    expect(second.body['error']).toBe('invalid_grant');
  });

  it('keeps the old access token alive unless told otherwise', async () => {
    const portal = await portalOf();
    const app = installed(portal, 'http://127.0.0.1:1');
    portal.store.tokens.refresh(app.application.id, app.pair.refresh);
    expect((await app.call('profile')).status).toBe(200);
    portal.store.tokens.oldAccessDies = true;
    const other = installed(portal, 'http://127.0.0.1:1');
    portal.store.tokens.refresh(other.application.id, other.pair.refresh);
    expect((await other.call('profile')).status).toBe(401);
  });

  it('refuses a wrong secret and an unknown grant', async () => {
    const portal = await portalOf();
    const { application, pair } = installed(portal, 'http://127.0.0.1:1');
    const known = { client_id: application.id, refresh_token: pair.refresh };
    const wrong = await token(portal, { ...known, grant_type: 'refresh_token', client_secret: 'guess' });
    expect([wrong.status, wrong.body['error']]).toEqual([401, 'invalid_client']);
    const odd = await token(portal, { ...known, grant_type: 'magic', client_secret: application.secret });
    expect([odd.status, odd.body['error']]).toEqual([400, 'invalid_request']);
  });

  it('gives a code that lives thirty seconds and works once', async () => {
    const portal = await portalOf();
    const { application } = installed(portal, 'http://127.0.0.1:1');
    const ask = async (): Promise<URL> => {
      const query = new URLSearchParams({ client_id: application.id, state: 'mine' }).toString();
      const response = await fetch(`${portal.url}/oauth/authorize/?${query}`, { redirect: 'manual' });
      return new URL(response.headers.get('location') ?? '');
    };
    const redirect = await ask();
    expect(redirect.searchParams.get('state')).toBe('mine');
    expect(redirect.searchParams.get('member_id')).toBe(portal.memberId);
    const fields = {
      grant_type: 'authorization_code',
      client_id: application.id,
      client_secret: application.secret,
      code: redirect.searchParams.get('code') ?? '',
    };
    expect((await token(portal, fields)).status).toBe(200);
    expect((await token(portal, fields)).body['error']).toBe('invalid_grant');
    const late = (await ask()).searchParams.get('code') ?? '';
    portal.store.clock.advance(31_000);
    expect((await token(portal, { ...fields, code: late })).body['error']).toBe('invalid_grant');
  });

  it('answers expired_token after an hour and invalid_token for a made-up token', async () => {
    const portal = await portalOf();
    const app = installed(portal, 'http://127.0.0.1:1');
    portal.store.clock.advance(3_601_000);
    const expired = await app.call('profile');
    expect([expired.status, expired.body['error']]).toEqual([401, 'expired_token']);
    const made = await post(`${portal.url}/rest/profile`, { auth: 'made-up' });
    expect([made.status, made.body['error']]).toEqual([401, 'invalid_token']);
    const none = await post(`${portal.url}/rest/profile`, {});
    expect([none.status, none.body['error']]).toEqual([401, 'NO_AUTH_FOUND']);
  });

  it('tells at the OAuth server which portal a token belongs to', async () => {
    const portal = await portalOf();
    const { pair } = installed(portal, 'http://127.0.0.1:1');
    const info = await post(`${portal.url}/oauth/rest/app.info`, { auth: pair.access });
    expect(at(info.body, 'result.install.member_id')).toBe(portal.memberId);
    expect(at(info.body, 'result.install.uri')).toBe(portal.url);
  });

  it('opens the portal to an incoming webhook, without an application context', async () => {
    const portal = await portalOf();
    const profile = await hook(portal, 'profile.json');
    expect(at(profile.body, 'result.ID')).toBe('1');
    expect(at(profile.body, 'result.ADMIN')).toBe(true);
    const bind = await hook(portal, 'event.bind', { event: 'ONCRMDEALADD', handler: 'http://x.test/' });
    expect([bind.status, bind.body['error']]).toEqual([403, 'WRONG_AUTH_TYPE']);
    const wrong = await post(`${portal.url}/rest/1/guess/profile`, {});
    expect([wrong.status, wrong.body['error']]).toEqual([403, 'INVALID_CREDENTIALS']);
  });
});
