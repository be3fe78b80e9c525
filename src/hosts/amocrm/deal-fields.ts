import type { DealField, FieldKind, FieldValue } from '../../domain/crm/records.js';
import type { Lane } from '../../contract/streams.js';
import { isObject, type JsonObject } from '../common/json.js';
import { decimalOf, flagOf, idOf, rowsOf, textOf } from '../common/values.js';
import type { ApiClient } from './client.js';
import { customFieldList } from './lists.js';
import { readAll } from './pages.js';
import { instantOf } from './schema.js';

/** Kinds by the host's types; what is not here is a structure of its own. */
const KINDS: ReadonlyMap<string, FieldKind> = new Map([
  ['text', 'text'],
  ['textarea', 'text'],
  ['url', 'text'],
  ['streetaddress', 'text'],
  ['smart_address', 'text'],
  ['multitext', 'text'],
  ['numeric', 'number'],
  ['price', 'money'],
  ['monetary', 'money'],
  ['date', 'date'],
  ['birthday', 'date'],
  ['date_time', 'moment'],
  ['select', 'choice'],
  ['radiobutton', 'choice'],
  ['multiselect', 'choice'],
  ['checkbox', 'flag'],
]);

const SEVERAL: ReadonlySet<string> = new Set(['multiselect', 'multitext', 'smart_address']);

/** Fields of deals that people added to the account; there is no kind of field for a person. */
export async function readDealFields(client: ApiClient, lane: Lane): Promise<readonly DealField[]> {
  const rows = (await readAll(client, customFieldList(), lane)) ?? [];
  return rows.map(toDealField).filter((field) => field !== null);
}

function toDealField(row: JsonObject): DealField | null {
  const key = idOf(row['id']);
  if (key === null) return null;
  const type = textOf(row['type']) ?? '';
  const choices = rowsOf(row['enums']).flatMap((each) => {
    const id = idOf(each['id']);
    return id === null ? [] : [{ id, name: textOf(each['value']) ?? id }];
  });
  return {
    key,
    name: textOf(row['name']) ?? key,
    kind: KINDS.get(type) ?? 'other',
    multiple: SEVERAL.has(type),
    choices,
  };
}

/** What the account wants of its own fields, and how its days are told. */
export interface FieldReading {
  readonly watched: ReadonlySet<string>;
  /** IANA name: a day comes as the second at which it begins here. */
  readonly timeZone: string | null;
}

/** The watched fields of a row; empty ones are left out. */
export function fieldsOf(row: JsonObject, reading: FieldReading): Readonly<Record<string, FieldValue>> {
  const fields: Record<string, FieldValue> = {};
  for (const field of rowsOf(row['custom_fields_values'])) {
    const key = idOf(field['field_id']);
    if (key === null || !reading.watched.has(key)) continue;
    const value = valueOf(field, reading.timeZone);
    if (value !== null) fields[key] = value;
  }
  return fields;
}

type OneValue = Exclude<FieldValue, readonly string[]>;

function valueOf(field: JsonObject, timeZone: string | null): FieldValue {
  const type = textOf(field['field_type']) ?? '';
  const kind = KINDS.get(type) ?? 'other';
  const values = rowsOf(field['values'])
    .map((each) => READERS[kind](each, timeZone))
    .filter((each) => each !== null);
  const [first] = values;
  if (first === undefined) return null;
  return SEVERAL.has(type) || values.length > 1 ? values.map(String) : first;
}

/** Whole letters stand in some fields; what plans and reports look at is short. */
const LONGEST_TEXT = 4_000;

type Reader = (row: JsonObject, timeZone: string | null) => OneValue;

const numeric: Reader = ({ value }) => decimalOf(value) ?? textOf(value);
const plain: Reader = ({ value }) =>
  textOf(isObject(value) ? (value['name'] ?? value['id']) : value)?.slice(0, LONGEST_TEXT) ?? null;

const READERS: Readonly<Record<FieldKind, Reader>> = {
  text: plain,
  other: plain,
  number: numeric,
  money: numeric,
  choice: (row) => idOf(row['enum_id']) ?? textOf(row['value']),
  // There is no field for a person.
  user: plain,
  flag: ({ value }) => (value === null || value === undefined ? null : flagOf(value)),
  date: ({ value }, timeZone) => dayOf(value, timeZone),
  moment: ({ value }) => {
    const instant = momentOf(value);
    return instant === null ? null : new Date(instant).toISOString();
  },
};

/** Seconds since 1970; one platform also writes RFC 3339. */
function momentOf(value: unknown): number | null {
  const instant = instantOf(value);
  if (instant !== null || typeof value !== 'string') return instant;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? null : parsed;
}

function dayOf(value: unknown, timeZone: string | null): string | null {
  // A text of a day says it itself.
  const written = typeof value === 'string' ? /^(\d{4}-\d{2}-\d{2})(?:$|T)/.exec(value)?.[1] : undefined;
  if (written !== undefined) return written;
  const instant = momentOf(value);
  if (instant === null) return null;
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone ?? 'UTC')
    .toPlainDate()
    .toString();
}
