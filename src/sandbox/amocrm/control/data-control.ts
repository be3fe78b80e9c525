import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  ControlError,
  found,
  optionalFlag,
  optionalNumber,
  optionalText,
  pathNumber,
  readBody,
  requiredText,
} from '../../common/control-input.js';
import { leadView, taskView } from '../account-views.js';
import { byUser } from '../store/cause.js';
import type { Lead } from '../store/lead.js';
import { createLead, deleteLead, restoreLead, updateLead, type LeadChanges } from '../store/lead-actions.js';
import { elementId } from '../store/catalog.js';
import { FIELD_TYPES } from '../store/custom-fields.js';
import { createNote } from '../store/record-actions.js';
import { tagNamed } from '../store/tag-actions.js';
import { createTask, deleteTask, updateTask, type TaskChanges } from '../store/task-actions.js';
import { receiveUnsorted } from '../store/unsorted-actions.js';
import type { ControlParts } from './control-parts.js';

type Body = Readonly<Record<string, unknown>>;

/** Changing: leads, tasks, users, incoming requests. Everything goes the way a person's change goes. */
export function registerDataControl(app: FastifyInstance, parts: ControlParts): void {
  registerDeals(app, parts);
  registerTasks(app, parts);
  registerPeople(app, parts);
  registerUnsorted(app, parts);
}

function registerDeals(app: FastifyInstance, parts: ControlParts): void {
  const { store, context } = parts;
  const lead = (request: FastifyRequest) => found(store.leads.get(pathNumber(request)), 'such lead');
  app.post('/deals', (request) => {
    const body = readBody(request);
    const changes = leadChanges(parts, body);
    const made = Array.from({ length: optionalNumber(body, 'count') ?? 1 }, () =>
      createLead(store, changes, actor(parts, body, null)),
    );
    const first = made[0];
    return first === undefined ? {} : { ...leadView(store, first), ids: made.map((one) => one.id) };
  });
  app.get('/deals/:id', (request) => leadView(store, lead(request)));
  app.get('/deals/:id/history', (request) => context.stageHistory(lead(request).id));
  const change = (request: FastifyRequest) => {
    const target = lead(request);
    const body = readBody(request);
    const cause = actor(parts, body, target.ownerId);
    return leadView(store, updateLead(store, target, leadChanges(parts, body), cause));
  };
  app.patch('/deals/:id', change);
  app.post('/deals/:id', change);
  app.delete('/deals/:id', (request) => {
    const target = lead(request);
    deleteLead(store, target, byUser(target.ownerId));
    return { deleted: target.id };
  });
  app.post('/deals/:id/restore', (request) => {
    const target = found(store.bin.get(pathNumber(request)), 'such lead in the bin');
    restoreLead(store, target, byUser(target.ownerId));
    return leadView(store, target);
  });
  // Somebody calls, writes or notes something: `{kind: "call" | "message" | "note", contact?: true}`.
  app.post('/deals/:id/activities', (request) => work(parts, lead(request), readBody(request)));
  app.post('/fields', (request) => {
    const body = readBody(request);
    const type = FIELD_TYPES.find((one) => one === body['type']);
    if (type === undefined) throw new ControlError(400, `type must be one of ${FIELD_TYPES.join(', ')}`);
    const choices = Array.isArray(body['choices']) ? body['choices'].map(String) : [];
    return store.fields.add(type, requiredText(body, 'name'), choices);
  });
  // Emptying the bin: such a lead is visible nowhere any more but in the log of events.
  app.delete('/bin', () => {
    const count = store.bin.size;
    store.bin.clear();
    return { deleted: count };
  });
}

function work({ store }: ControlParts, lead: Lead, body: Body) {
  const kind = optionalText(body, 'kind') ?? 'call';
  const cause = byUser(optionalNumber(body, 'as') ?? lead.ownerId);
  if (kind === 'message') {
    const at = store.clock.seconds();
    const { id } = lead;
    store.events.append({ type: 'incoming_chat_message', entity: 'lead', entityId: id, at, by: 0 });
    store.hooks.talk(id, id);
    return { at };
  }
  const contact = body['contact'] === true ? lead.contactIds[0] : undefined;
  const type = kind === 'call' ? 'call_out' : 'common';
  const target =
    contact === undefined
      ? ({ entity: 'leads', entityId: lead.id } as const)
      : ({ entity: 'contacts', entityId: contact } as const);
  const note = createNote(store, { ...target, type, params: { text: kind } }, cause);
  return { id: note.id, at: note.created };
}

function registerTasks(app: FastifyInstance, parts: ControlParts): void {
  const { store } = parts;
  const task = (request: FastifyRequest) => found(store.tasks.get(pathNumber(request)), 'such task');
  app.post('/tasks', (request) => {
    const body = readBody(request);
    const dealId = optionalNumber(body, 'dealId');
    const link = dealId === undefined ? {} : ({ entity: 'leads', entityId: dealId } as const);
    const changes = { ...taskChanges(body), ...link, text: requiredText(body, 'title') };
    return taskView(createTask(store, changes, actor(parts, body, null)));
  });
  app.get('/tasks/:id', (request) => taskView(task(request)));
  app.patch('/tasks/:id', (request) => {
    const target = task(request);
    const body = readBody(request);
    return taskView(updateTask(store, target, taskChanges(body), actor(parts, body, target.ownerId)));
  });
  for (const [verb, completed] of [
    ['complete', true],
    ['renew', false],
  ] as const) {
    app.post(`/tasks/:id/${verb}`, (request) => {
      const target = task(request);
      const body = readBody(request);
      const result = optionalText(body, 'result');
      const changes = { completed, ...(result === undefined ? {} : { result }) };
      return taskView(updateTask(store, target, changes, actor(parts, body, target.ownerId)));
    });
  }
  app.delete('/tasks/:id', (request) => {
    const target = task(request);
    deleteTask(store, target, byUser(target.ownerId));
    return { deleted: target.id };
  });
}

