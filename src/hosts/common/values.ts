import { isObject, type JsonObject } from './json.js';

/**
 * Decoders for a world where a number may be text, an empty map a list, a flag `Y`, `1` or `true`, and nothing `null`,
 * `""`, `0`, `false` or `undefined`. Tiny functions and no schema library: they run for every field of a million rows.
 */

/** An id as text; null for every spelling of "none". */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return value > 0 && Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'string') return null;
  return value === '' || value === '0' || value === 'undefined' ? null : value;
}

/** A row's numeric id; null when it is none, so that a cursor never rests on it. */
export function rowNumber(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
}

export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

/** Beyond it a number has lost its kopecks on the way, and no deal is that large. */
const LARGEST_AMOUNT = 1e15;

/** Decimal text of an amount; `0` stays `0`, nothing is null. */
export function decimalOf(value: unknown): string | null {
  if (typeof value === 'number') return Math.abs(value) < LARGEST_AMOUNT ? plainDecimal(value) : null;
  if (typeof value !== 'string') return null;
  return /^-?\d{1,15}(?:\.\d{1,6})?$/.test(value) ? value : null;
}

export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function flagOf(value: unknown): boolean {
  return value === true || value === 'Y' || value === 1 || value === '1' || value === 'true';
}

/** A list, also where PHP made a map of it or sent `false` for an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** Each once; numbers by their value. */
export function ascendingIds(ids: Iterable<string>): readonly string[] {
  return [...new Set(ids)].toSorted((one, other) => Number(one) - Number(other) || (one < other ? -1 : 1));
}

export function rowsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}

function plainDecimal(value: number): string {
  const text = String(value);
  // Only the tiniest fractions are left to be written with an exponent.
  return text.includes('e') ? '0' : text;
}
