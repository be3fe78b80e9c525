import type { PortalDeal, PortalPipeline, PortalTask, PortalUser } from '../common/page/crm-context.js';
import type { AccountIntegration, AccountNote } from './account-context.js';
import type { AccountStore } from './store/account-store.js';
import type { Integration } from './store/integrations.js';
import type { Lead } from './store/lead.js';
import { fullName, type Person } from './store/people.js';
import type { Note } from './store/records.js';
import { statusKey, type Pipeline } from './store/statuses.js';
import type { Task } from './store/task.js';

/** What the page and the control API show of the store: plain values, instants in milliseconds. */
export function userView(person: Person): PortalUser {
  return {
    id: person.id,
    name: fullName(person),
    firstName: person.firstName,
    lastName: person.lastName,
    position: person.position,
    admin: person.admin,
    active: person.active,
    departmentIds: [person.groupId],
    timeZone: person.timeZone,
  };
}

export function pipelineView(pipeline: Pipeline): PortalPipeline {
  return {
    id: pipeline.id,
    name: pipeline.name,
    stages: pipeline.statuses
      .filter((status) => status.type === 0 || pipeline.unsortedOn)
      .map((status) => ({
        id: statusKey(status),
        name: status.name,
        color: status.color,
        kind: status.kind,
      })),
  };
}

export function leadView(store: AccountStore, lead: Lead): PortalDeal {
  const contactId = lead.contactIds[0] ?? null;
  return {
    id: lead.id,
    title: lead.name,
    pipelineId: lead.status.pipelineId,
    stageId: statusKey(lead.status),
    kind: lead.status.kind,
    ownerId: lead.ownerId,
    amount: lead.price,
    currency: 'RUB',
    companyId: lead.companyId === 0 ? null : lead.companyId,
    companyName: store.companies.get(lead.companyId)?.name ?? null,
    contactId,
    contactName: contactId === null ? null : (store.contacts.get(contactId)?.name ?? null),
    createdAt: lead.created * 1000,
    modifiedAt: lead.updated * 1000,
    movedAt: lead.moved * 1000,
  };
}

/** Status numbers as Bitrix24 has them, so that one page and one set of tests read both: 2 open, 5 completed. */
export function taskView(task: Task): PortalTask {
  return {
    id: task.id,
    title: task.text,
    description: task.result ?? '',
    status: task.completed ? 5 : 2,
    completed: task.completed,
    responsibleId: task.ownerId,
    creatorId: task.createdBy,
    deadline: task.completeTill * 1000,
    createdAt: task.created * 1000,
    closedAt: task.completedAt === 0 ? null : task.completedAt * 1000,
    dealIds: task.entity === 'leads' ? [task.entityId] : [],
  };
}

export function noteView(note: Note): AccountNote {
  const { text } = note.params;
  return {
    id: note.id,
    type: note.type,
    text: typeof text === 'string' ? text : note.type,
    authorId: note.createdBy,
    at: note.created * 1000,
  };
}

export function integrationView(integration: Integration): AccountIntegration {
  const { id, code, title, redirectUri, kind, state, settings } = integration;
  return { id, code, title, redirectUri, kind, state, settings };
}
