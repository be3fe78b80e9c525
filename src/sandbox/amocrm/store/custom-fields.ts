import type { Company, CompanyDeal, CompanyField } from '../../company/company.js';

/** A custom field's values as the API answers them. */
export interface CustomFieldValue {
  readonly field_id: number;
  readonly field_name: string;
  readonly field_code: string | null;
  readonly field_type: string;
  readonly values: readonly Readonly<Record<string, unknown>>[];
}

export const FIELD_TYPES = [
  'text',
  'numeric',
  'checkbox',
  'select',
  'multiselect',
  'date',
  'radiobutton',
] as const;

export interface CustomField {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  readonly type: (typeof FIELD_TYPES)[number] | 'multitext';
  readonly enums: readonly { readonly id: number; readonly value: string }[];
}

const FIRST_ENUM = 400_001;
const FIRST_OWN = 300_101;
const FIRST_OWN_ENUM = 410_001;
/** Phones and letters of contacts and companies, each with the place it belongs to. */
const MULTITEXT = { PHONE: 310_001, EMAIL: 310_002 } as const;
const PLACES = ['WORK', 'MOB', 'HOME', 'OTHER'] as const;
/** The account's first field tells the product already. */
const TOLD_ALREADY = 'PRODUCT_LINE';
const TEXTS = {
  ru: {
    product: 'Продукт',
    source: 'Источник',
    note: 'Комментарий',
    visit: 'Дата визита',
    vip: 'VIP',
    pay: 'Оплата',
    PHONE: 'Телефон',
  },
  en: {
    product: 'Product',
    source: 'Source',
    note: 'Comment',
    visit: 'Date of visit',
    vip: 'VIP',
    pay: 'Payment',
    PHONE: 'Phone',
  },
} as const;

/** Custom fields of leads: the company's product and source, and one of each type whose values look odd in hooks. */
export class CustomFields {
  readonly leads: CustomField[];
  /** Those of contacts, which companies have too. */
  readonly contacts: readonly CustomField[];
  private readonly products = new Map<string, readonly CustomFieldValue[]>();
  /** The company's own fields by their code. */
  private readonly own = new Map<string, CustomField>();
  private lastEnum = FIRST_OWN_ENUM;

  constructor(private readonly company: Company) {
    const texts = TEXTS[company.language];
    const enums = company.products.map((product, index) => ({ id: FIRST_ENUM + index, value: product.name }));
    const payments = ['50 %', '100 %'].map((value, index) => ({ id: FIRST_ENUM + 1000 + index, value }));
    this.leads = [
      field(300_001, texts.product, 'select', enums, 'PRODUCT'),
      field(300_002, texts.source, 'text', [], 'SOURCE'),
      field(300_003, texts.note, 'text'),
      field(300_004, texts.visit, 'date'),
      field(300_005, texts.vip, 'checkbox'),
      field(300_006, texts.pay, 'radiobutton', payments),
    ];
    this.contacts = [multitext('PHONE', texts.PHONE), multitext('EMAIL', 'Email')];
    for (const one of company.fields ?? []) {
      if (one.code !== TOLD_ALREADY)
        this.own.set(one.code, this.add(typeOf(one), one.name, this.choicesOf(one)));
    }
  }

  /** Somebody adds a field to the leads. */
  add(type: (typeof FIELD_TYPES)[number], name: string, choices: readonly string[] = []): CustomField {
    const enums = choices.map((value) => ({ id: this.lastEnum++, value }));
    const made = field(FIRST_OWN + this.leads.length, name, type, enums);
    this.leads.push(made);
    return made;
  }

  /** There is no field for a person here: people are choices. */
  private choicesOf(one: CompanyField): readonly string[] {
    if (one.kind !== 'user') return one.choices;
    return this.company.people.map((person) => `${person.firstName} ${person.lastName}`.trim());
  }

  /** What a lead carries that was a deal of the company. */
  ofDeal(deal: CompanyDeal, productIndex: number): readonly CustomFieldValue[] | null {
    const common = this.ofCompany(productIndex, deal.sourceId ?? '');
    const own = Object.entries(deal.values ?? {}).flatMap(([code, value]) => {
      const known = this.own.get(code);
      return known === undefined ? [] : [valueOf(known, [this.ownValue(code, known, value)])];
    });
    return own.length === 0 ? common : [...(common ?? []), ...own];
  }