function registerPeople(app: FastifyInstance, { store }: ControlParts): void {
  app.patch('/users/:id', (request) => {
    const person = found(store.people.get(pathNumber(request)), 'such user');
    const body = readBody(request);
    person.admin = optionalFlag(body, 'admin') ?? person.admin;
    person.active = optionalFlag(body, 'active') ?? person.active;
    person.free = optionalFlag(body, 'free') ?? person.free;
    const leads = optionalText(body, 'leads');
    if (leads === 'A' || leads === 'G' || leads === 'M' || leads === 'D') person.leads = leads;
    else if (leads !== undefined) throw new ControlError(400, 'leads must be A, G, M or D');
    return { id: person.id, admin: person.admin, active: person.active, leads: person.leads };
  });
  app.post('/users', (request) => {
    const body = readBody(request);
    const id = Math.max(0, ...store.people.all.map((person) => person.id)) + 1;
    const admin = body['admin'] === true;
    store.people.add({
      id,
      firstName: requiredText(body, 'firstName'),
      lastName: optionalText(body, 'lastName') ?? '',
      email: optionalText(body, 'email') ?? `user${id}@example.com`,
      position: optionalText(body, 'position') ?? '',
      timeZone: store.company.timeZone,
      groupId: optionalNumber(body, 'groupId') ?? 0,
      admin,
      active: true,
      free: false,
      leads: admin ? 'A' : 'M',
    });
    return { id };
  });
}

function registerUnsorted(app: FastifyInstance, { store }: ControlParts): void {
  app.post('/unsorted', (request) => {
    const body = readBody(request);
    const pipelineId = optionalNumber(body, 'pipelineId') ?? store.pipelines.main.id;
    return receiveUnsorted(store, {
      name: optionalText(body, 'title') ?? 'Request',
      contactName: optionalText(body, 'contact') ?? 'New contact',
      category: 'forms',
      sourceName: optionalText(body, 'source') ?? 'example.com',
      pipeline: found(store.pipelines.pipeline(pipelineId), 'such pipeline'),
    });
  });
}

/** `as` names the user, 0 a robot; else the owner, or the first admin. */
function actor(parts: ControlParts, body: Body, owner: number | null) {
  return byUser(optionalNumber(body, 'as') ?? owner ?? parts.store.people.firstAdmin().id);
}

function leadChanges({ store }: ControlParts, body: Body): LeadChanges {
  const title = optionalText(body, 'title');
  const ownerId = optionalNumber(body, 'ownerId');
  const amount = optionalNumber(body, 'amount');
  const tags = body['tags'];
  const fields = body['customFields'];
  const productId = optionalNumber(body, 'productId');
  const lossReasonId = optionalNumber(body, 'lossReasonId');
  const status = statusOf(store, body);
  return {
    ...(status === undefined ? {} : { status }),
    ...(title === undefined ? {} : { name: title }),
    ...(ownerId === undefined ? {} : { ownerId: found(store.people.get(ownerId), 'such user').id }),
    ...(amount === undefined ? {} : { price: Math.round(amount) }),
    ...(Array.isArray(tags) ? { tagIds: tags.map((name) => tagNamed(store, String(name)).id) } : {}),
    ...(productId === undefined ? {} : { elementIds: [elementId(productId)] }),
    ...(lossReasonId === undefined ? {} : { lossReasonId }),
    ...(fields === undefined ? {} : { fields: store.fields.merge(null, fields) }),
  };
}

/** `stageId` is `pipeline:status`; a `pipelineId` alone means its first stage. */
function statusOf(store: ControlParts['store'], body: Body): LeadChanges['status'] {
  const key = optionalText(body, 'stageId');
  const pipelineId = optionalNumber(body, 'pipelineId');
  if (key !== undefined) {
    const [pipeline, status] = key.split(':').map(Number);
    return found(store.pipelines.status(pipeline ?? 0, status ?? 0), `stage ${key}`);
  }
  if (pipelineId === undefined) return undefined;
  return store.pipelines.first(found(store.pipelines.pipeline(pipelineId), 'such pipeline'));
}

function taskChanges(body: Body): TaskChanges {
  const title = optionalText(body, 'title');
  const ownerId = optionalNumber(body, 'responsibleId');
  const deadline = optionalNumber(body, 'deadline');
  const result = optionalText(body, 'description');
  return {
    ...(title === undefined ? {} : { text: title }),
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(deadline === undefined ? {} : { completeTill: Math.floor(deadline / 1000) }),
    ...(result === undefined ? {} : { result }),
  };
}
