import { describe, expect, it } from '@jest/globals';
import { PATIENCE } from '../common/patience.js';
import type { HttpAnswer, HttpCall } from '../common/transport.js';
import { endpointsOf } from './endpoints.js';
import { refreshTokens } from './oauth.js';

const OLD = 'https://old-name.amocrm.ru';
const NEW = 'https://new-name.amocrm.ru';
const clock = { now: () => 1_795_000_000_000 };
const tokens = {
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  expiresAt: 0,
  userId: '7',
  endpoint: OLD,
  oauthEndpoint: 'https://api-a.amocrm.ru',
};

function json(status: number, body: object): HttpAnswer {
  return { status, headers: {}, location: null, body: JSON.stringify(body) };
}

/** A platform whose account has moved: under its old name the right token is refused. */
function refreshed(address: object) {
  const asked: string[] = [];
  const send = ({ url }: HttpCall): Promise<HttpAnswer> => {
    asked.push(url);
    if (url.endsWith('/subdomain')) return Promise.resolve(json(200, address));
    const pair = { access_token: 'access-2', refresh_token: 'refresh-2', expires_in: 86_400 };
    return Promise.resolve(
      url.startsWith(NEW) ? json(200, pair) : json(401, { hint: 'Token has been revoked', status: 401 }),
    );
  };
  const application = { platform: 'ru', clientId: 'c', clientSecret: 's', redirectUri: 'https://x.example' };
  const surroundings = {
    application,
    endpoints: endpointsOf('ru', []),
    transport: { send },
    patience: PATIENCE,
  };
  return { asked, pair: refreshTokens(tokens, surroundings as never, clock) };
}

describe('src/hosts/amocrm/oauth', () => {
  it.each([
    ['with its name in front of the domain', { subdomain: 'new-name', domain: 'new-name.amocrm.ru' }],
    ['with the platform’s domain beside its name', { subdomain: 'new-name', domain: 'amocrm.ru' }],
    ['by its name alone', { id: 1, subdomain: 'new-name', top_level_domain: 'ru' }],
  ])('follows a renamed account that is told %s', async (_how, address) => {
    const { asked, pair } = refreshed(address);
    expect(await pair).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2', endpoint: NEW });
    expect(asked.map((url) => new URL(url).host)).toEqual([
      'old-name.amocrm.ru',
      'api-a.amocrm.ru',
      'new-name.amocrm.ru',
    ]);
  });

  it.each([
    ['the name that was refused', { subdomain: 'old-name', domain: 'old-name.amocrm.ru' }],
    ['nothing', {}],
    ['an address of somebody else', { subdomain: 'x/y', domain: 'evil.example.com' }],
  ])('sends the token nowhere else when the platform tells %s', async (_what, address) => {
    const { asked, pair } = refreshed(address);
    await expect(pair).rejects.toMatchObject({ failure: { kind: 'reauthorise' } });
    expect(asked.map((url) => new URL(url).host)).toEqual(['old-name.amocrm.ru', 'api-a.amocrm.ru']);
  });
});
