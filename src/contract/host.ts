import type { Instant, Clock } from '../domain/crm/time.js';
import type { AccountCapabilities, EntityChange, HostClient } from './client.js';
import type { AppPlace } from './links.js';

/**
 * A CRM that we can live in. One instance a process; plain classes with constructor arguments, no framework.
 * The core branches on what a host can do, never on its id.
 */
export interface CrmHost {
  /** Folder name, route segment, database value. */
  readonly id: string;
  readonly title: string;

  /**
   * How a frame of ours comes to its session. `posted`: the host posts the person's token into the frame. `token`: the
   * frame opens empty, and the host's page sends us a short token of the person's from its own origin; `openFrame` then
   * reads a POST form with the fields `token` and, as that page tells them and unproven, `screen` (one of `FramePlace`'s),
   * `dealId` (the host's own id, may be empty), `language` and, where an address was followed, `link` (what
   * `screenPath` put into it), and the page's origin in the header `origin`.
   */
  readonly frame: 'posted' | 'token';

  /**
   * Reads a hook's body without I/O. The caller compares `accountKey`/`secret` with what it stored, in constant time,
   * before it believes anything.
   */
  readHook(request: HostRequest): HookReading;

  /**
   * Verifies a frame opening (the host posts into our iframe) or an installation call. May call the host's OAuth
   * server or the stored portal, never a posted address.
   */
  openFrame(
    request: HostRequest,
    known: (accountKey: string) => Promise<KnownInstallation | null>,
  ): Promise<FrameReading>;

  /** A new pair for an old one. Throws `HostError` `reauthorise` when the chain is dead. Never called twice at once per chain. */
  refresh(tokens: TokenPair): Promise<TokenPair>;

  /** Where a browser goes to connect an account from our side; null where the host has no such entry. */
  authorizeUrl?(portal: string, state: string): string | null;
  /** Whether a code came by the host's own installation, which knows no `state` of ours. */
  isOwnInstallation?(request: HostRequest): boolean;
  /** The code that came back from there. */
  exchange?(request: HostRequest): Promise<FrameReading>;

  /** What a person's automation must send along so that its calls of ours are believed; absent: nothing. */
  automationKey?(accountKey: string): string;

  /** What the account's plan and our scopes allow. */
  detect(session: HostSession): Promise<AccountCapabilities>;

  connect(session: HostSession, capabilities: AccountCapabilities): HostClient;

  /** `frame-ancestors` source of this account's portal, e.g. `https://x.example.com`. */
  frameOrigin(endpoint: string): string;

  /** Path inside the portal of a person's task and of a deal's card, for the bridge's `openPath`; absent: no such page. */
  taskPath?(taskId: string, userId: string): string | null;
  dealPath?(dealId: string): string | null;
  /**
   * Path inside the portal that opens our screen with these parameters, for letters, notifications and copied links. It
   * brings them back in `FramePlace.link`. Absent or null: the host can open none of our screens by an address.
   */
  screenPath?(place: AppPlace): string | null;
}

/** An inbound HTTP call as the host's own code needs it: the body is raw. */
export interface HostRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: Buffer;
  /** Last part of the address that was called, where the host's own code had put something there. */
  readonly key?: string;
}

/**
 * `secret` is compared with the stored one. Null: the host's own code has proven the call already, by a signature with
 * our application's key; the account must still be a living one.
 */
export type HookReading =
  | {
      readonly kind: 'changes';
      readonly accountKey: string;
      readonly secret: string | null;
      readonly changes: readonly EntityChange[];
      /** The host's sending time, for the lag figure. */
      readonly sentAt: Instant | null;
    }
  | {
      /** "Generate a task plan" from the host's automation. */
      readonly kind: 'robot';
      readonly accountKey: string;
      readonly secret: string | null;
      /** Repeats of one call carry the same id. */
      readonly callId: string;
      readonly dealId: string;
      readonly templateKey: string | null;
    }
  | {
      readonly kind: 'lifecycle';
      readonly accountKey: string;
      readonly secret: string | null;
      readonly event: 'installed' | 'updated' | 'uninstalled' | 'paymentChanged';
      /** Uninstalled with "delete data" ticked. */
      readonly purge: boolean;
    }
  | {
      /** A person answered a question of ours (`ask`) by the host's own button. */
      readonly kind: 'answer';
      readonly accountKey: string;
      readonly secret: string | null;
      /** What the question's outcome gave: our own store says what was asked, never the call. */
      readonly hostId: string;
      readonly dealId: string;
      /** Who pressed it; null where the host does not say. */
      readonly userId: string | null;
      readonly answer: 'done' | 'notDone';
    }
  | {
      /** The host's own queue has something for us: `HostClient.drainQueue` fetches it. */
      readonly kind: 'queued';
      readonly accountKey: string;
      readonly secret: string | null;
    }
  /** Known and of no interest to us; answered and forgotten. */
  | { readonly kind: 'ignored'; readonly reason: string }
  /** Not a hook that we can read; counted, nothing stored. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What we know of an installation when a frame opens. */
