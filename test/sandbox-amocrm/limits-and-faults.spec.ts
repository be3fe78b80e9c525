import { describe, expect, it } from '@jest/globals';
import { exportState, importState } from '../../src/sandbox/amocrm/store/snapshot.js';
import { smallCompany } from '../sandbox/small-company.js';
import { control } from './control-call.js';
import { accountOf, api, as, granted, rows, token } from './account-harness.js';

describe('test/sandbox-amocrm/limits-and-faults', () => {
  it('lets seven requests a second through per integration, and fifty per account', async () => {
    const portal = await accountOf({ limits: true });
    await control(portal, '/limits', { banAfter: 1000 });
    const statuses = await Promise.all(Array.from({ length: 12 }, () => api(portal, 'GET', 'account')));
    const refused = statuses.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(refused[0]?.text).toBe('Too Many Requests');
    const other = await granted(portal);
    expect((await api(portal, 'GET', 'account', undefined, as(other.access))).status).toBe(200);
    await control(portal, '/limits', { style: 'json' });
    const json = await Promise.all(Array.from({ length: 12 }, () => api(portal, 'GET', 'account')));
    expect(json.find((answer) => answer.status === 429)?.body).toMatchObject({ retry_after: 300 });
  });

  it('bans who goes on after refusals: a page for every request, tokens included, until it is lifted', async () => {
    const portal = await accountOf({ limits: true });
    await control(portal, '/limits', { banAfter: 3 });
    await Promise.all(Array.from({ length: 15 }, () => api(portal, 'GET', 'account')));
    const grant = await granted(portal);
    const asked = [await api(portal, 'GET', 'leads', undefined, as(grant.access)), await token(portal, {})];
    for (const answer of asked) {
      expect(answer.status).toBe(403);
      expect(answer.headers.get('content-type')).toContain('text/html');
    }
    await control(portal, '/limits', { banned: false });
    expect((await api(portal, 'GET', 'leads', undefined, as(grant.access))).status).toBe(200);
  });

  it('stops writes when the subscription is over, and reads a month later', async () => {
    const portal = await accountOf();
    await control(portal, '/settings', { paid: false });
    expect((await api(portal, 'GET', 'leads')).status).toBe(200);
    expect((await api(portal, 'POST', 'leads', [{}])).status).toBe(402);
    await control(portal, '/clock', { advanceMs: 31 * 86_400_000 });
    expect((await api(portal, 'GET', 'leads')).status).toBe(402);
  });

  it('carries a write out and loses the answer, or answers 500, 502 or 504', async () => {
    const portal = await accountOf();
    const task = [{ text: 'A', complete_till: 1_790_000_000 }];
    await control(portal, '/faults', { kind: 'answer-lost', method: 'tasks.add' });
    await expect(api(portal, 'POST', 'tasks', task)).rejects.toThrow();
    await control(portal, '/faults', { kind: 'applied-500', method: 'tasks.add' });
    expect((await api(portal, 'POST', 'tasks', task)).status).toBe(500);
    expect(portal.store.tasks.size).toBe(2);
    await control(portal, '/faults', { kind: 'http504', method: 'tasks.' });
    expect((await api(portal, 'POST', 'tasks', task)).status).toBe(504);
    expect(portal.store.tasks.size).toBe(2);
    for (const status of [502, 504]) {
      await control(portal, '/faults', { kind: `applied-${status}`, method: 'tasks.add' });
      expect((await api(portal, 'POST', 'tasks', task)).status).toBe(status);
    }
    expect(portal.store.tasks.size).toBe(4);
  });

  it('ends a walk in the middle, shifts pages, and spoils rows on demand', async () => {
    const portal = await accountOf({ company: smallCompany(30) });
    const fault = (body: object) => control(portal, '/faults', { method: 'leads.list', ...body });
    await fault({ kind: 'empty-page', after: 1 });
    expect((await api(portal, 'GET', 'leads?limit=10')).status).toBe(200);
    expect((await api(portal, 'GET', 'leads?limit=10&page=2')).status).toBe(204);
    await fault({ kind: 'drift', amount: 3 });
    expect(rows(await api(portal, 'GET', 'leads?limit=10&page=2'), 'leads')[0]?.['id']).toBe(14);
    const first = async () => rows(await api(portal, 'GET', 'leads?limit=1'), 'leads')[0];
    await fault({ kind: 'big-ids' });
    expect((await first())?.['id']).toBe(3_000_000_001);
    await fault({ kind: 'null-fields' });
    expect((await first())?.['custom_fields_values']).toBeNull();
    await fault({ kind: 'unknown-status' });
    expect((await first())?.['status_id']).toBe(99_999_999);
    await fault({ kind: 'unknown-fields' });
    expect(await first()).toMatchObject({ zz_new: { deep: [1] } });
  });

  it.each([
    ['http500-html', 500],
    ['http502-html', 502],
    ['http500', 500],
    ['query-limit', 429],
    ['ban', 403],
    ['html-200', 200],
    ['garbage', 200],
    ['empty-body', 200],
    ['expired-token', 401],
    ['access-denied', 403],
    ['payment-required', 402],
  ] as const)('answers %s with %i once, and then as always', async (kind, status) => {
    const portal = await accountOf();
    await control(portal, '/faults', { kind });
    expect((await api(portal, 'GET', 'leads')).status).toBe(status);
    expect((await api(portal, 'GET', 'leads')).body['_page']).toBe(1);
  });

  it('tells its server’s time wrong when told to', async () => {
    const portal = await accountOf();
    const grant = await granted(portal);
    await control(portal, '/settings', { clockSkew: 600 });
    const answer = await token(portal, {
      client_id: grant.clientId,
      client_secret: grant.secret,
      redirect_uri: grant.redirectUri,
      grant_type: 'refresh_token',
      refresh_token: grant.refresh,
    });
    expect(Number(answer.body['server_time']) - Date.now() / 1000).toBeGreaterThan(590);
  });

  it('explains mistakes of the control API, and counts what was asked', async () => {
    const portal = await accountOf();
    const wrong = await control(portal, '/faults', { kind: 'nonsense' });
    expect(wrong.status).toBe(400);
    expect(String(wrong.body['error'])).toContain('kind must be one of');
    await api(portal, 'GET', 'leads');
    const state = await (await fetch(`${portal.control}/state`)).json();
    expect(state).toMatchObject({
      deals: 12,
      openDeals: 12,
      tasks: 0,
      requestsByMethod: { 'leads.list': 1 },
    });
    const lines = (await (await fetch(`${portal.control}/deals`)).text()).trim().split('\n');
    expect(lines).toHaveLength(12);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ id: 1, open: true, kind: 'open' });
  });

  it('takes its state up again after a restart: leads, stages, tasks, hooks and tokens', async () => {
    const one = await accountOf();
    const grant = await granted(one);
    const { main } = one.store.pipelines;
    await control(one, '/deals/1', { stageId: `${main.id}:142`, tags: ['vip'] });
    await api(one, 'POST', 'tasks', [
      { text: 'A', complete_till: 1_790_000_000, entity_type: 'leads', entity_id: 3 },
    ]);
    await api(one, 'POST', 'webhooks', { destination: 'https://a.example/', settings: ['add_lead'] });
    await api(one, 'PATCH', `leads/pipelines/${main.id}`, { name: 'Renamed' });
    const kept = exportState(one.store);
    const two = await accountOf();
    expect(importState(two.store, kept)).toBe(true);
    expect((await api(two, 'GET', 'leads/1', undefined, as(grant.access))).body).toMatchObject({
      status_id: 142,
    });
    expect((await api(two, 'GET', 'tasks/1')).body).toMatchObject({ text: 'A', entity_id: 3 });
    expect(two.store.pipelines.main.name).toBe('Renamed');
    expect(two.store.leads.get(2)?.status).toBe(two.store.pipelines.main.statuses[1]);
    expect(rows(await api(two, 'GET', 'webhooks'), 'webhooks')).toHaveLength(1);
    expect(importState(two.store, Buffer.from('nonsense'))).toBe(false);
    const other = await accountOf({ seed: 7 });
    expect(importState(other.store, kept)).toBe(false);
  });
});
