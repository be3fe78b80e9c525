import { badRequest, invalidItems, unprocessable, type ItemErrors } from '../server/api-error.js';
import {
  FieldFault,
  type CustomField,
  type CustomFields,
  type CustomFieldValue,
} from '../store/custom-fields.js';
import type { Call } from './call.js';

const MAX_ITEMS = 250;

export type Fields = Readonly<Record<string, unknown>>;

const DETAILS = {
  FieldMissing: 'This field is missing.',
  InvalidType: 'This value has a wrong type.',
  NotSupportedChoice: 'The value you selected is not a valid choice.',
  NotBlank: 'This value should not be blank.',
} as const;

export type FaultCode = keyof typeof DETAILS;

/** One element of a write: reads typed fields, and notes what is wrong with them. */
export class Item {
  readonly errors: { code: string; path: string; detail: string }[] = [];

  constructor(
    readonly fields: Fields,
    readonly requestId: string,
  ) {}

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  fault(path: string, code: FaultCode): undefined {
    this.errors.push({ code, path, detail: DETAILS[code] });
    return undefined;
  }

  text(name: string, required = false): string | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) {
      return required ? this.fault(name, 'FieldMissing') : undefined;
    }
    if (typeof value !== 'string') return this.fault(name, 'InvalidType');
    return required && value.trim() === '' ? this.fault(name, 'NotBlank') : value;
  }

  /** A whole number; text of digits is not taken for one. */
  whole(name: string, required = false): number | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) {
      return required ? this.fault(name, 'FieldMissing') : undefined;
    }
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.fault(name, 'InvalidType');
  }

  flag(name: string): boolean | undefined {
    const value = this.fields[name];
    if (value === undefined) return undefined;
    return typeof value === 'boolean' ? value : this.fault(name, 'InvalidType');
  }

  record(name: string): Fields | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) return undefined;
    // PHP writes an empty object as an empty list.
    if (Array.isArray(value) && value.length === 0) return {};
    return isFields(value) ? value : this.fault(name, 'InvalidType');
  }

  /** The values of own fields as the record will have them; absent where the write names none. */
  customFields(
    all: CustomFields,
    known: readonly CustomField[],
    before: readonly CustomFieldValue[] | null,
  ): readonly CustomFieldValue[] | null | undefined {
    const given = this.fields['custom_fields_values'];
    if (given === undefined) return undefined;
    try {
      return all.merge(before, given, known);
    } catch (error) {
      if (error instanceof FieldFault) return this.fault(error.path, error.code);
      throw error;
    }
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.fields[name];
    if (value === undefined) return undefined;
    if (value === null) return [];
    return Array.isArray(value) ? value : this.fault(name, 'InvalidType');
  }
}

/** A user who can be made responsible. */
export function responsible(call: Call, item: Item): number | undefined {
  const id = item.whole('responsible_user_id');
  if (id === undefined) return undefined;
  const person = call.store.people.get(id);
  return person?.active === true && !person.free
    ? id
    : item.fault('responsible_user_id', 'NotSupportedChoice');
}

/** The elements of a batch. */
export function readItems(call: Call, max = MAX_ITEMS): readonly Item[] {
  const { body } = call;
  if (!Array.isArray(body) || body.length === 0) throw emptyOrWrong(body);
  if (body.length > max) throw unprocessable(`Limit ${max} per page`);
  return body.map((element: unknown, index) => {
    const fields = isFields(element) ? element : {};
    const given = fields['request_id'];
    const item = new Item(fields, typeof given === 'string' ? given : String(index));
    if (!isFields(element)) item.fault('', 'InvalidType');
    return item;
  });
}

/** The one element of `/x/{id}`. */
export function readOne(call: Call): Item {
  const { body } = call;
  if (!isFields(body) || Object.keys(body).length === 0) throw emptyOrWrong(body);
  const given = body['request_id'];
  return new Item(body, typeof given === 'string' ? given : '0');
}

/** One bad element refuses the whole request: nothing of it is written. */
export function refuseFaulty(items: readonly Item[]): void {
  const faulty: ItemErrors[] = items
    .filter((item) => item.errors.length > 0)
    .map((item) => ({ request_id: item.requestId, errors: item.errors }));
  if (faulty.length > 0) throw invalidItems(faulty);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function emptyOrWrong(body: unknown) {
  const empty = body === undefined || body === null || Object.keys(body).length === 0;
  return badRequest(empty ? 'Request data can not be empty' : 'Request data has a wrong type');
}
