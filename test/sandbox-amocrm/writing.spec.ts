import { describe, expect, it } from '@jest/globals';
import { accountOf, api, as, granted, rows } from './account-harness.js';

const TILL = Math.floor(Date.now() / 1000) + 86_400;

describe('test/sandbox-amocrm/writing', () => {
  it('echoes request ids, numbers what has none, and writes nothing when one element is wrong', async () => {
    const portal = await accountOf();
    const bad = await api(portal, 'POST', 'tasks', [
      { text: 'A', complete_till: TILL },
      { text: '', complete_till: 'tomorrow', entity_id: 1, request_id: 'second' },
    ]);
    expect(bad.status).toBe(400);
    expect(bad.body['validation-errors']).toEqual([
      {
        request_id: 'second',
        errors: expect.arrayContaining([
          expect.objectContaining({ path: 'text', code: 'NotBlank' }),
          expect.objectContaining({ path: 'complete_till', code: 'InvalidType' }),
          expect.objectContaining({ path: 'entity_type', code: 'FieldMissing' }),
        ]),
      },
    ]);
    expect(portal.store.tasks.size).toBe(0);
    const good = await api(portal, 'POST', 'tasks', [
      { text: 'A', complete_till: TILL },
      { text: 'B', complete_till: TILL, request_id: 'second' },
    ]);
    expect(good.status).toBe(200);
    expect(rows(good, 'tasks').map((task) => task['request_id'])).toEqual(['0', 'second']);
  });

  it('refuses empty bodies, more than 250 elements and objects where a list belongs', async () => {
    const portal = await accountOf();
    expect((await api(portal, 'POST', 'leads', [])).body['detail']).toBe('Request data can not be empty');
    expect((await api(portal, 'POST', 'leads', { name: 'x' })).status).toBe(400);
    const many = await api(
      portal,
      'POST',
      'leads',
      Array.from({ length: 251 }, () => ({})),
    );
    expect([many.status, many.body['detail']]).toEqual([422, 'Limit 250 per page']);
  });

  it('gives a task without a responsible to whoever granted the token, and none to who has left', async () => {
    const portal = await accountOf();
    await api(portal, 'POST', 'tasks', [
      { text: 'A', complete_till: TILL, entity_type: 'leads', entity_id: 3 },
    ]);
    expect(portal.store.tasks.get(1)?.ownerId).toBe(1);
    const person = portal.store.people.get(3);
    if (person !== undefined) person.active = false;
    const refused = await api(portal, 'POST', 'tasks', [
      { text: 'A', complete_till: TILL, responsible_user_id: 3 },
    ]);
    expect(refused.status).toBe(400);
  });

  it('completes a task by a partial write, and answers single writes with the bare object', async () => {
    const portal = await accountOf();
    await api(portal, 'POST', 'tasks', [
      { text: 'A', complete_till: TILL, entity_type: 'leads', entity_id: 3 },
    ]);
    const done = await api(portal, 'PATCH', 'tasks/1', { is_completed: true, result: { text: 'well' } });
    expect(done.body).toMatchObject({ id: 1, updated_at: expect.any(Number) });
    const read = await api(portal, 'GET', 'tasks/1');
    expect(read.body).toMatchObject({
      text: 'A',
      is_completed: true,
      result: { text: 'well' },
      complete_till: TILL,
    });
    const open = await api(portal, 'GET', 'tasks?filter[is_completed]=0');
    expect(open.status).toBe(204);
    expect((await api(portal, 'GET', 'leads/3')).body['closest_task_at']).toBeNull();
    const found = await api(portal, 'GET', 'tasks?filter[entity_type]=leads&filter[entity_id]=3');
    expect(rows(found, 'tasks').map((task) => task['id'])).toEqual([1]);
  });

  it('means the lead’s own pipeline when won is written without one, and keeps the day of closing', async () => {
    const portal = await accountOf();
    const before = portal.store.leads.get(4)?.status.pipelineId;
    await api(portal, 'PATCH', 'leads/4', { status_id: 142 });
    const won = (await api(portal, 'GET', 'leads/4')).body;
    expect(won).toMatchObject({ status_id: 142, pipeline_id: before });
    expect(Number(won['closed_at'])).toBeGreaterThan(0);
    const main = portal.store.pipelines.main;
    await api(portal, 'PATCH', 'leads/4', { pipeline_id: main.id, status_id: main.statuses[1]?.id });
    expect((await api(portal, 'GET', 'leads/4')).body).toMatchObject({
      pipeline_id: main.id,
      closed_at: null,
    });
    expect((await api(portal, 'PATCH', 'leads/4', { status_id: 5 })).status).toBe(400);
  });

  it('replaces tags by the embedded list, adds and takes away by the others, and clears them by null', async () => {
    const portal = await accountOf();
    const names = async () => {
      const { tags } = (await api(portal, 'GET', 'leads/1')).body['_embedded'] as {
        tags: { name: string }[];
      };
      return tags.map((tag) => tag.name);
    };
    await api(portal, 'PATCH', 'leads/1', { _embedded: { tags: [{ name: 'a' }, { name: 'b' }] } });
    expect(await names()).toEqual(['a', 'b']);
    await api(portal, 'PATCH', 'leads/1', { tags_to_add: [{ name: 'c' }], tags_to_delete: [{ name: 'a' }] });
    expect(await names()).toEqual(['b', 'c']);
    await api(portal, 'PATCH', 'leads/1', { _embedded: { tags: null } });
    expect(await names()).toEqual([]);
  });

  it('merges custom fields, and refuses a choice the field does not have', async () => {
    const portal = await accountOf();
    const fields = portal.store.fields.leads;
    const [product, , comment] = fields;
    await api(portal, 'PATCH', 'leads/1', {
      custom_fields_values: [{ field_id: comment?.id, values: [{ value: 'late' }] }],
    });
    const values = (await api(portal, 'GET', 'leads/1')).body['custom_fields_values'] as {
      field_id: number;
    }[];
    expect(values.map((value) => value.field_id)).toEqual(expect.arrayContaining([product?.id, comment?.id]));
    const refused = await api(portal, 'PATCH', 'leads/1', {
      custom_fields_values: [{ field_id: product?.id, values: [{ enum_id: 1 }] }],
    });
    expect(JSON.stringify(refused.body)).toContain('custom_fields_values.0.values.0.enum_id');
  });

  it('takes days as seconds and as RFC 3339, and tells of every field that changed', async () => {
    const portal = await accountOf();
    const fields = portal.store.fields.leads;
    const idOf = (type: string) => fields.find((one) => one.type === type)?.id ?? 0;
    const write = (id: number, value: unknown) =>
      api(portal, 'PATCH', 'leads/1', { custom_fields_values: [{ field_id: id, values: [{ value }] }] });
    expect((await write(idOf('date'), '2026-11-22T10:00:00+03:00')).status).toBe(200);
    expect((await write(idOf('checkbox'), true)).status).toBe(200);
    for (const [type, value] of [
      ['date', 'tomorrow'],
      ['date', true],
      ['checkbox', 'yes'],
    ] as const) {
      expect((await write(idOf(type), value)).status).toBe(400);
    }
    const lead = (await api(portal, 'GET', 'leads/1')).body['custom_fields_values'];
    const at = Date.parse('2026-11-22T07:00:00Z') / 1000;
    expect(lead).toContainEqual(expect.objectContaining({ field_id: idOf('date'), values: [{ value: at }] }));
    const events = await api(portal, 'GET', 'events?filter[type][]=custom_field_value_changed');
    const told = rows(events, 'events').map((event) => event['value_after']);
    const value = (type: string, number: number, text: string) => [
      { custom_field_value: { field_id: idOf(type), field_type: number, enum_id: null, text } },
    ];
    expect(told).toEqual([value('checkbox', 3, 'true'), value('date', 6, String(at))]);
  });

  it('changes nothing and tells nobody when a write brings nothing new', async () => {
    const portal = await accountOf();
    const before = (await api(portal, 'GET', 'leads/1')).body;
    const rowsBefore = portal.store.events.size;
    await api(portal, 'PATCH', 'leads/1', { name: before['name'] });
    expect((await api(portal, 'GET', 'leads/1')).body).toEqual(before);
    expect(portal.store.events.size).toBe(rowsBefore);
  });

  it('writes notes, refuses them where the person sees nothing, and makes leads with contacts at once', async () => {
    const portal = await accountOf();
    const seller = await granted(portal, 3);
    const note = [{ note_type: 'common', params: { text: 'hi' } }];
    expect((await api(portal, 'POST', 'leads/2/notes', note, as(seller.access))).status).toBe(403);
    const added = await api(portal, 'POST', 'leads/1/notes', note, as(seller.access));
    expect(rows(added, 'notes')[0]).toMatchObject({ entity_id: 1 });
    expect(rows(await api(portal, 'GET', 'leads/1/notes'), 'notes')[0]).toMatchObject({
      params: { text: 'hi' },
    });
    const complex = await api(portal, 'POST', 'leads/complex', [
      { name: 'X', _embedded: { contacts: [{ first_name: 'Y' }], companies: [{ name: 'Z' }] } },
    ]);
    expect(JSON.parse(complex.text)).toEqual([
      {
        id: 13,
        contact_id: expect.any(Number),
        company_id: expect.any(Number),
        merged: false,
        request_id: ['0'],
      },
    ]);
  });

  it('moves leads of a deleted stage silently, and keeps pipelines for admins', async () => {
    const portal = await accountOf();
    const { main } = portal.store.pipelines;
    const [, first, second] = main.statuses;
    const seller = await granted(portal, 3);
    const path = `leads/pipelines/${main.id}/statuses/${second?.id}`;
    expect((await api(portal, 'DELETE', path, undefined, as(seller.access))).status).toBe(403);
    const moved = [...portal.store.leads].filter((lead) => lead.status === second);
    const events = portal.store.events.size;
    expect((await api(portal, 'DELETE', path)).status).toBe(204);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.every((lead) => lead.status === first)).toBe(true);
    expect(portal.store.events.size).toBe(events);
    const made = await api(portal, 'POST', `leads/pipelines/${main.id}/statuses`, [
      { name: 'Fresh', color: '#fffeb2' },
    ]);
    expect(rows(made, 'statuses')[0]).toMatchObject({ name: 'Fresh', type: 0 });
  });
});
