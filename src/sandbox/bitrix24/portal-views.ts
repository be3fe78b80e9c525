import type { PortalDeal, PortalPipeline, PortalTask, PortalUser } from '../common/page/crm-context.js';
import type {
  PortalActivity,
  PortalApplication,
  PortalNotification,
  PortalPlacement,
  PortalTimelineEntry,
} from './portal-context.js';
import { buttonsOf, textsOf } from './rest/layout-check.js';
import { asText } from './wire/scalar-text.js';
import { layoutOf } from './store/activity-actions.js';
import type { Application, Placement } from './store/applications.js';
import type { Deal } from './store/deal.js';
import type { Notification } from './store/notifications.js';
import type { Person } from './store/people.js';
import type { PortalStore, TimelineEntry } from './store/portal-store.js';
import type { CrmRecord } from './store/record.js';
import type { Pipeline } from './store/stages.js';
import { dealIdsOf, type Task } from './store/task.js';

/** What the page and the control API show of the store: plain values, instants in milliseconds. */
export function userView(person: Person): PortalUser {
  return {
    id: person.id,
    name: `${person.firstName} ${person.lastName}`.trim(),
    firstName: person.firstName,
    lastName: person.lastName,
    position: person.position,
    admin: person.admin,
    active: person.active,
    departmentIds: person.departmentIds,
    timeZone: person.timeZone,
  };
}

export function pipelineView(pipeline: Pipeline): PortalPipeline {
  return {
    id: pipeline.id,
    name: pipeline.name,
    stages: pipeline.stages.map(({ id, name, color, kind }) => ({ id, name, color, kind })),
  };
}

export function dealView(store: PortalStore, deal: Deal): PortalDeal {
  const company = store.companies.get(deal.companyId);
  const contact = store.contacts.get(deal.contactId);
  return {
    id: deal.id,
    title: deal.title,
    pipelineId: deal.stage.pipelineId,
    stageId: deal.stage.id,
    kind: deal.stage.kind,
    ownerId: deal.ownerId,
    amount: deal.amount,
    currency: deal.currency,
    companyId: deal.companyId === 0 ? null : deal.companyId,
    companyName: company === undefined ? null : text(company, 'title'),
    contactId: deal.contactId === 0 ? null : deal.contactId,
    contactName:
      contact === undefined ? null : `${text(contact, 'name')} ${text(contact, 'lastName')}`.trim(),
    createdAt: deal.created * 1000,
    modifiedAt: deal.updated * 1000,
    movedAt: deal.moved * 1000,
  };
}

export function taskView(task: Task): PortalTask {
  return {
    id: task.id,
    title: task.title,
    description: task.description,
    status: task.status,
    completed: task.status === 5,
    responsibleId: task.responsibleId,
    creatorId: task.createdBy,
    deadline: task.deadline === null ? null : task.deadline * 1000,
    createdAt: task.created * 1000,
    closedAt: task.closed === null ? null : task.closed * 1000,
    dealIds: dealIdsOf(task),
  };
}

export function activityView(row: CrmRecord): PortalActivity {
  const deadline = row.values['deadline'];
  return {
    id: row.id,
    subject: text(row, 'subject'),
    description: text(row, 'description') || textsOf(layoutOf(row)).join('\n'),
    deadline: typeof deadline === 'number' ? deadline * 1000 : null,
    completed: row.values['completed'] === 'Y',
    responsibleId: Number(row.values['responsibleId'] ?? 0),
    provider: text(row, 'providerId'),
    createdAt: Number(row.values['created'] ?? 0) * 1000,
    buttons: buttonsOf(layoutOf(row)).map(([key, button]) => ({
      key,
      title: asText(button['title']) || key,
      primary: button['type'] === 'primary',
    })),
    pressed: text(row, 'pressed'),
  };
}

export function timelineView({
  id,
  kind,
  title,
  text: body,
  authorId,
  at,
}: TimelineEntry): PortalTimelineEntry {
  return { id, kind, title, text: body, authorId, at: at * 1000 };
}

export function notificationView(notification: Notification): PortalNotification {
  const { id, userId, message, tag } = notification;
  return { id, userId, message, tag, at: notification.at * 1000 };
}

export function applicationView(application: Application): PortalApplication {
  const { id, title, handlerUrl, installUrl, state } = application;
  return { id, title, handlerUrl, installUrl, state };
}

export function placementView(
  application: Application,
  placement: Placement,
  language: string,
): PortalPlacement {
  const { id, code, handler, langAll, options } = placement;
  const title = langAll[language]?.['TITLE'] ?? langAll['en']?.['TITLE'] ?? '';
  return {
    id,
    code,
    applicationId: application.id,
    handler,
    title: title !== '' ? title : placement.title !== '' ? placement.title : application.title,
    titles: langAll,
    options,
  };
}

function text(row: CrmRecord, name: string): string {
  return String(row.values[name] ?? '');
}
