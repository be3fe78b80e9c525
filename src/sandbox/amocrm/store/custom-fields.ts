import type { CompanyProduct } from '../../company/company.js';

/** A custom field's values as the API answers them. */
export interface CustomFieldValue {
  readonly field_id: number;
  readonly field_name: string;
  readonly field_code: string | null;
  readonly field_type: string;
  readonly values: readonly Readonly<Record<string, unknown>>[];
}

export interface CustomField {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  readonly type: 'text' | 'numeric' | 'checkbox' | 'select' | 'multiselect' | 'date' | 'radiobutton';
  readonly enums: readonly { readonly id: number; readonly value: string }[];
}

const FIRST_ENUM = 400_001;
const TEXTS = {
  ru: {
    product: 'Продукт',
    source: 'Источник',
    note: 'Комментарий',
    visit: 'Дата визита',
    vip: 'VIP',
    pay: 'Оплата',
  },
  en: {
    product: 'Product',
    source: 'Source',
    note: 'Comment',
    visit: 'Date of visit',
    vip: 'VIP',
    pay: 'Payment',
  },
} as const;

/** Custom fields of leads: the company's product and source, and one of each type whose values look odd in hooks. */
export class CustomFields {
  readonly leads: readonly CustomField[];
  private readonly products = new Map<string, readonly CustomFieldValue[]>();

  constructor(products: readonly CompanyProduct[], language: 'ru' | 'en') {
    const texts = TEXTS[language];
    const enums = products.map((product, index) => ({ id: FIRST_ENUM + index, value: product.name }));
    const payments = ['50 %', '100 %'].map((value, index) => ({ id: FIRST_ENUM + 1000 + index, value }));
    this.leads = [
      field(300_001, texts.product, 'select', enums, 'PRODUCT'),
      field(300_002, texts.source, 'text', [], 'SOURCE'),
      field(300_003, texts.note, 'text'),
      field(300_004, texts.visit, 'date'),
      field(300_005, texts.vip, 'checkbox'),
      field(300_006, texts.pay, 'radiobutton', payments),
    ];
  }

  /** What a lead of the company carries; the same object for the same product and source. */
  ofCompany(productIndex: number, source: string): readonly CustomFieldValue[] | null {
    const key = `${productIndex}\n${source}`;
    const known = this.products.get(key);
    if (known !== undefined) return known;
    const [product, origin] = this.leads;
    const choice = product?.enums[productIndex];
    const values = [
      ...(product === undefined || choice === undefined ? [] : [valueOf(product, [enumValue(choice)])]),
      ...(origin === undefined || source === '' ? [] : [valueOf(origin, [{ value: source }])]),
    ];
    if (values.length === 0) return null;
    this.products.set(key, values);
    return values;
  }

  /**
   * Values as a write gives them, merged over what the lead has; a field with `values: null` is cleared.
   *
   * @throws FieldFault with the path of what the account would not take
   */
  merge(before: readonly CustomFieldValue[] | null, given: unknown): readonly CustomFieldValue[] | null {
    if (given === null) return null;
    if (!Array.isArray(given)) throw new FieldFault('custom_fields_values', 'InvalidType');
    const merged = new Map((before ?? []).map((value) => [value.field_id, value]));
    given.forEach((entry: unknown, index) => {
      const path = `custom_fields_values.${index}`;
      const [known, values] = this.read(entry, path);
      if (values === null) merged.delete(known.id);
      else merged.set(known.id, valueOf(known, values));
    });
    return merged.size === 0 ? null : [...merged.values()];
  }

  private read(
    entry: unknown,
    path: string,
  ): readonly [CustomField, readonly Readonly<Record<string, unknown>>[] | null] {
    if (typeof entry !== 'object' || entry === null) throw new FieldFault(path, 'InvalidType');
    const { field_id: id, field_code: code, values } = entry as Readonly<Record<string, unknown>>;
    const known = this.leads.find((one) => one.id === id || (typeof code === 'string' && one.code === code));
    if (known === undefined) throw new FieldFault(`${path}.field_id`, 'NotSupportedChoice');
    if (values === null) return [known, null];
    if (!Array.isArray(values)) throw new FieldFault(`${path}.values`, 'InvalidType');
    return [known, values.map((value: unknown, index) => single(known, value, `${path}.values.${index}`))];
  }
}

/** A custom field the account would not take. */
export class FieldFault extends Error {
  constructor(
    readonly path: string,
    readonly code: 'InvalidType' | 'NotSupportedChoice',
  ) {
    super(`${path}: ${code}`);
  }
}

function single(known: CustomField, value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new FieldFault(path, 'InvalidType');
  const { enum_id: enumId, value: given } = value as Readonly<Record<string, unknown>>;
  if (known.enums.length === 0) return { value: given };
  const choice = known.enums.find((one) => one.id === enumId || one.value === given);
  if (choice === undefined) throw new FieldFault(`${path}.enum_id`, 'NotSupportedChoice');
  return enumValue(choice);
}

function enumValue(choice: { readonly id: number; readonly value: string }) {
  return { value: choice.value, enum_id: choice.id, enum_code: null };
}

function valueOf(known: CustomField, values: readonly Readonly<Record<string, unknown>>[]): CustomFieldValue {
  return {
    field_id: known.id,
    field_name: known.name,
    field_code: known.code,
    field_type: known.type,
    values,
  };
}

function field(
  id: number,
  name: string,
  type: CustomField['type'],
  enums: CustomField['enums'] = [],
  code: string | null = null,
): CustomField {
  return { id, name, code, type, enums };
}
