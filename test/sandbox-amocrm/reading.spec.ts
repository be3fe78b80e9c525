import { describe, expect, it } from '@jest/globals';
import { control } from './control-call.js';
import { accountOf, api, as, granted, nextOf, rows } from './account-harness.js';
import { smallCompany } from '../sandbox/small-company.js';

describe('test/sandbox-amocrm/reading', () => {
  it('pages through leads by links that keep the whole query, and says nothing of a next page on the last', async () => {
    const portal = await accountOf({ company: smallCompany(25) });
    const seen: unknown[] = [];
    let next: string | undefined = 'leads?limit=10&with=contacts&order%5Bid%5D=asc';
    let last;
    while (next !== undefined) {
      last = await api(portal, 'GET', next);
      expect(last.headers.get('content-type')).toBe('application/hal+json');
      seen.push(...rows(last, 'leads').map((lead) => lead['id']));
      next = nextOf(last);
      if (next !== undefined) expect(decodeURIComponent(next)).toContain('with=contacts&order[id]=asc');
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(Object.keys(last?.body['_links'] as object)).toEqual(['self', 'first', 'prev']);
  });

  it('answers 204 with nothing for a page past the end and for a lead that is not there', async () => {
    const portal = await accountOf();
    for (const path of ['leads?page=9', 'leads/999', 'tasks', 'tasks/5', 'webhooks']) {
      const answer = await api(portal, 'GET', path);
      expect([path, answer.status, answer.text]).toEqual([path, 204, '']);
    }
  });

  it('falls back to fifty rows when more than 250 leads or 100 events are asked for', async () => {
    const portal = await accountOf({ company: smallCompany(300) });
    expect(rows(await api(portal, 'GET', 'leads?limit=500'), 'leads')).toHaveLength(50);
    expect(rows(await api(portal, 'GET', 'leads?limit=250'), 'leads')).toHaveLength(250);
    expect(rows(await api(portal, 'GET', 'events?limit=250'), 'events')).toHaveLength(50);
    expect(rows(await api(portal, 'GET', 'events?limit=100'), 'events')).toHaveLength(100);
  });

  it('ignores filters of leads without the add-on, and obeys them with it', async () => {
    const portal = await accountOf();
    const path = 'leads?filter%5Bid%5D%5B%5D=3&filter%5Bid%5D%5B%5D=5';
    expect(rows(await api(portal, 'GET', path), 'leads')).toHaveLength(12);
    await control(portal, '/settings', { filterAddOn: true });
    expect(rows(await api(portal, 'GET', path), 'leads').map((lead) => lead['id'])).toEqual([3, 5]);
    const account = await api(portal, 'GET', 'account?with=is_api_filter_enabled');
    expect(account.body['is_api_filter_enabled']).toBe(true);
    expect((await api(portal, 'GET', 'leads?filter%5Bupdated_at%5D=5')).status).toBe(204);
    const { id, statuses } = firstPipeline(await api(portal, 'GET', 'leads/pipelines'));
    const pair = `filter[statuses][0][pipeline_id]=${String(id)}&filter[statuses][0][status_id]=${String(statuses[1])}`;
    expect(rows(await api(portal, 'GET', `leads?${pair}`), 'leads').length).toBeGreaterThan(0);
  });

  it('filters leads by own fields: by choices, by texts and by ranges', async () => {
    const portal = await accountOf();
    await control(portal, '/settings', { filterAddOn: true });
    const [product, , comment, visit] = portal.store.fields.leads;
    const set = (lead: number, id: number, value: unknown) =>
      api(portal, 'PATCH', `leads/${lead}`, {
        custom_fields_values: [{ field_id: id, values: [{ value }] }],
      });
    await set(3, comment?.id ?? 0, 'urgent');
    await set(4, visit?.id ?? 0, 1_790_000_000);
    const found = async (path: string) =>
      rows(await api(portal, 'GET', `leads?filter[custom_fields_values]${path}`), 'leads').map(
        ({ id }) => id,
      );
    expect(await found(`[${comment?.id}][]=urgent`)).toEqual([3]);
    expect(await found(`[${visit?.id}][from]=1790000000&limit=9`)).toEqual([4]);
    expect(await found(`[${visit?.id}][to]=1789999999`)).toEqual([]);
    const choice = product?.enums[0]?.id;
    const chosen = [...portal.store.leads].filter(({ fields }) =>
      fields?.some((field) => field.values.some((value) => value['enum_id'] === choice)),
    );
    expect(chosen.length).toBeGreaterThan(0);
    expect(await found(`[${product?.id}][]=${choice}`)).toEqual(chosen.map(({ id }) => id));
  });

  it('lists notes in the order that is asked for, and to nobody who does not see the lead', async () => {
    const portal = await accountOf();
    const note = (text: string) => ({ note_type: 'common', params: { text } });
    await api(portal, 'POST', 'leads/2/notes', [note('a'), note('b'), note('c')]);
    const ids = async (path: string, access = portal.token) =>
      rows(await api(portal, 'GET', path, undefined, as(access)), 'notes').map(({ id }) => id);
    expect(await ids('leads/notes?order[id]=desc')).toEqual([3, 2, 1]);
    expect(await ids('leads/2/notes?order[updated_at]=asc')).toEqual([1, 2, 3]);
    const seller = await granted(portal, 3);
    expect(await ids('leads/notes', seller.access)).toEqual([]);
    expect((await api(portal, 'GET', 'leads/notes/1', undefined, as(seller.access))).status).toBe(204);
  });

  it('filters tasks by their type under one name only: the name that tasks themselves use is not looked at', async () => {
    const portal = await accountOf();
    const tasks = [1, 2].map((type) => ({ text: 'A', complete_till: 1_790_000_000, task_type_id: type }));
    await api(portal, 'POST', 'tasks', tasks);
    expect(rows(await api(portal, 'GET', 'tasks?filter[task_type_id][]=2'), 'tasks')).toHaveLength(2);
    const found = rows(await api(portal, 'GET', 'tasks?filter[task_type][]=2'), 'tasks');
    expect(found.map((task) => task['task_type_id'])).toEqual([2]);
  });

  it('orders by the time of change, newest first', async () => {
    const portal = await accountOf();
    await control(portal, '/deals/4', { amount: 7 });
    const leads = rows(await api(portal, 'GET', 'leads?order[updated_at]=desc'), 'leads');
    expect(leads[0]).toMatchObject({ id: 4, price: 7 });
    const times = leads.map((lead) => Number(lead['updated_at']));
    expect(times).toEqual(times.toSorted((left, right) => right - left));
  });

  it('has won and lost with the same ids in every pipeline, and incoming leads with their own', async () => {
    const portal = await accountOf();
    const pipelines = rows(await api(portal, 'GET', 'leads/pipelines'), 'pipelines');
    const all = pipelines.map((pipeline) => statusesOf(pipeline));
    expect(pipelines.map((pipeline) => pipeline['is_main'])).toEqual([true, false]);
    for (const statuses of all) {
      expect(statuses.map((status) => status['type'])).toEqual([1, ...statuses.slice(1).map(() => 0)]);
      expect(statuses.slice(-2).map((status) => status['id'])).toEqual([142, 143]);
    }
    expect(all[0]?.[0]?.['id']).not.toBe(all[1]?.[0]?.['id']);
  });

  it('rebuilds a lead’s way from events: where it began is where its first move came from', async () => {
    const portal = await accountOf();
    const query = 'filter[entity]=lead&filter[entity_id][]=3';
    const events = rows(await api(portal, 'GET', `events?${query}`), 'events');
    expect(events.map((event) => event['type'])).toEqual(['lead_status_changed', 'lead_added']);
    const { value_before: before, value_after: after } = events[0] ?? {};
    expect(before).toEqual([{ lead_status: { id: expect.any(Number), pipeline_id: expect.any(Number) } }]);
    expect(after).not.toEqual(before);
    expect((await api(portal, 'GET', 'events?filter[entity_id][]=3')).status).toBe(400);
    const moves = rows(
      await api(portal, 'GET', 'events?filter[type][]=lead_status_changed&limit=100'),
      'events',
    );
    expect(moves.every((event) => event['type'] === 'lead_status_changed')).toBe(true);
    const since = Number(moves[0]?.['created_at']);
    const recent = await api(
      portal,
      'GET',
      `events?filter[created_at][from]=${since}&filter[type][]=lead_status_changed`,
    );
    expect(rows(recent, 'events').every((event) => Number(event['created_at']) >= since)).toBe(true);
  });

  it('shows a seller the own leads only, a head the group’s, and users to nobody but admins', async () => {
    const portal = await accountOf();
    const seller = await granted(portal, 3);
    const head = await granted(portal, 2);
    const owners = async (access: string) =>
      new Set(
        rows(await api(portal, 'GET', 'leads', undefined, as(access)), 'leads').map(
          (lead) => lead['responsible_user_id'],
        ),
      );
    expect(await owners(seller.access)).toEqual(new Set([3]));
    expect(await owners(head.access)).toEqual(new Set([2, 3]));
    expect((await api(portal, 'GET', 'users', undefined, as(seller.access))).status).toBe(403);
    expect((await api(portal, 'GET', 'leads/1', undefined, as(seller.access))).status).toBe(200);
    expect((await api(portal, 'GET', 'leads/2', undefined, as(seller.access))).status).toBe(204);
    const admin = await granted(portal, 1);
    const seen = await api(portal, 'GET', 'leads', undefined, as(admin.access, { 'x-context-user-id': '3' }));
    expect(new Set(rows(seen, 'leads').map((lead) => lead['responsible_user_id']))).toEqual(new Set([3]));
    const unknown = await api(
      portal,
      'GET',
      'leads',
      undefined,
      as(admin.access, { 'x-context-user-id': '77' }),
    );
    expect(unknown.status).toBe(401);
  });

  it('refuses what it does not know in problem JSON without a charset', async () => {
    const portal = await accountOf();
    const unknown = await api(portal, 'GET', 'nonsense');
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('content-type')).toBe('application/problem+json');
    expect(unknown.body['detail']).toBe('Cannot GET /api/v4/nonsense');
    expect((await api(portal, 'DELETE', 'tasks/1')).status).toBe(405);
    expect((await api(portal, 'GET', 'leads', undefined, as('wrong'))).status).toBe(401);
  });

  it('empties the bin into nothing but the log of events', async () => {
    const portal = await accountOf();
    await fetch(`${portal.control}/deals/2`, { method: 'DELETE' });
    expect((await api(portal, 'GET', 'leads/2')).status).toBe(204);
    const bin = rows(await api(portal, 'GET', 'leads?with=only_deleted'), 'leads');
    expect(bin).toEqual([
      { id: 2, updated_at: expect.any(Number), updated_by: expect.any(Number), is_deleted: true },
    ]);
    await fetch(`${portal.control}/bin`, { method: 'DELETE' });
    expect((await api(portal, 'GET', 'leads?with=only_deleted')).status).toBe(204);
    const events = rows(await api(portal, 'GET', 'events?filter[type][]=lead_deleted'), 'events');
    expect(events.map((event) => event['entity_id'])).toEqual([2]);
  });
});

function statusesOf(
  pipeline: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] {
  return (pipeline['_embedded'] as { statuses: readonly Readonly<Record<string, unknown>>[] }).statuses;
}

function firstPipeline(answer: Parameters<typeof rows>[0]) {
  const pipeline = rows(answer, 'pipelines')[0] ?? {};
  return { id: pipeline['id'], statuses: statusesOf(pipeline).map((status) => status['id']) };
}
