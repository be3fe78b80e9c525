import { describe, it, expect } from '@jest/globals';
import { at, control, hook, portalOf } from './portal-harness.js';

async function lines(url: string): Promise<{ type: string | null; rows: Record<string, unknown>[] }> {
  const response = await fetch(url);
  const text = await response.text();
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { type: response.headers.get('content-type'), rows };
}

describe('test/sandbox/control', () => {
  it('counts what there is and what was asked', async () => {
    const portal = await portalOf();
    await hook(portal, 'crm.item.list', { entityTypeId: 2 });
    await hook(portal, 'batch', { cmd: { a: 'profile', b: 'profile' } });
    await hook(portal, 'no.such');
    const state = await (await fetch(`${portal.control}/state`)).json();
    expect(state).toMatchObject({
      deals: 12,
      openDeals: 12,
      tasks: 0,
      notifications: 0,
      installations: 0,
      requests: 3,
      requestsByMethod: { 'crm.item.list': 1, batch: 1 },
      callsByMethod: { profile: 2 },
      refusals: { ERROR_METHOD_NOT_FOUND: 1 },
    });
  });

  it('streams deals and tasks whole, as JSON lines', async () => {
    const portal = await portalOf();
    await control(portal, '/tasks', { title: 'Call', responsibleId: 2, dealId: 3 });
    const deals = await lines(`${portal.control}/deals`);
    expect(deals.type).toMatch(/ndjson/);
    expect(deals.rows.length).toBe(12);
    expect(deals.rows[0]).toMatchObject({ id: 1, stageId: 'NEW', ownerId: 3, open: true });
    const tasks = await lines(`${portal.control}/tasks`);
    expect(tasks.rows).toMatchObject([{ title: 'Call', responsibleId: 2, dealIds: [3], completed: false }]);
  });

  it('creates, changes, moves and deletes a deal', async () => {
    const portal = await portalOf();
    const made = await control(portal, '/deals', { title: 'Made', stageId: 'MEETING', ownerId: 2 });
    expect(made.body).toMatchObject({ title: 'Made', stageId: 'MEETING', ownerId: 2 });
    const id = Number(made.body['id']);
    const moved = await control(portal, `/deals/${id}`, { stageId: 'WON' });
    expect(moved.body).toMatchObject({ stageId: 'WON', kind: 'won' });
    const gone = await fetch(`${portal.control}/deals/${id}`, { method: 'DELETE' });
    expect(gone.status).toBe(200);
    expect((await fetch(`${portal.control}/deals/${id}`)).status).toBe(404);
    const wrong = await control(portal, '/deals', { title: 'x', stageId: 'NOWHERE' });
    expect([wrong.status, wrong.body['error']]).toEqual([404, 'there is no stage NOWHERE']);
  });

  it('completes a task as its owner', async () => {
    const portal = await portalOf();
    const made = await control(portal, '/tasks', { title: 'Call', responsibleId: 3, dealId: 3 });
    const done = await control(portal, `/tasks/${String(made.body['id'])}/complete`);
    expect(done.body).toMatchObject({ completed: true });
    expect(portal.store.tasks.get(1)?.closedBy).toBe(3);
    const back = await control(portal, '/tasks/1/renew');
    expect(back.body).toMatchObject({ completed: false, closedAt: null });
  });

  it('advances the clock and only forwards', async () => {
    const portal = await portalOf();
    const before = portal.store.clock.now();
    const answer = await control(portal, '/clock', { advanceMs: 86_400_000 });
    expect(Number(answer.body['now'])).toBeGreaterThanOrEqual(before + 86_400_000);
    expect((await control(portal, '/clock', { advanceMs: -1 })).status).toBe(400);
    const time = await hook(portal, 'server.time');
    expect(Date.parse(String(at(time.body, 'result')))).toBeGreaterThan(before + 86_000_000);
  });

  it('logs requests with what refused them', async () => {
    const portal = await portalOf();
    await hook(portal, 'profile');
    await hook(portal, 'no.such');
    const log = (await (await fetch(`${portal.control}/log?limit=10`)).json()) as unknown[];
    expect(log).toMatchObject([
      { method: 'profile', status: 200, userId: 1, error: '' },
      { method: 'no.such', status: 404, error: 'ERROR_METHOD_NOT_FOUND' },
    ]);
  });

  it('tells plainly what is wrong with a request', async () => {
    const portal = await portalOf();
    expect((await control(portal, '/tasks', {})).body['error']).toBe('title is missing');
    expect((await control(portal, '/clock', { advanceMs: 'soon' })).body['error']).toBe(
      'advanceMs must be a number',
    );
    expect((await control(portal, '/deals/none', {})).status).toBe(404);
  });
});
