import type { Instant } from '../domain/crm/time.js';
import type { LoggedDeal } from '../domain/insight/stays.js';
import { recogniseColumns, type Columns, type FileKind } from './columns.js';
import { LogBuilder } from './log-builder.js';
import { dayOrderOf, MomentReader, needsDayOrder, type DayOrder } from './moments.js';
import type { DiagnoseOptions } from './options.js';
import { SnapshotBuilder, type SnapshotFacts } from './snapshot.js';
import { readRows, sampleRows, shapeOf } from './table-rows.js';
import { openTextFile } from './text-file.js';
import { UserFault } from './user-fault.js';
import type { Words } from './words.js';

/** More bad rows than this, and the file is not what we took it for. */
const BAD_SHARE = 0.05;
const BAD_SHOWN = 20;
/** Names of deals and stages are shorter: another column was taken for them, or a quote spans rows. */
const LONGEST_NAME = 500;
/** Told instead of a closing date of a deal that goes on; and that it is not closed, whatever date stands there. */
const STILL_OPEN = /^(не закрыта|не закрыто|not closed|open|-|—)$/i;
const NOT_CLOSED = /^(нет|no|n|false|0)$/i;
/** Nobody's funnel has so many stages: another column was taken for the stage. */
const MOST_STAGES = 200;

export interface BadRow {
  readonly line: number;
  readonly why: string;
}

/** What was read, and what a reader of the report should know of how. */
export interface ReadLog {
  readonly deals: Iterable<LoggedDeal>;
  /** Null for a log. */
  readonly snapshot: SnapshotFacts | null;
  /** Rows after the header, the skipped ones among them. */
  readonly rows: number;
  readonly skipped: number;
  /** The first twenty. */
  readonly bad: readonly BadRow[];
  readonly unreadableAmounts: number;
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly encoding: string;
  /** How `01/02/2026` was read, where that had to be known, and whether the file itself told. */
  readonly dayOrder: { readonly order: DayOrder; readonly guessed: boolean } | null;
  /** The last time in the file, or `--as-of`. */
  readonly asOf: Instant;
}

/** What is learned from the first rows before all are read. */
interface Plan {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly kind: FileKind;
  readonly moments: MomentReader;
  readonly dayOrder: ReadLog['dayOrder'];
}

/**
 * Reads a table of stage changes, or of deals with their beginning and end.
 *
 * @throws UserFault when the file cannot be read, no columns are recognised, or more than 5 % of the rows are bad.
 */
export async function readLog(options: DiagnoseOptions, words: Words): Promise<ReadLog> {
  const file = await openTextFile(options.file, words);
  const shape = shapeOf(file.sample);
  const readAs = async (plan: Plan): Promise<RowReader> => {
    const reader = new RowReader(plan, words);
    await readRows(file, shape, (cells, line) => reader.read(cells, line), words);
    return reader;
  };
  const plan = planOf(await sampleRows(file.sample, shape), options, words);
  const reader = await readAs(plan);
  // The first rows may not tell what the thirteenth of a month does.
  const other = plan.moments.readableOtherwise > 0 ? await readAs(turned(plan, options)) : reader;
  const better = other.skipped < reader.skipped ? other : reader;
  return { ...better.finish(options), encoding: file.encoding };
}

/** The same with day and month the other way round. */
function turned(plan: Plan, { timeZone }: DiagnoseOptions): Plan {
  const order = plan.moments.order === 'dayFirst' ? 'monthFirst' : 'dayFirst';
  return { ...plan, moments: new MomentReader(order, timeZone), dayOrder: { order, guessed: false } };
}

function planOf(sample: readonly string[][], options: DiagnoseOptions, words: Words): Plan {
  const [header = [], ...rows] = sample;
  if (header.every((name) => name.trim() === '')) throw new UserFault(words.emptyFile(options.file));
  const names = header.map((name) => name.trim());
  const { columns, kind } = recogniseColumns(names, options, words);
  const places = [columns.at, columns.start, columns.close].filter((place) => place !== undefined);
  const examples = rows.flatMap((row) => places.map((place) => row[place] ?? ''));
  const told = dayOrderOf(examples);
  const order = told ?? (options.language === 'ru' ? 'dayFirst' : 'monthFirst');
  return {
    header: names,
    columns,
    kind,
    moments: new MomentReader(order, options.timeZone),
    dayOrder: needsDayOrder(examples) ? { order, guessed: told === null } : null,
  };
}

class RowReader {
  private readonly builder = new LogBuilder();
  private readonly snapshots: SnapshotBuilder | null;
  private readonly bad: BadRow[] = [];
  skipped = 0;
  private rows = 0;
  private unreadableAmounts = 0;

  constructor(
    private readonly plan: Plan,
    private readonly words: Words,
  ) {
    this.snapshots = plan.kind === 'snapshot' ? new SnapshotBuilder(words) : null;
  }

