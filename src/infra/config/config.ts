import type { Role } from './variables.js';

/** Everything the service was told, parsed once at boot and frozen. Nobody else reads the environment. */
export class Config {
  readonly port!: number;
  /** No slash at the end. */
  readonly publicUrl!: string;
  /** Null: the embedded database in `dataDir`. */
  readonly databaseUrl!: string | null;
  readonly databasePool!: number;
  readonly dataDir!: string;
  /** Newest first; values sealed under an older one still open. */
  readonly secrets!: readonly string[];
  readonly role!: Role;
  readonly logLevel!: string;
  readonly sandbox!: boolean;
  readonly production!: boolean;
  readonly sweepMinutes!: number;
  /** Null: no letters. */
  readonly mail!: MailConfig | null;
  /** Variables that hosts and the sandbox declared, by name; absent ones are missing. */
  readonly declared!: Readonly<Record<string, string>>;

  constructor(values: Readonly<Config>) {
    Object.assign(this, values);
    Object.freeze(this);
  }
}

export interface MailConfig {
  /** `smtp:` or `smtps:`, with the password: never into a log. */
  readonly url: string;
  /** An address, with or without a name. */
  readonly from: string;
}

export interface DeclaredVariable {
  readonly name: string;
  readonly secret: boolean;
  readonly required: boolean;
  /** The only values that make sense; absent: any text. */
  readonly values?: readonly string[];
  readonly meaning: string;
}

/** Variables that only make sense together: with some of the required ones missing the configuration is faulty. */
export interface DeclaredGroup {
  readonly id: string;
  readonly variables: readonly DeclaredVariable[];
}
