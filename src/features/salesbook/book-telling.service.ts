import { Inject, Injectable, Optional } from '@nestjs/common';
import type { AppPlace } from '../../contract/links.js';
import { MAILS, type Letter, type MailMessage, type Mails } from '../../contract/mail.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { actionKey, ActionOutbox, type ActionWish } from '../../outbox/index.js';
import { BookMeans, type Means } from './book-means.service.js';
import { commentText, messageText } from './book-message.texts.js';
import { planMessages, type Message } from './book-messages.js';
import { BookToldRepository, type Due } from './book-told.repository.js';

const HOUR_MS = 3_600_000;

/** Tells people what was written down, as the host can, and reminds them of what is planned. */
@Injectable()
export class BookTelling {
  constructor(
    private readonly database: Database,
    private readonly told: BookToldRepository,
    private readonly actions: ActionOutbox,
    private readonly means: BookMeans,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null = null,
  ) {}

  /** Accounts where somebody is to be told or reminded by now. */
  dueAccounts(): Promise<readonly string[]> {
    return this.told.accounts(this.clock.now());
  }

  /** What is due by now; exactly once, for it is settled in the transaction of the wishes. */
  async tell(accountId: string): Promise<void> {
    const now = this.clock.now();
    const means = await this.means.of(accountId, now);
    if (!means) return;
    await this.database.transaction(async (tx) => {
      await this.told.lock(tx, accountId);
      await this.told.remind(tx, accountId, now);
      const due = await this.told.due(tx, accountId, now);
      if (due.length === 0) return;
      const past = await this.told.past(tx, accountId, now - HOUR_MS);
      const plan = planMessages(due, past, now, means.workingFrom);
      const letters = plan.messages.flatMap((message) => lettersOf(accountId, message, means));
      const mailed = (await this.mails?.send(tx, letters)) ?? new Set<string>();
      const told = plan.messages.filter((message) => canBeTold(message, means));
      const sent = plan.messages.filter(
        (message) => told.includes(message) || mailed.has(keyOf(accountId, message)),
      );
      const unheard = plan.messages.filter((message) => !sent.includes(message));
      const notices = sent.flatMap((message) => message.notices);
      const silent = [...plan.nobody, ...unheard.flatMap((message) => message.notices)];
      await this.actions.want(tx, accountId, wishesOf(accountId, told, means));
      await this.told.settle(tx, accountId, notices, { told: now, due: notices.map(() => null) });
      await this.told.settle(tx, accountId, silent, { told: null, due: silent.map(() => null) });
      await this.told.settle(
        tx,
        accountId,
        plan.later.map(({ notice }) => notice),
        { told: null, due: plan.later.map(({ at }) => at) },
      );
    });
  }
}

function canBeTold({ why, dealId, notices }: Message<Due>, { notify }: Means): boolean {
  if (!notices.some((notice) => notice.channels.includes('host'))) return false;
  return notify || (why !== 'subscribed' && dealId !== null);
}

function wishesOf(accountId: string, messages: readonly Message<Due>[], means: Means): readonly ActionWish[] {
  if (!means.notify) return notesOf(accountId, messages, means);
  return messages.map((message) => {
    const { userId, dealId, why, notices } = message;
    const text = messageText(why, notices, means.reader);
    return {
      key: keyOf(accountId, message),
      action: { kind: 'notify', userId, dealId, text, ...placeOf(dealId) },
    };
  });
}

function keyOf(accountId: string, { userId, why, notices }: Message<Due>): string {
  return actionKey(accountId, 'book', userId, why, ...notices.map((notice) => notice.entryId));
}

/** The same as a letter, for those who asked for one. */
function lettersOf(accountId: string, message: Message<Due>, { reader }: Means): readonly MailMessage[] {
  const { userId, dealId, why, notices } = message;
  if (!notices.some((notice) => notice.channels.includes('mail'))) return [];
  const { language } = reader;
  const [subject = '', ...lines] = messageText(why, notices, reader).split('\n');
  const opening = { ru: 'Записано в Sales Book:', en: 'Written down in the Sales Book:' };
  return [
    {
      accountId,
      userId,
      key: keyOf(accountId, message),
      kind: 'book',
      language,
      subject,
      letter: {
        intro: opening[language],
        sections: [{ title: null, lines: lines.map((text) => ({ text })) }],
        button: buttonTo(dealId, language),
      },
    },
  ];
}

/** What is about no deal is read in the book itself. */
function placeOf(dealId: string | null): { readonly place?: AppPlace } {
  return dealId === null ? { place: { screen: 'book' } } : {};
}

function buttonTo(dealId: string | null, language: 'ru' | 'en'): NonNullable<Letter['button']> {
  const ru = language === 'ru';
  return dealId === null
    ? { label: ru ? 'Открыть Sales Book' : 'Open the Sales Book', place: { kind: 'screen', screen: 'book' } }
    : { label: ru ? 'Открыть сделку' : 'Open the deal', place: { kind: 'deal', dealId } };
}

/** One note an entry, whoever it is for. */
function notesOf(accountId: string, messages: readonly Message<Due>[], means: Means): readonly ActionWish[] {
  const notices = messages.flatMap((message) => message.notices);
  return [...Map.groupBy(notices, (one) => `${one.why}|${one.entryId}`).values()].flatMap((same) => {
    const [first] = same;
    if (!first || first.dealId === null) return [];
    const userIds = same.map((notice) => notice.userId);
    const text = commentText(first.why, first, userIds, means.reader);
    const key = actionKey(accountId, 'book', 'note', first.why, first.entryId);
    return [{ key, action: { kind: 'comment', dealId: first.dealId, text } } satisfies ActionWish];
  });
}
