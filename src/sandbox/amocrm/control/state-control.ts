import type { FastifyInstance } from 'fastify';
import { jsonLines, mapped } from '../../common/json-lines.js';
import { leadView, taskView, userView } from '../account-views.js';
import { statusKey } from '../store/statuses.js';
import type { ControlParts } from './control-parts.js';

/** Reading: the state, whole lists as JSON lines, the log. */
export function registerStateControl(app: FastifyInstance, parts: ControlParts): void {
  const { store, log } = parts;
  app.get('/state', () => state(parts));
  app.get('/deals', (_request, reply) =>
    jsonLines(reply, () =>
      mapped(store.leads, (lead) => ({ ...leadView(store, lead), open: lead.status.kind === 'open' })),
    ),
  );
  app.get('/tasks', (_request, reply) =>
    jsonLines(reply, () => mapped(store.tasks, (task) => ({ ...taskView(task), typeId: task.typeId }))),
  );
  app.get('/history', (_request, reply) => jsonLines(reply, () => history(parts)));
  app.get('/users', () => store.people.all.map((person) => ({ ...userView(person), email: person.email })));
  app.get('/notes', () => [...store.notes]);
  app.get('/hooks', () => store.webhooks.all.map((hook) => ({ ...hook, invalid: hook.invalid.length })));
  app.get('/log', (request) => {
    const { limit } = request.query as { readonly limit?: string };
    return log.last(Number(limit ?? 200) || 200);
  });
  app.delete('/log', () => {
    log.clear();
    return { ok: true };
  });
}

function state(parts: ControlParts): Readonly<Record<string, unknown>> {
  const { store, log, limits, faults } = parts;
  const integrations = store.integrations.all();
  return {
    deals: store.leads.size,
    openDeals: count(store.leads, (lead) => lead.status.kind === 'open'),
    deletedDeals: store.bin.size,
    companies: store.companies.size,
    contacts: store.contacts.size,
    users: store.people.all.length,
    tasks: store.tasks.size,
    openTasks: count(store.tasks, (task) => !task.completed),
    notes: store.notes.size,
    unsorted: store.unsorted.size,
    eventRows: store.events.size,
    installations: integrations.filter((one) => one.state === 'installed').length,
    applications: parts.context.integrations(),
    hooks: store.webhooks.all.map(({ destination, settings, disabled }) => ({
      destination,
      settings,
      disabled,
    })),
    triggers: store.digitalPipeline.triggers,
    requests: log.total,
    requestsByMethod: Object.fromEntries(log.byMethod),
    refusals: Object.fromEntries(log.refusals),
    refreshes: store.tokens.refreshes,
    events: {
      ...store.sender.counts,
      retries: store.courier.retries,
      waiting: store.courier.pending,
      settings: { ...store.sender.settings, ...store.hooks.settings },
    },
    limits: { ...limits.settings, banned: limits.banned },
    faults: faults.list(),
    settings: store.settings,
    now: store.clock.now(),
  };
}

function count<T>(rows: Iterable<T>, suits: (row: T) => boolean): number {
  let found = 0;
  for (const row of rows) found += suits(row) ? 1 : 0;
  return found;
}

/** Moves of leads only; every other event is at `/api/v4/events`. */
function* history({ store }: ControlParts): Generator<unknown> {
  for (let index = 0; index < store.events.size; index++) {
    const row = store.events.row(index);
    if (row.statusAfter === null) continue;
    yield {
      id: row.id,
      dealId: row.entityId,
      at: row.at * 1000,
      fromStageId: row.statusBefore === null ? null : statusKey(row.statusBefore),
      stageId: statusKey(row.statusAfter),
      pipelineId: row.statusAfter.pipelineId,
    };
  }
}
