import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { BookFeed } from './book-feed.service.js';
import type { BookFilterQuery } from './book.requests.js';
import type { BookEntryView } from './salesbook.view.js';

const PAGE = 1_000;
/** As many lines as a spreadsheet opens without complaint; a narrower filter brings the others. */
const MAX_LINES = 50_000;

const HEADS = {
  ru: ['№', 'Когда', 'Событие', 'Кто', 'Сделка', 'Кому сказали', 'Исправлено записью'],
  en: ['No.', 'When', 'Event', 'Who', 'Deal', 'Who was told', 'Corrected by entry'],
} as const;

/** The feed as a CSV file: UTF-8 with a mark, so that spreadsheets read it, RFC 4180 otherwise. */
@Injectable()
export class BookExport {
  constructor(private readonly feed: BookFeed) {}

  async csv(person: SessionClaims, query: BookFilterQuery): Promise<string> {
    const lines = [csvLine(HEADS[person.language])];
    for (let after: string | null = null; lines.length <= MAX_LINES;) {
      const page = await this.feed.page(person, query, { after, limit: PAGE });
      for (const entry of page.entries) lines.push(csvLine(cellsOf(entry, person)));
      after = page.next;
      if (after === null) break;
    }
    return `\uFEFF${lines.join('')}`;
  }
}

/** A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvLine(cells: readonly string[]): string {
  const safe = cells.map((cell) => {
    const plain = /^[\s\uFEFF]*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
    return `"${plain.replaceAll('"', '""')}"`;
  });
  return `${safe.join(',')}\r\n`;
}

function cellsOf(entry: BookEntryView, { language, timeZone }: SessionClaims): readonly string[] {
  const at = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone,
  }).format(Date.parse(entry.at));
  return [
    entry.id,
    at,
    entry.text,
    entry.byName ?? '',
    entry.dealTitle ?? '',
    entry.told.join('; '),
    entry.correctedBy ?? '',
  ];
}
