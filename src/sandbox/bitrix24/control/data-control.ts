import type { FastifyInstance, FastifyRequest } from 'fastify';
import { dealView, taskView } from '../portal-views.js';
import { readDealChanges } from '../rest/deal-write.js';
import { createActivity } from '../store/activity-actions.js';
import { createDeal, deleteDeal, updateDeal, type DealChanges } from '../store/deal-actions.js';
import type { UserField } from '../store/user-fields.js';
import { byUser, NOBODY } from '../store/portal-store.js';
import { completeTask, createTask, deleteTask, updateTask, type TaskChanges } from '../store/task-actions.js';
import {
  ControlError,
  found,
  optionalNumber,
  optionalText,
  pathNumber,
  readBody,
  requiredText,
} from '../../common/control-input.js';
import type { ControlParts } from './control-parts.js';

/** Changing: deals, tasks, employees. Everything goes the way a person's change goes, or a robot's with `as: 0`. */
export function registerDataControl(app: FastifyInstance, parts: ControlParts): void {
  registerDeals(app, parts);
  registerTasks(app, parts);
  registerPeople(app, parts);
}

function registerDeals(app: FastifyInstance, parts: ControlParts): void {
  const { store } = parts;
  const deal = (request: FastifyRequest) => found(store.deals.get(pathNumber(request)), 'such deal');
  app.post('/deals', (request) => {
    const body = readBody(request);
    const count = optionalNumber(body, 'count') ?? 1;
    const made = Array.from({ length: count }, () =>
      createDeal(store, dealChanges(parts, body), actor(parts, body, null)),
    );
    const first = made[0];
    return first === undefined ? {} : { ...dealView(store, first), ids: made.map((one) => one.id) };
  });
  app.get('/deals/:id', (request) => dealView(store, deal(request)));
  app.get('/deals/:id/history', (request) => parts.context.stageHistory(deal(request).id));
  const change = (request: FastifyRequest) => {
    const target = deal(request);
    const body = readBody(request);
    return dealView(
      store,
      updateDeal(store, target, dealChanges(parts, body), actor(parts, body, target.ownerId)),
    );
  };
  // A call that somebody made: it moves the deal's last activity and nothing else.
  app.post('/deals/:id/activities', (request) => {
    const target = deal(request);
    const body = readBody(request);
    const subject = optionalText(body, 'subject') ?? 'Call';
    const values = { ownerId: target.id, ownerTypeId: 2, typeId: 2, subject, providerId: 'CRM_CALL' };
    return { id: createActivity(store, values, actor(parts, body, target.ownerId)).id };
  });
  app.post('/fields', (request) => addField(parts, readBody(request)));
  app.patch('/deals/:id', change);
  app.post('/deals/:id', change);
  app.delete('/deals/:id', (request) => {
    const target = deal(request);
    deleteDeal(store, target, byUser(target.ownerId));
    return { deleted: target.id };
  });
}

const FIELD_TYPES: readonly UserField['type'][] = [
  'string',
  'double',
  'boolean',
  'date',
  'datetime',
  'enumeration',
  'employee',
  'money',
];

/** `{name: "UF_CRM_5", type, title?, multiple?, choices?}`: somebody adds a field to the deals. */
function addField({ store }: ControlParts, body: Readonly<Record<string, unknown>>): UserField {
  const upper = requiredText(body, 'name');
  const type = FIELD_TYPES.find((one) => one === body['type']);
  if (!/^UF_CRM_[A-Z0-9_]+$/u.test(upper)) throw new ControlError(400, 'name must begin with UF_CRM_');
  if (type === undefined) throw new ControlError(400, `type must be one of ${FIELD_TYPES.join(', ')}`);
  if (store.userFields.find(upper) !== undefined) throw new ControlError(409, `${upper} is there already`);
  const choices = Array.isArray(body['choices']) ? body['choices'].map(String) : [];
  const title = optionalText(body, 'title') ?? upper;
  return store.userFields.add({ upper, type, title, multiple: body['multiple'] === true, choices });
}

