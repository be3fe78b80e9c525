import { describe, it, expect } from '@jest/globals';
import { at, control, installed, listener, portalOf } from './portal-harness.js';

const TAB = 'CRM_DEAL_DETAIL_TAB';

describe('test/sandbox/applications', () => {
  it('opens the installer for an admin only and posts the tokens of who opened it', async () => {
    const portal = await portalOf();
    const made = await control(portal, '/applications', {
      title: 'Plan',
      handlerUrl: 'http://127.0.0.1:9/app',
      installUrl: 'http://127.0.0.1:9/install',
    });
    const id = String(made.body['clientId']);
    expect(() => portal.context.issueFrameAuth(id, 2, 'DEFAULT', {})).toThrow(/administrator/);
    const launch = portal.context.issueFrameAuth(id, 1, 'DEFAULT', {});
    const action = new URL(launch.action);
    expect(action.pathname).toBe('/install');
    expect(action.searchParams.get('DOMAIN')).toBe(portal.domain);
    expect(action.searchParams.get('PROTOCOL')).toBe('0');
    expect(launch.frameName).toBe(`${portal.domain}|0|${launch.sid}`);
    expect(launch.fields).toMatchObject({
      AUTH_EXPIRES: '3600',
      member_id: portal.memberId,
      status: 'L',
      PLACEMENT: 'DEFAULT',
      PLACEMENT_OPTIONS: '',
    });
    expect(portal.store.tokens.find(launch.fields['AUTH_ID'] ?? '')).toMatchObject({ userId: 1 });
  });

  it('shows bound placements after installFinish only, and opens them with their options', async () => {
    const portal = await portalOf();
    const application = portal.store.applications.register({
      handlerUrl: 'http://127.0.0.1:9/app',
      installUrl: 'http://127.0.0.1:9/install',
    });
    const launch = portal.context.issueFrameAuth(application.id, 1, 'DEFAULT', {});
    const bind = await fetch(`${portal.url}/rest/placement.bind`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        auth: launch.fields['AUTH_ID'],
        PLACEMENT: TAB,
        HANDLER: 'http://127.0.0.1:9/tab',
        LANG_ALL: { en: { TITLE: 'Plan' }, ru: { TITLE: 'План' } },
      }),
    });
    expect(bind.status).toBe(200);
    expect(portal.context.placements(TAB)).toEqual([]);
    portal.context.finishInstall(application.id);
    expect(portal.context.placements(TAB)).toMatchObject([{ title: 'Plan', code: TAB }]);
    const tab = portal.context.issueFrameAuth(application.id, 2, TAB, { ID: '57' });
    expect(new URL(tab.action).pathname).toBe('/tab');
    expect(tab.fields['PLACEMENT_OPTIONS']).toBe('{"ID":"57"}');
  });

  it('answers most placement errors with 200', async () => {
    const portal = await portalOf();
    const { call } = installed(portal, 'http://127.0.0.1:9');
    const empty = await call('placement.bind', {});
    expect([empty.status, empty.body['error'], empty.body['argument']]).toEqual([
      200,
      'ERROR_ARGUMENT',
      'PLACEMENT',
    ]);
    const once = { PLACEMENT: TAB, HANDLER: 'http://127.0.0.1:9/tab' };
    expect(at((await call('placement.bind', once)).body, 'result')).toBe(true);
    const twice = await call('placement.bind', once);
    expect([twice.status, twice.body['error']]).toEqual([200, 'ERROR_PLACEMENT_MAX_COUNT']);
    const gone = await call('placement.unbind', { PLACEMENT: TAB });
    expect(at(gone.body, 'result.count')).toBe(1);
  });

  it('installs a script by itself with both tokens', async () => {
    const portal = await portalOf();
    const { url, calls } = await listener();
    const made = await control(portal, '/applications', {
      handlerUrl: url,
      installUrl: `${url}/install`,
      flavour: 'script',
    });
    const done = await control(portal, `/applications/${String(made.body['clientId'])}/install`);
    expect(done.body).toMatchObject({ status: 200, state: 'installed' });
    expect(calls[0]).toMatchObject({ path: '/install', event: 'ONAPPINSTALL' });
    const auth = at(calls[0]?.form, 'auth') as Record<string, string>;
    expect(portal.store.tokens.find(auth['access_token'] ?? '')).toMatchObject({ userId: 1 });
    expect(auth['refresh_token']).toBeTruthy();
  });

  it('tells of an uninstall with the application token only, then forgets everything', async () => {
    const portal = await portalOf();
    const { url, calls } = await listener();
    const { application, call } = installed(portal, url);
    const { applicationToken } = application;
    await call('event.bind', { event: 'ONAPPUNINSTALL', handler: `${url}/hook` });
    await call('placement.bind', { PLACEMENT: TAB, HANDLER: `${url}/tab` });
    await control(portal, `/applications/${application.id}/uninstall`, { clean: true });
    expect(at(calls[0]?.form, 'data.CLEAN')).toBe('1');
    expect(at(calls[0]?.form, 'auth.application_token')).toBe(applicationToken);
    expect(at(calls[0]?.form, 'auth')).not.toHaveProperty('access_token');
    expect((await call('profile')).status).toBe(401);
    expect(portal.context.placements(TAB)).toEqual([]);
    expect(portal.context.applications()).toMatchObject([{ state: 'new' }]);
  });

  it('drops every handler on an update and gives a new application token', async () => {
    const portal = await portalOf();
    const { url, calls } = await listener();
    const { application, call } = installed(portal, url);
    const before = application.applicationToken;
    await call('event.bind', { event: 'ONAPPUPDATE', handler: `${url}/hook` });
    await control(portal, `/applications/${application.id}/update`);
    expect(at(calls[0]?.form, 'data')).toMatchObject({ VERSION: '2', PREVIOUS_VERSION: '1' });
    expect(at(calls[0]?.form, 'auth.application_token')).not.toBe(before);
    expect(at((await call('event.get')).body, 'result')).toEqual([]);
  });

  it('calls a robot with bracket arrays and lets a waiting one be finished once', async () => {
    const portal = await portalOf();
    const { url, calls } = await listener();
    const { call } = installed(portal, url);
    const robot = { CODE: 'plan', HANDLER: `${url}/robot`, NAME: 'Generate a task plan' };
    expect(at((await call('bizproc.robot.add', robot)).body, 'result')).toBe(true);
    const again = await call('bizproc.robot.add', robot);
    expect(again.body['error']).toBe('ERROR_ACTIVITY_ALREADY_INSTALLED');
    const foreign = await call('bizproc.robot.add', { ...robot, CODE: 'b', HANDLER: 'http://evil.test/' });
    expect(foreign.body['error']).toBe('ERROR_ACTIVITY_VALIDATION_FAILURE');
    await control(portal, '/robots/run', { robotCode: 'plan', dealId: 5, properties: { template: 'b2b' } });
    expect(calls[0]?.form).toMatchObject({
      code: 'plan',
      document_id: ['crm', 'CCrmDocumentDeal', 'DEAL_5'],
      properties: { template: 'b2b' },
      use_subscription: 'Y',
    });
    expect(at(calls[0]?.form, 'auth')).not.toHaveProperty('access_token');
    const finish = { event_token: calls[0]?.form['event_token'], return_values: {} };
    expect(at((await call('bizproc.event.send', finish)).body, 'result')).toBe(true);
    expect((await call('bizproc.event.send', finish)).status).toBe(400);
    await call('bizproc.robot.update', { CODE: 'plan', FIELDS: { USE_SUBSCRIPTION: 'N' } });
    await control(portal, '/robots/run', { robotCode: 'plan', dealId: 5 });
    expect(calls[1]?.form['use_subscription']).toBe('N');
  });

  it('replaces a notification that carries the same tag', async () => {
    const portal = await portalOf();
    const { call } = installed(portal, 'http://127.0.0.1:9');
    const notify = (MESSAGE: string) =>
      call('im.notify.system.add', { USER_ID: 2, MESSAGE, TAG: 'deal 5, user 2' });
    expect(typeof at((await notify('Late')).body, 'result')).toBe('number');
    await notify('Very late');
    expect(portal.context.notifications(2)).toMatchObject([{ message: 'Very late' }]);
    const empty = await call('im.notify.system.add', { USER_ID: 2 });
    expect(empty.body['error']).toBe('MESSAGE_EMPTY');
  });
});
