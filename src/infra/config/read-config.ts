import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { Config, type DeclaredGroup } from './config.js';
import { Variables } from './variables.js';

/** Every fault of the configuration in one message, for a person who reads a terminal. Secrets are masked. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${list(faults)}`,
    );
    this.name = 'ConfigurationError';
  }
}

function list(faults: readonly string[]): string {
  return faults.map((fault) => `  - ${fault}`).join('\n');
}

/** Values that stand in documentation and examples: never good enough in production. */
const KNOWN_SECRETS = /^(change|example|secret|dozhim|0+$|1234)/i;

/**
 * Reads the environment once. `groups` are what hosts and the sandbox declare. Throws `ConfigurationError` with all
 * faults. Outside production a missing `APP_SECRET` is generated into `DATA_DIR` and found there again.
 */
export function readConfig(environment: NodeJS.ProcessEnv, groups: readonly DeclaredGroup[] = []): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const variables = plainToInstance(Variables, given, {
    excludeExtraneousValues: true,
    exposeDefaultValues: true,
  });
  const faults = validateSync(variables).map((error) => describe(error));
  const production = variables.NODE_ENV === 'production';
  const configured = groups.filter((group) =>
    group.variables.some((variable) => variable.required && given[variable.name]),
  );
  faults.push(...groups.flatMap((group) => groupFaults(group, given)));
  const sandbox = sandboxOn(variables.SANDBOX, configured.length > 0, production);
  if (sandbox && production) faults.push('SANDBOX is on: simulated portals are refused in production');
  faults.push(...productionFaults(variables, production), ...mailFaults(variables));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return new Config({
    port: variables.PORT,
    publicUrl: (variables.PUBLIC_URL ?? `http://localhost:${variables.PORT}`).replace(/\/+$/, ''),
    databaseUrl: variables.DATABASE_URL ?? null,
    databasePool: variables.DATABASE_POOL,
    dataDir: path.resolve(variables.DATA_DIR),
    secrets: secretsOf(variables),
    role: variables.ROLE,
    logLevel: variables.LOG_LEVEL,
    sandbox,
    production,
    sweepMinutes: variables.SWEEP_MINUTES,
    mail: mailOf(variables),
    declared: declaredValues(groups, given),
  });
}

function sandboxOn(value: string | undefined, hostConfigured: boolean, production: boolean): boolean {
  if (value === undefined) return !hostConfigured && !production;
  return ['on', 'true', '1'].includes(value);
}

function productionFaults(variables: Variables, production: boolean): string[] {
  const faults: string[] = [];
  if (!production) return faults;
  if (!variables.APP_SECRET)
    faults.push('APP_SECRET is missing: production needs one of at least 32 characters');
  if (variables.APP_SECRET && KNOWN_SECRETS.test(variables.APP_SECRET)) {
    faults.push('APP_SECRET looks like an example: make one with `openssl rand -hex 32`');
  }
  if (!variables.PUBLIC_URL)
    faults.push('PUBLIC_URL is missing: production needs the https address that the CRM calls and frames');
  if (variables.PUBLIC_URL && !variables.PUBLIC_URL.startsWith('https://')) {
    faults.push('PUBLIC_URL must be https in production: portals frame and call only secure addresses');
  }
  return faults;
}

/** One without the other sends nothing, and nobody would know why. */
function mailFaults({ SMTP_URL: url, MAIL_FROM: from }: Variables): readonly string[] {
  if (url && !from) return ['MAIL_FROM is missing though SMTP_URL is set: whom letters are from'];
  if (from && !url)
    return ['SMTP_URL is missing though MAIL_FROM is set: the mail server that letters go to'];
  return [];
}

function mailOf({ SMTP_URL: url, MAIL_FROM: from }: Variables): Config['mail'] {
  return url && from ? { url, from } : null;
}

function groupFaults(group: DeclaredGroup, given: Readonly<Record<string, string | undefined>>): string[] {
  const faults = group.variables.flatMap(({ name, values }) => {
    const value = given[name];
    return value && values && !values.includes(value) ? [`${name} must be one of ${values.join(', ')}`] : [];
  });
  const required = group.variables.filter((variable) => variable.required);
  const missing = required.filter((variable) => !given[variable.name]);
  if (missing.length === 0 || missing.length === required.length) return faults;
  const absent = missing.map(
    ({ name, meaning }) => `${name} is missing though others of ${group.id} are set: ${meaning}`,
  );
  return [...faults, ...absent];
}

function declaredValues(
  groups: readonly DeclaredGroup[],
  given: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const names = groups.flatMap((group) => group.variables.map((variable) => variable.name));
  return Object.freeze(
    Object.fromEntries(names.flatMap((name) => (given[name] ? [[name, given[name]]] : []))),
  );
}

function describe(error: ValidationError): string {
  const rules = Object.values(error.constraints ?? {}).map((text) => text.replace(`${error.property} `, ''));
  const secret = /SECRET|URL/.test(error.property);
  const value = secret || error.value === undefined ? '' : ` (it is "${String(error.value).slice(0, 40)}")`;
  return `${error.property} ${rules.join(', ')}${value}`;
}

function secretsOf(variables: Variables): readonly string[] {
  const current = variables.APP_SECRET ?? generatedSecret(path.resolve(variables.DATA_DIR));
  const old = (variables.APP_SECRET_OLD ?? '').split(',').map((secret) => secret.trim());
  return [current, ...old.filter((secret) => secret !== '')];
}

function generatedSecret(dataDir: string): string {
  const file = path.join(dataDir, 'app-secret');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = randomBytes(32).toString('hex');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