  private ownValue(code: string, known: CustomField, value: string | number) {
    const kind = this.company.fields?.find((one) => one.code === code)?.kind;
    if (kind === 'date') return { value: midnight(Number(value), this.company.timeZone) };
    if (known.enums.length === 0) return { value };
    const place =
      kind === 'user' ? this.company.people.findIndex((person) => person.id === value) : Number(value);
    const choice = known.enums[place];
    return choice === undefined ? { value } : enumValue(choice);
  }

  /** What a lead of the company carries; the same object for the same product and source. */
  private ofCompany(productIndex: number, source: string): readonly CustomFieldValue[] | null {
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
   * Values as a write gives them, merged over what the record has; a field with `values: null` is cleared.
   *
   * @param fields that such a record may have
   * @throws FieldFault with the path of what the account would not take
   */
  merge(
    before: readonly CustomFieldValue[] | null,
    given: unknown,
    fields: readonly CustomField[] = this.leads,
  ): readonly CustomFieldValue[] | null {
    if (given === null) return null;
    if (!Array.isArray(given)) throw new FieldFault('custom_fields_values', 'InvalidType');
    const merged = new Map((before ?? []).map((value) => [value.field_id, value]));
    given.forEach((entry: unknown, index) => {
      const path = `custom_fields_values.${index}`;
      const [known, values] = readEntry(fields, entry, path);
      if (values === null) merged.delete(known.id);
      else merged.set(known.id, valueOf(known, values));
    });
    return merged.size === 0 ? null : [...merged.values()];
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

function readEntry(
  fields: readonly CustomField[],
  entry: unknown,
  path: string,
): readonly [CustomField, readonly Readonly<Record<string, unknown>>[] | null] {
  if (typeof entry !== 'object' || entry === null) throw new FieldFault(path, 'InvalidType');
  const { field_id: id, field_code: code, values } = entry as Readonly<Record<string, unknown>>;
  const known = fields.find((one) => one.id === id || (typeof code === 'string' && one.code === code));
  if (known === undefined) throw new FieldFault(`${path}.field_id`, 'NotSupportedChoice');
  if (values === null) return [known, null];
  if (!Array.isArray(values)) throw new FieldFault(`${path}.values`, 'InvalidType');
  return [known, values.map((value: unknown, index) => single(known, value, `${path}.values.${index}`))];
}

function single(known: CustomField, value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new FieldFault(path, 'InvalidType');
  const { enum_id: enumId, enum_code: enumCode, value: given } = value as Readonly<Record<string, unknown>>;
  if (known.type === 'multitext') {
    const place = known.enums.find((one) => one.id === enumId || one.value === enumCode) ?? known.enums[0];
    if (typeof given !== 'string') throw new FieldFault(`${path}.value`, 'InvalidType');
    return { value: given, enum_id: place?.id ?? 0, enum_code: place?.value ?? null };
  }
  if (known.enums.length === 0) return { value: plainValue(known.type, given, path) };
  const choice = known.enums.find((one) => one.id === enumId || one.value === given);
  if (choice === undefined) throw new FieldFault(`${path}.enum_id`, 'NotSupportedChoice');
  return enumValue(choice);
}

/** A day comes as a second or as RFC 3339, and is always answered as a second. */
function plainValue(type: CustomField['type'], given: unknown, path: string): unknown {
  const wrong = new FieldFault(`${path}.value`, 'InvalidType');
  if (type === 'date' && typeof given === 'string') {
    const at = Date.parse(given);
    if (Number.isNaN(at) || !/^\d{4}-\d\d-\d\dT/u.test(given)) throw wrong;
    return Math.floor(at / 1000);
  }
  if (type === 'date' && typeof given !== 'number') throw wrong;
  if (type === 'checkbox' && typeof given !== 'boolean') throw wrong;
  return given;
}

function typeOf(one: CompanyField): (typeof FIELD_TYPES)[number] {
  return one.kind === 'text' || one.kind === 'date' ? one.kind : 'select';
}

/** The second at which the day of this UTC midnight begins in the account's own zone. */
function midnight(at: number, timeZone: string): number {
  const day = new Date(at).toISOString().slice(0, 10);
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds / 1000;
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

function multitext(code: keyof typeof MULTITEXT, name: string): CustomField {
  const enums = PLACES.map((value, index) => ({ id: MULTITEXT[code] + 10 * (index + 1), value }));
  return field(MULTITEXT[code], name, 'multitext', enums, code);
}
