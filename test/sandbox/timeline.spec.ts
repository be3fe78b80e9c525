import { describe, expect, it } from '@jest/globals';
import { at, control, hook, installed, listener, portalOf } from './portal-harness.js';

type Tree = Readonly<Record<string, unknown>>;

const LAYOUT = {
  icon: { code: 'info' },
  header: { title: 'Где сделка?' },
  body: {
    logo: { code: 'notification' },
    blocks: { text: { type: 'largeText', properties: { value: 'Что мешает?' } } },
  },
  footer: {
    buttons: {
      done: {
        title: 'Готово',
        type: 'primary',
        action: { type: 'restEvent', id: 'done', actionParams: { myId: 5 }, animationType: 'loader' },
      },
      open: {
        title: 'Открыть',
        type: 'secondary',
        action: { type: 'openRestApp', actionParams: { ask: 'a1' } },
      },
    },
  },
};

async function withApp() {
  const portal = await portalOf();
  const { url, calls } = await listener();
  return { portal, calls, url, ...installed(portal, url) };
}

describe('test/sandbox/timeline', () => {
  it('keeps comments of a deal and lists them by pages, newest first when asked so', async () => {
    const { portal, call } = await withApp();
    const ids: unknown[] = [];
    for (let index = 0; index < 53; index += 1) {
      const made = await call('crm.timeline.comment.add', {
        fields: { ENTITY_ID: 1, ENTITY_TYPE: 'deal', COMMENT: `Note ${index}` },
      });
      ids.push(made.body['result']);
    }
    const filter = { ENTITY_ID: 1, ENTITY_TYPE: 'deal' };
    const order = { ID: 'DESC' };
    const first = await call('crm.timeline.comment.list', { filter, order, select: ['ID', 'COMMENT'] });
    expect(first.body).toMatchObject({ total: 53, next: 50 });
    expect(at(first.body, 'result.0')).toEqual({ ID: String(ids.at(-1)), COMMENT: 'Note 52' });
    const second = await call('crm.timeline.comment.list', { filter, order, start: 50 });
    expect((second.body['result'] as Tree[]).map((row) => row['COMMENT'])).toEqual([
      'Note 2',
      'Note 1',
      'Note 0',
    ]);
    expect(second.body).not.toHaveProperty('next');
    expect(portal.context.timeline(1)[0]).toMatchObject({ text: 'Note 52', authorId: 1, kind: 'comment' });
  });

  it('changes and removes a comment, with an event for each', async () => {
    const { portal, call, calls, url } = await withApp();
    for (const what of ['ADD', 'UPDATE', 'DELETE'])
      await call('event.bind', { event: `ONCRMTIMELINECOMMENT${what}`, handler: `${url}/hook` });
    const fields = { ENTITY_ID: 1, ENTITY_TYPE: 'deal', COMMENT: 'one' };
    const id = (await call('crm.timeline.comment.add', { fields })).body['result'];
    await call('crm.timeline.comment.update', { id, fields: { COMMENT: 'two' } });
    expect(at((await call('crm.timeline.comment.get', { id })).body, 'result.COMMENT')).toBe('two');
    await call('crm.timeline.comment.delete', { id });
    expect((await call('crm.timeline.comment.get', { id })).body).toMatchObject({ error: 'NOT_FOUND' });
    await portal.store.sender.drained();
    expect(calls.map(({ event }) => event)).toEqual([
      'ONCRMTIMELINECOMMENTADD',
      'ONCRMTIMELINECOMMENTUPDATE',
      'ONCRMTIMELINECOMMENTDELETE',
    ]);
  });

  it.each([
    [{ ENTITY_ID: 1, ENTITY_TYPE: 'deal', COMMENT: '' }, 'INVALID_ARG_VALUE'],
    [{ ENTITY_ID: 99_999, ENTITY_TYPE: 'deal', COMMENT: 'x' }, 'OWNER_NOT_FOUND'],
    [{ ENTITY_TYPE: 'deal', COMMENT: 'x' }, '100'],
    [{ ENTITY_ID: 1, ENTITY_TYPE: 'planet', COMMENT: 'x' }, 'INVALID_ARG_VALUE'],
  ])('refuses the comment %j with %s', async (fields, error) => {
    const { call } = await withApp();
    const answer = await call('crm.timeline.comment.add', { fields });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toBe(error);
  });

  it('shows a comment only to those who may see its deal', async () => {
    const { portal, call } = await withApp();
    portal.context.updateDeal(1, { ownerId: 1 }, 1);
    const fields = { ENTITY_ID: 1, ENTITY_TYPE: 'deal', COMMENT: 'secret' };
    await call('crm.timeline.comment.add', { fields });
    const seller = portal.context.users().find(({ admin, active }) => !admin && active)?.id ?? 0;
    const pair = portal.store.tokens.issuePair(portal.store.applications.all()[0]?.id ?? '', seller);
    const answer = await fetch(`${portal.url}/rest/crm.timeline.comment.list`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ filter: { ENTITY_ID: 1, ENTITY_TYPE: 'deal' }, auth: pair.access }),
    });
    expect(answer.status).toBe(403);
  });

  it('draws an application’s activity for the application alone', async () => {
    const { portal, call, url } = await withApp();
    const params = {
      ownerTypeId: 2,
      ownerId: 1,
      fields: { responsibleId: 2, originId: 'k' },
      layout: LAYOUT,
    };
    const made = await call('crm.activity.configurable.add', params);
    const id = Number(at(made.body, 'result.activity.id'));
    expect((await hook(portal, 'crm.activity.configurable.add', params)).body['error']).toBe(
      'ERROR_WRONG_CONTEXT',
    );
    const got = await call('crm.activity.configurable.get', { id });
    expect(at(got.body, 'result.activity')).toMatchObject({
      id,
      ownerId: 1,
      fields: { completed: false, originId: 'k', responsibleId: 2 },
      layout: { header: { title: 'Где сделка?' } },
    });
    const other = installed(portal, url);
    const foreign = await other.call('crm.activity.configurable.update', { id, fields: { completed: 'Y' } });
    expect(foreign.body['error']).toBe('ERROR_WRONG_APPLICATION');
    const [shown] = portal.context.activities(1);
    expect(shown).toMatchObject({
      subject: 'Где сделка?',
      description: 'Что мешает?',
      buttons: [
        { key: 'done', title: 'Готово', primary: true },
        { key: 'open', title: 'Открыть', primary: false },
      ],
    });
    await call('crm.activity.configurable.update', { id, fields: { completed: 'Y' } });
    expect(portal.context.activities(1)[0]?.completed).toBe(true);
    const listed = await call('crm.activity.list', {
      filter: { OWNER_TYPE_ID: 2, OWNER_ID: 1 },
      select: ['*'],
    });
    expect(at(listed.body, 'result.0')).toMatchObject({
      ORIGIN_ID: 'k',
      PROVIDER_ID: 'CONFIGURABLE_REST_APP',
    });
  });

  it.each([
    ['a part that is missing', { ...LAYOUT, body: undefined }, 'FIELD_IS_REQUIRED'],
    ['a part too many', { ...LAYOUT, colour: 'red' }, 'FIELD_IS_REDUNDANT'],
    ['an unknown block', { ...LAYOUT, body: { blocks: { a: { type: 'video' } } } }, 'ENUM_FIELD'],
    [
      'three buttons',
      { ...LAYOUT, footer: { buttons: { ...LAYOUT.footer.buttons, more: LAYOUT.footer.buttons.done } } },
      'TOO_MANY_ITEMS',
    ],
    [
      'a key with a space',
      { ...LAYOUT, footer: { buttons: { 'a b': LAYOUT.footer.buttons.done } } },
      'KEY_CONTAIN_WRONG_SYMBOLS',
    ],
  ])('refuses a drawing with %s', async (_what, layout, error) => {
    const { call } = await withApp();
    const answer = await call('crm.activity.configurable.add', {
      ownerTypeId: 2,
      ownerId: 1,
      fields: {},
      layout,
    });
    expect(answer.body['error']).toBe(error);
  });

  it('tells a pressed button to its application and no other, with the person in the tokens', async () => {
    const { portal, call, calls, url } = await withApp();
    const stranger = await listener();
    const other = installed(portal, stranger.url);
    await call('event.bind', { event: 'onCrmTimelineItemAction', handler: `${url}/hook` });
    await other.call('event.bind', { event: 'onCrmTimelineItemAction', handler: `${stranger.url}/hook` });
    const made = await call('crm.activity.configurable.add', {
      ownerTypeId: 2,
      ownerId: 1,
      fields: { responsibleId: 2 },
      layout: LAYOUT,
    });
    const id = Number(at(made.body, 'result.activity.id'));
    expect((await control(portal, `/activities/${id}/press`, { button: 'done', as: 2 })).body).toEqual({
      type: 'restEvent',
    });
    await portal.store.sender.drained();
    expect(calls[0]?.form).toMatchObject({
      event: 'onCrmTimelineItemAction',
      data: { id: 'done', entityTypeId: '2', entityId: '1', activityId: String(id), myId: '5' },
      auth: { user_id: '2' },
    });
    expect(stranger.calls).toEqual([]);
    // The animation blocks the record until its application says something.
    expect((await control(portal, `/activities/${id}/press`, { button: 'open' })).status).toBe(400);
    await call('crm.activity.configurable.update', { id, layout: LAYOUT });
    expect((await control(portal, `/activities/${id}/press`, { button: 'open' })).body).toMatchObject({
      type: 'openRestApp',
      options: { entityTypeId: '2', entityId: '1', activityId: String(id), ask: 'a1' },
    });
    expect((await control(portal, `/activities/${id}/press`, { button: 'never' })).status).toBe(400);
  });

  it('keeps observers of a deal as numbers, and refuses people who are none', async () => {
    const { portal, call } = await withApp();
    const fields = { observers: ['2', 1, '2'] };
    const updated = await call('crm.item.update', { entityTypeId: 2, id: 1, fields });
    expect(at(updated.body, 'result.item.observers')).toEqual([2, 1]);
    const wrong = await call('crm.item.update', { entityTypeId: 2, id: 1, fields: { observers: [999] } });
    expect(wrong.body['error']).toBe('CRM_FIELD_ERROR_VALUE_NOT_VALID');
    expect(portal.store.deals.get(1)?.extra?.['observers']).toEqual([2, 1]);
  });

  it('shows the timeline of a deal to whoever tests it', async () => {
    const { portal, call } = await withApp();
    await call('crm.timeline.comment.add', {
      fields: { ENTITY_ID: 1, ENTITY_TYPE: 'deal', COMMENT: 'seen' },
    });
    const answer = await fetch(`${portal.control}/deals/1/timeline`);
    expect(await answer.json()).toMatchObject({ comments: [{ text: 'seen' }], activities: [] });
  });
});
