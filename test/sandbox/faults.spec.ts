import { describe, it, expect } from '@jest/globals';
import { at, control, hook, installed, portalOf, post } from './portal-harness.js';

const ADD = { fields: { TITLE: 'Once', RESPONSIBLE_ID: 2 } };

describe('test/sandbox/faults', () => {
  it.each([
    ['http500-html', 500, '<html>'],
    ['http502-html', 502, '<html>'],
    ['http500', 500, 'INTERNAL_SERVER_ERROR'],
    ['query-limit', 503, 'QUERY_LIMIT_EXCEEDED'],
    ['operation-limit', 429, 'OPERATION_TIME_LIMIT'],
    ['overload', 503, 'OVERLOAD_LIMIT'],
    ['html-200', 200, '<html>'],
    ['garbage', 200, '{"result":{"items"'],
    ['empty-body', 200, ''],
    ['result-null', 200, '{"result":null}'],
    ['error-200', 200, '"error":"INTERNAL_SERVER_ERROR"'],
    ['expired-token', 401, 'expired_token'],
    ['invalid-token', 401, 'invalid_token'],
    ['portal-deleted', 500, 'PORTAL_DELETED'],
    ['access-denied', 403, 'ACCESS_DENIED'],
  ])('answers with %s once and then as ever', async (kind, status, text) => {
    const portal = await portalOf();
    await control(portal, '/faults', { kind, method: 'tasks.task.add' });
    const spoiled = await hook(portal, 'tasks.task.add', ADD);
    expect(spoiled.status).toBe(status);
    expect(spoiled.text).toContain(text);
    expect(portal.store.tasks.size).toBe(0);
    const next = await hook(portal, 'tasks.task.add', ADD);
    expect(at(next.body, 'result.task.id')).toBe('1');
  });

  it('executes a write whose answer is lost', async () => {
    const portal = await portalOf();
    await control(portal, '/faults', { kind: 'answer-lost', method: 'tasks.task.add' });
    await expect(hook(portal, 'tasks.task.add', ADD)).rejects.toThrow();
    expect(portal.store.tasks.size).toBe(1);
  });

  it('cuts an answer short, resets a connection without executing', async () => {
    const portal = await portalOf();
    await control(portal, '/faults', { kind: 'truncated' });
    await expect(hook(portal, 'crm.item.list', { entityTypeId: 2 })).rejects.toThrow();
    await control(portal, '/faults', { kind: 'reset' });
    await expect(hook(portal, 'tasks.task.add', ADD)).rejects.toThrow();
    expect(portal.store.tasks.size).toBe(0);
  });

  it('hangs, trickles and waits', async () => {
    const portal = await portalOf();
    const impatient = (): Promise<Response> =>
      fetch(`${portal.webhook}server.time`, { signal: AbortSignal.timeout(300) });
    await control(portal, '/faults', { kind: 'hang' });
    await expect(impatient()).rejects.toThrow(/timeout/);
    await control(portal, '/faults', { kind: 'slow', amount: 1 });
    await expect(impatient().then((answer) => answer.text())).rejects.toThrow();
    await control(portal, '/faults', { kind: 'latency', amount: 400 });
    await expect(impatient()).rejects.toThrow(/timeout/);
  });

  it('gives an empty page in the middle of a list, in a batch too', async () => {
    const portal = await portalOf();
    await control(portal, '/faults', { kind: 'empty-page', method: 'crm.item.list', after: 1, times: 1 });
    const answer = await hook(portal, 'batch', {
      cmd: { a: 'crm.item.list?entityTypeId=2', b: 'crm.item.list?entityTypeId=2' },
    });
    expect((at(answer.body, 'result.result.a.items') as unknown[]).length).toBe(12);
    expect(at(answer.body, 'result.result.b.items')).toEqual([]);
  });

  it('fails some commands of a batch only', async () => {
    const portal = await portalOf();
    await control(portal, '/faults', { kind: 'inner-error', method: 'server.time', times: 2, code: 'X_1' });
    const cmd = ['server.time', 'profile', 'server.time', 'server.time'];
    const answer = await hook(portal, 'batch', { cmd });
    expect(Object.keys(at(answer.body, 'result.result_error') as object)).toEqual(['0', '2']);
    expect(at(answer.body, 'result.result_error.0.error')).toBe('X_1');
  });

  it('lets deals go and come while a list is read', async () => {
    const portal = await portalOf();
    await control(portal, '/faults', { kind: 'drift', method: 'crm.item.list', amount: 2 });
    await hook(portal, 'crm.item.list', { entityTypeId: 2 });
    const ids = [...portal.store.deals].map((deal) => deal.id);
    expect(ids).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('moves to another host: the old one redirects and a new one answers', async () => {
    const portal = await portalOf();
    const { pair } = installed(portal, 'http://127.0.0.1:1');
    const renamed = portal.url.replace('localhost', '127.0.0.1');
    await control(portal, '/rename', { to: renamed });
    const old = await post(`${portal.url}/rest/profile`, { auth: pair.access });
    expect(old.status).toBe(302);
    expect(old.headers.get('location')).toBe(`${renamed}/rest/profile`);
    const fresh = await post(`${renamed}/rest/profile`, { auth: pair.access });
    expect(fresh.status).toBe(200);
    expect(portal.context.domain).toBe(renamed.replace('http://', ''));
  });

  it('fails at the OAuth server when asked to', async () => {
    const portal = await portalOf();
    await control(portal, '/faults', { kind: 'invalid-grant', method: 'oauth.token' });
    const answer = await post(`${portal.url}/oauth/token/`, {});
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_grant']);
  });

  it('refuses a fault it does not know', async () => {
    const portal = await portalOf();
    const answer = await control(portal, '/faults', { kind: 'earthquake' });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatch(/kind must be one of/);
  });
});
