import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { Sessions, type SessionClaims } from './sessions.js';

const SECRET = 'a secret of at least thirty-two letters';
const CLAIMS: SessionClaims = {
  accountId: '018f0000-0000-5000-8000-000000000001',
  host: 'toy',
  userId: '7',
  userName: 'Анна',
  admin: false,
  dealId: 'D_57',
  language: 'ru',
  timeZone: 'Europe/Moscow',
};

describe('src/infra/crypto/sessions', () => {
  const clock = { ms: 1_790_000_000_000, now: () => clock.ms };
  const sessions = new Sessions([SECRET], clock);

  it('reads what it issued', async () => {
    const { token } = await sessions.issue(CLAIMS);
    expect(await sessions.verify(token)).toEqual(CLAIMS);
  });

  it('ends after ten minutes', async () => {
    const { token, expiresAt } = await sessions.issue(CLAIMS);
    expect(expiresAt - clock.now()).toBeLessThanOrEqual(600_000);
    const later = new Sessions([SECRET], { now: () => clock.ms + 601_000 });
    expect(await later.verify(token)).toBeNull();
  });

  it('still reads a session of the older secret after rotation', async () => {
    const { token } = await sessions.issue(CLAIMS);
    expect(
      await new Sessions(['another secret of thirty-two letters!', SECRET], clock).verify(token),
    ).toEqual(CLAIMS);
  });

  const claims = { ...CLAIMS };
  const now = Math.floor(clock.ms / 1000);
  const foreign = (build: (jwt: SignJWT) => SignJWT, alg = 'HS256', key = SECRET): Promise<string> =>
    build(
      new SignJWT(claims)
        .setProtectedHeader({ alg })
        .setIssuedAt(now)
        .setExpirationTime(now + 600),
    ).sign(new TextEncoder().encode(key));

  it.each<[string, () => Promise<string> | string]>([
    [
      'no algorithm',
      () =>
        new UnsecuredJWT(claims)
          .setAudience('widget')
          .setIssuer('dozhim')
          .setExpirationTime(now + 600)
          .encode(),
    ],
    ['another key', () => foreign((jwt) => jwt.setAudience('widget').setIssuer('dozhim'))],
    [
      'HS512 instead of HS256',
      () => foreign((jwt) => jwt.setAudience('widget').setIssuer('dozhim'), 'HS512', SECRET.repeat(2)),
    ],
    [
      'another audience',
      async () => withPart((await sessions.issue(CLAIMS)).token, 1, { ...claims, aud: 'other' }),
    ],
    [
      'an empty signature',
      async () => `${(await sessions.issue(CLAIMS)).token.split('.').slice(0, 2).join('.')}.`,
    ],
    [
      'a header that says RS256',
      async () => withPart((await sessions.issue(CLAIMS)).token, 0, { alg: 'RS256' }),
    ],
    ['a megabyte of letters', () => 'a'.repeat(1_048_576)],
    ['nothing', () => ''],
  ])('refuses a token with %s', async (_, make) => {
    expect(await sessions.verify(await make())).toBeNull();
  });

  it('refuses a token signed with the raw secret instead of the derived key', async () => {
    const [header = '', payload = ''] = (await sessions.issue(CLAIMS)).token.split('.');
    const signature = createHmac('sha256', SECRET).update(`${header}.${payload}`).digest('base64url');
    expect(await sessions.verify(`${header}.${payload}.${signature}`)).toBeNull();
  });
});

function withPart(token: string, index: number, content: object): string {
  const parts = token.split('.');
  parts[index] = Buffer.from(JSON.stringify(content)).toString('base64url');
  return parts.join('.');
}
