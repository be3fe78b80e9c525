import { describe, it, expect } from '@jest/globals';
import { at, control, installed, listener, portalOf, type ReceivedCall } from './portal-harness.js';

async function bound(events: readonly string[], status = 200) {
  const portal = await portalOf();
  const { url, calls } = await listener(status);
  const app = installed(portal, url);
  for (const event of events) {
    await app.call('event.bind', { event, handler: `${url}/hook` });
  }
  return { portal, calls, app, url };
}

function ids(calls: readonly ReceivedCall[]): unknown[] {
  return calls.map((call) => at(call.form, 'data.FIELDS.ID'));
}

describe('test/sandbox/events', () => {
  it('posts a form of strings with the tokens of the person who did it', async () => {
    const { portal, calls } = await bound(['ONCRMDEALUPDATE']);
    portal.context.updateDeal(1, { title: 'New title' }, 2);
    await portal.store.sender.drained();
    expect(calls[0]?.form).toMatchObject({
      event: 'ONCRMDEALUPDATE',
      data: { FIELDS: { ID: '1' } },
      auth: {
        domain: portal.domain,
        member_id: portal.memberId,
        user_id: '2',
        client_endpoint: `${portal.url}/rest/`,
      },
    });
    const auth = at(calls[0]?.form, 'auth') as Record<string, unknown>;
    expect(auth).toHaveProperty('access_token');
    expect(auth).not.toHaveProperty('refresh_token');
    expect(String(at(calls[0]?.form, 'ts'))).toMatch(/^\d{10}$/);
  });

  it('sends nothing when nothing changed, and no tokens when a robot did it', async () => {
    const { portal, calls } = await bound(['ONCRMDEALUPDATE']);
    portal.context.updateDeal(1, { amount: 100 }, 2);
    await control(portal, '/deals/1', { amount: 777, as: 0 });
    await portal.store.sender.drained();
    expect(calls.length).toBe(1);
    expect(at(calls[0]?.form, 'auth')).not.toHaveProperty('access_token');
    expect(at(calls[0]?.form, 'auth.application_token')).toBeTruthy();
  });

  it('tells a move to another pipeline by its own event and no update', async () => {
    const { portal, calls } = await bound(['ONCRMDEALUPDATE', 'ONCRMDEALMOVETOCATEGORY']);
    portal.context.moveDeal(1, 'MEETING', 2);
    portal.context.moveDeal(1, 'C2:NEW', 2);
    await portal.store.sender.drained();
    expect(calls.map((call) => call.event).sort()).toEqual(['ONCRMDEALMOVETOCATEGORY', 'ONCRMDEALUPDATE']);
    const move = calls.find((call) => call.event === 'ONCRMDEALMOVETOCATEGORY');
    expect(at(move?.form, 'data.FIELDS')).toEqual({ ID: '1', CATEGORY_ID: '2', STAGE_ID: 'C2:NEW' });
  });

  it('writes the word undefined where a task has no before or after', async () => {
    const { portal, calls, app } = await bound(['ONTASKADD', 'ONTASKDELETE']);
    const added = await app.call('tasks.task.add', { fields: { TITLE: 'Call', RESPONSIBLE_ID: 2 } });
    await app.call('tasks.task.delete', { taskId: at(added.body, 'result.task.id') });
    await portal.store.sender.drained();
    const byEvent = Object.fromEntries(calls.map((call) => [call.event, call.form['data']]));
    expect(byEvent['ONTASKADD']).toMatchObject({ FIELDS_BEFORE: 'undefined', FIELDS_AFTER: { ID: '1' } });
    expect(byEvent['ONTASKDELETE']).toMatchObject({ FIELDS_BEFORE: { ID: '1' }, FIELDS_AFTER: 'undefined' });
  });

  it('never sends again what was refused', async () => {
    const { portal, calls } = await bound(['ONCRMDEALDELETE'], 500);
    portal.context.deleteDeal(1, 1);
    await portal.store.sender.drained();
    expect(calls.length).toBe(1);
    expect(portal.store.sender.counts).toMatchObject({ sent: 1, refused: 1 });
  });

  it('withholds everything until the application is installed', async () => {
    const portal = await portalOf();
    const { url, calls } = await listener();
    const application = portal.store.applications.register({ handlerUrl: url, installUrl: url });
    const launch = portal.context.issueFrameAuth(application.id, 1, 'DEFAULT', {});
    expect(launch.installer).toBe(true);
    application.handlers.push({
      id: 1,
      event: 'ONCRMDEALADD',
      handler: url,
      authType: 0,
      offline: false,
      connector: '',
      minTimeout: 1,
    });
    portal.context.createDeal({ title: 'Before' }, 1);
    portal.context.finishInstall(application.id);
    const after = portal.context.createDeal({ title: 'After' }, 1);
    await portal.store.sender.drained();
    expect(ids(calls)).toEqual([String(after.id)]);
    expect(portal.store.events.withheld).toBe(1);
  });

  it('loses, repeats, delays and turns round deliveries on demand', async () => {
    const { portal, calls } = await bound(['ONCRMDEALUPDATE']);
    const change = (): void => {
      for (const id of [1, 2, 3]) {
        portal.context.updateDeal(id, { amount: portal.store.clock.now() + id }, 1);
      }
    };
    await control(portal, '/events', { lose: 2 });
    change();
    await portal.store.sender.drained();
    expect(ids(calls.splice(0))).toEqual(['3']);
    await control(portal, '/events', { repeat: 2 });
    change();
    await portal.store.sender.drained();
    expect(ids(calls.splice(0)).sort()).toEqual(['1', '1', '1', '2', '2', '2', '3', '3', '3']);
    await control(portal, '/events', { repeat: 0, delayMs: 150 });
    const asked = performance.now();
    change();
    await portal.store.sender.drained();
    expect(performance.now() - asked).toBeGreaterThanOrEqual(140);
    expect(calls.splice(0).length).toBe(3);
    await control(portal, '/events', { delayMs: 0, reorder: 3 });
    change();
    await portal.store.sender.drained();
    expect(ids(calls)).toEqual(['3', '2', '1']);
  });

  it('binds a handler once and unbinds by count', async () => {
    const { app, url } = await bound(['ONCRMDEALADD', 'ONCRMDEALUPDATE']);
    const again = await app.call('event.bind', { event: 'onCrmDealAdd', handler: `${url}/hook` });
    expect(again.status).toBe(400);
    expect(again.body['error_description']).toMatch(/unable to set/i);
    const unknown = await app.call('event.bind', { event: 'ONNOTHING', handler: url });
    expect(unknown.body['error']).toBe('ERROR_EVENT_NOT_FOUND');
    const list = await app.call('event.get');
    expect(at(list.body, 'result.0')).toMatchObject({ event: 'ONCRMDEALADD', auth_type: '0', offline: 0 });
    const one = await app.call('event.unbind', { event: 'ONCRMDEALADD', handler: `${url}/hook` });
    expect(at(one.body, 'result.count')).toBe(1);
    const rest = await app.call('event.unbind');
    expect(at(rest.body, 'result.count')).toBe(1);
  });
});
