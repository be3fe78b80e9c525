import { describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { fakeTheWire } from '../../../test/support/faked-wire.js';
import type { HostRequest, KnownInstallation } from '../../contract/host.js';
import { batchOk } from '../../../test/support/bitrix24-wire.js';
import { realClock, silentLog } from '../../../test/support/session.js';
import { Bitrix24Host } from './host.js';

const PORTAL = 'https://x.bitrix24.ru';
const OAUTH = 'https://oauth.bitrix.info';
const MEMBER = 'a223c6b3710f85df22e9377d6c4f7553';
const known: KnownInstallation = { endpoint: `${PORTAL}/rest/`, secret: 'application-token' };

const fields = {
  AUTH_ID: 'access-of-the-user',
  AUTH_EXPIRES: '3600',
  REFRESH_ID: 'refresh-of-the-user',
  SERVER_ENDPOINT: `${OAUTH}/rest/`,
  APPLICATION_TOKEN: 'application-token',
  APPLICATION_SCOPE: 'crm,task',
  member_id: MEMBER,
  status: 'L',
  PLACEMENT: 'CRM_DEAL_DETAIL_TAB',
  PLACEMENT_OPTIONS: '{"ID":"57","URI":"/crm/deal/details/57/"}',
};

const grant = {
  access_token: 'granted-access',
  refresh_token: 'granted-refresh',
  client_endpoint: `${PORTAL}/rest/`,
  server_endpoint: `${OAUTH}/rest/`,
  domain: 'oauth.bitrix.info',
  expires_in: 3600,
  member_id: MEMBER,
  scope: 'crm task',
  user_id: 12,
};

const anna = { ID: '12', ADMIN: true, NAME: 'Анна', LAST_NAME: 'Глава', TIME_ZONE: 'Europe/Moscow' };

const host = new Bitrix24Host(
  { clientId: 'local.ours', clientSecret: 'our-secret' },
  { clock: realClock, log: silentLog, trustedOrigins: [], publicUrl: 'https://app.example.com' },
  { patience: { firstDelayMs: 1, longestDelayMs: 2 } },
);

function post(
  changes: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): HostRequest {
  return {
    method: 'POST',
    query: { DOMAIN: 'x.bitrix24.ru', PROTOCOL: '1', LANG: 'ru', APP_SID: 'sid', ...query },
    headers: {},
    contentType: 'application/x-www-form-urlencoded',
    body: Buffer.from(new URLSearchParams({ ...fields, ...changes }).toString()),
  };
}

const asKnown = () => Promise.resolve(known);
const asUnknown = () => Promise.resolve(null);

function portalSays(
  profile: unknown,
  app: unknown = { INSTALLED: true, CODE: 'local.ours' },
  token = fields.AUTH_ID,
) {
  nock(PORTAL)
    .post('/rest/batch', (body: { auth?: string }) => body.auth === token)
    .reply(200, batchOk({ user: profile, app }));
}

function oauthGrants(changes: Readonly<Record<string, unknown>> = {}) {
  nock(OAUTH)
    .post('/oauth/token/', {
      grant_type: 'refresh_token',
      refresh_token: fields.REFRESH_ID,
      client_id: 'local.ours',
      client_secret: 'our-secret',
    })
    .reply(200, { ...grant, ...changes });
}

fakeTheWire();

describe('src/hosts/bitrix24/frames', () => {
  it('asks the stored portal who the user is', async () => {
    portalSays(anna);
    expect(await host.openFrame(post(), asKnown)).toEqual({
      kind: 'open',
      accountKey: MEMBER,
      installation: {
        endpoint: `${PORTAL}/rest/`,
        oauthEndpoint: `${OAUTH}/rest/`,
        secret: null,
        scopes: ['crm', 'task'],
      },
      user: { id: '12', name: 'Анна Глава', admin: true, timeZone: 'Europe/Moscow' },
      tokens: expect.objectContaining({
        accessToken: fields.AUTH_ID,
        refreshToken: fields.REFRESH_ID,
        userId: '12',
      }),
      place: { screen: 'plan', dealId: 'D_57', language: 'ru' },
      installing: false,
    });
  });

  it('never asks the posted domain of an account that it knows', async () => {
    portalSays(anna);
    const reading = await host.openFrame(post({}, { DOMAIN: 'evil.example.com' }), asKnown);
    expect(reading).toMatchObject({ kind: 'open', installation: { endpoint: `${PORTAL}/rest/` } });
  });

  it('proves a first installation with the OAuth server and takes the portal’s address from there', async () => {
    oauthGrants();
    portalSays(anna, { INSTALLED: false, CODE: 'local.ours' }, 'granted-access');
    expect(await host.openFrame(post({ PLACEMENT: 'DEFAULT' }), asUnknown)).toMatchObject({
      kind: 'open',
      installation: { endpoint: `${PORTAL}/rest/`, secret: 'application-token', scopes: ['crm', 'task'] },
      tokens: { accessToken: 'granted-access', refreshToken: 'granted-refresh' },
      place: { screen: 'install', dealId: null },
      installing: true,
    });
  });

  it('proves a reinstalled app anew, whose application token is another one', async () => {
    oauthGrants();
    portalSays(anna, undefined, 'granted-access');
    const reading = await host.openFrame(post({ APPLICATION_TOKEN: 'new-token' }), asKnown);
    expect(reading).toMatchObject({ kind: 'open', installation: { secret: 'new-token' } });
  });

  it('takes an installation from server to server the same way', async () => {
    oauthGrants();
    portalSays(anna, undefined, 'granted-access');
    const auth = {
      member_id: MEMBER,
      access_token: fields.AUTH_ID,
      refresh_token: fields.REFRESH_ID,
      application_token: 'application-token',
      server_endpoint: `${OAUTH}/rest/`,
      client_endpoint: 'https://evil.example.com/rest/',
      domain: 'x.bitrix24.ru',
    };
    const form = new URLSearchParams({ event: 'ONAPPINSTALL', 'data[LANGUAGE_ID]': 'ru' });
    for (const [name, value] of Object.entries(auth)) form.set(`auth[${name}]`, value);
    const request = { ...post(), query: {}, body: Buffer.from(form.toString()) };
    expect(await host.openFrame(request, asUnknown)).toMatchObject({
      kind: 'open',
      installation: { endpoint: `${PORTAL}/rest/`, secret: 'application-token' },
      place: { language: 'ru' },
    });
  });

  it.each([
    ['another account', { member_id: 'other' }],
    ['another portal', { client_endpoint: 'https://y.bitrix24.ru/rest/' }],
    ['a local portal', { client_endpoint: 'https://127.0.0.1/rest/' }],
  ])('refuses a first installation when the OAuth server names %s', async (_what, changes) => {
    oauthGrants(changes);
    expect(await host.openFrame(post(), asUnknown)).toEqual({ kind: 'refused', reason: 'notGenuine' });
  });

  it.each([
    'http://127.0.0.1/rest/',
    'https://127.0.0.1/rest/',
    'http://169.254.169.254/rest/',
    'https://[::1]/rest/',
    'https://2130706433/rest/',
    'https://evil.com#.bitrix24.ru/rest/',
    'https://evil.com/rest/',
    'https://oauth.bitrix.info.evil.com/rest/',
    'https://oauth.bitrix.info@evil.com/rest/',
    'file:///etc/passwd',
  ])('sends nothing anywhere when the OAuth server is said to be %s (row 36)', async (server) => {
    expect(await host.openFrame(post({ SERVER_ENDPOINT: server }), asUnknown)).toEqual({
      kind: 'refused',
      reason: 'notGenuine',
    });
  });

  it.each([
    '127.0.0.1',
    '169.254.169.254',
    '[::1]',
    'evil.com#.bitrix24.ru',
    'evil.com/x.bitrix24.ru',
    '0x7f000001',
  ])('never calls the domain %s (row 36)', async (domain) => {
    // A domain that could be one is compared with what the OAuth server says, and calls to both are all there is.
    const plain = /^[a-z0-9.-]+$/.test(domain);
    if (plain) oauthGrants();
    expect(await host.openFrame(post({}, { DOMAIN: domain }), asUnknown)).toEqual({
      kind: 'refused',
      reason: plain ? 'notGenuine' : 'badRequest',
    });
  });

  it('says that a token has expired', async () => {
    nock(PORTAL).post('/rest/batch').reply(401, { error: 'expired_token' });
    expect(await host.openFrame(post(), asKnown)).toEqual({ kind: 'refused', reason: 'expired' });
  });

  it('refuses a token of another application of the same portal', async () => {
    portalSays(anna, { INSTALLED: true, CODE: 'local.theirs' });
    expect(await host.openFrame(post(), asKnown)).toEqual({ kind: 'refused', reason: 'notGenuine' });
  });

  it('learns a missing application token only from an administrator', async () => {
    const withoutSecret = () => Promise.resolve({ ...known, secret: null });
    portalSays({ ...anna, ADMIN: false });
    expect(await host.openFrame(post(), withoutSecret)).toMatchObject({
      kind: 'open',
      installation: { secret: null },
    });
    portalSays(anna);
    expect(await host.openFrame(post(), withoutSecret)).toMatchObject({
      kind: 'open',
      installation: { secret: 'application-token' },
    });
  });

  it('says that the portal cannot be reached, after trying again', async () => {
    nock(PORTAL).post('/rest/batch').times(4).reply(200, '<html>');
    expect(await host.openFrame(post(), asKnown)).toEqual({ kind: 'refused', reason: 'unavailable' });
  });

  it.each([
    ['no options', '', 'home', null],
    ['options that are a list', '[]', 'home', null],
    ['options that are not JSON', '{', 'home', null],
    ['a number for the id', '{"ID":57}', 'plan', 'D_57'],
    ['an id that is none', '{"ID":"../1"}', 'home', null],
    ['a forbidden name', '{"__proto__":{"ID":"57"}}', 'home', null],
  ])('reads a placement with %s', async (_what, options, screen, dealId) => {
    portalSays(anna);
    expect(await host.openFrame(post({ PLACEMENT_OPTIONS: options }), asKnown)).toMatchObject({
      place: { screen, dealId },
    });
  });

  it('opens leads, the page of the left menu and control among the host’s reports', async () => {
    portalSays(anna);
    const lead = await host.openFrame(post({ PLACEMENT: 'CRM_LEAD_DETAIL_TAB' }), asKnown);
    expect(lead).toMatchObject({ place: { screen: 'plan', dealId: 'L_57' } });
    portalSays(anna);
    const menu = await host.openFrame(post({ PLACEMENT: 'LEFT_MENU' }), asKnown);
    expect(menu).toMatchObject({ place: { screen: 'home', dealId: null } });
    portalSays(anna);
    const reports = await host.openFrame(post({ PLACEMENT: 'CRM_ANALYTICS_MENU' }), asKnown);
    expect(reports).toMatchObject({ place: { screen: 'panel', dealId: null } });
  });

  it.each([
    ['no account', { member_id: '' }],
    ['an account that is a path', { member_id: '../../x' }],
    ['no token', { AUTH_ID: '' }],
    ['a token with a line break', { AUTH_ID: 'abcdefgh\r\nHost: evil' }],
  ])('refuses a form with %s without asking anybody', async (_what, changes) => {
    expect(await host.openFrame(post(changes), asKnown)).toEqual({ kind: 'refused', reason: 'badRequest' });
  });

  it('leads the browser to the portal’s own consent page and nowhere else', () => {
    expect(host.authorizeUrl('https://x.bitrix24.ru/', 'state-1')).toBe(
      'https://x.bitrix24.ru/oauth/authorize/?client_id=local.ours&state=state-1',
    );
    expect(host.authorizeUrl('javascript:alert(1)', 's')).toBeNull();
    expect(host.authorizeUrl('127.0.0.1', 's')).toBeNull();
  });
});
