import { localDay, startOfDay } from '../calendar/away.js';
import { isDay } from '../calendar/local-time.js';
import type { Deal, FieldValue } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import { readFieldRef, type CommonField } from './field-ref.js';
import type { FieldRef, FieldRole } from './template.types.js';

/** What a reference to a field of the deal is looked up in. */
export interface FieldFacts {
  readonly deal: Deal;
  /** To which host field the account mapped a role. */
  readonly fieldMap: Readonly<Partial<Record<FieldRole, string>>>;
  /** In which days are read. */
  readonly timeZone: string;
}

const COMMON: Readonly<Record<CommonField, (facts: FieldFacts) => FieldValue>> = {
  amount: ({ deal }) => deal.amount,
  currency: ({ deal }) => deal.currency,
  source: ({ deal }) => deal.sourceId,
  pipeline: ({ deal }) => deal.pipelineId,
  stage: ({ deal }) => deal.stageId,
  company: ({ deal }) => deal.companyId,
  responsible: ({ deal }) => deal.ownerId,
  products: ({ deal }) => deal.productIds,
  tags: ({ deal }) => deal.tags,
  createdOn: ({ deal, timeZone }) => localDay(deal.createdAt, timeZone),
};

/** Values of a field as texts, none of them blank; empty for an empty field and for one that nobody mapped. */
export function fieldValues(ref: FieldRef, facts: FieldFacts): readonly string[] {
  const value = valueOf(ref, facts);
  if (value === null || value === undefined) return [];
  const values = typeof value === 'object' ? value : [String(value)];
  return values.filter((text) => text.trim() !== '');
}

export type FieldMoment = { readonly kind: 'day' | 'moment'; readonly at: Instant };

/** The field as a moment, the earliest of several; a day counts from its beginning. Null when it holds no date. */
export function fieldMoment(ref: FieldRef, facts: FieldFacts): FieldMoment | null {
  const moments = fieldValues(ref, facts)
    .map((text) => momentOf(text.trim(), facts.timeZone))
    .filter((moment) => moment !== null)
    .toSorted((a, b) => a.at - b.at);
  return moments[0] ?? null;
}

/** The field's values as local days, for comparison; what is no date is left out. */
export function fieldDays(ref: FieldRef, facts: FieldFacts): readonly string[] {
  return fieldValues(ref, facts).flatMap((text) => {
    const moment = momentOf(text.trim(), facts.timeZone);
    return moment === null ? [] : [localDay(moment.at, facts.timeZone)];
  });
}

function valueOf(ref: FieldRef, facts: FieldFacts): FieldValue | undefined {
  const read = readFieldRef(ref);
  if (read === null) return null;
  if (read.kind === 'common') return COMMON[read.field](facts);
  if (read.kind === 'host') return ownValue(facts.deal, read.key);
  const mapped = facts.fieldMap[read.role];
  if (mapped !== undefined) return ownValue(facts.deal, mapped);
  // Two roles have a place in every host; a mapped field of the company's own still goes first.
  if (read.role === 'product') return facts.deal.productIds;
  return read.role === 'lossReason' ? facts.deal.lossReason : null;
}

function ownValue(deal: Deal, key: string): FieldValue | undefined {
  return Object.hasOwn(deal.fields, key) ? deal.fields[key] : null;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** People fill date fields with 0001-01-01 and 9999-12-31 to mean "none"; nothing is planned from such a day. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

function momentOf(text: string, timeZone: string): FieldMoment | null {
  const year = Number(text.slice(0, 4));
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) return null;
  if (isDay(text)) {
    const at = startOfDay(text, timeZone);
    return at === null ? null : { kind: 'day', at };
  }
  const at = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) ? { kind: 'moment', at } : null;
}
