import type { DealField, FieldKind, FieldValue } from '../../domain/crm/records.js';
import type { Instant } from '../../domain/crm/time.js';
import { isObject, type JsonObject } from '../common/json.js';
import { decimalOf, flagOf, idOf, listOf, rowsOf, textOf } from '../common/values.js';
import type { RestClient } from './client.js';
import { DEALS, type DealSource, LEADS } from './mapper.js';
import { dayOf, instantOf } from './schema.js';

/** A field whose values the account wants: its name in rows, its name for us, and how its values are read. */
export interface WatchedField {
  readonly name: string;
  readonly key: string;
  readonly read: (value: unknown) => FieldValue;
}

interface Definition {
  readonly field: DealField;
  readonly name: string;
  readonly type: string;
  /** Of a status field: the dictionary that holds its choices. */
  readonly dictionary: string | null;
}

/** Fields that come with the portal and that no other field of ours tells. */
const OFFERED_STANDARD: ReadonlySet<string> = new Set(['closedate', 'sourceId', 'typeId']);

const KINDS: ReadonlyMap<string, FieldKind> = new Map([
  ['string', 'text'],
  ['url', 'text'],
  ['address', 'text'],
  ['integer', 'number'],
  ['double', 'number'],
  ['money', 'money'],
  ['date', 'date'],
  ['datetime', 'moment'],
  ['enumeration', 'choice'],
  ['crm_status', 'choice'],
  ['employee', 'user'],
  ['user', 'user'],
  ['boolean', 'flag'],
]);

const KNOWN_FOR_MS = 24 * 3_600_000;
/** A field that is watched and not known may have been made a moment ago; it may also be gone for good. */
const ASKED_AGAIN_AFTER_MS = 10 * 60_000;

interface Known {
  readonly at: Instant;
  readonly of: ReadonlyMap<DealSource, readonly Definition[]>;
  /** Every name that rows of this kind have, also of fields that we do not offer. */
  readonly names: ReadonlyMap<DealSource, ReadonlySet<string>>;
}

/**
 * The portal's fields of deals and leads, as they were a day ago at most. A field of a lead goes under the same key as a
 * field of a deal with the same code: the portal copies such values when a lead becomes a deal.
 */
export class FieldBook {
  #known: Promise<Known> | null = null;

  constructor(private readonly client: RestClient) {}

  async offered(): Promise<readonly DealField[]> {
    this.#known = null;
    const { of } = await this.#read();
    const definitions = [...(of.get(DEALS) ?? []), ...(of.get(LEADS) ?? [])];
    const byKey = new Map<string, Definition>();
    for (const each of definitions) if (!byKey.has(each.field.key)) byKey.set(each.field.key, each);
    return this.#withDictionaries([...byKey.values()]);
  }

  /** Empty, and no request, where the account watches nothing. */
  async watched(source: DealSource): Promise<readonly WatchedField[]> {
    const wanted = new Set(this.client.session.watchedFields ?? []);
    if (wanted.size === 0) return [];
    let known = await this.#read();
    const isKnown = (key: string): boolean =>
      [...known.of.values()].some((each) => each.some(({ field }) => field.key === key));
    const age = this.client.session.clock.now() - known.at;
    if (age > ASKED_AGAIN_AFTER_MS && ![...wanted].every(isKnown)) {
      this.#known = null;
      known = await this.#read();
    }
    const definitions = known.of.get(source) ?? [];
    return definitions.filter(({ field }) => wanted.has(field.key)).map(watchedOf);
  }

  /** Whether rows of this kind have the field, so that a filter on it is no fault. */
  async has(source: DealSource, name: string): Promise<boolean> {
    return (await this.#read()).names.get(source)?.has(name) === true;
  }

  async #read(): Promise<Known> {
    const kept = await this.#known?.catch(() => null);
    if (kept && this.client.session.clock.now() - kept.at < KNOWN_FOR_MS) return kept;
    this.#known = this.#load();
    return this.#known;
  }

