/**
 * The host has one text for a task and no field for a key of ours, so the first line is the title, what follows the
 * description, and the last line a short mark by which the task is found again after a lost answer.
 */
export interface TaskText {
  readonly title: string;
  readonly description: string;
  /** Our outbox key; null for tasks that are none of ours. */
  readonly key: string | null;
}

const LONGEST_TITLE = 250;
const LONGEST_DESCRIPTION = 8_000;
/** An outbox key is 128 bits: 22 letters instead of 39. Any other key stands as it is. */
const SHORT_KEY = /^dozhim-([0-9a-f]{32})$/;
const MARK = /(?:^|\n)\s*\[#(=?)([\w-]{1,100})\]\s*$/;

export function composeText({ title, description, key }: TaskText): string {
  const line = cut(title.replace(/\s+/g, ' ').trim(), LONGEST_TITLE);
  const rest = cut(description.trim(), LONGEST_DESCRIPTION);
  const body = rest === '' ? line : `${line}\n${rest}`;
  return key === null ? body : `${body}\n\n${markOf(key)}`;
}

export function parseText(text: string): TaskText {
  const mark = MARK.exec(text);
  const body = (mark ? text.slice(0, mark.index) : text).trim();
  const [title = '', ...rest] = body.split('\n');
  return {
    title: title.trim(),
    description: rest.join('\n').trim(),
    key: mark ? keyOf(mark[1] === '=', mark[2] ?? '') : null,
  };
}

function markOf(key: string): string {
  const [, hex] = SHORT_KEY.exec(key) ?? [];
  return hex ? `[#${Buffer.from(hex, 'hex').toString('base64url')}]` : `[#=${key}]`;
}

function keyOf(plain: boolean, text: string): string | null {
  if (plain) return text;
  if (!/^[\w-]{22}$/.test(text)) return null;
  return `dozhim-${Buffer.from(text, 'base64url').toString('hex')}`;
}

/** Never inside a pair of surrogates. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
