import { Command, InvalidArgumentError, Option } from 'commander';
import type { Instant } from '../domain/crm/time.js';
import { MomentReader } from './moments.js';

export type Language = 'ru' | 'en';

export interface DiagnoseOptions {
  readonly file: string;
  /** Columns by name, where the user says which is which. */
  readonly columns: Readonly<
    Partial<Record<'case' | 'stage' | 'at' | 'owner' | 'amount' | 'product', string>>
  >;
  readonly won: readonly string[];
  readonly lost: readonly string[];
  readonly asOf: Instant | null;
  /** IANA name; dates without a zone are read in it. */
  readonly timeZone: string;
  readonly json: string | null;
  readonly html: string | null;
  readonly language: Language;
}

interface RawOptions {
  readonly case?: string;
  readonly stage?: string;
  readonly at?: string;
  readonly owner?: string;
  readonly amount?: string;
  readonly product?: string;
  readonly won: string[];
  readonly lost: string[];
  readonly asOf?: string;
  readonly timeZone: string;
  readonly json?: string;
  readonly html?: string;
  readonly language?: Language;
}

/**
 * Reads the arguments of `npm run diagnose`. A wrong one is told on stderr and ends the process with 1.
 *
 * @param argv without the names of node and the script.
 * @param locale of the environment, as `ru-RU`: the language when none is asked for.
 * @param exit replaces the end of the process, for tests: commander's error is thrown instead.
 */
export function readDiagnoseOptions(
  argv: readonly string[],
  locale: string,
  exit: 'process' | 'throw' = 'process',
): DiagnoseOptions {
  const command = describeCommand();
  if (exit === 'throw') command.exitOverride().configureOutput({ writeErr: () => undefined });
  command.parse([...argv], { from: 'user' });
  const given = command.opts<RawOptions>();
  const { case: caseName, stage, at, owner, amount, product, timeZone } = given;
  const columns = { case: caseName, stage, at, owner, amount, product };
  return {
    file: command.args[0] ?? '',
    columns: Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== undefined)),
    won: given.won,
    lost: given.lost,
    asOf: given.asOf === undefined ? null : momentOf(given.asOf, timeZone, command),
    timeZone,
    json: given.json ?? null,
    html: given.html ?? null,
    language: given.language ?? (locale.toLowerCase().startsWith('ru') ? 'ru' : 'en'),
  };
}

function describeCommand(): Command {
  return new Command('diagnose')
    .description(
      'Says where deals hang, from a table of stage changes or a list of deals (CSV, also gzipped).',
    )
    .argument('<file>', 'the exported table')
    .option('--case <column>', 'column that tells deals apart')
    .option('--stage <column>', 'column of the stage that the deal came to')
    .option('--at <column>', 'column of the time at which it came there')
    .option('--owner <column>', 'column of the responsible person')
    .option('--amount <column>', "column of the deal's amount")
    .option('--product <column>', 'column of the product')
    .option('--won <stage>', 'a stage that means won; may be repeated', collect, [])
    .option('--lost <stage>', 'a stage that means lost; may be repeated', collect, [])
    .option('--as-of <moment>', 'end of the observation (default: the last time in the file)')
    .option('--time-zone <zone>', 'zone of dates that name none', zoneName, 'UTC')
    .option('--json <file>', 'write the figures here')
    .option('--html <file>', 'write a page for printing here')
    .addOption(new Option('--language <language>', 'of the report').choices(['ru', 'en']));
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function zoneName(value: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('No such time zone; Europe/Moscow is one.');
  }
}

/** A day without a time is its midnight, as everywhere in the table. */
function momentOf(text: string, timeZone: string, command: Command): Instant {
  const at = new MomentReader('dayFirst', timeZone).read(text.trim());
  if (at !== null) return at;
  return command.error(
    `error: --as-of: "${text}" is not a date such as 2026-11-22 or 2026-11-22T18:00+03:00`,
  );
}
