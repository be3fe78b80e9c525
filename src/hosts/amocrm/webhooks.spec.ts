import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HookReading, HostRequest } from '../../contract/host.js';
import { phpQuery, type QueryTree } from '../common/query.js';
import type { Application } from './client.js';
import { automationKey } from './hook-keys.js';
import { readFields, readHook } from './webhooks.js';

const application: Application = {
  platform: 'ru',
  clientId: 'client-1',
  clientSecret: 'secret-of-the-integration',
  redirectUri: 'https://app.example.com/oauth/x',
  longLivedToken: null,
};
const account = { id: '31000001', subdomain: 'demo' };

function read(body: string, more: Partial<HostRequest> = {}): HookReading {
  const request: HostRequest = {
    method: 'POST',
    query: {},
    headers: {},
    contentType: 'application/x-www-form-urlencoded; charset=utf-8',
    body: Buffer.from(body),
    key: 'the-key',
    ...more,
  };
  return readHook(request, application);
}

function form(tree: QueryTree): HookReading {
  return read(phpQuery(tree));
}

function pick(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], value);
}

function changes(reading: HookReading): readonly string[] {
  if (reading.kind !== 'changes') throw new Error(JSON.stringify(reading));
  return reading.changes.map(({ entity, id, change }) => `${entity} ${id} ${change}`);
}

