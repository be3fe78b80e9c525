import type { DealChanges } from '../store/deal-actions.js';
import { DEAL_FIELDS, type Deal } from '../store/deal.js';
import type { FieldSpec, FieldValue } from '../store/field-table.js';
import type { PortalStore } from '../store/portal-store.js';
import { RestError } from '../wire/rest-error.js';
import { asList, asNumber, asText } from './params.js';

const KNOWN = {
  name: new Map(DEAL_FIELDS.map((field) => [field.name, field])),
  upper: new Map(DEAL_FIELDS.map((field) => [field.upper, field])),
};

/**
 * Reads the fields of a write in either spelling. Unknown and read-only fields are passed over silently, as the host
 * does; a value that does not fit is refused.
 */
export function readDealChanges(
  store: PortalStore,
  fields: Readonly<Record<string, unknown>>,
  spelling: 'name' | 'upper',
  deal: Deal | null,
): DealChanges {
  const changes: DealChanges = {};
  for (const [key, value] of Object.entries(fields)) {
    const field = KNOWN[spelling].get(key) ?? store.userFields.specs().find((one) => one[spelling] === key);
    if (field === undefined || field.readOnly === true) {
      continue;
    }
    readField(store, changes, field, value);
  }
  readStage(store, changes, fields, spelling, deal);
  return changes;
}

type Reader = (changes: DealChanges, value: unknown, field: FieldSpec<Deal>, store: PortalStore) => void;

/** Fields with a column of their own; the stage is read apart, together with the pipeline. */
const READERS: Readonly<Record<string, Reader>> = {
  title: (changes, value) => {
    changes.title = asText(value);
  },
  assignedById: (changes, value, _field, store) => {
    changes.ownerId = person(store, value);
  },
  opportunity: (changes, value, field) => {
    changes.amount = number(value, field);
  },
  currencyId: (changes, value) => {
    changes.currency = asText(value);
  },
  companyId: (changes, value, field) => {
    changes.companyId = number(value, field);
  },
  contactId: (changes, value, field) => {
    changes.contactId = number(value, field);
  },
  contactIds: (changes, value, field) => {
    changes.contactId = Array.isArray(value) && value.length > 0 ? number(value[0], field) : 0;
  },
  sourceId: (changes, value) => {
    changes.sourceId = asText(value);
  },
  begindate: (changes, value, field, store) => {
    changes.begin = instant(store, value, field);
  },
  closedate: (changes, value, field, store) => {
    changes.close = instant(store, value, field);
  },
  observers: (changes, value, _field, store) => {
    const observers = asList(value).map((one) => person(store, one));
    changes.extra = { ...changes.extra, observers: [...new Set(observers)] };
  },
  stageId: () => undefined,
  categoryId: () => undefined,
};

function readField(store: PortalStore, changes: DealChanges, field: FieldSpec<Deal>, value: unknown): void {
  const reader = READERS[field.name];
  if (reader === undefined) {
    changes.extra = { ...changes.extra, [field.name]: ownValue(field, value) };
  } else {
    reader(changes, value, field, store);
  }
}

function readStage(
  store: PortalStore,
  changes: DealChanges,
  fields: Readonly<Record<string, unknown>>,
  spelling: 'name' | 'upper',
  deal: Deal | null,
): void {
  const stageText = asText(fields[spelling === 'name' ? 'stageId' : 'STAGE_ID']);
  const categoryValue = fields[spelling === 'name' ? 'categoryId' : 'CATEGORY_ID'];
  const category = asNumber(categoryValue);
  if (stageText !== '') {
    const stage = store.pipelines.stage(stageText);
    if (stage === undefined || (Number.isFinite(category) && stage.pipelineId !== category)) {
      throw new RestError(400, 'CRM_FIELD_ERROR_VALUE_NOT_VALID', 'Invalid value of the field "Stage"');
    }
    changes.stage = stage;
    return;
  }
  if (Number.isFinite(category) && category !== (deal?.stage.pipelineId ?? -1)) {
    if (store.pipelines.pipeline(category) === undefined) {
      throw new RestError(400, 'CRM_FIELD_ERROR_VALUE_NOT_VALID', 'Invalid value of the field "Pipeline"');
    }
    changes.stage = store.pipelines.first(category);
  }
}

function person(store: PortalStore, value: unknown): number {
  const id = asNumber(value);
  if (store.people.get(id) === undefined) {
    throw new RestError(400, 'CRM_FIELD_ERROR_VALUE_NOT_VALID', 'Invalid value of the field "Responsible"');
  }
  return id;
}

function number(value: unknown, field: FieldSpec<Deal>): number {
  const read = value === null || value === '' ? 0 : asNumber(value);
  if (!Number.isFinite(read)) {
    throw new RestError(
      400,
      'CRM_FIELD_ERROR_VALUE_NOT_VALID',
      `Invalid value of the field "${field.title}"`,
    );
  }
  return read;
}

function instant(store: PortalStore, value: unknown, field: FieldSpec<Deal>): number {
  const read = store.zone.parse(asText(value));
  if (read === undefined) {
    throw new RestError(
      400,
      'CRM_FIELD_ERROR_VALUE_NOT_VALID',
      `Invalid value of the field "${field.title}"`,
    );
  }
  return read;
}

/** Choices and people are numbers, whatever they came as; a field with several values is always a list. */
function ownValue(field: FieldSpec<Deal>, value: unknown): FieldValue {
  const numeric = field.type === 'enumeration' || field.type === 'employee';
  const one = (given: unknown): FieldValue => (numeric ? asNumber(given) || null : scalar(given));
  if (field.multiple !== true) return one(value);
  return asList(value)
    .map(one)
    .filter((each): each is string | number => typeof each === 'string' || typeof each === 'number');
}

function scalar(value: unknown): FieldValue {
  if (Array.isArray(value)) {
    return value.map((item) => asText(item));
  }
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : asText(value);
}
