import { cut, readMark, withMark } from '../common/key-mark.js';

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

export function composeText({ title, description, key }: TaskText): string {
  const line = cut(title.replace(/\s+/g, ' ').trim(), LONGEST_TITLE);
  const rest = cut(description.trim(), LONGEST_DESCRIPTION);
  const body = rest === '' ? line : `${line}\n${rest}`;
  return key === null ? body : withMark(body, key);
}

export function parseText(text: string): TaskText {
  const { body, key } = readMark(text);
  const [title = '', ...rest] = body.trim().split('\n');
  return { title: title.trim(), description: rest.join('\n').trim(), key };
}
