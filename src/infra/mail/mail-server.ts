import { createTransport } from 'nodemailer';
import pRetry from 'p-retry';
import type { MailConfig } from '../config/config.js';

export interface OutgoingLetter {
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** With its angle brackets; the same for every attempt, so that receivers drop a repetition. */
  readonly messageId: string;
  /** Where one click or one request switches such letters off. */
  readonly unsubscribeUrl: string;
}

/** `refused` is for ever: another attempt would meet the same answer. */
export type LetterOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly fault: string }
  | { readonly kind: 'later'; readonly fault: string };

const CONNECTIONS = 3;
const TIMEOUT_MS = 20_000;
const RETRIES = 2;
const FIRST_RETRY_MS = 200;
const LONGEST_FAULT = 300;

/** The mail server that the service was told of. Connections are kept open between letters. */
export class MailServer {
  private readonly transport;

  constructor(private readonly config: MailConfig) {
    const url = new URL(config.url);
    // Only what the sender's own settings say reaches the transport: a letter must not name files or addresses to fetch.
    this.transport = createTransport({
      pool: true,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : Number(url.port),
      secure: url.protocol === 'smtps:',
      maxConnections: CONNECTIONS,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(url.username !== '' && {
        auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
      }),
    });
  }

  /** Never throws for what a server or the way to it may do. A server that cannot be reached is tried again at once. */
  async send(letter: OutgoingLetter): Promise<LetterOutcome> {
    try {
      await pRetry(() => this.attempt(letter), {
        retries: RETRIES,
        minTimeout: FIRST_RETRY_MS,
        shouldRetry: ({ error }) => wasNeverReached(error),
      });
      return { kind: 'sent' };
    } catch (error) {
      const fault = faultOf(error);
      return isRefusal(error) ? { kind: 'refused', fault } : { kind: 'later', fault };
    }
  }

  close(): void {
    this.transport.close();
  }

  private async attempt(letter: OutgoingLetter): Promise<void> {
    await this.transport.sendMail({
      from: this.config.from,
      to: { name: '', address: letter.to },
      subject: letter.subject,
      html: letter.html,
      text: letter.text,
      messageId: letter.messageId,
      headers: {
        'List-Unsubscribe': `<${letter.unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'Auto-Submitted': 'auto-generated',
      },
    });
  }
}

interface SmtpFault {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
}

/** The connection did not come about: nothing can have been taken over. */
function wasNeverReached(error: unknown): boolean {
  return (error as SmtpFault).command === 'CONN';
}

/** The address or the letter is not wanted (5xx). A refused login is our own fault and says nothing of the letter. */
function isRefusal(error: unknown): boolean {
  const { responseCode, code } = error as SmtpFault;
  if (code === 'EAUTH' || code === 'ENOAUTH') return false;
  return typeof responseCode === 'number' && responseCode >= 500;
}

function faultOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').slice(0, LONGEST_FAULT);
}
