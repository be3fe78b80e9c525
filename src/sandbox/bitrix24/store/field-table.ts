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
  | 'crm_entity';

/** One field of an entity, under both of the host's spellings. Instants are read as whole epoch seconds. */
export interface FieldSpec<T> {
  /** `stageId` */
  readonly name: string;
  /** `STAGE_ID` */
  readonly upper: string;
  readonly type: FieldType;
  readonly title: string;
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

/** The fields of an entity in one of the host's dialects. */
export class FieldTable<T> {
  readonly fields: readonly FieldSpec<T>[];
  private readonly byInput = new Map<string, FieldSpec<T>>();
  private readonly serializers = new Map<string, RowSerializer<T>>();

  constructor(
    readonly kind: string,
    fields: readonly FieldSpec<T>[],
    readonly zone: PortalZone,
    private readonly style: FieldStyle,
  ) {
    this.fields = fields.filter((field) => field.only === undefined || field.only === style.output);
    for (const field of this.fields) {
      this.byInput.set(field[style.input], field);
    }
  }

  find(name: string): FieldSpec<T> | undefined {
    return this.byInput.get(name) ?? this.byInput.get(name.toUpperCase());
  }

  /** `null`, empty and `*` mean every field that is not hidden; unknown names are passed over; the id always comes. */
  serializer(select: readonly string[] | null): RowSerializer<T> {
    const key = select === null ? '*' : select.join(',');
    let known = this.serializers.get(key);
    if (known === undefined) {
      known = this.compile(this.chosen(select), key);
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
    const parts = fields.map((field, index) => ({
      lead: `${index === 0 ? '{' : ','}${JSON.stringify(field[this.style.output])}:`,
      read: field.read,
      write: this.writer(field),
    }));
    return {
      key: `${this.kind}:${key}`,
      write(row: T): string {
        let text = '';
        for (const part of parts) {
          text += part.lead + part.write(part.read(row));
        }
        return `${text}}`;
      },
    };
  }

  private writer(field: FieldSpec<T>): (value: FieldValue) => string {
    const zone = this.zone;
    if (field.type === 'datetime' || field.type === 'date') {
      return (value) =>
        typeof value === 'number' ? `"${zone.iso(value)}"` : value === null ? 'null' : JSON.stringify(value);
    }
    if (this.style.values === 'text') {
      return field.type === 'double' ? moneyText : plainText;
    }
    return field.type === 'string' ? JSON.stringify : typed;
  }
}

function typed(value: FieldValue): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function plainText(value: FieldValue): string {
  if (typeof value === 'number') {
    return `"${value}"`;
  }
  if (typeof value === 'object' && value !== null) {
    return JSON.stringify(value.map(String));
  }
  return typeof value === 'boolean' ? (value ? '"Y"' : '"N"') : JSON.stringify(value);
}

function moneyText(value: FieldValue): string {
  return typeof value === 'number' ? `"${value.toFixed(2)}"` : plainText(value);
}
