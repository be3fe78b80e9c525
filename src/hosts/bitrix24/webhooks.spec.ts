import { describe, expect, it } from '@jest/globals';
import type { HostRequest } from '../../contract/host.js';
import { phpQuery, type QueryTree } from '../common/query.js';
import { readHook } from './webhooks.js';

const auth = { member_id: 'a1b2', application_token: 'secret', domain: 'x.bitrix24.ru' };

function post(form: QueryTree | string, changes: Partial<HostRequest> = {}): HostRequest {
  return {
    method: 'POST',
    query: {},
    headers: {},
    contentType: 'application/x-www-form-urlencoded',
    body: Buffer.from(typeof form === 'string' ? form : phpQuery(form)),
    ...changes,
  };
}

function event(name: string, data: QueryTree): HostRequest {
  return post({ event: name, data, ts: '1700000000', auth });
}

describe('src/hosts/bitrix24/webhooks', () => {
  it.each([
    ['ONCRMDEALADD', { FIELDS: { ID: '57' } }, { entity: 'deal', id: 'D_57', change: 'saved' }],
    ['onCrmDealUpdate', { FIELDS: { ID: '57' } }, { entity: 'deal', id: 'D_57', change: 'saved' }],
    ['ONCRMDEALDELETE', { FIELDS: { ID: '57' } }, { entity: 'deal', id: 'D_57', change: 'deleted' }],
    [
      'ONCRMDEALMOVETOCATEGORY',
      { FIELDS: { ID: '57', CATEGORY_ID: '3', STAGE_ID: 'C3:NEW' } },
      { entity: 'deal', id: 'D_57', change: 'saved' },
    ],
    ['ONCRMLEADUPDATE', { FIELDS: { ID: '5' } }, { entity: 'deal', id: 'L_5', change: 'saved' }],
    [
      'ONTASKUPDATE',
      { FIELDS_BEFORE: { ID: '9' }, FIELDS_AFTER: { ID: '9' } },
      { entity: 'task', id: '9', change: 'saved' },
    ],
    [
      'ONTASKADD',
      { FIELDS_BEFORE: 'undefined', FIELDS_AFTER: { ID: '9' }, IS_ACCESSIBLE_BEFORE: 'undefined' },
      { entity: 'task', id: '9', change: 'saved' },
    ],
    [
      'ONTASKDELETE',
      { FIELDS_BEFORE: { ID: '9' }, FIELDS_AFTER: 'undefined' },
      { entity: 'task', id: '9', change: 'deleted' },
    ],
    ['ONUSERADD', { ID: '12', EMAIL: 'a@example.com' }, { entity: 'user', id: '12', change: 'saved' }],
  ])('reads %s as a hint to read the thing again', (name, data, change) => {
    expect(readHook(event(name, data))).toEqual({
      kind: 'changes',
      accountKey: 'a1b2',
      secret: 'secret',
      changes: [change],
      sentAt: 1_700_000_000_000,
    });
  });

  it.each([
    ['ONAPPINSTALL', 'installed', '', false],
    ['ONAPPUPDATE', 'updated', '', false],
    ['ONAPPUNINSTALL', 'uninstalled', '1', true],
    ['ONAPPUNINSTALL', 'uninstalled', '0', false],
    ['ONAPPPAYMENT', 'paymentChanged', '', false],
  ])('reads %s as "%s"', (name, lifecycle, clean, purge) => {
    expect(readHook(event(name, { CLEAN: clean }))).toMatchObject({
      kind: 'lifecycle',
      event: lifecycle,
      purge,
    });
  });

  it('reads the bell of the offline queue', () => {
    expect(readHook(event('OnOfflineEvent', {}))).toEqual({
      kind: 'queued',
      accountKey: 'a1b2',
      secret: 'secret',
    });
  });

  it.each([
    ['beside it', { userId: '7' }, {}, '7'],
    ['in its tokens', {}, { user_id: '8' }, '8'],
    ['nowhere', {}, {}, null],
  ])('reads the button of a question whose person stands %s', (_where, person, tokens, userId) => {
    const data = {
      id: 'done',
      entityTypeId: '2',
      entityId: '57',
      activityId: '12',
      key: 'forged',
      ...person,
    };
    const form = { event: 'onCrmTimelineItemAction', data, auth: { ...auth, ...tokens } };
    expect(readHook(post(form))).toEqual({
      kind: 'answer',
      accountKey: 'a1b2',
      secret: 'secret',
      hostId: 'activity:12',
      dealId: 'D_57',
      userId,
      answer: 'done',
    });
  });

  it('reads no answer from another button, nor from one that names no question', () => {
    const data = { id: 'later', entityTypeId: '2', entityId: '57', activityId: '12' };
    expect(readHook(event('ONCRMTIMELINEITEMACTION', data)).kind).toBe('ignored');
    expect(readHook(event('ONCRMTIMELINEITEMACTION', { ...data, id: 'done', activityId: '1/2' })).kind).toBe(
      'refused',
    );
  });

  it('reads a robot with the template that was chosen for it', () => {
    const form = {
      workflow_id: 'w1',
      code: 'dozhim_generate_plan',
      document_id: ['crm', 'CCrmDocumentDeal', 'DEAL_57'],
      event_token: 'e1',
      properties: { template: 'b2b' },
      auth,
    };
    expect(readHook(post(form))).toEqual({
      kind: 'robot',
      accountKey: 'a1b2',
      secret: 'secret',
      callId: 'w1:e1',
      dealId: 'D_57',
      templateKey: 'b2b',
    });
  });

  it('reads a robot on a lead without a template', () => {
    const form = {
      workflow_id: 'w',
      document_id: ['crm', 'CCrmDocumentLead', 'LEAD_5'],
      event_token: 'e',
      auth,
    };
    expect(readHook(post(form))).toMatchObject({ kind: 'robot', dealId: 'L_5', templateKey: null });
  });

  it('ignores events that mean nothing to us and names them', () => {
    expect(readHook(event('ONCRMCONTACTADD', { FIELDS: { ID: '1' } }))).toEqual({
      kind: 'ignored',
      reason: 'ONCRMCONTACTADD',
    });
  });

  it.each(['0', '-1', '1e3', '../7', 'undefined', '', '9'.repeat(20)])(
    'ignores a deal with the id "%s"',
    (id) => {
      expect(readHook(event('ONCRMDEALUPDATE', { FIELDS: { ID: id } })).kind).toBe('ignored');
    },
  );

  it.each([
    ['another method', post({ event: 'ONCRMDEALADD', auth }, { method: 'GET' })],
    ['JSON', post('{"event":"ONCRMDEALADD"}', { contentType: 'application/json' })],
    ['no account', post({ event: 'ONCRMDEALADD', data: { FIELDS: { ID: '1' } } })],
    ['an account that is a path', post({ event: 'X', auth: { member_id: '../x', application_token: 't' } })],
    ['nothing that we know', post({ auth })],
    ['a robot without a deal', post({ document_id: ['crm', 'x', 'CONTACT_1'], auth })],
    ['too deep a form', post(`a${'[b]'.repeat(20)}=1`)],
  ])('refuses %s', (_what, request) => {
    expect(readHook(request).kind).toBe('refused');
  });

  it('gives an empty secret for a call without one, so that no comparison succeeds', () => {
    const reading = readHook(post({ event: 'ONAPPUNINSTALL', auth: { member_id: 'a1b2' } }));
    expect(reading).toMatchObject({ kind: 'lifecycle', secret: '' });
  });
});
