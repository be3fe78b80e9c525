import type { CustomField, CustomFieldValue } from './custom-fields.js';

/** Kinds of fields by the number that events call them by. */
const TYPE_NUMBERS = {
  text: 1,
  numeric: 2,
  checkbox: 3,
  select: 4,
  multiselect: 5,
  date: 6,
  multitext: 8,
  radiobutton: 10,
} as const;

interface FieldDifference {
  readonly before: readonly Readonly<Record<string, unknown>>[];
  readonly after: readonly Readonly<Record<string, unknown>>[];
}

/** What the log of events says of the fields that changed, one row a field. */
export function fieldDifferences(
  before: readonly CustomFieldValue[] | null,
  after: readonly CustomFieldValue[] | null,
): readonly FieldDifference[] {
  const [old, fresh] = [before, after].map((fields) => new Map(fields?.map((one) => [one.field_id, one])));
  const ids = new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])]);
  return [...ids].flatMap((id) => {
    const pair = { before: eventValues(old?.get(id)), after: eventValues(fresh?.get(id)) };
    return JSON.stringify(pair.before) === JSON.stringify(pair.after) ? [] : [pair];
  });
}

function eventValues(field: CustomFieldValue | undefined): FieldDifference['after'] {
  return (field?.values ?? []).map(({ value, enum_id: choice }) => ({
    custom_field_value: {
      field_id: field?.field_id,
      field_type: TYPE_NUMBERS[field?.field_type as CustomField['type']],
      enum_id: choice ?? null,
      text: String(value),
    },
  }));
}