  read(cells: readonly string[], line: number): void {
    this.rows += 1;
    const why = this.take(cells);
    if (why === null) return;
    this.skipped += 1;
    if (this.bad.length < BAD_SHOWN) this.bad.push({ line, why });
  }

  finish(options: DiagnoseOptions): Omit<ReadLog, 'encoding'> {
    const { words } = this;
    if (this.rows === 0) throw new UserFault(words.emptyFile(options.file));
    if (this.skipped > BAD_SHARE * this.rows) {
      throw new UserFault(words.tooManyBadRows(this.skipped, this.rows, this.bad));
    }
    const snapshot = this.snapshots?.finish(options) ?? null;
    const { stageNames } = snapshot ?? this.builder;
    this.checkStages(stageNames);
    const asOf = snapshot?.asOf ?? options.asOf ?? this.builder.lastTime();
    return {
      deals: snapshot?.deals ?? this.builder.finish(),
      snapshot: snapshot?.facts ?? null,
      rows: this.rows,
      skipped: this.skipped,
      bad: this.bad,
      unreadableAmounts: this.unreadableAmounts,
      header: this.plan.header,
      columns: this.plan.columns,
      dayOrder: this.plan.dayOrder,
      asOf,
    };
  }

  private checkStages({ length }: readonly string[]): void {
    if (length <= MOST_STAGES) return;
    const column = this.plan.header[this.plan.columns.stage ?? 0] ?? '';
    throw new UserFault(this.words.tooManyStages(length, column));
  }

  /** Null when the row was taken, else why it cannot be. */
  private take(cells: readonly string[]): string | null {
    const { columns } = this.plan;
    const deal = cell(cells, columns.case);
    const stage = cell(cells, columns.stage);
    if (deal === '') return this.words.emptyCell('case');
    if (stage === '') return this.words.emptyCell('stage');
    if (deal.length > LONGEST_NAME) return this.words.longCell('case');
    if (stage.length > LONGEST_NAME) return this.words.longCell('stage');
    const rest = {
      deal,
      stage,
      owner: cell(cells, columns.owner) || null,
      amount: this.amountOf(cell(cells, columns.amount)),
      product: cell(cells, columns.product) || null,
    };
    if (this.snapshots) return this.takeSnapshot(this.snapshots, rest, cells);
    const text = cell(cells, columns.at);
    if (text === '') return this.words.emptyCell('at');
    const at = this.plan.moments.read(text);
    if (at === null) return this.words.unreadableDate(text);
    this.builder.add({ ...rest, at });
    return null;
  }

  private takeSnapshot(
    snapshots: SnapshotBuilder,
    rest: Omit<Parameters<SnapshotBuilder['add']>[0], 'start' | 'close'>,
    cells: readonly string[],
  ): string | null {
    const { columns, moments } = this.plan;
    const [startText, closeText] = [cell(cells, columns.start), closingText(cells, columns)];
    const start = startText === '' ? null : moments.read(startText);
    const close = closeText === '' ? null : moments.read(closeText);
    if (startText !== '' && start === null) return this.words.unreadableDate(startText);
    if (closeText !== '' && close === null) return this.words.unreadableDate(closeText);
    return snapshots.add({ ...rest, start, close });
  }

  private amountOf(text: string): number | null {
    if (text === '') return null;
    const amount = amountFrom(text);
    if (amount === null) this.unreadableAmounts += 1;
    return amount;
  }
}

/** Empty for a deal that goes on: a host may tell its expected day as the closing one. */
function closingText(cells: readonly string[], columns: Columns): string {
  const text = cell(cells, columns.close);
  return STILL_OPEN.test(text) || NOT_CLOSED.test(cell(cells, columns.ended)) ? '' : text;
}

function cell(cells: readonly string[], place: number | undefined): string {
  return place === undefined ? '' : (cells[place] ?? '').trim();
}

/** `1 234,56`, `1,234.56`, `1234.5`, with or without a sign of currency; null for what is not a number. */
export function amountFrom(text: string): number | null {
  const plain = Number(text);
  if (Number.isFinite(plain)) return plain;
  const bare = text.replace(/[\s\u00a0\u202f'’]|[\p{Sc}]|руб\.?|р\.|RUB|USD|EUR/giu, '');
  if (!/^-?[\d.,]+$/.test(bare)) return null;
  const decimal = Math.max(bare.lastIndexOf(','), bare.lastIndexOf('.'));
  const onlyThousands = /^-?\d{1,3}([.,])\d{3}(\1\d{3})*$/.test(bare) && bare.includes(',');
  const whole = decimal < 0 || onlyThousands ? bare : bare.slice(0, decimal);
  const fraction = decimal < 0 || onlyThousands ? '' : bare.slice(decimal + 1);
  const value = Number(`${whole.replace(/[.,]/g, '')}.${fraction || '0'}`);
  return Number.isFinite(value) ? value : null;
}
