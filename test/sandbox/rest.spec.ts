import { describe, it, expect } from '@jest/globals';
import { at, hook, portalOf, post, read } from './portal-harness.js';
import { smallCompany } from './small-company.js';

describe('test/sandbox/rest', () => {
  it('takes classic parameters as JSON, as a form and in the query alike', async () => {
    const portal = await portalOf();
    const url = `${portal.webhook}crm.item.list`;
    const json = await post(url, { entityTypeId: 2, filter: { '>id': 5 }, select: ['id'] });
    const text = 'entityTypeId=2&filter[%3Eid]=5&select[]=id';
    const form = await read(await fetch(url, { method: 'POST', body: new URLSearchParams(text) }));
    const query = await read(await fetch(`${url}?${text}`));
    const parts = new FormData();
    parts.set('entityTypeId', '2');
    parts.set('filter[>id]', '5');
    parts.set('select[]', 'id');
    const multipart = await read(await fetch(url, { method: 'POST', body: parts }));
    const rows = at(json.body, 'result.items');
    expect(rows).toEqual([6, 7, 8, 9, 10, 11, 12].map((id) => ({ id })));
    expect([form, query, multipart].map((answer) => at(answer.body, 'result.items'))).toEqual([
      rows,
      rows,
      rows,
    ]);
  });

  it('reads checklist parameters by their order and not by their names', async () => {
    const portal = await portalOf();
    const task = await hook(portal, 'tasks.task.add', { fields: { TITLE: 'Call', RESPONSIBLE_ID: 2 } });
    const taskId = at(task.body, 'result.task.id');
    const added = await hook(portal, 'task.checklistitem.add', {
      whatever: taskId,
      other: { TITLE: 'First' },
    });
    expect(typeof at(added.body, 'result')).toBe('number');
    const shifted = await hook(portal, 'task.checklistitem.add', {
      telemetry: 'yes',
      TASKID: taskId,
      FIELDS: { TITLE: 'Second' },
    });
    expect(shifted.status).toBe(400);
    const list = await hook(portal, 'task.checklistitem.getlist', { TASKID: taskId });
    expect(at(list.body, 'result')).toMatchObject([{ TITLE: 'First', IS_COMPLETE: 'N' }]);
  });

  it('answers in the mixed types of the real portal', async () => {
    const portal = await portalOf();
    const item = await hook(portal, 'crm.item.get', { entityTypeId: 2, id: 3 });
    expect(at(item.body, 'result.item')).toMatchObject({
      id: 3,
      categoryId: 0,
      opportunity: 300,
      stageId: 'MEETING',
      stageSemanticId: 'P',
      closed: 'N',
      contactIds: [1],
    });
    const classic = await hook(portal, 'crm.deal.get', { id: 3 });
    expect(at(classic.body, 'result')).toMatchObject({
      ID: '3',
      CATEGORY_ID: '0',
      OPPORTUNITY: '300.00',
      STAGE_ID: 'MEETING',
    });
    const history = await hook(portal, 'crm.stagehistory.list', {
      entityTypeId: 2,
      filter: { OWNER_ID: 3 },
    });
    expect(at(history.body, 'result.items')).toMatchObject([
      { OWNER_ID: 3, TYPE_ID: 1, STAGE_ID: 'NEW' },
      { OWNER_ID: 3, TYPE_ID: 2, STAGE_ID: 'MEETING', STAGE_SEMANTIC_ID: 'P' },
    ]);
    const batch = await hook(portal, 'batch', { cmd: { one: 'profile' } });
    expect(at(batch.body, 'result.result_error')).toEqual([]);
    expect(at(batch.body, 'result.result_next')).toEqual([]);
  });

  it('prefixes stages of every pipeline but the default one', async () => {
    const portal = await portalOf();
    const first = await hook(portal, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE' } });
    expect(at(first.body, 'result.0.STATUS_ID')).toBe('NEW');
    expect(at(first.body, 'result.2')).toMatchObject({ STATUS_ID: 'WON', SEMANTICS: 'S', SORT: '30' });
    const second = await hook(portal, 'crm.status.list', { filter: { ENTITY_ID: 'DEAL_STAGE_2' } });
    expect(at(second.body, 'result.0.STATUS_ID')).toBe('C2:NEW');
  });

  it('pages by fifty, counts unless start is -1', async () => {
    const portal = await portalOf({ company: smallCompany(120) });
    const counted = await hook(portal, 'crm.item.list', { entityTypeId: 2, start: 50 });
    expect(at(counted.body, 'total')).toBe(120);
    expect(at(counted.body, 'next')).toBe(100);
    expect(at(counted.body, 'result.items.0.id')).toBe(51);
    const last = await hook(portal, 'crm.item.list', { entityTypeId: 2, start: 100 });
    expect(last.body).not.toHaveProperty('next');
    const uncounted = await hook(portal, 'crm.deal.list', { start: -1, filter: { '>ID': 30 } });
    expect(at(uncounted.body, 'total')).toBe(0);
    expect(uncounted.body).not.toHaveProperty('next');
    expect((at(uncounted.body, 'result') as unknown[]).length).toBe(50);
  });

  it.each([
    [{ '>=opportunity': 1100 }, [11, 12]],
    [{ '@id': [2, 900, 5] }, [2, 5]],
    [{ '!stageId': 'NEW', categoryId: 0 }, [3, 6, 9]],
    [{ '%title': 'ДЕЛКА 1' }, [1, 10, 11, 12]],
    [{ '=%title': '%лка 2' }, [2]],
    [{ '0': { logic: 'OR', id: 1, '=opportunity': 200 } }, [1, 2]],
    [{ '>id': '', '<id': 3 }, [1, 2]],
    [{ '!@stageId': ['NEW', 'C2:NEW'] }, [3, 6, 9]],
    [{ '>=createdTime': '2100-01-01T00:00:00+03:00' }, []],
  ])('filters by %j', async (filter, ids) => {
    const portal = await portalOf();
    const answer = await hook(portal, 'crm.item.list', { entityTypeId: 2, filter, select: ['id'] });
    expect(at(answer.body, 'result.items')).toEqual(ids.map((id) => ({ id })));
  });

  it('pages the history by offset without repeating or leaving out a row, after deals were deleted', async () => {
    const portal = await portalOf({ company: smallCompany(200) });
    for (let id = 1; id <= 60; id += 1) portal.context.deleteDeal(id, 1);
    const ids: number[] = [];
    for (let start: unknown = 0; start !== undefined;) {
      const page = await hook(portal, 'crm.stagehistory.list', { entityTypeId: 2, start });
      ids.push(...(at(page.body, 'result.items') as { ID: number }[]).map((row) => row.ID));
      start = page.body['next'];
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(portal.store.history.live);
  });

  it('refuses an unknown filter field and passes over an unknown field of a write', async () => {
    const portal = await portalOf();
    const list = await hook(portal, 'crm.item.list', { entityTypeId: 2, filter: { stageSemanticId: 'P' } });
    expect([list.status, list.body['error']]).toEqual([400, 'INVALID_ARG_VALUE']);
    const update = await hook(portal, 'crm.item.update', { entityTypeId: 2, id: 1, fields: { nonsense: 1 } });
    expect(update.status).toBe(200);
  });

  it('writes stage history and times of a move, and an activity changes only the last activity', async () => {
    const portal = await portalOf();
    const before = portal.store.deals.get(1)?.updated;
    await hook(portal, 'crm.activity.todo.add', {
      ownerTypeId: 2,
      ownerId: 1,
      deadline: '2026-12-01T10:00:00+03:00',
    });
    expect(portal.store.deals.get(1)?.updated).toBe(before);
    portal.store.clock.advance(5000);
    const moved = await hook(portal, 'crm.item.update', {
      entityTypeId: 2,
      id: 1,
      fields: { categoryId: 2, stageId: 'C2:NEW' },
    });
    expect(at(moved.body, 'result.item')).toMatchObject({ stageId: 'C2:NEW', previousStageId: 'NEW' });
    await hook(portal, 'crm.deal.update', { id: 1, fields: { STAGE_ID: 'C2:WON' } });
    const types = portal.context.stageHistory(1).map((entry) => entry.stageId);
    expect(types).toEqual(['NEW', 'C2:NEW', 'C2:WON']);
    const rows = await hook(portal, 'crm.stagehistory.list', {
      entityTypeId: 2,
      filter: { OWNER_ID: 1, '>TYPE_ID': 1 },
    });
    expect(at(rows.body, 'result.items')).toMatchObject([{ TYPE_ID: 5 }, { TYPE_ID: 3 }]);
  });

  it('knows no method by another name and refuses malformed bodies', async () => {
    const portal = await portalOf();
    const unknown = await hook(portal, 'crm.nothing.list');
    expect([unknown.status, unknown.body['error']]).toEqual([404, 'ERROR_METHOD_NOT_FOUND']);
    const broken = await hook(portal, 'profile', '{"a":');
    expect([broken.status, broken.body['error']]).toEqual([400, 'INVALID_REQUEST']);
    const poison = await hook(portal, 'profile', '{"__proto__":{"x":1}}');
    expect(poison.status).toBe(400);
  });
});
