import writeXlsxFile from 'write-excel-file/node';
import { definitionOf, formatOf, valueOf } from './export-definitions.js';
import type { ExportCell, ExportTable } from './export-tables.js';
import type { Language } from './words.js';

/** What a sheet says besides its rows: the sentence of the page and when it was true. */
export interface ExportNote {
  readonly title: string;
  readonly sentence: string;
  readonly asOf: string;
}

/** Four digits after the point: a hundredth of a percent. */
const ROUNDED = 10_000;

const SHEETS: Readonly<Record<Language, readonly [string, string]>> = {
  ru: ['Данные', 'Определения'],
  en: ['Data', 'Definitions'],
};

/** What a spreadsheet of the language takes for a new cell and for a fraction when it opens a file by a double click. */
const MARKS: Readonly<Record<Language, { readonly cell: string; readonly fraction: string }>> = {
  ru: { cell: ';', fraction: ',' },
  en: { cell: ',', fraction: '.' },
};

/**
 * Separated as spreadsheets of the language expect it, with a byte-order mark, so that they read Cyrillic. A text that
 * begins like a formula gets an apostrophe in front: titles come from outside, and a spreadsheet would run them.
 */
export function csvOf({ columns, rows }: ExportTable, language: Language): Buffer {
  const head = columns.map((column) => definitionOf(column, language)[0]);
  const told = rows.map((row) => row.map((cell, at) => cellOf(columns[at] ?? '', cell, language)));
  const lines = [head, ...told].map((row) =>
    row.map((cell) => csvCell(cell, language)).join(MARKS[language].cell),
  );
  return Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8');
}

/** Texts in the reader's words, numbers without digits that mean nothing. */
function cellOf(column: string, cell: ExportCell, language: Language): ExportCell {
  if (typeof cell === 'number') return Math.round(cell * ROUNDED) / ROUNDED;
  return cell === null ? null : valueOf(column, cell, language);
}

function csvCell(cell: ExportCell, language: Language): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell).replace('.', MARKS[language].fraction);
  const text = harmless(cell);
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
  const text = (value: string) => ({ value: harmless(value), type: String });
  const cell = (given: ExportCell, at: number) => {
    const column = columns[at] ?? '';
    const value = cellOf(column, given, language);
    if (value === null) return null;
    return typeof value === 'number' ? { value, type: Number, format: formatOf(column) } : text(value);
  };
  const about = [[bold(note.title)], [text(note.sentence)], [text(note.asOf)], []];
  const file = await writeXlsxFile([
    { sheet: data, data: [definitions.map(([name]) => bold(name)), ...rows.map((row) => row.map(cell))] },
    { sheet: meaning, data: [...about, ...definitions.map(([name, meant]) => [bold(name), text(meant)])] },
  ]).toBuffer();
  return file;
}
