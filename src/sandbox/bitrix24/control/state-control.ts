import type { FastifyInstance } from 'fastify';
import { jsonLines, mapped } from '../../common/json-lines.js';
import { dealView, taskView, userView } from '../portal-views.js';
import type { ControlParts } from './control-parts.js';

/** Reading: the state, whole lists as JSON lines, the log. */
export function registerStateControl(app: FastifyInstance, parts: ControlParts): void {
  const { store, log } = parts;
  app.get('/state', () => state(parts));
  app.get('/deals', (_request, reply) =>
    jsonLines(reply, () =>
      mapped(store.deals, (deal) => ({ ...dealView(store, deal), open: deal.stage.kind === 'open' })),
    ),
  );
  app.get('/tasks', (_request, reply) =>
    jsonLines(reply, () =>
      mapped(store.tasks, (task) => ({
        ...taskView(task),
        crm: task.crm,
        xmlId: task.xmlId,
        tags: task.tags,
      })),
    ),
  );
  app.get('/history', (_request, reply) => jsonLines(reply, () => history(parts)));
  app.get('/users', () => store.people.all.map((person) => ({ ...userView(person), email: person.email })));
  app.get('/activities', () => [...store.activities].map((row) => ({ id: row.id, ...row.values })));
  app.get('/timeline', () => store.timeline);
  app.get('/notifications', () =>
    store.people.all.flatMap((person) => parts.context.notifications(person.id)),
  );
  app.get('/log', (request) => {
    const { limit } = request.query as { readonly limit?: string };
    return log.last(Number(limit ?? 200) || 200);
  });
  app.delete('/log', (_request, reply) => {
    log.clear();
    return reply.send({ ok: true });
  });
}

function state(parts: ControlParts): Readonly<Record<string, unknown>> {
  const { store, log, limits } = parts;
  let openDeals = 0;
  for (const deal of store.deals) {
    openDeals += deal.stage.kind === 'open' ? 1 : 0;
  }
  let openTasks = 0;
  for (const task of store.tasks) {
    openTasks += task.status === 5 ? 0 : 1;
  }
  const applications = store.applications.all();
  return {
    deals: store.deals.size,
    openDeals,
    stageMoves: store.history.live,
    leads: store.leads.size,
    companies: store.companies.size,
    contacts: store.contacts.size,
    users: store.people.all.length,
    tasks: store.tasks.size,
    openTasks,
    activities: store.activities.size,
    notifications: store.notifications.size,
    installations: applications.filter((application) => application.state === 'installed').length,
    applications: applications.map((application) => ({
      id: application.id,
      title: application.title,
      state: application.state,
      version: application.version,
      events: application.handlers.map((handler) => handler.event),
      placements: application.placements.map((placement) => placement.code),
      robots: [...application.robots.keys()],
    })),
    requests: log.total,
    requestsByMethod: Object.fromEntries(log.byMethod),
    callsByMethod: Object.fromEntries(log.calls),
    refusals: Object.fromEntries(log.refusals),
    refreshes: store.tokens.refreshes,
    events: { ...store.sender.counts, withheld: store.events.withheld, settings: store.sender.settings },
    limits: limits.settings,
    faults: parts.faults.list(),
    now: store.clock.now(),
  };
}

function* history(parts: ControlParts): Generator<unknown> {
  const { history: moves } = parts.store;
  for (let index = 0; index < moves.size; index++) {
    const row = moves.rowAt(index);
    if (row !== undefined) {
      const { id, dealId, type, at, stage } = row;
      yield { id, dealId, type, at: at * 1000, stageId: stage.id, pipelineId: stage.pipelineId };
    }
  }
}
