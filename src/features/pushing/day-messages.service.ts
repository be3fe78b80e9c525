import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  MAILS,
  type LetterLine,
  type LetterSection,
  type MailMessage,
  type Mails,
} from '../../contract/mail.js';
import type { AppPlace } from '../../contract/links.js';
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
  /** The same in short, for a notification. Absent: nothing. */
  readonly brief?: readonly string[];
  /** Null: not as a letter. */
  readonly subject: string | null;
  readonly kind: MailMessage['kind'];
  readonly place: AppPlace;
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
  const { userId, identity, intro, sections, brief = [], anchor, dealId } = message;
  const lines = sections.flatMap(({ title, lines: all }) => [
    ...(title === null ? [] : [title]),
    ...bullets(all.map(({ text }) => text)),
  ]);
  const key = actionKey(context.accountId, 'day', ...identity);
  const text = [intro, ...lines, ...brief].join('\n');
  const place = dealId === null ? message.place : undefined;
  return tellWish(context, { key, userId, dealId, place, anchor, text, at });
}

const BUTTONS = {
  ru: { day: 'Открыть мой день', exceptions: 'Открыть отклонения', week: 'Открыть итоги недели' },
  en: { day: 'Open my day', exceptions: 'Open the exceptions', week: 'Open the week' },
} as const;

function buttonOf({ screen, params = {} }: AppPlace): keyof (typeof BUTTONS)['ru'] {
  if (params['look'] === 'week') return 'week';
  return screen === 'exceptions' ? 'exceptions' : 'day';
}

function letterOf(context: ControlContext, message: DayMessage): MailMessage | null {
  const { userId, identity, intro, sections, more = [], subject, kind, place } = message;
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
      button: { label: BUTTONS[language][buttonOf(place)], place: { kind: 'screen', ...place } },
    },
  };
}
