import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse';

/** A row of a data set that cannot be read; the message names the file and the line. */
export class DatasetError extends Error {
  constructor(file: string, line: number | null, detail: string) {
    super(`${file}${line === null ? '' : `, line ${line}`}: ${detail}`);
    this.name = 'DatasetError';
  }
}

export interface DatasetRow {
  readonly file: string;
  /** Line in the file, the header being line 1. */
  readonly line: number;
  /** A column's trimmed text, empty when there is none. */
  text(column: string): string;
  /** @throws DatasetError when the column is empty. */
  required(column: string): string;
  /** @throws DatasetError when it is not a number of at least 0; null when empty. */
  amount(column: string): number | null;
  /** Epoch milliseconds of the day's midnight UTC; null when empty. @throws DatasetError when not `YYYY-MM-DD`. */
  day(column: string): number | null;
  fail(detail: string): DatasetError;
}

/**
 * Reads one CSV file with a header.
 *
 * @throws DatasetError when the file is absent, empty, lacks a column, or a line is broken.
 */
export async function readRows(
  folder: string,
  file: string,
  columns: readonly string[],
): Promise<DatasetRow[]> {
  const path = join(folder, file);
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) throw new DatasetError(path, null, 'there is no such file');
  const rows: DatasetRow[] = [];
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      columns: (header: string[]) => checkHeader(path, header, columns),
      info: true,
      trim: true,
    }),
  );
  try {
    for await (const entry of parser as AsyncIterable<ParsedEntry>) {
      rows.push(toRow(path, entry.info.lines, entry.record));
    }
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw new DatasetError(path, lineOf(error), error instanceof Error ? error.message : 'cannot be read');
  }
  if (rows.length === 0) throw new DatasetError(path, null, 'there are no rows');
  return rows;
}

interface ParsedEntry {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

function checkHeader(path: string, header: string[], columns: readonly string[]): string[] {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new DatasetError(path, 1, `the column ${missing.join(', ')} is missing`);
  return header;
}

function lineOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('lines' in error)) return null;
  return typeof error.lines === 'number' ? error.lines : null;
}

function toRow(file: string, line: number, record: Readonly<Record<string, string>>): DatasetRow {
  const fail = (detail: string): DatasetError => new DatasetError(file, line, detail);
  const text = (column: string): string => record[column] ?? '';
  return {
    file,
    line,
    text,
    fail,
    required(column) {
      const value = text(column);
      if (value === '') throw fail(`${column} is empty`);
      return value;
    },
    amount(column) {
      if (text(column) === '') return null;
      const value = Number(text(column));
      if (!Number.isFinite(value) || value < 0) throw fail(`${column} is "${text(column)}", not an amount`);
      return value;
    },
    day: (column) => (text(column) === '' ? null : toDay(text(column), column, fail)),
  };
}

function toDay(value: string, column: string, fail: (detail: string) => DatasetError): number {
  const at = /^\d{4}-\d{2}-\d{2}$/u.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw fail(`${column} is "${value}", not a date as YYYY-MM-DD`);
  return at;
}
