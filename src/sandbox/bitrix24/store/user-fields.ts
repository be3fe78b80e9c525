import type { Company, CompanyDeal, CompanyField } from '../../company/company.js';
import type { Deal } from './deal.js';
import type { FieldSpec, FieldValue } from './field-table.js';

/** A field that somebody added to the portal's deals. */
export interface UserField {
  /** `UF_CRM_SEGMENT` */
  readonly upper: string;
  readonly type: 'string' | 'double' | 'boolean' | 'date' | 'datetime' | 'enumeration' | 'employee' | 'money';
  readonly title: string;
  readonly multiple: boolean;
  readonly items: readonly { readonly id: number; readonly value: string }[];
}

const TYPES = { choice: 'enumeration', user: 'employee', text: 'string', date: 'date' } as const;
const FIRST_ITEM = 40;

/** The deals' own fields: those of the company, and what the control API adds later. */
export class UserFields {
  readonly all: UserField[] = [];
  private lastItem = FIRST_ITEM;
  private readonly listeners = new Set<(spec: FieldSpec<Deal>) => void>();

  constructor(company: Company) {
    for (const field of company.fields ?? []) this.add(ofCompany(field));
  }

  add(draft: Omit<UserField, 'items'> & { readonly choices: readonly string[] }): UserField {
    const { choices, ...rest } = draft;
    const field = { ...rest, items: choices.map((value) => ({ id: ++this.lastItem, value })) };
    this.all.push(field);
    for (const listener of this.listeners) listener(specOf(field));
    return field;
  }

  find(upper: string): UserField | undefined {
    return this.all.find((field) => field.upper === upper);
  }

  specs(): readonly FieldSpec<Deal>[] {
    return this.all.map(specOf);
  }

  /** Hears of fields that are added from now on. */
  onAdd(listener: (spec: FieldSpec<Deal>) => void): void {
    this.listeners.add(listener);
  }

  /** What a deal of the company carries, by the names of rows. */
  ofCompany(deal: CompanyDeal): Record<string, FieldValue> | null {
    if (deal.values === undefined) return null;
    const entries = Object.entries(deal.values).flatMap(([code, value]) => {
      const field = this.find(`UF_CRM_${code}`);
      return field === undefined ? [] : [[itemName(field.upper), storedValue(field, value)] as const];
    });
    return Object.fromEntries(entries);
  }
}

/** `UF_CRM_DECISION_DATE` is `ufCrmDecisionDate` in item rows, `UF_CRM_170` is `ufCrm_170`. */
export function itemName(upper: string): string {
  return upper.toLowerCase().replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}

function ofCompany(field: CompanyField): Parameters<UserFields['add']>[0] {
  return {
    upper: `UF_CRM_${field.code}`,
    type: TYPES[field.kind],
    title: field.name,
    multiple: false,
    choices: field.choices,
  };
}

function storedValue(field: UserField, value: string | number): FieldValue {
  if (field.type === 'enumeration') return field.items[Number(value)]?.id ?? null;
  return field.type === 'date'
    ? `${new Date(Number(value)).toISOString().slice(0, 10)}T03:00:00+03:00`
    : value;
}

function specOf(field: UserField): FieldSpec<Deal> {
  const name = itemName(field.upper);
  const fallback: FieldValue = field.multiple ? [] : null;
  return {
    name,
    upper: field.upper,
    // Days and moments are stored as they are written.
    type: field.type === 'date' || field.type === 'datetime' ? 'string' : field.type,
    describedType: field.type,
    title: field.title,
    multiple: field.multiple,
    items: field.items,
    usual: fallback,
    read: (deal) => deal.extra?.[name] ?? fallback,
  };
}
