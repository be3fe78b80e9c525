import type { AlertSort } from './pushing.view.js';

/** Where a page of alerts ended. */
export interface AlertCursor {
  readonly sort: AlertSort;
  /** Decimal text: amounts are no floats. */
  readonly key: string;
  /** Milliseconds. */
  readonly at: number;
  readonly alertId: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DECIMAL = /^-?\d{1,30}(\.\d{1,20})?$/;
/** The last millisecond that a date can be. */
const LAST_MS = 8.64e15;

export function writeAlertCursor({ sort, key, at, alertId }: AlertCursor): string {
  return Buffer.from(JSON.stringify([sort, key, at, alertId])).toString('base64url');
}

/** Null: not one of ours, or of another order. What it holds is only ever compared with. */
export function readAlertCursor(text: string, sort: AlertSort): AlertCursor | null {
  let list: unknown;
  try {
    list = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(list) || list.length !== 4) return null;
  const [itsSort, key, at, alertId] = list as unknown[];
  if (itsSort !== sort || typeof key !== 'string' || !DECIMAL.test(key)) return null;
  if (typeof alertId !== 'string' || !UUID.test(alertId)) return null;
  if (typeof at !== 'number' || !Number.isInteger(at) || Math.abs(at) > LAST_MS) return null;
  return { sort, key, at, alertId };
}
