import { describe, expect, it } from '@jest/globals';
import { at } from '../sandbox/portal-harness.js';
import { control } from './control-call.js';
import { accountOf, api, integratorOf, rows } from './account-harness.js';

const ALL = [
  'add_lead',
  'update_lead',
  'delete_lead',
  'restore_lead',
  'status_lead',
  'responsible_lead',
  'note_lead',
];
const TASKS = ['add_task', 'update_task', 'delete_task', 'responsible_task'];

async function listening(settings: readonly string[] = [...ALL, ...TASKS]) {
  const portal = await accountOf();
  const server = await integratorOf();
  const destination = `${server.url}/hook`;
  const answer = await api(portal, 'POST', 'webhooks', { destination, settings });
  expect(answer.status).toBe(201);
  const heard = async () => {
    await portal.store.sender.drained();
    return server.heard;
  };
  return { portal, server, destination, heard };
}

describe('test/sandbox-amocrm/hooks', () => {
  it('tells of a move as forms of text in the names of the older API: status and update both', async () => {
    const { portal, heard } = await listening();
    const { main } = portal.store.pipelines;
    await api(portal, 'PATCH', 'leads/1', { pipeline_id: main.id, status_id: 142 });
    const calls = await heard();
    expect(calls.map((call) => Object.keys(call.form['leads'] as object))).toEqual([['status'], ['update']]);
    const lead = at(calls[0]?.form, 'leads.status.0') as Record<string, unknown>;
    expect(lead).toMatchObject({
      id: '1',
      status_id: '142',
      pipeline_id: String(main.id),
      modified_user_id: '1',
    });
    expect(lead['old_status_id']).toBe(String(main.statuses[1]?.id));
    expect(at(calls[0]?.form, 'account.id')).toBe(String(portal.accountId));
    expect(calls[0]?.contentType).toBe('application/x-www-form-urlencoded');
    expect(at(lead, 'custom_fields.0.values.0.value')).toBe('Machine');
    expect('tags' in lead).toBe(false);
  });

  it('writes dates bare and the choice of a radio button as an object', async () => {
    const { portal, heard } = await listening(['update_lead']);
    const fields = portal.store.fields.leads;
    const date = fields.find((field) => field.type === 'date');
    const radio = fields.find((field) => field.type === 'radiobutton');
    await api(portal, 'PATCH', 'leads/1', {
      custom_fields_values: [
        { field_id: date?.id, values: [{ value: 1_790_000_000 }] },
        { field_id: radio?.id, values: [{ enum_id: radio?.enums[0]?.id }] },
      ],
    });
    const form = (await heard())[0]?.form;
    expect(at(form, 'leads.update.0.custom_fields.2.values.0')).toBe('1790000000');
    expect(at(form, 'leads.update.0.custom_fields.3.values')).toEqual({
      value: '50 %',
      enum: String(radio?.enums[0]?.id),
    });
  });

  it('tells of tasks in the singular, with the moment to be done by as a number', async () => {
    const { portal, heard } = await listening(TASKS);
    await api(portal, 'POST', 'tasks', [
      { text: 'A', complete_till: 1_790_000_000, entity_type: 'leads', entity_id: 3 },
    ]);
    await api(portal, 'PATCH', 'tasks/1', { is_completed: true });
    const [added, updated] = await heard();
    expect(at(added?.form, 'task.add.0')).toMatchObject({
      element_id: '3',
      element_type: '2',
      status: '0',
      complete_before: '1790000000',
      complete_till: '2026-09-21 14:13:20',
    });
    expect(at(updated?.form, 'task.update.0')).toMatchObject({ status: '1', action_close: '1' });
  });

  it('tries again by the host’s table: three times after 4xx, five after 5xx', async () => {
    const { portal, server, heard } = await listening(['add_lead']);
    const attempts = async (status: number) => {
      server.status = status;
      server.heard.length = 0;
      await control(portal, '/deals', { title: 'New' });
      await heard();
      for (const minutes of [5, 15, 15, 60, 600]) {
        await control(portal, '/clock', { advanceMs: minutes * 60_000 + 1000 });
        await heard();
      }
      return server.heard.length;
    };
    expect(await attempts(404)).toBe(3);
    expect(await attempts(503)).toBe(5);
    expect(await attempts(204)).toBe(1);
  });

  it('switches a hook off after more than a hundred bad answers in two hours, and POST does not switch it on', async () => {
    const { portal, server, destination, heard } = await listening(['add_lead']);
    server.status = 400;
    await control(portal, '/deals', { title: 'New', count: 101 });
    await heard();
    const listed = rows(await api(portal, 'GET', 'webhooks'), 'webhooks');
    expect(listed[0]).toMatchObject({ destination, disabled: true });
    const again = await api(portal, 'POST', 'webhooks', { destination, settings: ['add_lead'] });
    expect(again.body['disabled']).toBe(true);
    await control(portal, '/hooks/enable', { destination });
    server.status = 200;
    server.heard.length = 0;
    await control(portal, '/deals', { title: 'New' });
    expect(await heard()).toHaveLength(1);
  });

  it('loses, repeats, and leaves out the status call while the update comes, when told to', async () => {
    const { portal, server, heard } = await listening();
    await control(portal, '/events', { loseStatus: true, repeat: 1 });
    await api(portal, 'PATCH', 'leads/1', { status_id: 142 });
    expect((await heard()).map((call) => Object.keys(call.form['leads'] as object)[0])).toEqual([
      'update',
      'update',
    ]);
    server.heard.length = 0;
    await control(portal, '/events', { loseStatus: false, repeat: 0, lose: 1 });
    await control(portal, '/deals', { title: 'Lost' });
    expect(await heard()).toEqual([]);
  });

  it('has no hooks on the basic plan', async () => {
    const portal = await accountOf();
    await control(portal, '/settings', { plan: 'basic' });
    const destination = 'https://a.example/hook';
    expect((await api(portal, 'POST', 'webhooks', { destination, settings: ['add_lead'] })).status).toBe(403);
  });

  it('replaces the settings of a known destination, and needs a body to delete one', async () => {
    const { portal, destination } = await listening();
    await api(portal, 'POST', 'webhooks', { destination, settings: ['add_lead'] });
    expect(portal.store.webhooks.all.map((hook) => hook.settings)).toEqual([['add_lead']]);
    expect((await api(portal, 'DELETE', 'webhooks')).status).toBe(400);
    expect((await api(portal, 'DELETE', 'webhooks', { destination: 'https://b.example' })).status).toBe(404);
    expect((await api(portal, 'DELETE', 'webhooks', { destination })).status).toBe(204);
  });

  it('calls the digital pipeline’s action once per entry, as a form or as JSON', async () => {
    const portal = await accountOf();
    const server = await integratorOf();
    const { main } = portal.store.pipelines;
    const statusId = main.statuses[2]?.id;
    const common = { pipelineId: main.id, statusId, settings: { key: 'secret' } };
    await control(portal, '/triggers', { ...common, url: `${server.url}/form` });
    await control(portal, '/triggers', {
      ...common,
      url: `${server.url}/json`,
      encoding: 'json',
      shape: 'leads',
    });
    await control(portal, '/deals/1', { stageId: `${main.id}:${String(statusId)}` });
    await portal.store.sender.drained();
    const form = server.heard.find((call) => call.url.pathname === '/form');
    const json = server.heard.find((call) => call.url.pathname === '/json');
    expect(at(form?.form, 'event.data')).toMatchObject({
      id: '1',
      element_type: '2',
      direction_of_movement: 'went_to_trigger',
    });
    expect(at(form?.form, 'action.settings.widget.settings.key')).toBe('secret');
    expect(json?.contentType).toBe('application/json');
    expect(at(JSON.parse(json?.body ?? '{}'), 'event.data.leads.status.0.id')).toBe(1);
    expect(server.heard).toHaveLength(2);
  });

  it('receives requests from outside into the incoming stage, and tells of their acceptance', async () => {
    const { portal, heard } = await listening();
    const { body } = await control(portal, '/unsorted', { title: 'From the site' });
    const uid = String(body['uid']);
    const lead = portal.store.leads.get(Number(body['leadId']));
    expect(lead?.status.type).toBe(1);
    expect(rows(await api(portal, 'GET', 'leads/unsorted'), 'unsorted')).toHaveLength(1);
    await api(portal, 'POST', `leads/unsorted/${uid}/accept`, { user_id: 3 });
    expect(lead).toMatchObject({ ownerId: 3, status: expect.objectContaining({ type: 0 }) });
    const last = (await heard()).at(-1);
    expect(at(last?.form, 'unsorted.delete.0.action')).toBe('accept');
    expect((await api(portal, 'GET', 'leads/unsorted')).status).toBe(204);
  });
});
