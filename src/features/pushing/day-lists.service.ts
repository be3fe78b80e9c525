import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { ControlContext } from './control-context.service.js';
import { digestSections } from './alert-letters.js';
import type { Language, Reader } from './control.texts.js';
import { DayMessages, type DayMessage } from './day-messages.service.js';
import { DayPictures } from './day-pictures.service.js';
import { DayRepository, type DayKey } from './day.repository.js';
import { closingIntro, entryLine, listIntro, listTitle } from './day.texts.js';
import type { CycleSettings, DayEntry, DayPicture, StoredItem } from './day.types.js';
import { isOverdue } from './day-views.service.js';
import { digestBullets, digestTitle, MorningDigests, type DigestPart } from './morning-digests.service.js';

type ClaimedDay = DayKey & { readonly endsAt: Instant };

/** A letter that shows more is not read to its end. */
const LINES = 30;

/** The seller's messages: the list of the morning and the call to close the day. */
@Injectable()
export class DayLists {
  constructor(
    private readonly database: Database,
    private readonly days: DayRepository,
    private readonly pictures: DayPictures,
    private readonly messages: DayMessages,
    private readonly digests: MorningDigests,
  ) {}

  /**
   * What stands in the list is kept as planned: the evening is measured by it. Alerts that waited for the morning come in
   * the same message; where one of the two is empty, the other one comes alone, and with neither nobody is told anything.
   */
  async list(
    context: ControlContext,
    settings: CycleSettings,
    days: readonly ClaimedDay[],
    now: Instant,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { pictures } = await this.claim(tx, context, settings, days, 'list', now);
      const waiting = await this.digests.waiting(tx, context.accountId, now);
      const messages: DayMessage[] = [];
      for (const picture of pictures) {
        const part = waiting.has(picture.userId) ? await this.digests.take(tx, context, picture, now) : null;
        const list = listOf(context, picture, now);
        if (list) messages.push(part ? withDigest(list, part, context.language) : list);
        else if (part) await this.digests.send(tx, context, picture, part, now);
        if (list && part && !settings.mail) await this.digests.mail(tx, context, picture, part.lines);
      }
      await this.messages.send(tx, context, messages, now, settings.mail);
    });
  }

  /** What became part of the day since the morning is kept too. Whoever has told everything, or closed, is left alone. */
  async closing(
    context: ControlContext,
    settings: CycleSettings,
    days: readonly ClaimedDay[],
    now: Instant,
  ): Promise<void> {
    const { language } = context;
    await this.database.transaction(async (tx) => {
      const { keys, pictures } = await this.claim(tx, context, settings, days, 'closing', now);
      await this.messages.takeAway(
        tx,
        context,
        keys.map(({ userId, day }) => ['list', userId, day]),
      );
      const messages = pictures.flatMap((picture) => {
        if (picture.closedAt !== null) return [];
        const done = picture.entries.filter((entry) => entry.state === 'done').length;
        const intro = closingIntro(openOf(picture).length, done, language);
        return messageOf(context, picture, 'closing', intro, now) ?? [];
      });
      await this.messages.send(tx, context, messages, now, false);
    });
  }

  /** The days that nobody else has told of, as they look now; what is open in them is kept as planned. */
  private async claim(
    tx: Sql,
    context: ControlContext,
    settings: CycleSettings,
    days: readonly ClaimedDay[],
    kind: 'list' | 'closing',
    now: Instant,
  ): Promise<{ readonly keys: readonly ClaimedDay[]; readonly pictures: readonly DayPicture[] }> {
    const claimed = await this.days.claim(tx, context.accountId, days, kind);
    const keys = days.filter((day) => claimed.has(day.userId));
    const pictures = [...(await this.pictures.of(context, settings, keys, now, tx)).values()];
    await this.days.plan(tx, context.accountId, pictures.flatMap(plannedOf), now);
    return { keys, pictures };
  }
}

function openOf(picture: DayPicture): readonly DayEntry[] {
  return picture.entries.filter((entry) => entry.state === 'open');
}

function plannedOf(picture: DayPicture): readonly StoredItem[] {
  return openOf(picture).map((entry) => ({
    userId: picture.userId,
    day: picture.day,
    dealId: entry.dealId ?? '',
    stepId: entry.stepId,
    kind: 'planned',
    ...{ reason: null, reasonKey: null, cause: null, until: null },
    title: entry.title,
    dueAt: entry.dueAt,
    postponed: entry.postponed,
  }));
}

function listOf(context: ControlContext, picture: DayPicture, now: Instant): DayMessage | null {
  const open = openOf(picture);
  const { timeZone } = scheduleOf(context.crew, picture.userId);
  const overdue = open.filter((entry) => isOverdue(entry, now, timeZone)).length;
  const intro = listIntro(open.length, overdue, context.language);
  return messageOf(context, picture, 'list', intro, now);
}

/** One message with two parts: a person is spoken to once in the morning. */
function withDigest(list: DayMessage, { lines, anchor }: DigestPart, language: Language): DayMessage {
  const title = digestTitle(lines.length, language);
  return {
    ...list,
    intro: `${list.intro} ${title}.`,
    sections: list.sections.map((section) => ({ ...section, title: listTitle(language) })),
    brief: [title, ...digestBullets(lines)],
    more: digestSections(lines, language),
    subject: list.subject === null ? null : `${list.subject}. ${title}`,
    anchor: list.anchor ?? anchor,
  };
}

function messageOf(
  context: ControlContext,
  picture: DayPicture,
  kind: 'list' | 'closing',
  intro: string,
  now: Instant,
): DayMessage | null {
  const { userId, day } = picture;
  const open = openOf(picture);
  if (open.length === 0) return null;
  const { language } = context;
  const reader: Reader = { language, timeZone: scheduleOf(context.crew, userId).timeZone };
  return {
    userId,
    identity: [kind, userId, day],
    intro,
    sections: [{ title: null, lines: open.slice(0, LINES).map((entry) => lineOf(entry, now, reader)) }],
    subject: kind === 'list' ? intro.replace(/\.$/, '') : null,
    kind: 'digest',
    place: { screen: 'home' },
    anchor: open.find((entry) => entry.dealId !== null)?.dealId ?? null,
    dealId: null,
  };
}

function lineOf(
  entry: DayEntry,
  now: Instant,
  reader: Reader,
): DayMessage['sections'][number]['lines'][number] {
  return {
    text: entryLine(entry, now, reader),
    ...(entry.dealId === null ? {} : { place: { kind: 'deal', dealId: entry.dealId } as const }),
  };
}
