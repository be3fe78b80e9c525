import { parse, type Options } from 'csv-parse';
import { finished } from 'node:stream/promises';
import type { TextFile } from './text-file.js';
import { UserFault } from './user-fault.js';
import type { Words } from './words.js';

/** A record longer than this is a quote that was never closed, and no table should be held in memory for it. */
const LONGEST_RECORD = 16_000_000;
const DELIMITERS = [',', ';', '\t', '|'] as const;

export interface TableShape {
  readonly delimiter: (typeof DELIMITERS)[number];
  /** Line of the header, from 1. */
  readonly headerLine: number;
}

/** One row's cells, as they stand, and its line in the file (of a row over several lines, the last). */
export type RowHandler = (cells: readonly string[], line: number) => void;

/** Excel's own first line, which names the mark and is no row. */
const EXCEL_HINT = /^\uFEFF?"?sep=([,;\t|])"?\r?\n/i;

/** The mark that parts the columns of the first line: the one that stands there most, outside of quotes. */
export function shapeOf(sample: string): TableShape {
  const hint = EXCEL_HINT.exec(sample)?.[1];
  const hinted = DELIMITERS.find((mark) => mark === hint);
  if (hinted !== undefined) return { delimiter: hinted, headerLine: 2 };
  const first = (/^\uFEFF?(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(sample)?.[0] ?? '').replace(
    /"(?:[^"]|"")*"/g,
    '',
  );
  const counts = DELIMITERS.map((mark) => first.split(mark).length);
  return { delimiter: DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',', headerLine: 1 };
}

/** The first rows of the sample, the header among them; broken ones are left out. */
export function sampleRows(sample: string, shape: TableShape): Promise<string[][]> {
  const whole = sample.slice(0, sample.lastIndexOf('\n') + 1) || sample;
  return new Promise((resolve, reject) => {
    parse(whole, { ...parserOptions(shape), skip_records_with_error: true }, (error, rows: string[][]) =>
      error ? reject(error) : resolve(rows),
    );
  });
}

/**
 * Hands every row after the header to `handle`, in the order of the file, without keeping any.
 *
 * @throws UserFault when a quote is never closed.
 */
export async function readRows(
  file: TextFile,
  shape: TableShape,
  handle: RowHandler,
  words: Words,
): Promise<void> {
  let header = true;
  const parser = parse({
    ...parserOptions(shape),
    max_record_size: LONGEST_RECORD,
    on_record: (cells: string[], { lines }) => {
      if (header) header = false;
      else handle(cells, lines);
      return null;
    },
  });
  const source = file.stream();
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser).resume();
  try {
    await finished(parser);
  } catch (error) {
    if (isParseError(error)) throw new UserFault(words.brokenTable(error.lines ?? 0));
    throw error;
  } finally {
    source.destroy();
  }
}

function parserOptions({ delimiter, headerLine }: TableShape): Options<string[]> {
  return {
    bom: true,
    delimiter,
    from_line: headerLine,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  };
}

function isParseError(error: unknown): error is Error & { readonly lines?: number } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}
