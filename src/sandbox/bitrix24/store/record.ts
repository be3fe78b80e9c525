import type { FieldSpec, FieldType, FieldValue } from './field-table.js';

/** A lead, contact, company, product or activity: whatever needs no compact shape of its own. */
export interface CrmRecord {
  readonly id: number;
  /** By camelCase name; instants are epoch seconds. */
  values: Record<string, FieldValue>;
}

type Line = readonly [
  name: string,
  upper: string,
  type: FieldType,
  fallback?: FieldValue,
  readOnly?: boolean,
];

/** Fields of a kind of record from a short table. */
export function recordFields(lines: readonly Line[]): readonly FieldSpec<CrmRecord>[] {
  return lines.map(([name, upper, type, fallback = null, readOnly = false]) => ({
    name,
    upper,
    type,
    title: upper,
    readOnly,
    read:
      name === 'id'
        ? (row: CrmRecord): FieldValue => row.id
        : (row: CrmRecord): FieldValue => row.values[name] ?? fallback,
  }));
}

export const LEAD_FIELDS = recordFields([
  ['id', 'ID', 'integer', 0, true],
  ['title', 'TITLE', 'string', ''],
  ['name', 'NAME', 'string'],
  ['lastName', 'LAST_NAME', 'string'],
  ['stageId', 'STATUS_ID', 'crm_status', 'NEW'],
  ['sourceId', 'SOURCE_ID', 'crm_status'],
  ['assignedById', 'ASSIGNED_BY_ID', 'user', 0],
  ['createdBy', 'CREATED_BY_ID', 'user', 0, true],
  ['updatedBy', 'MODIFY_BY_ID', 'user', 0, true],
  ['createdTime', 'DATE_CREATE', 'datetime', null, true],
  ['updatedTime', 'DATE_MODIFY', 'datetime', null, true],
  ['movedTime', 'MOVED_TIME', 'datetime', null, true],
  ['opportunity', 'OPPORTUNITY', 'double', 0],
  ['currencyId', 'CURRENCY_ID', 'string', 'RUB'],
  ['companyId', 'COMPANY_ID', 'crm_entity', 0],
  ['contactId', 'CONTACT_ID', 'crm_entity', 0],
  ['observers', 'OBSERVER_IDS', 'user', []],
  ['comments', 'COMMENTS', 'string', ''],
  ['originatorId', 'ORIGINATOR_ID', 'string'],
  ['originId', 'ORIGIN_ID', 'string'],
]);

export const CONTACT_FIELDS = recordFields([
  ['id', 'ID', 'integer', 0, true],
  ['name', 'NAME', 'string', ''],
  ['secondName', 'SECOND_NAME', 'string'],
  ['lastName', 'LAST_NAME', 'string', ''],
  ['companyId', 'COMPANY_ID', 'crm_entity', 0],
  ['assignedById', 'ASSIGNED_BY_ID', 'user', 1],
  ['createdTime', 'DATE_CREATE', 'datetime', null, true],
  ['updatedTime', 'DATE_MODIFY', 'datetime', null, true],
  ['opened', 'OPENED', 'boolean', 'Y'],
]);

export const COMPANY_FIELDS = recordFields([
  ['id', 'ID', 'integer', 0, true],
  ['title', 'TITLE', 'string', ''],
  ['assignedById', 'ASSIGNED_BY_ID', 'user', 1],
  ['createdTime', 'DATE_CREATE', 'datetime', null, true],
  ['updatedTime', 'DATE_MODIFY', 'datetime', null, true],
  ['opened', 'OPENED', 'boolean', 'Y'],
]);

export const PRODUCT_FIELDS = recordFields([
  ['id', 'ID', 'integer', 0, true],
  ['name', 'NAME', 'string', ''],
  ['price', 'PRICE', 'double', 0],
  ['currencyId', 'CURRENCY_ID', 'string', 'RUB'],
  ['active', 'ACTIVE', 'boolean', 'Y'],
]);

export const ACTIVITY_FIELDS = recordFields([
  ['id', 'ID', 'integer', 0, true],
  ['ownerId', 'OWNER_ID', 'integer', 0],
  ['ownerTypeId', 'OWNER_TYPE_ID', 'integer', 0],
  ['typeId', 'TYPE_ID', 'integer', 6],
  ['providerId', 'PROVIDER_ID', 'string', 'CRM_TODO'],
  ['providerTypeId', 'PROVIDER_TYPE_ID', 'string', 'TODO'],
  ['subject', 'SUBJECT', 'string', ''],
  ['description', 'DESCRIPTION', 'string', ''],
  ['completed', 'COMPLETED', 'boolean', 'N'],
  ['responsibleId', 'RESPONSIBLE_ID', 'user', 0],
  ['authorId', 'AUTHOR_ID', 'user', 0, true],
  ['created', 'CREATED', 'datetime', null, true],
  ['lastUpdated', 'LAST_UPDATED', 'datetime', null, true],
  ['deadline', 'DEADLINE', 'datetime'],
  ['originatorId', 'ORIGINATOR_ID', 'string'],
  ['originId', 'ORIGIN_ID', 'string'],
  ['colorId', 'COLOR_ID', 'string'],
]);
