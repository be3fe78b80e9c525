import { describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { fakeTheWire } from '../../../test/support/faked-wire.js';
import { HostError, type HostFailure } from '../../contract/failure.js';
import { ok, PORTAL, restClient, surroundings } from '../../../test/support/bitrix24-wire.js';
import { TestSession } from '../../../test/support/session.js';
import { RestClient } from './client.js';

const profile = ok({ ID: '1' });

function portal() {
  return nock(PORTAL);
}

async function failureOf(work: Promise<unknown>): Promise<HostFailure | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof HostError) return error.failure;
    throw error;
  }
}

fakeTheWire();

describe('src/hosts/bitrix24/client', () => {
  it('posts JSON with the token behind the parameters', async () => {
    portal()
      .post('/rest/crm.item.get', (body) => JSON.stringify(body) === '{"id":5,"auth":"token-1"}')
      .reply(200, ok({ item: {} }));
    const envelope = await restClient(new TestSession()).call('crm.item.get', { id: 5 });
    expect(envelope.result).toEqual({ item: {} });
  });

  it.each([
    ['an HTML page with 200', 200, '<html>limit</html>'],
    ['an HTML page with 502', 502, '<html>bad gateway</html>'],
    ['garbage', 200, '{"result":{"items":['],
    ['an empty body', 200, ''],
    ['a null result', 200, '{"result":null}'],
    ['an empty object', 200, '{}'],
    ['a bare list', 200, '[]'],
    ['an internal error', 500, '{"error":"INTERNAL_SERVER_ERROR","error_description":"x"}'],
    ['an error with 200', 200, '{"error":"","error_description":"odd"}'],
    ['a refusal by the bucket', 503, '{"error":"QUERY_LIMIT_EXCEEDED","error_description":"x"}'],
  ])('asks again after %s', async (_what, status, body) => {
    portal().post('/rest/profile').reply(status, body);
    portal().post('/rest/profile').reply(200, profile);
    await expect(restClient(new TestSession()).call('profile', {})).resolves.toMatchObject({
      result: { ID: '1' },
    });
  });

  it.each<[string, number, string, HostFailure]>([
    ['a missing right', 403, 'ACCESS_DENIED', { kind: 'forbidden', scope: 'profile (access_denied)' }],
    [
      'a missing scope',
      403,
      'insufficient_scope',
      { kind: 'forbidden', scope: 'profile (insufficient_scope)' },
    ],
    [
      'an unknown method',
      404,
      'ERROR_METHOD_NOT_FOUND',
      { kind: 'forbidden', scope: 'profile (error_method_not_found)' },
    ],
    ['an ended trial', 403, 'PAYMENT_REQUIRED', { kind: 'paymentRequired' }],
    ['a deleted portal', 500, 'PORTAL_DELETED', { kind: 'reauthorise', detail: 'portal_deleted' }],
    ['a missing item', 400, 'NOT_FOUND', { kind: 'gone' }],
    ['a task that is not there', 400, '1048582', { kind: 'gone' }],
    [
      'a wrong field',
      400,
      'INVALID_ARG_VALUE',
      { kind: 'malformed', where: 'invalid_arg_value: Wrong &lt;field&gt;' },
    ],
  ])('says what to do about %s and does not ask again', async (_what, status, code, failure) => {
    portal()
      .post('/rest/profile')
      .reply(status, { error: code, error_description: 'Wrong &lt;field&gt;<br>' });
    const got = await failureOf(restClient(new TestSession()).call('profile', {}));
    expect(got).toEqual(failure);
  });

  it('believes a vague error after the fourth time', async () => {
    portal()
      .post('/rest/profile')
      .times(4)
      .reply(400, { error: 'ERROR_CORE', error_description: 'TASKS<br>' });
    const failure = await failureOf(restClient(new TestSession()).call('profile', {}));
    expect(failure).toEqual({ kind: 'malformed', where: 'error_core: TASKS' });
  });

  it('stops for an hour when the portal blocks the app for overload', async () => {
    const clock = { now: () => 1_000_000 };
    const session = new TestSession({ clock });
    portal().post('/rest/profile').reply(503, { error: 'OVERLOAD_LIMIT', error_description: '' });
    const client = restClient(session);
    expect(await failureOf(client.call('profile', {}))).toEqual({ kind: 'throttled', retryAt: 4_600_000 });
    // No second request: everything is paused.
    expect(await failureOf(client.call('user.get', {}))).toEqual({ kind: 'throttled', retryAt: 4_600_000 });
  });

  it('empties the shared bucket when the host says that it is full', async () => {
    const session = new TestSession();
    portal().post('/rest/profile').times(3).reply(503, { error: 'QUERY_LIMIT_EXCEEDED' });
    portal().post('/rest/profile').reply(200, profile);
    await restClient(session).call('profile', {});
    expect(session.limits.drains).toHaveLength(3);
    expect(session.limits.taken).toHaveLength(4);
  });

  it('counts no requests for a portal that counts none', async () => {
    const session = new TestSession();
    portal().post('/rest/profile').reply(200, profile);
    await new RestClient(session, { ...surroundings(), limits: 'none' }).call('profile', {});
    expect(session.limits.taken).toEqual([]);
  });

  it('pauses one method until the host’s reset, by the host’s clock, and lets the others pass', async () => {
    const clock = { now: () => 5_000_000 };
    const session = new TestSession({ clock });
    const time = { finish: 1_700_000_000, operating: 481, operating_reset_at: 1_700_000_042 };
    portal().post('/rest/crm.item.list').reply(429, { error: 'OPERATION_TIME_LIMIT', time });
    portal().post('/rest/profile').reply(200, profile);
    const client = restClient(session);
    expect(await failureOf(client.call('crm.item.list', {}))).toEqual({
      kind: 'throttled',
      retryAt: 5_042_000,
      method: 'crm.item.list',
    });
    await client.call('profile', {});
  });

  it('pauses a method for at least ten seconds when no reset is named', async () => {
    const session = new TestSession({ clock: { now: () => 0 } });
    portal().post('/rest/profile').reply(429, { error: 'OPERATION_TIME_LIMIT' });
    expect(await failureOf(restClient(session).call('profile', {}))).toMatchObject({ retryAt: 10_000 });
  });

  it('slows a method down before the host does', async () => {
    const session = new TestSession({ clock: { now: () => 0 } });
    const client = restClient(session);
    for (const operating of [342, 352]) {
      portal()
        .post('/rest/profile')
        .reply(200, { result: {}, time: { finish: 1, operating, operating_reset_at: 600 } });
    }
    await client.call('profile', {});
    expect(session.limits.pauses.get('profile') ?? 0).toBe(0);
    await client.call('profile', {});
    // 10 s spent, at 52/84 of the way from brake to stop, refilled at 0.64 s a second.
    expect(session.limits.pauses.get('profile')).toBeCloseTo((10 / 0.64) * (52 / 84) * 1000, 3);
  });

  it.each(['expired_token', 'invalid_token', 'EXPIRED_TOKEN'])(
    'renews the token once after %s and repeats',
    async (code) => {
      const session = new TestSession();
      portal().post('/rest/profile', { auth: 'token-1' }).reply(401, { error: code });
      portal().post('/rest/profile', { auth: 'token-2' }).reply(200, profile);
      await restClient(session).call('profile', {});
      expect(session.renewals).toBe(1);
    },
  );

  it('asks for a reconnection when the new token is refused as well', async () => {
    const session = new TestSession();
    portal().post('/rest/profile').times(2).reply(401, { error: 'expired_token' });
    expect(await failureOf(restClient(session).call('profile', {}))).toEqual({
      kind: 'reauthorise',
      detail: 'expired_token',
    });
    expect(session.renewals).toBe(1);
  });

  it('does not repeat a write whose answer was lost, and says that nobody knows', async () => {
    portal()
      .post('/rest/tasks.task.add')
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    const manner = { lane: 'high', repeatable: false } as const;
    expect(await failureOf(restClient(new TestSession()).call('tasks.task.add', {}, manner))).toEqual({
      kind: 'unknownOutcome',
      detail: 'ECONNRESET',
    });
  });

  it('repeats a write that surely never reached the host', async () => {
    portal()
      .post('/rest/tasks.task.add')
      .replyWithError(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
    portal()
      .post('/rest/tasks.task.add')
      .reply(200, ok({ task: {} }));
    const manner = { lane: 'high', repeatable: false } as const;
    await expect(restClient(new TestSession()).call('tasks.task.add', {}, manner)).resolves.toBeDefined();
  });

  it('sends nothing when the caller is no longer allowed to', async () => {
    const beforeSend = (): Promise<void> => Promise.reject(new Error('the lease is lost'));
    const manner = { lane: 'high', repeatable: true, beforeSend } as const;
    await expect(restClient(new TestSession()).call('profile', {}, manner)).rejects.toThrow(
      'the lease is lost',
    );
  });

  it('gives up on a host that does not answer', async () => {
    portal().post('/rest/profile').times(3).delay(1000).reply(200, profile);
    expect(await failureOf(restClient(new TestSession(), 200).call('profile', {}))).toEqual({
      kind: 'unavailable',
      detail: 'timeout',
    });
  });
});

describe('src/hosts/bitrix24/client: a renamed portal', () => {
  const moved = { location: 'https://new.example.com/rest/profile' };

  function oauthSays(install: Readonly<Record<string, unknown>>) {
    nock('https://oauth.bitrix.info')
      .post('/rest/app.info', { auth: 'token-1' })
      .reply(200, { result: { install } });
  }

  it('is followed with the same POST when the OAuth server confirms it', async () => {
    const session = new TestSession();
    portal().post('/rest/profile').reply(302, '', moved);
    oauthSays({ member_id: 'member1', uri: 'https://new.example.com' });
    nock('https://new.example.com').post('/rest/profile', { auth: 'token-1' }).reply(200, profile);
    await restClient(session).call('profile', {});
    expect(session.moves).toEqual(['https://new.example.com/rest/']);
  });

  it.each([
    ['another account', { member_id: 'other', uri: 'https://new.example.com' }],
    ['another address', { member_id: 'member1', uri: 'https://third.example.com' }],
  ])('is not followed when the OAuth server knows %s', async (_what, install) => {
    const session = new TestSession();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      portal().post('/rest/profile').reply(302, '', moved);
      oauthSays(install);
    }
    expect((await failureOf(restClient(session).call('profile', {})))?.kind).toBe('unavailable');
    expect(session.moves).toEqual([]);
  });

  it.each([
    'http://new.example.com/rest/',
    'https://127.0.0.1/rest/',
    'https://169.254.169.254/',
    'nonsense',
    '',
  ])('is not even asked about when it leads to "%s"', async (location) => {
    portal().post('/rest/profile').times(4).reply(302, '', { location });
    expect((await failureOf(restClient(new TestSession()).call('profile', {})))?.kind).toBe('unavailable');
  });
});
