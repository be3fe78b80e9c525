import writeXlsxFile from 'write-excel-file/node';
import { definitionOf } from './export-definitions.js';
import type { ExportCell, ExportTable } from './export-tables.js';
import type { Language } from './words.js';

/** What a sheet says besides its rows: the sentence of the page and when it was true. */
export interface ExportNote {
  readonly title: string;
  readonly sentence: string;
  readonly asOf: string;
}

const SHEETS: Readonly<Record<Language, readonly [string, string]>> = {
  ru: ['Данные', 'Определения'],
  en: ['Data', 'Definitions'],
};

/**
 * Comma-separated with a byte-order mark, so that spreadsheets read Cyrillic. A text that begins like a formula gets an
 * apostrophe in front: titles come from outside, and a spreadsheet would run them.
 */
export function csvOf({ columns, rows }: ExportTable, language: Language): Buffer {
  const head = columns.map((column) => definitionOf(column, language)[0]);
  const lines = [head, ...rows].map((row) => row.map(csvCell).join(','));
  return Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8');
}

function csvCell(cell: ExportCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** OWASP's list of what begins a formula, full-width signs included. */
export function harmless(text: string): string {
  return /^\s*[=+\-@\t\r\n＝＋－＠|%]/.test(text) ? `'${text}` : text;
}

/** Two sheets: the data, and what each column means. Texts are stored as texts, which no spreadsheet runs. */
export async function xlsxOf(
  { columns, rows }: ExportTable,
  note: ExportNote,
  language: Language,
): Promise<Buffer> {
  const definitions = columns.map((column) => definitionOf(column, language));
  const [data, meaning] = SHEETS[language];
  const bold = (value: string) => ({ value: harmless(value), type: String, fontWeight: 'bold' as const });
  const cell = (value: ExportCell) =>
    value === null
      ? null
      : typeof value === 'number'
        ? { value, type: Number }
        : { value: harmless(value), type: String };
  const about = [[bold(note.title)], [cell(note.sentence)], [cell(note.asOf)], []];
  const file = await writeXlsxFile([
    { sheet: data, data: [definitions.map(([name]) => bold(name)), ...rows.map((row) => row.map(cell))] },
    { sheet: meaning, data: [...about, ...definitions.map(([name, text]) => [bold(name), cell(text)])] },
  ]).toBuffer();
  return file;
}
