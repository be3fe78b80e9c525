import type { PortalStore } from '../store/portal-store.js';
import type { TaskChanges } from '../store/task-actions.js';
import { RestError, RestV3Error } from '../wire/rest-error.js';
import { asFlag, asList, asNumber, asText } from './params.js';

type Fields = Readonly<Record<string, unknown>>;

/** Reads UPPER fields of `tasks.task.add` and `update`. Unknown ones are passed over. */
export function readTaskChanges(store: PortalStore, fields: Fields): TaskChanges {
  const changes: TaskChanges = {};
  for (const [key, value] of Object.entries(fields)) {
    READERS[key.toUpperCase()]?.(changes, value, store);
  }
  return changes;
}

/** Reads camelCase fields of the REST 3.0 task; complains in its own shape. */
export function readTaskV3Changes(store: PortalStore, fields: Fields): TaskChanges {
  const changes: TaskChanges = {};
  for (const [key, value] of Object.entries(fields)) {
    const upper = V3_NAMES[key];
    if (upper === undefined) {
      throw new RestV3Error(400, 'UNKNOWNDTOPROPERTYEXCEPTION', `Unknown property ${key}`, [
        { field: key, message: 'Unknown property' },
      ]);
    }
    try {
      READERS[upper]?.(changes, value, store);
    } catch (error) {
      if (error instanceof RestError) {
        throw new RestV3Error(400, 'VALIDATION_REQUESTVALIDATIONEXCEPTION', error.description, [
          { field: key, message: error.description },
        ]);
      }
      throw error;
    }
  }
  return changes;
}

type Reader = (changes: TaskChanges, value: unknown, store: PortalStore) => void;

const READERS: Readonly<Record<string, Reader>> = {
  TITLE: (changes, value) => {
    changes.title = asText(value);
  },
  DESCRIPTION: (changes, value) => {
    changes.description = asText(value);
  },
  RESPONSIBLE_ID: (changes, value, store) => {
    changes.responsibleId = person(store, value);
  },
  CREATED_BY: (changes, value, store) => {
    changes.createdBy = person(store, value);
  },
  DEADLINE: (changes, value, store) => {
    changes.deadline = instant(store, value);
  },
  START_DATE_PLAN: (changes, value, store) => {
    changes.startPlan = instant(store, value);
  },
  END_DATE_PLAN: (changes, value, store) => {
    changes.endPlan = instant(store, value);
  },
  PRIORITY: (changes, value) => {
    changes.priority = PRIORITIES[asText(value)] ?? 1;
  },
  TAGS: (changes, value) => {
    changes.tags =
      typeof value === 'string' ? value.split(',').map((tag) => tag.trim()) : asList(value).map(asText);
  },
  PARENT_ID: (changes, value) => {
    changes.parentId = asNumber(value) || 0;
  },
  GROUP_ID: (changes, value) => {
    changes.groupId = asNumber(value) || 0;
  },
  ACCOMPLICES: (changes, value) => {
    changes.accomplices = asList(value).map(asNumber);
  },
  AUDITORS: (changes, value) => {
    changes.auditors = asList(value).map(asNumber);
  },
  UF_CRM_TASK: (changes, value) => {
    changes.crm = asList(value)
      .map((binding) => asText(binding).toUpperCase())
      .filter((binding) => /^(L|D|C|CO|SI|T[0-9A-F]+)_\d+$/.test(binding));
  },
  XML_ID: (changes, value) => {
    changes.xmlId = value === null ? null : asText(value);
  },
  TASK_CONTROL: (changes, value) => {
    changes.taskControl = asFlag(value);
  },
  ALLOW_CHANGE_DEADLINE: (changes, value) => {
    changes.allowChangeDeadline = asFlag(value);
  },
};

const PRIORITIES: Readonly<Record<string, number>> = { '0': 0, '1': 1, '2': 2, low: 0, average: 1, high: 2 };

const V3_NAMES: Readonly<Record<string, string>> = {
  title: 'TITLE',
  description: 'DESCRIPTION',
  responsibleId: 'RESPONSIBLE_ID',
  creatorId: 'CREATED_BY',
  deadline: 'DEADLINE',
  startPlan: 'START_DATE_PLAN',
  endPlan: 'END_DATE_PLAN',
  priority: 'PRIORITY',
  tags: 'TAGS',
  parentId: 'PARENT_ID',
  groupId: 'GROUP_ID',
  accomplices: 'ACCOMPLICES',
  auditors: 'AUDITORS',
  crmItemIds: 'UF_CRM_TASK',
  xmlId: 'XML_ID',
  needsControl: 'TASK_CONTROL',
  allowsChangeDeadline: 'ALLOW_CHANGE_DEADLINE',
};

function person(store: PortalStore, value: unknown): number {
  const id = asNumber(value);
  const found = store.people.get(id);
  if (found === undefined || !found.active) {
    throw coreError('Responsible person not found');
  }
  return id;
}

function instant(store: PortalStore, value: unknown): number | null {
  const text = asText(value);
  if (text === '') {
    return null;
  }
  const read = store.zone.parse(text);
  if (read === undefined) {
    throw coreError('Incorrect date format');
  }
  return read;
}

/** Task methods answer with a code of no meaning and HTML in the text. */
export function coreError(text: string): RestError {
  return new RestError(400, 'ERROR_CORE', `${text}<br>`);
}