export interface KnownInstallation {
  readonly endpoint: string;
  readonly secret: string | null;
}

export type FrameReading =
  | {
      readonly kind: 'open';
      readonly accountKey: string;
      readonly installation: InstallationFacts;
      readonly user: FrameUser;
      /** Tokens of the user who opened the frame; kept as a further chain when the user is an administrator. */
      readonly tokens: TokenPair | null;
      readonly place: FramePlace;
      /** True while the host still waits for the installer page to finish. */
      readonly installing: boolean;
      /** Id of the host's token that proved this, where it has one: for whoever lets a token work only once. */
      readonly proofId?: string;
    }
  | {
      readonly kind: 'refused';
      readonly reason: 'notGenuine' | 'expired' | 'unknownAccount' | 'badRequest' | 'unavailable';
    };

export interface InstallationFacts {
  /** Base of the account's API, proven by the host's OAuth server or read from storage. */
  readonly endpoint: string;
  readonly oauthEndpoint: string;
  /** Token that proves hooks, when this call brought a proven one. */
  readonly secret: string | null;
  readonly scopes: readonly string[];
}

export interface FrameUser {
  readonly id: string;
  /** Empty where the host does not say: the mirror's name holds. */
  readonly name: string;
  /** Null where the host does not say: the mirror's word holds, and an unknown person is none. */
  readonly admin: boolean | null;
  readonly timeZone: string | null;
}

export interface FramePlace {
  /** Host-neutral screen: the deal's card, the app's own page, the installer, or one of the pages for heads. */
  readonly screen: 'plan' | 'home' | 'install' | 'panel' | 'insight';
  readonly dealId: string | null;
  readonly language: string;
  /** The address that was followed, unproven like the rest of the place; absent: it was opened without one. */
  readonly link?: AppPlace;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Instant;
  readonly userId: string | null;
  readonly endpoint: string;
  readonly oauthEndpoint: string;
}

/** What a client needs of the account: tokens with one refresh over all processes, limits shared by them. */
export interface HostSession {
  readonly accountKey: string;
  endpoint(): string;
  /** Base of the OAuth server's own API for this account: proves a rename. */
  oauthEndpoint(): string;
  accessToken(): Promise<string>;
  /** Another token than the stale one: refreshed by us, or meanwhile by another process. Throws `reauthorise`. */
  renewToken(stale: string): Promise<string>;
  /** The portal was renamed and proved to be the same account. */
  moved(endpoint: string): Promise<void>;
  readonly limits: SharedLimits;
  readonly clock: Clock;
  readonly log: HostLog;
  /** `DealField.key`s whose values the account wants in `Deal.fields`. Absent: none. */
  readonly watchedFields?: readonly string[];
}

/** A token bucket and pauses per account, shared by every process through the database. */
export interface SharedLimits {
  /**
   * Waits until `cost` fits under the bucket and takes it. The low lane leaves `rule.reserve` to the high one.
   */
  take(bucket: string, rule: BucketRule, cost: number, lane: 'high' | 'low'): Promise<void>;
  /** The host said that it is fuller than we thought: empty our bucket until `until`. */
  drain(bucket: string, until: Instant): Promise<void>;
  /** Pauses one method (or `*`) for the account; a later end wins. */
  pause(method: string, until: Instant): Promise<void>;
  /** Ends such a pause early. */
  resume(method: string): Promise<void>;
  pausedUntil(method: string): Promise<Instant | null>;
}

export interface BucketRule {
  readonly capacity: number;
  readonly drainPerSecond: number;
  /** How much of the capacity the low lane leaves free: it waits while less than `reserve` + its cost is left. */
  readonly reserve: number;
}

export interface HostLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** How a host enters the registry: its variables are parsed at boot with all others; null when it is switched off. */
export interface HostEntry {
  readonly id: string;
  readonly variables: readonly HostVariable[];
  create(
    values: Readonly<Record<string, string | undefined>>,
    surroundings: HostSurroundings,
  ): CrmHost | null;
}

export interface HostVariable {
  readonly name: string;
  readonly secret: boolean;
  /** Without all required ones the host is off; with some of them missing the configuration is faulty. */
  readonly required: boolean;
  /** The only values that make sense; absent: any text. */
  readonly values?: readonly string[];
  readonly meaning: string;
}

export interface HostSurroundings {
  readonly clock: Clock;
  readonly log: HostLog;
  /** Origins of simulated hosts that may be called though they are local: only while the sandbox is on. */
  readonly trustedOrigins: readonly string[];
  /** Our own address as hosts know it, no slash at the end: part of what they sign and of what they send people back to. */
  readonly publicUrl: string;
}