describe('src/hosts/amocrm/webhooks', () => {
  it('reads several deals and actions in one message, in any order and with gaps', () => {
    const body =
      'leads[update][7][id]=12&leads[update][2][id]=11&leads%5Bdelete%5D%5B0%5D%5Bid%5D=13&account[id]=31000001';
    expect(changes(read(body))).toEqual(['deal 11 saved', 'deal 12 saved', 'deal 13 deleted']);
  });

  it('reads what changed though a name was cut inside a character', () => {
    const body = `account[id]=31000001&leads[update][0][name]=%D0%9F%D0&leads[update][0][id]=11`;
    expect(changes(read(body))).toEqual(['deal 11 saved']);
  });

  it('keeps ids beyond 32 and up to 53 bits, and refuses what is no id', () => {
    const ids = fc.bigInt({ min: 1n, max: BigInt(Number.MAX_SAFE_INTEGER) }).map(String);
    fc.assert(
      fc.property(ids, (id) => {
        expect(changes(form({ account, leads: { status: [{ id }] } }))).toEqual([`deal ${id} saved`]);
      }),
    );
    for (const id of ['0', '-1', '1e3', '99999999999999999', '../1', '']) {
      expect(form({ account, leads: { update: [{ id }] } }).kind).toBe('ignored');
    }
  });

  it('reads a message of two hundred deals with every field filled', () => {
    const values = Array.from({ length: 25 }, (_, n) => ({
      id: `${n}`,
      values: [{ value: `Значение ${n}` }],
    }));
    const update = Array.from({ length: 200 }, (_, n) => ({ id: `${n + 1}`, custom_fields: values }));
    expect(changes(form({ account, leads: { update } }))).toHaveLength(200);
  });

  it('keeps every value of every field: forty of them, lists as maps, seven brackets deep', () => {
    const fields = Array.from({ length: 40 }, (_, n) => ({
      id: `${n}`,
      values: [{ value: `один ${n}`, enum: `${n}1` }, { value: `два ${n}` }],
    }));
    const body = phpQuery({ account, leads: { status: [{ id: '1', custom_fields: fields }] } });
    const contentType = 'application/x-www-form-urlencoded';
    const request: HostRequest = {
      method: 'POST',
      contentType,
      query: {},
      headers: {},
      body: Buffer.from(body),
    };
    const last = pick(readFields(request), ['tree', 'leads', 'status', '0', 'custom_fields', '39', 'values']);
    expect(last).toEqual({ 0: { value: 'один 39', enum: '391' }, 1: { value: 'два 39' } });
  });

  it('tells a task’s completion and deletion', () => {
    expect(
      changes(form({ account, task: { update: [{ id: '5', status: '1' }], delete: [{ id: '6' }] } })),
    ).toEqual(['task 5 saved', 'task 6 deleted']);
  });

  it('reads the deals of accepted and declined requests', () => {
    const accepted = { uid: 'a', action: 'accept', accept_result: { leads: ['41', '42'], contacts: ['7'] } };
    expect(changes(form({ account, unsorted: { delete: [accepted] } }))).toEqual([
      'deal 41 saved',
      'deal 42 saved',
    ]);
  });

  it('takes the time of sending from numbers only', () => {
    const leads = { update: [{ id: '1', updated_at: '1795300000', last_modified: '2026-11-21 10:00:00' }] };
    expect(form({ account, leads })).toMatchObject({ sentAt: 1_795_300_000_000 });
    expect(form({ account, leads: { update: [{ id: '1', updated_at: 'soon' }] } })).toMatchObject({
      sentAt: null,
    });
  });

  it.each([
    ['no account', 'leads[add][0][id]=1', {}],
    ['no key in the address', 'leads[add][0][id]=1&account[id]=31000001', { key: '' }],
    ['a forbidden name', 'leads[__proto__][0][id]=1&account[id]=31000001', {}],
    ['neither a form nor JSON', '<xml/>', { contentType: 'text/xml' }],
  ])('refuses a message with %s', (reason, body, more) => {
    expect(read(body, more)).toEqual({ kind: 'refused', reason });
  });

  it('tells that somebody worked on a deal or with a contact, once for all of a message', () => {
    const note = [{ note: { id: '1', element_id: '9' } }, { note: { id: '2', element_id: '10' } }];
    expect(changes(form({ account, leads: { note } }))).toEqual(['activity new saved']);
    expect(changes(form({ account, contacts: { note } }))).toEqual(['activity new saved']);
    expect(changes(form({ account, talk: { update: [{ talk_id: '5' }] } }))).toEqual(['activity new saved']);
    expect(changes(form({ account, message: { add: [{ id: '6' }] }, leads: { note } }))).toHaveLength(1);
  });

  it('passes over changes of contacts', () => {
    expect(form({ account, contacts: { add: [{ id: '1', type: 'contact' }] } }).kind).toBe('ignored');
  });

  it('says what the automation’s call is about, and that a deal which leaves is none', () => {
    const settings = {
      widget: { settings: { key: automationKey(application, account.id), template: ' b2b ' } },
    };
    const data = { id: '7', element_type: '2', status_id: '142', pipeline_id: '3' };
    const call = (more: QueryTree): QueryTree => ({
      event: { type: '14', time: '1795300000', data: { ...data, ...more } },
      action: { settings },
      account_id: account.id,
    });
    const came = form(call({ direction_of_movement: 'went_to_trigger' }));
    expect(came).toEqual({
      kind: 'robot',
      accountKey: account.id,
      secret: null,
      callId: '7:3:142:1795300000',
      dealId: '7',
      templateKey: 'b2b',
    });
    expect(form(call({ direction_of_movement: 'went_from_trigger' })).kind).toBe('ignored');
    expect(form(call({ element_type: '12' })).kind).toBe('refused');
    expect(form({ ...call({}), account_id: '31000002' })).toEqual({ kind: 'refused', reason: 'a false key' });
  });

  it('believes a farewell only with the pipe between its two ids', () => {
    const signed = (message: string): string =>
      createHmac('sha256', application.clientSecret).update(message).digest('hex');
    const farewell = (signature: string): HookReading =>
      read('', { method: 'GET', query: { client_uuid: 'client-1', account_id: '31000001', signature } });
    expect(farewell(signed('client-1|31000001'))).toMatchObject({ kind: 'lifecycle', event: 'uninstalled' });
    expect(farewell(signed('client-131000001')).kind).toBe('refused');
    expect(farewell('').kind).toBe('refused');
  });
});
