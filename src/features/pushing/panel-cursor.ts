import type { PanelSort } from './panel.view.js';

/** Where a page of the panel ended. The moment stays with it: what pains grows by the second, and rows would jump. */
export interface PanelCursor {
  readonly sort: PanelSort;
  readonly now: number;
  readonly endOfDay: number;
  readonly key: number;
  readonly dealId: string;
}

export function writeCursor(cursor: PanelCursor): string {
  const { sort, now, endOfDay, key, dealId } = cursor;
  // JSON knows no infinity, and rows without a deadline or an amount have it for a key.
  const list = [sort, now, endOfDay, String(key), dealId];
  return Buffer.from(JSON.stringify(list)).toString('base64url');
}

/** Null: not one of ours, or of another order. What it holds is only ever compared with. */
export function readCursor(text: string, sort: PanelSort): PanelCursor | null {
  let list: unknown;
  try {
    list = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(list) || list.length !== 5) return null;
  const [itsSort, now, endOfDay, key, dealId] = list as unknown[];
  const numbers = [Number(now), Number(endOfDay)];
  if (itsSort !== sort || typeof dealId !== 'string' || typeof key !== 'string') return null;
  if (numbers.some((one) => !Number.isFinite(one)) || Number.isNaN(Number(key))) return null;
  return { sort, now: Number(now), endOfDay: Number(endOfDay), key: Number(key), dealId };
}
