import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Config } from '../../infra/config/config.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Log } from '../../infra/log.js';
import { MailServer } from '../../infra/mail/mail-server.js';
import { mailNightly, mailRound, mailTick } from './mail.jobs.js';
import { MailRepository, type ClaimedLetter } from './mail.repository.js';
import { OffLinks } from './off-link.js';

const AT_ONCE = 10;
const MINUTE_MS = 60_000;
/** Waits after the first, second, … attempt; after the last one the letter is given up: two days, as mail servers do. */
const WAITS_MINUTES = [1, 5, 15, 60, 180, 360, 720, 720, 720];

/** Subjects name deals: kept as long as anybody asks what was sent, and as no key comes again after it. */
const KEPT_MS = 90 * 24 * 60 * MINUTE_MS;

/** Sends what is written down: marked before it goes out, under one id for ever, until the server takes or refuses it. */
@Injectable()
export class MailWorker implements OnModuleInit, OnApplicationShutdown {
  private readonly log: Log;
  private readonly server: MailServer | null;

  constructor(
    private readonly jobs: Jobs,
    private readonly repository: MailRepository,
    private readonly offLinks: OffLinks,
    private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    log: Log,
  ) {
    this.log = log.child('mail');
    this.server = config.mail === null ? null : new MailServer(config.mail);
  }

  onModuleInit(): void {
    this.jobs.handle(mailRound, ({ accountId }, { signal }) => this.round(accountId, signal));
    this.jobs.handle(mailTick, () => this.tick());
    this.jobs.handle(mailNightly, () => this.repository.forget(this.clock.now() - KEPT_MS));
    this.jobs.schedule(mailTick, '* * * * *', {});
    this.jobs.schedule(mailNightly, '37 4 * * *', {});
  }

  onApplicationShutdown(): void {
    this.server?.close();
  }

  private async tick(): Promise<void> {
    if (!this.server) return;
    const accountIds = await this.repository.dueAccounts(this.clock.now());
    await this.jobs.enqueue(
      mailRound,
      accountIds.map((accountId) => ({ accountId })),
    );
  }

  /** What a stop interrupts is due again when its mark is old. */
  private async round(accountId: string, signal: AbortSignal): Promise<void> {
    const { server } = this;
    if (!server) return;
    while (!signal.aborted) {
      const letters = await this.repository.claim(accountId, this.clock.now(), AT_ONCE);
      if (letters.length === 0) return;
      await Promise.all(letters.map((letter) => this.sendOne(server, accountId, letter)));
    }
  }

  private async sendOne(server: MailServer, accountId: string, letter: ClaimedLetter): Promise<void> {
    const { key, userId, kind, address, subject, html, text } = letter;
    const unsubscribeUrl = this.offLinks.url({ accountId, userId, kind, language: 'en' });
    const messageId = this.messageId(accountId, key);
    const outcome = await server.send({ to: address, subject, html, text, messageId, unsubscribeUrl });
    const at = this.clock.now();
    if (outcome.kind === 'sent')
      return this.repository.settle(accountId, key, { state: 'sent', nextAt: null, at, fault: null });
    const nextAt = outcome.kind === 'refused' ? null : nextAttempt(letter.attempts, at);
    const state = nextAt === null ? 'failed' : 'planned';
    this.log.warn('a letter was not taken', { accountId, attempts: letter.attempts, state });
    return this.repository.settle(accountId, key, { state, nextAt, at, fault: outcome.fault });
  }

  private messageId(accountId: string, key: string): string {
    const hash = createHash('sha256').update(`${accountId} ${key}`).digest('hex').slice(0, 40);
    return `<${hash}@${new URL(this.config.publicUrl).hostname}>`;
  }
}

function nextAttempt(attempts: number, now: Instant): Instant | null {
  const minutes = WAITS_MINUTES[attempts - 1];
  return minutes === undefined ? null : now + minutes * MINUTE_MS;
}
