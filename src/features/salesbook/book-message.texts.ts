import { sentenceOf, type BookReader } from './book.texts.js';
import type { BookEntry } from './book.types.js';
import type { DueNotice } from './book-messages.js';

const LINES = 7;

export interface ToldEntry {
  readonly entry: BookEntry;
  readonly dealTitle: string | null;
}

/** A message about one deal or several, in plain lines. */
export function messageText(
  why: DueNotice['why'],
  entries: readonly ToldEntry[],
  reader: BookReader,
): string {
  const ru = reader.language === 'ru';
  const titles = new Set(entries.map(({ dealTitle }) => dealTitle ?? ''));
  const several = titles.size > 1;
  const shown = entries.slice(0, LINES).map((told) => lineOf(told, several, reader));
  const rest = entries.length - shown.length;
  const more =
    rest > 0 ? [ru ? `и ещё ${rest}, они в Sales Book` : `and ${rest} more, in the Sales Book`] : [];
  const [title = ''] = titles;
  const about = several
    ? ru
      ? `сделок: ${titles.size}`
      : `${titles.size} deals`
    : ru
      ? `«${title}»`
      : `“${title}”`;
  const head = why === 'reminder' ? (ru ? 'Напоминание' : 'Reminder') : 'Sales Book';
  return [`${head}: ${about}`, ...shown, ...more].join('\n');
}

/** The same as a note in the deal, where the host has no personal notifications. */
export function commentText(
  why: DueNotice['why'],
  told: ToldEntry,
  userIds: readonly string[],
  reader: BookReader,
): string {
  const ru = reader.language === 'ru';
  const head = why === 'reminder' ? (ru ? 'Напоминание' : 'Reminder') : 'Sales Book';
  const names = userIds.map(reader.nameOf).join(', ');
  return `${head} → ${names}\n${lineOf(told, false, reader)}`;
}

function lineOf({ entry, dealTitle }: ToldEntry, withTitle: boolean, reader: BookReader): string {
  const by = entry.by === null ? '' : ` (${reader.nameOf(entry.by)})`;
  const title = withTitle && dealTitle !== null ? `${dealTitle}: ` : '';
  return `${title}${sentenceOf(entry.kind, entry.body, reader)}${by}`;
}
