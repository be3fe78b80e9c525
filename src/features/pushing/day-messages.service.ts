import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  MAILS,
  type LetterLine,
  type LetterSection,
  type MailMessage,
  type Mails,
} from '../../contract/mail.js';
import type { Instant } from '../../domain/crm/time.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox, type ActionWish } from '../../outbox/index.js';
import type { ControlContext } from './control-context.service.js';
import { bullets, dayGoesOn } from './day.texts.js';
import { tellWish } from './push-sending.service.js';

/** One message of somebody's day: a notification, and a letter when there are letters. */
export interface DayMessage {
  readonly userId: string;
  /** What tells it apart for ever, after the account. */
  readonly identity: readonly string[];
  readonly intro: string;
  readonly sections: readonly DaySection[];
  /** What only a letter has room for. Absent: nothing. */
  readonly more?: readonly DaySection[];
  /** Null: not as a letter. */
  readonly subject: string | null;
  readonly kind: MailMessage['kind'];
  readonly screen: 'home' | 'panel' | 'insight';
  /** Deal in which the person is told where the host has no notifications; null: then not at all. */
  readonly anchor: string | null;
  readonly dealId: string | null;
}

export interface DaySection {
  readonly title: string | null;
  readonly lines: readonly LetterLine[];
}

/** How messages of the day reach people: once by their key, in the transaction that claims them. */
@Injectable()
export class DayMessages {
  constructor(
    private readonly outbox: ActionOutbox,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null,
  ) {}

  get mailConfigured(): boolean {
    return this.mails?.configured ?? false;
  }

  async send(
    tx: Sql,
    context: ControlContext,
    messages: readonly DayMessage[],
    at: Instant,
    byMail: boolean,
  ): Promise<void> {
    const wishes = messages.flatMap((message) => wishOf(context, message, at) ?? []);
    await this.outbox.want(tx, context.accountId, wishes);
    const letters = byMail ? messages.flatMap((message) => letterOf(context, message) ?? []) : [];
    if (this.mails?.configured === true && letters.length > 0) await this.mails.send(tx, letters);
  }

  /** Where the host has no notifications a message is a question in a deal: it goes when its time is over. */
  async takeAway(
    tx: Sql,
    context: ControlContext,
    identities: readonly (readonly string[])[],
  ): Promise<void> {
    if (context.kinds.has('notify') || identities.length === 0) return;
    const keys = identities.map((identity) => actionKey(context.accountId, 'day', ...identity));
    await this.outbox.closeAsks(tx, context.accountId, { keys }, dayGoesOn(context.language));
  }
}

function wishOf(context: ControlContext, message: DayMessage, at: Instant): ActionWish | null {
  const { userId, identity, intro, sections, anchor, dealId } = message;
  const lines = sections.flatMap(({ title, lines: all }) => [
    ...(title === null ? [] : [title]),
    ...bullets(all.map(({ text }) => text)),
  ]);
  const key = actionKey(context.accountId, 'day', ...identity);
  const text = [intro, ...lines].join('\n');
  return tellWish(context, { key, userId, dealId, anchor, text, at });
}

const BUTTONS = {
  ru: { home: 'Открыть мой день', panel: 'Открыть пульт', insight: 'Открыть отчёт' },
  en: { home: 'Open my day', panel: 'Open the panel', insight: 'Open the report' },
} as const;

function letterOf(context: ControlContext, message: DayMessage): MailMessage | null {
  const { userId, identity, intro, sections, more = [], subject, kind, screen } = message;
  if (subject === null) return null;
  const { accountId, language } = context;
  const shown: readonly LetterSection[] = [...sections, ...more].filter(({ lines }) => lines.length > 0);
  return {
    accountId,
    userId,
    key: ['day', ...identity].join(':').slice(0, 200),
    kind,
    language,
    subject,
    letter: {
      intro,
      sections: shown,
      button: { label: BUTTONS[language][screen], place: { kind: 'screen', screen } },
    },
  };
}
