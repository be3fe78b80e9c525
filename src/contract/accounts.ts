import type { Instant } from '../domain/crm/time.js';
import type { HostRequest, FramePlace, FrameUser } from './host.js';

/** Nest token under which the accounts' module provides `Accounts` to the other features. */
export const ACCOUNTS = Symbol('Accounts');

export type AccountState = 'connecting' | 'active' | 'frozen' | 'purging';
export type AccountHealth = 'ok' | 'reauthorise' | 'paymentRequired' | 'forbidden' | 'unavailable';
export type AccountLanguage = 'ru' | 'en';

/** What a feature may know of an account: no token, no secret. */
export interface AccountFacts {
  readonly accountId: string;
  readonly host: string;
  readonly hostKey: string;
  readonly endpoint: string;
  readonly state: AccountState;
  readonly health: AccountHealth;
  readonly healthDetail: string | null;
  readonly healthSince: Instant | null;
  readonly settings: AccountSettings;
  readonly finishedAt: Instant | null;
}

/** The account's own settings, every one with a default. */
export interface AccountSettings {
  readonly language: AccountLanguage;
  /** IANA zone of people whose own zone is unknown. */
  readonly timeZone: string;
  /** ISO 3166-1 alpha-2, whose public holidays hold; null: none. */
  readonly country: string | null;
  /** Working hours, Monday to Friday, minutes since midnight. */
  readonly workFrom: number;
  readonly workTo: number;
  /** Days that the data of an uninstalled account is kept. */
  readonly purgeAfterDays: number;
  /** How embedding went the last time; null before the first one. */
  readonly embedding: EmbeddingRecord | null;
}

export interface EmbeddingRecord {
  readonly at: Instant;
  readonly added: number;
  readonly kept: number;
  /** What the host's plan or our scopes did not allow, in words. */
  readonly unavailable: readonly string[];
  /** Why it broke off; null when it went through. */
  readonly problem: string | null;
}

/** A frame opening that was proven, and the account that it belongs to. */
export type Opening =
  | {
      readonly kind: 'open';
      readonly account: AccountFacts;
      readonly user: KnownUser;
      readonly place: FramePlace;
      readonly installing: boolean;
      /** Origin that may frame us. */
      readonly portalOrigin: string;
    }
  | {
      readonly kind: 'refused';
      readonly reason:
        'notGenuine' | 'expired' | 'unknownAccount' | 'badRequest' | 'unavailable' | 'adminNeeded';
    };

/** The person, with what the mirror adds where the host's frame says nothing. */
export type KnownUser = Omit<FrameUser, 'admin'> & {
  readonly admin: boolean;
  /** Leads a department. */
  readonly head: boolean;
};

/** Accounts as the other features need them. */
export interface Accounts {
  find(accountId: string): Promise<AccountFacts | null>;
  /**
   * Origin of the account's own page where frames of ours open without a proof (`CrmHost.frame` is `token`) and the account
   * is alive; null otherwise. The key may come from anybody: what it leads to is no secret.
   */
  pageOrigin(hostId: string, accountKey: string): Promise<string | null>;
  /** Verifies a frame opening or an installation call and records what it proved. Idempotent. */
  open(hostId: string, request: HostRequest): Promise<Opening>;
  /**
   * Detects what the account may do, embeds us in the host and starts the first copy. Idempotent; what went wrong is
   * in the answer's `settings.embedding.problem`.
   */
  install(accountId: string, actor: string): Promise<AccountFacts>;
  /** The host was told by the installer page that the installation is finished. Idempotent. */
  finished(accountId: string, actor: string): Promise<AccountFacts>;
}
