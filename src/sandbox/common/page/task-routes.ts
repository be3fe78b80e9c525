import type { FastifyInstance } from 'fastify';
import type { CrmContext, PortalTask, PortalUser } from './crm-context.js';
import { currentUser, pathNumber, queryOf, type Fields } from './page-request.js';

/** More than a person reads; the page says how many there are beyond. */
export const SHOWN_ROWS = 300;

/**
 * The page's frame of reference, and tasks.
 *
 * @param more what the host's page has to know from the start beside people and pipelines
 */
export function registerTaskRoutes(
  app: FastifyInstance,
  portal: CrmContext,
  more: (user: PortalUser) => Fields = () => ({}),
): void {
  app.get('/portal/start', (request) => {
    const user = currentUser(portal, request);
    return {
      user,
      companyName: portal.companyName,
      language: portal.language,
      now: portal.now(),
      users: portal.users().filter((one) => one.active),
      former: portal.users().filter((one) => !one.active),
      pipelines: portal.pipelines(),
      openTasks: portal.tasks({ userId: user.id, open: true }).length,
      ...more(user),
    };
  });
  app.get('/portal/tasks', (request) => {
    const user = currentUser(portal, request);
    const query = queryOf(request);
    const everyone = query['scope'] === 'all';
    const done = query['done'] === '1';
    const tasks = portal
      .tasks({ ...(everyone ? {} : { userId: user.id }), ...(done ? {} : { open: true }) })
      .filter((task) => task.completed === done)
      .toSorted(done ? byClosing : byDeadline);
    return { tasks: tasks.slice(0, SHOWN_ROWS).map((task) => withDeals(portal, task)), total: tasks.length };
  });
  app.post('/portal/tasks/:id/complete', (request) =>
    portal.completeTask(pathNumber(request, 'id'), currentUser(portal, request).id),
  );
  app.post('/portal/tasks/:id/renew', (request) =>
    portal.renewTask(pathNumber(request, 'id'), currentUser(portal, request).id),
  );
  app.delete('/portal/tasks/:id', (request) => {
    portal.deleteTask(pathNumber(request, 'id'), currentUser(portal, request).id);
    return { deleted: true };
  });
}

function withDeals(
  portal: CrmContext,
  task: PortalTask,
): PortalTask & { readonly deals: readonly { readonly id: number; readonly title: string }[] } {
  const deals = task.dealIds.flatMap((id) => {
    const deal = portal.deal(id);
    return deal === undefined ? [] : [{ id: deal.id, title: deal.title }];
  });
  return { ...task, deals };
}

function byDeadline(one: PortalTask, other: PortalTask): number {
  return (
    (one.deadline ?? Number.MAX_SAFE_INTEGER) - (other.deadline ?? Number.MAX_SAFE_INTEGER) ||
    one.id - other.id
  );
}

function byClosing(one: PortalTask, other: PortalTask): number {
  return (other.closedAt ?? 0) - (one.closedAt ?? 0) || other.id - one.id;
}