function registerTasks(app: FastifyInstance, parts: ControlParts): void {
  const { store } = parts;
  const task = (request: FastifyRequest) => found(store.tasks.get(pathNumber(request)), 'such task');
  app.post('/tasks', (request) => {
    const body = readBody(request);
    const dealId = optionalNumber(body, 'dealId');
    const changes: TaskChanges = { title: requiredText(body, 'title'), ...taskChanges(body) };
    if (dealId !== undefined) {
      changes.crm = [`D_${dealId}`];
    }
    return taskView(createTask(store, changes, actor(parts, body, null)));
  });
  app.get('/tasks/:id', (request) => {
    const target = task(request);
    return { ...taskView(target), crm: target.crm, xmlId: target.xmlId, history: target.history };
  });
  const change = (request: FastifyRequest) => {
    const target = task(request);
    const body = readBody(request);
    return taskView(updateTask(store, target, taskChanges(body), actor(parts, body, target.responsibleId)));
  };
  app.patch('/tasks/:id', change);
  app.post('/tasks/:id/complete', (request) => {
    const target = task(request);
    return taskView(completeTask(store, target, actor(parts, readBody(request), target.responsibleId)));
  });
  app.post('/tasks/:id/renew', (request) => {
    const target = task(request);
    return taskView(
      updateTask(store, target, { status: 2 }, actor(parts, readBody(request), target.responsibleId)),
    );
  });
  app.delete('/tasks/:id', (request) => {
    const target = task(request);
    deleteTask(store, target, byUser(target.responsibleId));
    return { deleted: target.id };
  });
}

function registerPeople(app: FastifyInstance, parts: ControlParts): void {
  const { store } = parts;
  app.patch('/users/:id', (request) => {
    const person = found(store.people.get(pathNumber(request)), 'such employee');
    const body = readBody(request);
    if (typeof body['admin'] === 'boolean') {
      person.admin = body['admin'];
    }
    if (typeof body['active'] === 'boolean') {
      person.active = body['active'];
      if (!person.active) {
        store.tokens.dropUser(person.id);
      }
    }
    const hidden = body['hiddenPipelines'];
    if (Array.isArray(hidden)) {
      store.people.hidePipelines(person.id, hidden.map(Number));
    }
    return { id: person.id, admin: person.admin, active: person.active };
  });
  app.post('/users', (request) => {
    const body = readBody(request);
    const id = Math.max(0, ...store.people.all.map((person) => person.id)) + 1;
    const first = store.people.firstAdmin();
    store.people.add({
      id,
      firstName: requiredText(body, 'firstName'),
      lastName: optionalText(body, 'lastName') ?? '',
      email: optionalText(body, 'email') ?? `user${id}@example.com`,
      position: optionalText(body, 'position') ?? '',
      departmentIds: Array.isArray(body['departmentIds'])
        ? body['departmentIds'].map(Number)
        : first.departmentIds,
      timeZone: first.timeZone,
      admin: body['admin'] === true,
      active: true,
    });
    const data = { ID: id, EMAIL: optionalText(body, 'email') ?? `user${id}@example.com` };
    store.events.emit('ONUSERADD', `user:${id}`, data, byUser(first.id));
    return { id };
  });
}

/** `as` names the employee, 0 a robot; else the owner, or the first admin. */
function actor(parts: ControlParts, body: Readonly<Record<string, unknown>>, owner: number | null) {
  const as = optionalNumber(body, 'as') ?? owner ?? parts.store.people.firstAdmin().id;
  return as === 0 ? NOBODY : byUser(as);
}

function dealChanges(parts: ControlParts, body: Readonly<Record<string, unknown>>): DealChanges {
  const { store } = parts;
  const stageText = optionalText(body, 'stageId');
  const pipelineId = optionalNumber(body, 'pipelineId');
  const changes: DealChanges = {};
  if (stageText !== undefined) {
    changes.stage = found(store.pipelines.stage(stageText), `stage ${stageText}`);
  } else if (pipelineId !== undefined) {
    changes.stage = store.pipelines.first(found(store.pipelines.pipeline(pipelineId), 'such pipeline').id);
  }
  const title = optionalText(body, 'title');
  const ownerId = optionalNumber(body, 'ownerId');
  const amount = optionalNumber(body, 'amount');
  const currency = optionalText(body, 'currency');
  const productId = optionalNumber(body, 'productId');
  const fields = body['fields'];
  return {
    ...changes,
    // By their code, as `UF_CRM_SEGMENT`.
    ...(typeof fields === 'object' && fields !== null
      ? readDealChanges(store, fields as Readonly<Record<string, unknown>>, 'upper', null)
      : {}),
    ...(productId === undefined ? {} : { productId }),
    ...(title === undefined ? {} : { title }),
    ...(ownerId === undefined ? {} : { ownerId: found(store.people.get(ownerId), 'such employee').id }),
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
  };
}

function taskChanges(body: Readonly<Record<string, unknown>>): TaskChanges {
  const deadline = body['deadline'];
  const title = optionalText(body, 'title');
  const description = optionalText(body, 'description');
  const responsibleId = optionalNumber(body, 'responsibleId');
  if (deadline !== undefined && deadline !== null && typeof deadline !== 'number') {
    throw new ControlError(400, 'deadline must be epoch milliseconds');
  }
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(responsibleId === undefined ? {} : { responsibleId }),
    ...(deadline === undefined ? {} : { deadline: deadline === null ? null : Math.floor(deadline / 1000) }),
  };
}