  async #load(): Promise<Known> {
    const at = this.client.session.clock.now();
    const sources = [DEALS, LEADS];
    const answer = await this.client.batch(
      sources.map(({ prefix, entityTypeId }) => ({
        key: prefix,
        method: 'crm.item.fields',
        params: { entityTypeId },
      })),
    );
    const rows = sources.map((source): readonly [DealSource, JsonObject] => {
      const part = answer.of(source.prefix);
      // Portals without leads refuse here; without fields of deals nothing goes.
      if (part.kind === 'failed' && source === DEALS) throw part.fault;
      const body = part.kind === 'ok' && isObject(part.value) ? part.value['fields'] : null;
      return [source, isObject(body) ? body : {}];
    });
    return {
      at,
      of: new Map(rows.map(([source, fields]) => [source, definitionsIn(fields)])),
      names: new Map(rows.map(([source, fields]) => [source, new Set(Object.keys(fields))])),
    };
  }

  /** Choices of status fields stand in dictionaries of their own. */
  async #withDictionaries(definitions: readonly Definition[]): Promise<readonly DealField[]> {
    const names = [...new Set(definitions.map(({ dictionary }) => dictionary))].filter(
      (name) => name !== null,
    );
    if (names.length === 0) return definitions.map(({ field }) => field);
    const answer = await this.client.batch(
      names.map((name) => ({
        key: name,
        method: 'crm.status.list',
        params: { order: { SORT: 'ASC' }, filter: { ENTITY_ID: name } },
      })),
    );
    return definitions.map(({ field, dictionary }) => {
      const part = dictionary === null ? null : answer.of(dictionary);
      if (part?.kind !== 'ok') return field;
      const rows = rowsOf(part.value).filter((row) => row['ENTITY_ID'] === dictionary);
      const choices = rows.map((row) => choiceOf(row['STATUS_ID'], row['NAME']));
      return { ...field, choices: choices.filter((choice) => choice !== null) };
    });
  }
}

function definitionsIn(fields: JsonObject): readonly Definition[] {
  return Object.entries(fields).flatMap(([name, value]): readonly Definition[] => {
    if (!isObject(value)) return [];
    if (!flagOf(value['isDynamic']) && !OFFERED_STANDARD.has(name)) return [];
    const type = textOf(value['type']) ?? 'string';
    const key = textOf(value['upperName']) ?? name;
    const choices = rowsOf(value['items']).map((row) => choiceOf(row['ID'], row['VALUE']));
    const field: DealField = {
      key,
      name: textOf(value['title']) ?? key,
      kind: KINDS.get(type) ?? 'other',
      multiple: flagOf(value['isMultiple']),
      choices: choices.filter((choice) => choice !== null),
    };
    return [{ field, name, type, dictionary: type === 'crm_status' ? textOf(value['statusType']) : null }];
  });
}

function choiceOf(id: unknown, name: unknown): { readonly id: string; readonly name: string } | null {
  const known = idOf(id);
  return known === null ? null : { id: known, name: textOf(name) ?? known };
}

function watchedOf({ name, field }: Definition): WatchedField {
  return { name, key: field.key, read: readerOf(field.kind, field.multiple) };
}

/** How a field's values are read; null is empty. */
export function readerOf(kind: FieldKind, multiple: boolean): (value: unknown) => FieldValue {
  const one = READERS[kind];
  if (!multiple) return one;
  return (value) => {
    const values = typeof value === 'object' ? listOf(value) : [value];
    const texts = values
      .map(one)
      .filter((each) => each !== null)
      .map(String);
    return texts.length === 0 ? null : texts;
  };
}

type OneValue = Exclude<FieldValue, readonly string[]>;

/** Whole letters stand in some fields; what plans and reports look at is short. */
const LONGEST_TEXT = 4_000;

const READERS: Readonly<Record<FieldKind, (value: unknown) => OneValue>> = {
  text: (value) => textOf(value)?.slice(0, LONGEST_TEXT) ?? null,
  number: (value) => decimalOf(value) ?? textOf(value),
  // `1500.00|RUB`
  money: (value) => decimalOf(typeof value === 'string' ? value.split('|')[0] : value),
  date: dayOf,
  moment: (value) => {
    const instant = instantOf(value);
    return instant === null ? null : new Date(instant).toISOString();
  },
  choice: idOf,
  user: idOf,
  flag: (value) => (value === null || value === undefined || value === '' ? null : flagOf(value)),
  other: (value) => {
    const plain = isObject(value) ? (value['id'] ?? value['ID']) : value;
    return textOf(plain)?.slice(0, LONGEST_TEXT) ?? (typeof plain === 'boolean' ? plain : null);
  },
};

/** The watched fields of a row; empty ones are left out. */
export function fieldsOf(
  row: JsonObject,
  watched: readonly WatchedField[],
): Readonly<Record<string, FieldValue>> {
  const fields: Record<string, FieldValue> = {};
  for (const { name, key, read } of watched) {
    const value = read(row[name]);
    if (value !== null) fields[key] = value;
  }
  return fields;
}
