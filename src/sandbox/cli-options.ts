import { createHash } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEMO_DEALS, DEMO_SEED } from './company/open-company.js';

export type SandboxHost = 'bitrix24' | 'amocrm';

const DEFAULT_PORTS: Readonly<Record<SandboxHost, number>> = { bitrix24: 3101, amocrm: 3102 };

export interface SandboxOptions {
  readonly host: SandboxHost;
  /** 0: any free port. */
  readonly port: number;
  readonly tls: boolean;
  readonly seed: number;
  readonly deals: number;
  readonly limits: boolean;
  readonly language: 'ru' | 'en';
  readonly importFolder?: string;
  readonly appUrl?: string;
  /** The portal's state is kept in this file and found there again. */
  readonly stateFile?: string;
  /** Folder or zip of the application's widget, where the host takes archives. */
  readonly widget?: string;
}

/**
 * Reads the arguments of `npm run sandbox`. A wrong one is told on stderr and ends the process with 1.
 *
 * @param argv without the names of node and the script.
 * @param exit replaces the end of the process, for tests: commander's error is thrown instead.
 */
export function readSandboxOptions(
  argv: readonly string[],
  exit: 'process' | 'throw' = 'process',
): SandboxOptions {
  const command = describeCommand();
  if (exit === 'throw') command.exitOverride().configureOutput({ writeErr: () => undefined });
  const given = command.parse([...argv], { from: 'user' }).opts<RawOptions>();
  return {
    host: given.host,
    port: given.port ?? DEFAULT_PORTS[given.host],
    tls: given.tls ?? false,
    seed: given.seed,
    deals: given.deals,
    limits: given.limits === 'on',
    language: given.language ?? (given.import === undefined ? 'ru' : 'en'),
    ...(given.import === undefined ? {} : { importFolder: given.import }),
    ...(given.appUrl === undefined ? {} : { appUrl: given.appUrl }),
    ...(given.state === undefined ? {} : { stateFile: given.state }),
    ...(given.widget === undefined ? {} : { widget: given.widget }),
  };
}

/**
 * Seed of the portal itself (its member id, its secrets). Another company is another portal: a service that kept its
 * database must not take the one for the other.
 */
export function portalSeed(options: SandboxOptions): number {
  const { importFolder, deals, language, seed } = options;
  const company = importFolder === undefined ? `generated, ${deals} deals, ${language}` : 'imported';
  return createHash('sha256').update(`${company}, seed ${seed}`).digest().readUInt32BE(0);
}

interface RawOptions {
  readonly host: SandboxHost;
  readonly port?: number;
  readonly tls?: boolean;
  readonly seed: number;
  readonly deals: number;
  readonly limits: 'on' | 'off';
  readonly language?: 'ru' | 'en';
  readonly import?: string;
  readonly appUrl?: string;
  readonly state?: string;
  readonly widget?: string;
}

function describeCommand(): Command {
  return new Command('npm run sandbox --')
    .description('Starts a simulated CRM alone; prints one line of JSON when it answers.')
    .addOption(new Option('--host <name>', 'which CRM').choices(['bitrix24', 'amocrm']).default('bitrix24'))
    .option('--port <number>', 'port to listen on, 0 for any free one (3101; amocrm: 3102)', whole(0, 65_535))
    .option('--tls', 'serve over TLS with a certificate made at the start')
    .option('--seed <number>', 'seed of the generated company', whole(0, 2 ** 32 - 1), DEMO_SEED)
    .option(
      '--deals <number>',
      'deals of the generated company, up to 1000000',
      whole(1, 1_000_000),
      DEMO_DEALS,
    )
    .addOption(
      new Option('--limits <switch>', 'request limits of the CRM').choices(['on', 'off']).default('on'),
    )
    .option('--import <folder>', 'fill with the public CRM data set of this folder instead')
    .option('--app-url <address>', 'address of an application to register in the portal', httpAddress)
    .addOption(new Option('--language <code>', 'ru, or en with --import').choices(['ru', 'en']))
    .option('--state <file>', 'keep the state of the portal in this file')
    .option('--widget <path>', 'amocrm: folder or zip of a widget to upload')
    .allowExcessArguments(false);
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function httpAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/u.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('It must be an address such as http://localhost:3000.');
  }
  return text.replace(/\/+$/u, '');
}
