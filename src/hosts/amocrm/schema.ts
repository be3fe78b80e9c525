import type { Instant } from '../../domain/crm/time.js';
import { isObject, type JsonObject } from '../common/json.js';
import { listOf, numberOf, rowsOf } from '../common/values.js';

/** Whole seconds since 1970, as all times of the host come; null for every spelling of "none". */
export function instantOf(value: unknown): Instant | null {
  const seconds = numberOf(value);
  return seconds === null || seconds <= 0 ? null : Math.round(seconds * 1000);
}

/** What the host's filters and fields take. */
export function secondsOf(instant: Instant): number {
  return Math.floor(instant / 1000);
}

/** The rows of a list's envelope under this key; null when the answer is no such envelope. */
export function embeddedRows(body: unknown, key: string): readonly JsonObject[] | null {
  if (!isObject(body) || !isObject(body['_embedded'])) return null;
  const rows = body['_embedded'][key];
  return rows === undefined ? null : rowsOf(rows);
}

export function hasNext(body: unknown): boolean {
  return isObject(body) && isObject(body['_links']) && isObject(body['_links']['next']);
}

/** The first thing of a kind that a record carries along; objects and one-element lists mean the same. */
export function embeddedIn(row: JsonObject, key: string): readonly JsonObject[] {
  const embedded = row['_embedded'];
  const value = isObject(embedded) ? embedded[key] : undefined;
  if (isObject(value) && 'id' in value) return [value];
  return listOf(value).filter(isObject);
}

/** Ids are whole numbers of up to 53 bits here; null for anything else. */
export function numericId(text: string): number | null {
  return /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
}
