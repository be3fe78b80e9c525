import type { FormValue } from '../../common/bracket-form.js';
import type { CustomFieldValue } from '../store/custom-fields.js';
import { isRecord, rangeOf, textsOf, within } from './query.js';

type Fields = readonly CustomFieldValue[] | null;

/**
 * `filter[custom_fields_values][field id]`: `[]` with values or with numbers of choices, `[from]` and `[to]` for numbers
 * and days. Every named field must suit.
 */
export function fieldFilterOf(value: FormValue | undefined): (fields: Fields) => boolean {
  if (typeof value !== 'object') return () => true;
  const wanted = Object.entries(value).map(([id, one]) => ({ id: Number(id), suits: valueFilter(one) }));
  return (fields) =>
    wanted.every(({ id, suits }) =>
      (fields ?? []).some((field) => field.field_id === id && field.values.some(suits)),
    );
}

function valueFilter(wanted: FormValue): (value: Readonly<Record<string, unknown>>) => boolean {
  if (isRecord(wanted) && ('from' in wanted || 'to' in wanted)) {
    const range = rangeOf(wanted, 'nothing');
    return ({ value }) => within(range, Number(value));
  }
  const texts = textsOf(wanted);
  return ({ value, enum_id: choice }) =>
    texts?.has(String(value)) === true || texts?.has(String(choice)) === true;
}
