import { Inject, Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { addressOf, dealAddressOf } from '../../contract/links.js';
import type { LetterPlace, MailMessage, Mails, MailTransaction } from '../../contract/mail.js';
import { beginningOf } from '../../domain/crm/text.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Config } from '../../infra/config/config.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { htmlOf, textOf } from './letter-page.js';
import { mailRound } from './mail.jobs.js';
import { MailRepository, type WrittenLetter } from './mail.repository.js';
import { OffLinks } from './off-link.js';

const LONGEST_SUBJECT = 200;
const LONGEST_KEY = 200;

type HrefOf = (place: LetterPlace) => string | null;

/** Writes letters down in the caller's transaction; a job sends them. */
@Injectable()
export class StoredMails implements Mails {
  constructor(
    private readonly repository: MailRepository,
    private readonly offLinks: OffLinks,
    private readonly jobs: Jobs,
    private readonly config: Config,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get configured(): boolean {
    return this.config.mail !== null;
  }

  async send(tx: MailTransaction, messages: readonly MailMessage[]): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    if (!this.configured) return keys;
    const accounts = Map.groupBy(messages, (message) => message.accountId);
    for (const [accountId, own] of accounts) {
      const letters = await this.write(tx, accountId, own);
      const kept = await this.repository.write(tx, accountId, letters, this.clock.now());
      if (kept.size > 0) await this.jobs.enqueue(mailRound, { accountId }, { tx });
      for (const key of kept) keys.add(key);
    }
    return keys;
  }

  async failures(
    accountId: string,
    since: number,
  ): Promise<{ readonly count: number; readonly last: string | null }> {
    return this.repository.failures(accountId, since);
  }

  private async write(
    tx: MailTransaction,
    accountId: string,
    messages: readonly MailMessage[],
  ): Promise<readonly WrittenLetter[]> {
    const addresses = await addressesOf(tx, accountId, messages);
    const hrefOf = await this.places(tx, accountId);
    return messages.flatMap((message) => {
      const address = addresses.get(`${message.userId} ${message.kind}`);
      return address === undefined ? [] : [this.letterOf(message, address, hrefOf)];
    });
  }

  private letterOf(message: MailMessage, address: string, hrefOf: HrefOf): WrittenLetter {
    const { userId, kind, language, letter } = message;
    const subject = beginningOf(message.subject.replaceAll(/\s+/g, ' ').trim(), LONGEST_SUBJECT);
    const placed = { language, subject, letter, hrefOf, offUrl: this.offLinks.url(message) };
    const key = message.key.slice(0, LONGEST_KEY);
    return { key, userId, kind, address, subject, html: htmlOf(placed), text: textOf(placed) };
  }

  private async places(tx: MailTransaction, accountId: string): Promise<HrefOf> {
    const [account] = await tx.query<{ host: string; endpoint: string }>(
      'SELECT host, endpoint FROM account WHERE account_id = $1::uuid',
      [accountId],
    );
    const host = this.hosts.get(account?.host ?? '');
    const endpoint = account?.endpoint ?? '';
    return (place) =>
      place.kind === 'deal' ? dealAddressOf(host, endpoint, place.dealId) : addressOf(host, endpoint, place);
  }
}

/** Of people who work here, have an address and did not switch such letters off, by person and kind. */
async function addressesOf(
  tx: MailTransaction,
  accountId: string,
  messages: readonly MailMessage[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ user_id: string; kind: string; email: string }>(
    `SELECT w.user_id, w.kind, u.email FROM unnest($2::text[], $3::text[]) AS w(user_id, kind)
     JOIN host_user u ON u.account_id = $1::uuid AND u.user_id = w.user_id AND u.active AND u.email IS NOT NULL
     WHERE NOT EXISTS (SELECT 1 FROM mail_refusal r WHERE r.account_id = $1::uuid AND r.user_id = w.user_id
       AND r.kind = w.kind)`,
    [accountId, messages.map((message) => message.userId), messages.map((message) => message.kind)],
  );
  const known = rows.filter((row) => isEmail(row.email, { require_tld: false }));
  return new Map(known.map((row) => [`${row.user_id} ${row.kind}`, row.email]));
}
