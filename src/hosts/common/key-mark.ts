import { beginningOf } from '../../domain/crm/text.js';

/** An outbox key is 128 bits: 22 letters instead of 39. Any other key stands as it is. */
const SHORT_KEY = /^dozhim-([0-9a-f]{32})$/;
const MARK = /(?:^|\n)\s*\[#(=?)([\w-]{1,100})\]\s*$/;

/**
 * A short last line by which we find again what we wrote into a place that has no field for a key of ours. It looks
 * like a reference number, and people leave it alone.
 */
export function markOf(key: string): string {
  const [, hex] = SHORT_KEY.exec(key) ?? [];
  return hex ? `[#${Buffer.from(hex, 'hex').toString('base64url')}]` : `[#=${key}]`;
}

export function withMark(text: string, key: string): string {
  return `${text}\n\n${markOf(key)}`;
}

/** The text without its mark, and the key that the mark stands for; null for a text of somebody else's. */
export function readMark(text: string): { readonly body: string; readonly key: string | null } {
  const mark = MARK.exec(text);
  if (!mark) return { body: text, key: null };
  return { body: text.slice(0, mark.index), key: keyOf(mark[1] === '=', mark[2] ?? '') };
}

function keyOf(plain: boolean, text: string): string | null {
  if (plain) return text;
  if (!/^[\w-]{22}$/.test(text)) return null;
  return `dozhim-${Buffer.from(text, 'base64url').toString('hex')}`;
}

/** With a sign that something was left out. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${beginningOf(text, longest - 1)}…`;
}
