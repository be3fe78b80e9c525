import type { FieldSpec, FieldType, FieldValue } from './field-table.js';
import { semantics, type Stage } from './stages.js';

/** A deal as the portal stores it. Instants are whole epoch seconds; 0 in a reference means none. */
export interface Deal {
  readonly id: number;
  title: string;
  stage: Stage;
  previousStage: Stage | null;
  ownerId: number;
  createdBy: number;
  updatedBy: number;
  movedBy: number;
  amount: number;
  currency: string;
  companyId: number;
  contactId: number;
  productId: number;
  sourceId: string;
  created: number;
  updated: number;
  moved: number;
  lastActivityBy: number;
  lastActivity: number;
  begin: number;
  close: number;
  /** Newest row of the stage history, 0 for none. */
  lastHistoryId: number;
  /** Fields that few deals have, by camelCase name. */
  extra: Record<string, FieldValue> | null;
}

type Read = (deal: Deal) => FieldValue;
type Options = Partial<Omit<FieldSpec<Deal>, 'name' | 'upper' | 'type' | 'read'>>;

function field(name: string, upper: string, type: FieldType, read: Read, options: Options = {}) {
  return { name, upper, type, read, title: upper, ...options } satisfies FieldSpec<Deal>;
}

function extra(name: string, upper: string, type: FieldType = 'string', fallback: FieldValue = null) {
  return field(name, upper, type, (deal) => deal.extra?.[name] ?? fallback, { usual: fallback });
}

const RO = { readOnly: true } as const;
const ITEM = { only: 'name' } as const;
const CLASSIC = { only: 'upper' } as const;

/** Fields of a deal in the order the host answers them; the numbers of fields and bytes follow a real portal's. */
export const DEAL_FIELDS: readonly FieldSpec<Deal>[] = [
  field('id', 'ID', 'integer', (deal) => deal.id, RO),
  extra('xmlId', 'XML_ID'),
  field('title', 'TITLE', 'string', (deal) => deal.title),
  field('createdBy', 'CREATED_BY_ID', 'user', (deal) => deal.createdBy, RO),
  field('updatedBy', 'MODIFY_BY_ID', 'user', (deal) => deal.updatedBy, RO),
  field('movedBy', 'MOVED_BY_ID', 'user', (deal) => deal.movedBy, RO),
  field('createdTime', 'DATE_CREATE', 'datetime', (deal) => deal.created, RO),
  field('updatedTime', 'DATE_MODIFY', 'datetime', (deal) => deal.updated, RO),
  field('movedTime', 'MOVED_TIME', 'datetime', (deal) => deal.moved, RO),
  field('categoryId', 'CATEGORY_ID', 'integer', (deal) => deal.stage.pipelineId),
  extra('opened', 'OPENED', 'boolean', 'Y'),
  field('stageId', 'STAGE_ID', 'crm_status', (deal) => deal.stage.id),
  field('previousStageId', 'PREVIOUS_STAGE_ID', 'string', (deal) => deal.previousStage?.id ?? '', {
    ...ITEM,
    ...RO,
  }),
  field('begindate', 'BEGINDATE', 'date', (deal) => deal.begin),
  field('closedate', 'CLOSEDATE', 'date', (deal) => deal.close),
  field('companyId', 'COMPANY_ID', 'crm_entity', (deal) => deal.companyId),
  field('contactId', 'CONTACT_ID', 'crm_entity', (deal) => deal.contactId),
  field('opportunity', 'OPPORTUNITY', 'double', (deal) => deal.amount),
  extra('isManualOpportunity', 'IS_MANUAL_OPPORTUNITY', 'boolean', 'Y'),
  extra('taxValue', 'TAX_VALUE', 'double', 0),
  field('currencyId', 'CURRENCY_ID', 'string', (deal) => deal.currency),
  extra('mycompanyId', 'MYCOMPANY_ID', 'integer', 0),
  field('sourceId', 'SOURCE_ID', 'crm_status', (deal) => (deal.sourceId === '' ? null : deal.sourceId), {
    dictionary: 'SOURCE',
  }),
  extra('sourceDescription', 'SOURCE_DESCRIPTION', 'string', ''),
  extra('webformId', 'WEBFORM_ID', 'integer', 0),
  field('assignedById', 'ASSIGNED_BY_ID', 'user', (deal) => deal.ownerId),
  field('lastActivityBy', 'LAST_ACTIVITY_BY', 'user', (deal) => deal.lastActivityBy, RO),
  field('lastActivityTime', 'LAST_ACTIVITY_TIME', 'datetime', (deal) => deal.lastActivity, RO),
  extra('lastCommunicationTime', 'LAST_COMMUNICATION_TIME'),
  extra('utmSource', 'UTM_SOURCE'),
  extra('utmMedium', 'UTM_MEDIUM'),
  extra('utmCampaign', 'UTM_CAMPAIGN'),
  extra('utmContent', 'UTM_CONTENT'),
  extra('utmTerm', 'UTM_TERM'),
  field('closed', 'CLOSED', 'boolean', (deal) => (deal.stage.kind === 'open' ? 'N' : 'Y'), {
    ...RO,
    ...ITEM,
    filterable: false,
  }),
  field('closed', 'CLOSED', 'boolean', (deal) => (deal.stage.kind === 'open' ? 'N' : 'Y'), {
    ...RO,
    ...CLASSIC,
  }),
  extra('typeId', 'TYPE_ID', 'crm_status', 'SALE'),
  field('isNew', 'IS_NEW', 'boolean', (deal) => (deal.stage.sort === 10 ? 'Y' : 'N'), RO),
  extra('isRecurring', 'IS_RECURRING', 'boolean', 'N'),
  extra('isReturnCustomer', 'IS_RETURN_CUSTOMER', 'boolean', 'N'),
  extra('isRepeatedApproach', 'IS_REPEATED_APPROACH', 'boolean', 'N'),
  extra('probability', 'PROBABILITY', 'integer'),
  extra('comments', 'COMMENTS', 'string', ''),
  extra('additionalInfo', 'ADDITIONAL_INFO'),
  extra('locationId', 'LOCATION_ID', 'string'),
  extra('quoteId', 'QUOTE_ID', 'integer', 0),
  extra('leadId', 'LEAD_ID', 'integer'),
  extra('originatorId', 'ORIGINATOR_ID'),
  extra('originId', 'ORIGIN_ID'),
  field('stageSemanticId', 'STAGE_SEMANTIC_ID', 'string', (deal) => semantics(deal.stage), {
    ...RO,
    ...ITEM,
    filterable: false,
  }),
  field('stageSemanticId', 'STAGE_SEMANTIC_ID', 'string', (deal) => semantics(deal.stage), {
    ...RO,
    ...CLASSIC,
  }),
  extra('ufCrm_1700000000', 'UF_CRM_1700000000', 'string', ''),
  field('contactIds', 'CONTACT_IDS', 'crm_entity', (deal) => (deal.contactId === 0 ? [] : [deal.contactId]), {
    ...ITEM,
    multiple: true,
  }),
  extra('observers', 'OBSERVERS', 'user', []),
  field('entityTypeId', 'ENTITY_TYPE_ID', 'integer', () => 2, { ...ITEM, ...RO, filterable: false }),
];
