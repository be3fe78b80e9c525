import type { AppPlace } from './links.js';

/** Nest token under which the mail module provides `Mails` to the other features. */
export const MAILS = Symbol('Mails');

/** What a person can switch off by one click in the letter: lists of the morning, the day's other letters, and so on. */
export type MailKind = 'digest' | 'day' | 'alert' | 'book';

export interface MailMessage {
  readonly accountId: string;
  /** Host user id: the letter goes to the address that the host has for this person. */
  readonly userId: string;
  /** Names the letter for ever, at most 200 characters: a second letter with the same key is not sent. */
  readonly key: string;
  readonly kind: MailKind;
  readonly language: 'ru' | 'en';
  readonly subject: string;
  readonly letter: Letter;
}

/** What a letter says; its HTML and its plain text are both made of this. All texts are plain: nothing is markup. */
export interface Letter {
  /** The first sentence: the fact that matters. */
  readonly intro: string;
  readonly sections: readonly LetterSection[];
  /** The one button. */
  readonly button?: { readonly label: string; readonly place: LetterPlace };
}

export interface LetterSection {
  readonly title: string | null;
  readonly lines: readonly LetterLine[];
}

export interface LetterLine {
  readonly text: string;
  /** Said under the line, quieter. */
  readonly note?: string;
  /** The line leads there. */
  readonly place?: LetterPlace;
}

/** Where a click leads inside the portal: a deal's card with its plan, or a screen of ours. */
export type LetterPlace =
  { readonly kind: 'deal'; readonly dealId: string } | ({ readonly kind: 'screen' } & AppPlace);

/** The part of a transaction that a letter is written through; hand over the caller's own. */
export interface MailTransaction {
  query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** Letters to the account's people. */
export interface Mails {
  /** Whether the service has a mail server; without one `send` does nothing. */
  readonly configured: boolean;
  /**
   * Letters to be sent when the transaction commits, once per key. People without an address, who left, or who switched
   * this kind off are passed over. Returns the keys that will be sent. May be called inside a transaction.
   */
  send(tx: MailTransaction, messages: readonly MailMessage[]): Promise<ReadonlySet<string>>;
  /** Letters of the account since then that were not delivered, and what was said of the newest. For administrators. */
  failures(
    accountId: string,
    since: number,
  ): Promise<{ readonly count: number; readonly last: string | null }>;
}
