import type { PortalZone } from './portal-zone.js';

export type FieldValue = string | number | boolean | null | readonly (string | number)[];
export type FieldType =
  | 'integer'
  | 'double'
  | 'string'
  | 'char'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'user'
  | 'crm_status'
  | 'crm_entity'
  | 'enumeration'
  | 'employee'
  | 'money';

/** One field of an entity, under both of the host's spellings. Instants are read as whole epoch seconds. */
export interface FieldSpec<T> {
  /** `stageId` */
  readonly name: string;
  /** `STAGE_ID` */
  readonly upper: string;
  readonly type: FieldType;
  /** What the description of fields says, where values are written like those of another type. */
  readonly describedType?: string;
  readonly title: string;
  /** Of an enumeration. */
  readonly items?: readonly { readonly id: number; readonly value: string }[];
  /** Of a status field: its dictionary. */
  readonly dictionary?: string;
  readonly read: (row: T) => FieldValue;
  readonly readOnly?: boolean;
  readonly required?: boolean;
  readonly multiple?: boolean;
  /** False for what answers carry but filters refuse. */
  readonly filterable?: boolean;
  /** Only one family of methods knows the field. */
  readonly only?: 'name' | 'upper';
  /** Not in an answer unless the field is named. */
  readonly hidden?: boolean;
  /** What a row answers that has no fields of its own beyond the usual ones: written once for all such rows. */
  readonly usual?: FieldValue;
  /** Ids of the rows that have the value, where an index exists. */
  readonly lookup?: (value: string) => readonly number[];
}

export interface FieldStyle {
  /** Spelling of answers. */
  readonly output: 'name' | 'upper';
  /** Spelling of `select`, `filter` and `order`. */
  readonly input: 'name' | 'upper';
  /** `typed`: numbers as numbers; `text`: every scalar as a string. */
  readonly values: 'typed' | 'text';
}

/** Writes one row as JSON; `key` tells serializers apart in the row cache. */
export interface RowSerializer<T> {
  readonly key: string;
  write(row: T): string;
}

interface RowPart<T> {
  readonly lead: string;
  readonly read: (row: T) => FieldValue;
  readonly write: (value: FieldValue) => string;
}

/** The fields of an entity in one of the host's dialects. */
export class FieldTable<T> {
  readonly fields: FieldSpec<T>[];
  private readonly byInput = new Map<string, FieldSpec<T>>();
  private readonly serializers = new Map<string, RowSerializer<T>>();

  constructor(
    readonly kind: string,
    fields: readonly FieldSpec<T>[],
    readonly zone: PortalZone,
    private readonly style: FieldStyle,
    /** Whether every field with a `usual` value has it in this row. */
    private readonly isUsual: (row: T) => boolean = () => false,
  ) {
    this.fields = fields.filter((field) => field.only === undefined || field.only === style.output);
    for (const field of this.fields) {
      this.byInput.set(field[style.input], field);
    }
  }

  /** A field that somebody added while the portal lives. */
  extend(field: FieldSpec<T>): void {
    this.fields.push(field);
    this.byInput.set(field[this.style.input], field);
    this.serializers.clear();
  }

  find(name: string): FieldSpec<T> | undefined {
    return this.byInput.get(name) ?? this.byInput.get(name.toUpperCase());
  }

  /** `null`, empty and `*` mean every field that is not hidden; unknown names are passed over; the id always comes. */
  serializer(select: readonly string[] | null): RowSerializer<T> {
    const key = select === null ? '*' : select.join(',');
    let known = this.serializers.get(key);
    if (known === undefined) {
      known = this.compile(this.chosen(select), `${this.fields.length}:${key}`);
      if (this.serializers.size > 200) {
        this.serializers.clear();
      }
      this.serializers.set(key, known);
    }
    return known;
  }

  private chosen(select: readonly string[] | null): readonly FieldSpec<T>[] {
    const visible = this.fields.filter((field) => field.hidden !== true);
    if (select === null || select.length === 0) {
      return visible;
    }
    const named = new Set(select);
    const chosen = this.fields.filter(
      (field) =>
        field.upper === 'ID' ||
        named.has(field[this.style.input]) ||
        named.has(field.upper) ||
        (named.has('*') && field.hidden !== true),
    );
    return chosen;
  }

  private compile(fields: readonly FieldSpec<T>[], key: string): RowSerializer<T> {
    const all = this.parts(fields, false);
    const usual = this.parts(fields, true);
    const isUsual = this.isUsual;
    return {
      key: `${this.kind}:${key}`,
      write(row: T): string {
        const { parts, tail } = isUsual(row) ? usual : all;
        let text = '';
        for (const part of parts) {
          text += part.lead + part.write(part.read(row));
        }
        return text + tail;
      },
    };
  }

  /** With `merge`, usual values become part of the text before the next field. */
  private parts(
    fields: readonly FieldSpec<T>[],
    merge: boolean,
  ): { parts: readonly RowPart<T>[]; tail: string } {
    const parts: RowPart<T>[] = [];
    let lead = '{';
    for (const [index, field] of fields.entries()) {
      const write = this.writer(field);
      lead += `${index === 0 ? '' : ','}${JSON.stringify(field[this.style.output])}:`;
      if (merge && field.usual !== undefined) {
        lead += write(field.usual);
      } else {
        parts.push({ lead, read: field.read, write });
        lead = '';
      }
    }
    return { parts, tail: `${lead}}` };
  }

  private writer(field: FieldSpec<T>): (value: FieldValue) => string {
    const zone = this.zone;
    if (field.type === 'datetime' || field.type === 'date') {
      return (value) => (typeof value === 'number' ? `"${zone.iso(value)}"` : typed(value));
    }
    if (this.style.values === 'text') {
      return field.type === 'double' ? moneyText : plainText;
    }
    return typed;
  }
}

/** What needs escaping in JSON, or may: everything else is only put in quotes, which is much faster. */
const SPECIAL = /["\\\u0000-\u001f\u007f-\u009f\ud800-\udfff]/;

function quoted(text: string): string {
  return text !== '' && SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function typed(value: FieldValue): string {
  if (typeof value === 'string') {
    return quoted(value);
  }
  return typeof value === 'number' ? String(value) : value === null ? 'null' : JSON.stringify(value);
}

function plainText(value: FieldValue): string {
  if (typeof value === 'string') {
    return quoted(value);
  }
  if (typeof value === 'number') {
    return `"${value}"`;
  }
  if (value === null) {
    return 'null';
  }
  return typeof value === 'object' ? JSON.stringify(value.map(String)) : value ? '"Y"' : '"N"';
}

function moneyText(value: FieldValue): string {
  return typeof value === 'number' ? `"${value.toFixed(2)}"` : plainText(value);
}
