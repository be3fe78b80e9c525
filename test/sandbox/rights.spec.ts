import { describe, it, expect } from '@jest/globals';
import { at, installed, portalOf } from './portal-harness.js';

describe('test/sandbox/rights', () => {
  it('shows an employee the deals of the own department only', async () => {
    const portal = await portalOf();
    const seller = installed(portal, 'http://127.0.0.1:1', 2);
    const list = await seller.call('crm.item.list', { entityTypeId: 2, select: ['assignedById'] });
    const owners = new Set(
      (at(list.body, 'result.items') as { assignedById: number }[]).map((row) => row.assignedById),
    );
    expect([...owners].sort()).toEqual([2, 3]);
    const counted = Number(at(list.body, 'total'));
    const admin = installed(portal, 'http://127.0.0.1:1', 1);
    const all = await admin.call('crm.item.list', { entityTypeId: 2 });
    expect(at(all.body, 'total')).toBe(12);
    expect(counted).toBe(8);
    const foreign = portal.context.deals({ ownerId: 4 }).deals[0]?.id;
    const refused = await seller.call('crm.item.get', { entityTypeId: 2, id: foreign });
    expect([refused.status, refused.body['error']]).toEqual([403, 'ACCESS_DENIED']);
  });

  it('refuses what only an admin may do', async () => {
    const portal = await portalOf();
    const seller = installed(portal, 'http://127.0.0.1:1', 2);
    for (const method of ['placement.bind', 'bizproc.robot.add', 'app.option.set', 'event.offline.list']) {
      const answer = await seller.call(method, {});
      expect([method, answer.status, answer.body['error']]).toEqual([method, 403, 'ACCESS_DENIED']);
    }
    expect(at((await seller.call('profile')).body, 'result.ADMIN')).toBe(false);
  });

  it('lists only the pipelines the caller may see', async () => {
    const portal = await portalOf();
    portal.store.people.hidePipelines(2, [2]);
    const ids = async (userId: number): Promise<unknown> => {
      const app = installed(portal, 'http://127.0.0.1:1', userId);
      const answer = await app.call('crm.category.list', { entityTypeId: 2 });
      return (at(answer.body, 'result.categories') as { id: number }[]).map((category) => category.id);
    };
    expect(await ids(1)).toEqual([0, 2]);
    expect(await ids(2)).toEqual([0]);
  });

  it('lists the overdue tasks of an employee apart from all of them', async () => {
    const portal = await portalOf();
    const seller = installed(portal, 'http://127.0.0.1:1', 2);
    const fields = { RESPONSIBLE_ID: 2, CREATED_BY: 2 };
    await seller.call('tasks.task.add', {
      fields: { ...fields, TITLE: 'Late', DEADLINE: '2020-01-01T10:00:00+03:00' },
    });
    await seller.call('tasks.task.add', { fields: { ...fields, TITLE: 'Free' } });
    const titles = async (filter: object): Promise<unknown> => {
      const answer = await seller.call('tasks.task.list', { filter });
      return (at(answer.body, 'result.tasks') as { title: string }[]).map((task) => task.title);
    };
    expect(await titles({ RESPONSIBLE_ID: 2 })).toEqual(['Late', 'Free']);
    expect(await titles({ RESPONSIBLE_ID: 2, STATUS: -1 })).toEqual(['Late']);
    expect(await titles({ RESPONSIBLE_ID: 2 })).toEqual(['Late', 'Free']);
  });

  it('kills the tokens of a dismissed employee', async () => {
    const portal = await portalOf();
    const seller = installed(portal, 'http://127.0.0.1:1', 3);
    expect((await seller.call('profile')).status).toBe(200);
    const response = await fetch(`${portal.control}/users/3`, {
      method: 'PATCH',
      body: JSON.stringify({ active: false }),
    });
    expect(response.status).toBe(200);
    expect((await seller.call('profile')).body['error']).toBe('invalid_token');
    const { id } = seller.application;
    expect(portal.store.tokens.refresh(id, seller.pair.refresh)).toBeNull();
  });

  it('holds an application to its scopes', async () => {
    const portal = await portalOf();
    const application = portal.store.applications.register({
      handlerUrl: 'http://127.0.0.1:1',
      installUrl: 'http://127.0.0.1:1',
      scopes: ['crm'],
    });
    const { access } = portal.store.tokens.issuePair(application.id, 1);
    const answer = await fetch(`${portal.url}/rest/tasks.task.list?auth=${access}`);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: 'insufficient_scope' });
  });

  it('lets a task be closed by those it concerns and hides it from others', async () => {
    const portal = await portalOf();
    const task = portal.store.tasks;
    const admin = installed(portal, 'http://127.0.0.1:1', 1);
    const made = await admin.call('tasks.task.add', {
      fields: { TITLE: 'Call', RESPONSIBLE_ID: 2, TASK_CONTROL: 'Y' },
    });
    const taskId = at(made.body, 'result.task.id');
    const stranger = installed(portal, 'http://127.0.0.1:1', 4);
    expect((await stranger.call('tasks.task.get', { taskId })).body['error']).toBe('1048582');
    const colleague = installed(portal, 'http://127.0.0.1:1', 3);
    expect((await colleague.call('tasks.task.complete', { taskId })).body['error']).toBe('ERROR_CORE');
    const owner = installed(portal, 'http://127.0.0.1:1', 2);
    const controlled = await owner.call('tasks.task.complete', { taskId });
    expect(at(controlled.body, 'result.task.status')).toBe('4');
    await admin.call('tasks.task.approve', { taskId });
    expect(task.get(1)?.status).toBe(5);
  });
});
