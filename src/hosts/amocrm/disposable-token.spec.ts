import { describe, expect, it } from '@jest/globals';
import { type JWTPayload, SignJWT } from 'jose';
import type { Application } from './client.js';
import { verifyPerson } from './disposable-token.js';
import { endpointsOf } from './endpoints.js';

const NOW = 1_795_000_000;
const clock = { now: () => NOW * 1000 };
const application: Application = {
  platform: 'ru',
  clientId: '5b3e1c8a-0000-4000-8000-00000000d0a5',
  clientSecret: 'secret-of-the-integration-0123456789',
  redirectUri: 'https://app.example.com:8443/oauth/x',
  longLivedToken: null,
};
const endpoints = endpointsOf('ru', []);
const GOOD: JWTPayload = {
  iss: 'https://demo.amocrm.ru',
  aud: 'https://app.example.com:8443',
  jti: '9c9f5d0e-0000-4000-8000-000000000001',
  iat: NOW,
  nbf: NOW,
  exp: NOW + 1800,
  account_id: 31_000_001,
  user_id: 7,
  client_uuid: application.clientId,
};

function verify(claims: JWTPayload, secret = application.clientSecret) {
  const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  const token = new SignJWT(present).setProtectedHeader({ alg: 'HS256', typ: 'JWT' });
  return token
    .sign(new TextEncoder().encode(secret))
    .then((signed) => verifyPerson(signed, application, endpoints, clock));
}

describe('src/hosts/amocrm/disposable-token', () => {
  it('believes what the account says of the person in front of the page', async () => {
    const proof = {
      accountKey: '31000001',
      userId: '7',
      endpoint: 'https://demo.amocrm.ru',
      proofId: GOOD.jti,
    };
    expect(await verify(GOOD)).toEqual({ ...proof, admin: null });
    expect(await verify({ ...GOOD, is_admin: true })).toEqual({ ...proof, admin: true });
    expect(await verify({ ...GOOD, is_admin: 'Y' })).toEqual({ ...proof, admin: null });
  });

  it.each([
    ['the audience without our port', { aud: 'https://app.example.com' }],
    ['ids as texts', { account_id: '31000001', user_id: '7' }],
    ['a clock half a minute ahead of ours', { iat: NOW + 30, nbf: NOW + 30 }],
    ['an end half a minute ago', { exp: NOW - 30 }],
  ])('takes %s', async (_what, claims) => {
    expect(await verify({ ...GOOD, ...claims })).toMatchObject({ accountKey: '31000001' });
  });

  it.each([
    ['another integration', { client_uuid: 'another' }],
    ['the whole address for its audience', { aud: application.redirectUri }],
    ['a site that is no account', { iss: 'https://demo.amocrm.ru.evil.example' }],
    ['an account of the other platform', { iss: 'https://demo.kommo.com' }],
    ['an unprotected address', { iss: 'http://demo.amocrm.ru' }],
    ['an account that is no number', { account_id: '1 OR 1=1' }],
    ['nobody', { user_id: 0 }],
    ['no person', { user_id: undefined }],
    ['no id', { jti: undefined }],
    ['no end', { exp: undefined }],
    ['no beginning', { iat: undefined }],
    ['a beginning in the future', { nbf: NOW + 600 }],
    ['an issue in the future', { iat: NOW + 600 }],
    ['more than a token ever holds', { note: 'x'.repeat(5_000) }],
  ])('refuses %s', async (_what, claims) => {
    expect(await verify({ ...GOOD, ...claims } as JWTPayload)).toBe('notGenuine');
  });

  it('tells what is over from what is false, and believes no end under another secret', async () => {
    expect(await verify({ ...GOOD, exp: NOW - 600 })).toBe('expired');
    expect(await verify({ ...GOOD, exp: NOW - 600 }, 'somebody else’s secret of some length')).toBe(
      'notGenuine',
    );
  });
});
