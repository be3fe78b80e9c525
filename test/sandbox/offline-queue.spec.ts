import { describe, it, expect } from '@jest/globals';
import { at, installed, listener, portalOf } from './portal-harness.js';

type Rows = readonly { readonly ID: string; readonly EVENT_NAME: string }[];

async function queued(connector = '') {
  const portal = await portalOf();
  const { url, calls } = await listener();
  const app = installed(portal, url);
  const source = connector === '' ? {} : { auth_connector: connector };
  await app.call('event.bind', { event: 'ONCRMDEALUPDATE', event_type: 'offline', ...source });
  await app.call('event.bind', {
    event: 'ONOFFLINEEVENT',
    handler: `${url}/bell`,
    options: { minTimeout: 1 },
  });
  const get = (params: Record<string, unknown>) => app.call('event.offline.get', { ...source, ...params });
  return { portal, calls, app, get };
}

function rows(body: unknown): Rows {
  return at(body, 'result.events') as Rows;
}

describe('test/sandbox/offline-queue', () => {
  it('keeps one row per event and object, and deletes on reading by default', async () => {
    const { portal, get } = await queued();
    for (const amount of [1, 2, 3]) {
      portal.context.updateDeal(1, { amount }, 2);
    }
    portal.context.updateDeal(2, { amount: 1 }, 2);
    const first = await get({});
    expect(rows(first.body).length).toBe(2);
    expect(at(first.body, 'result.process_id')).toBeNull();
    expect(rows((await get({})).body)).toEqual([]);
  });

  it('reserves rows under a process until they are cleared', async () => {
    const { portal, app, get } = await queued();
    portal.context.updateDeal(1, { amount: 1 }, 2);
    portal.context.updateDeal(2, { amount: 1 }, 2);
    const reserved = await get({ clear: 0 });
    const processId = at(reserved.body, 'result.process_id');
    expect(typeof processId).toBe('string');
    expect(rows((await get({ clear: 0 })).body)).toEqual([]);
    portal.context.updateDeal(1, { amount: 5 }, 2);
    expect(rows((await get({ clear: 0 })).body).length).toBe(1);
    const again = await get({ clear: 0, process_id: processId });
    expect(rows(again.body).length).toBe(2);
    await app.call('event.offline.clear', { process_id: processId, id: [rows(again.body)[0]?.ID] });
    expect(rows((await get({ clear: 0, process_id: processId })).body).length).toBe(1);
    const list = await app.call('event.offline.list');
    expect(at(list.body, 'total')).toBe(2);
  });

  it('shows failed rows only to who asks for errors', async () => {
    const { portal, app, get } = await queued();
    portal.context.updateDeal(1, { amount: 1 }, 2);
    const processId = at((await get({ clear: 0 })).body, 'result.process_id');
    await app.call('event.offline.error', { process_id: processId });
    expect(rows((await get({ clear: 0 })).body)).toEqual([]);
    expect(rows((await get({ clear: 0, error: 1 })).body).length).toBe(1);
  });

  it('keeps own writes out of the queue of their connector, which must be named again on reading', async () => {
    const { portal, app, get } = await queued('mine');
    const own = { entityTypeId: 2, id: 1, fields: { title: 'Own' } };
    await app.call('crm.item.update', { ...own, auth_connector: 'mine' });
    portal.context.updateDeal(2, { amount: 7 }, 2);
    expect(rows((await app.call('event.offline.get', { clear: 1 })).body)).toEqual([]);
    const read = await get({});
    expect(rows(read.body).length).toBe(1);
    expect(at(read.body, 'result.events.0.EVENT_DATA.FIELDS.ID')).toBe(2);
  });

  it('rings a bell with a refresh token, not more often than asked', async () => {
    const { portal, calls } = await queued();
    portal.context.updateDeal(1, { amount: 1 }, 2);
    portal.context.updateDeal(2, { amount: 1 }, 2);
    await portal.store.sender.drained();
    expect(calls.map((call) => call.event)).toEqual(['ONOFFLINEEVENT']);
    expect(at(calls[0]?.form, 'auth.refresh_token')).toBeTruthy();
    portal.store.clock.advance(1500);
    portal.context.updateDeal(3, { amount: 1 }, 2);
    await portal.store.sender.drained();
    expect(calls.length).toBe(2);
  });

  it('is closed to employees without rights', async () => {
    const portal = await portalOf();
    const seller = installed(portal, 'http://127.0.0.1:1', 2);
    const bind = await seller.call('event.bind', { event: 'ONCRMDEALADD', event_type: 'offline' });
    expect([bind.status, bind.body['error']]).toEqual([403, 'ACCESS_DENIED']);
    expect((await seller.call('event.offline.get')).status).toBe(403);
  });
});
