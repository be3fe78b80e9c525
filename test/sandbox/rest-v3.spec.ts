import { describe, it, expect } from '@jest/globals';
import { at, control, hook, installed, portalOf, post } from './portal-harness.js';

const FIELDS = { title: 'Call', creatorId: 1, responsibleId: 2, crmItemIds: ['D_1'] };

async function v3() {
  const portal = await portalOf();
  const { pair } = installed(portal, 'http://127.0.0.1:1');
  const call = (method: string, body: unknown, headers: Record<string, string> = {}) =>
    post(`${portal.url}/rest/api/${method}`, body, {
      authorization: `Bearer ${pair.access}`,
      ...headers,
    });
  return { portal, pair, call };
}

describe('test/sandbox/rest-v3', () => {
  it('answers tasks with numbers, camelCase and words for statuses', async () => {
    const { call, portal } = await v3();
    const made = await call('tasks.task.add', { fields: { ...FIELDS, deadline: '2026-12-01T10:00:00Z' } });
    expect(at(made.body, 'result.item')).toMatchObject({
      id: 1,
      title: 'Call',
      creatorId: 1,
      responsibleId: 2,
      status: 'pending',
      crmItemIds: ['D_1'],
    });
    expect(portal.store.tasks.boundTo('D_1')).toEqual([1]);
    expect(at((await call('tasks.task.complete', { id: 1 })).body, 'result.result')).toBe(true);
    const read = await call('tasks.task.get', { id: 1, select: ['status', 'nonsense'] });
    expect(at(read.body, 'result.item')).toEqual({ id: 1, status: 'completed' });
  });

  it('refuses with an object and names the fields', async () => {
    const { call } = await v3();
    const empty = await call('tasks.task.add', { fields: { title: '' } });
    expect(empty.status).toBe(400);
    expect(at(empty.body, 'error.code')).toMatch(/^BITRIX_REST_V3_EXCEPTION_/);
    const fields = (at(empty.body, 'error.validation') as { field: string }[]).map((fault) => fault.field);
    expect(fields).toEqual(['title', 'creatorId', 'responsibleId']);
    const odd = await call('tasks.task.list', { filter: [['title', '=', 'Call']] });
    expect(odd.status).toBe(400);
    expect((await call('tasks.task.get', { id: 99 })).status).toBe(404);
  });

  it('does a write once per idempotency key', async () => {
    const { call, portal, pair } = await v3();
    const key = { 'idempotency-key': 'plan-1-step-2' };
    const first = await call('tasks.task.add', { fields: FIELDS }, key);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const second = await call('tasks.task.add', { fields: FIELDS }, key);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(at(second.body, 'result.item.id')).toBe(at(first.body, 'result.item.id'));
    expect(portal.store.tasks.size).toBe(1);
    const other = await call('tasks.task.add', { fields: { ...FIELDS, title: 'Other' } }, key);
    expect(other.status).toBe(422);
    expect(at(other.body, 'error.code')).toMatch(/IDEMPOTENCYKEYREUSEDEXCEPTION$/);
    portal.store.clock.advance(25 * 3_600_000);
    const fresh = portal.store.tokens.issuePair(pair.applicationId, 1).access;
    const late = await call(
      'tasks.task.add',
      { fields: FIELDS },
      { ...key, authorization: `Bearer ${fresh}` },
    );
    expect(late.headers.get('idempotent-replayed')).toBeNull();
    expect(portal.store.tasks.size).toBe(2);
  });

  it('forgets failures and refuses a malformed key', async () => {
    const { call, portal } = await v3();
    const key = { 'idempotency-key': 'again' };
    expect((await call('tasks.task.add', { fields: {} }, key)).status).toBe(400);
    expect((await call('tasks.task.add', { fields: FIELDS }, key)).status).toBe(200);
    expect(portal.store.tasks.size).toBe(1);
    const long = await call('tasks.task.add', { fields: FIELDS }, { 'idempotency-key': 'k'.repeat(256) });
    expect(at(long.body, 'error.code')).toMatch(/INVALIDIDEMPOTENCYKEYEXCEPTION$/);
  });

  it('lists by id in pages of fifty, with only the id unless asked', async () => {
    const { call } = await v3();
    for (let index = 0; index < 3; index++) {
      await call('tasks.task.add', { fields: FIELDS });
    }
    const list = await call('tasks.task.list', { filter: [['id', '>', 1]], pagination: { limit: 1000 } });
    expect(at(list.body, 'result.items')).toEqual([{ id: 2 }, { id: 3 }]);
    expect(list.body).not.toHaveProperty('total');
  });

  it('takes a bare list as a batch, all or nothing', async () => {
    const { call } = await v3();
    const done = await call('batch', [
      { method: 'tasks.task.add', query: { fields: FIELDS } },
      { method: 'tasks.task.list', query: {} },
    ]);
    expect(at(done.body, 'result.0.item.id')).toBe(1);
    expect(at(done.body, 'result.1.items')).toEqual([{ id: 1 }]);
    const classicForm = await call('batch', { cmd: { a: 'tasks.task.list' } });
    expect(at(classicForm.body, 'error.code')).toMatch(/INVALIDSELECTEXCEPTION$/);
  });

  it('takes POST only, lists itself in OpenAPI, and is not everywhere', async () => {
    const { call, portal, pair } = await v3();
    const open = await call('rest.documentation.openapi', {});
    expect(Object.keys(at(open.body, 'result.paths') as object)).toContain('/tasks.task.add');
    const get = await fetch(`${portal.url}/rest/api/tasks.task.list?auth=${pair.access}`);
    expect(get.status).toBe(405);
    await control(portal, '/settings', { v3: false });
    const without = await call('tasks.task.list', {});
    expect([without.status, without.body['error']]).toEqual([404, 'ERROR_METHOD_NOT_FOUND']);
    const onlyThird = await hook(portal, 'rest.documentation.openapi');
    expect(onlyThird.status).toBe(404);
  });
});
