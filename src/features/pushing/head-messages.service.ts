import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { ControlContext } from './control-context.service.js';
import { DayMessages, type DayMessage, type DaySection } from './day-messages.service.js';
import { DayRepository, type DayKey } from './day.repository.js';
import type { CycleSettings } from './day.types.js';
import { exceptionsReach } from './exceptions-views.service.js';
import { ExceptionsReads, type Exceptions } from './exceptions.service.js';
import {
  daySubject,
  exceptionsSentence,
  isWorthTelling,
  itemsNote,
  partTitle,
  reportCounts,
  reportLine,
  sellerLine,
} from './exceptions.texts.js';
import { Reviews, isSomething, type Review } from './review.service.js';
import { reasonsNote, reviewLine, reviewSentence } from './review.texts.js';
import { lastWeek } from './review-views.service.js';

type ClaimedDay = DayKey & { readonly endsAt: Instant };

/** Letters and notifications about other people's work: the head's evening, and everybody's week. */
@Injectable()
export class HeadMessages {
  constructor(
    private readonly database: Database,
    private readonly days: DayRepository,
    private readonly reads: ExceptionsReads,
    private readonly reviews: Reviews,
    private readonly messages: DayMessages,
  ) {}

  /** To heads, and to administrators where the company names no heads at all; the others are done with at once. */
  async exceptions(
    context: ControlContext,
    settings: CycleSettings,
    days: readonly ClaimedDay[],
    now: Instant,
  ): Promise<void> {
    const admins = administratorsWithoutHeads(context);
    const reaches = new Map(
      days.map(({ userId }) => [userId, exceptionsReach(context, { userId, admin: admins.has(userId) })]),
    );
    const others = days.filter(({ userId }) => !reaches.get(userId));
    if (others.length > 0)
      await this.database.transaction((tx) => this.days.claim(tx, context.accountId, others, 'exceptions'));
    for (const day of days) {
      const reach = reaches.get(day.userId);
      if (!reach) continue;
      const found = await this.reads.of(context, settings, reach, day.day, now);
      const message = isWorthTelling(found) ? exceptionsMessage(context, day, found) : null;
      await this.send(context, settings, day, 'exceptions', message, now);
    }
  }

  /** Sellers read their own week, heads the department's. */
  async review(
    context: ControlContext,
    settings: CycleSettings,
    days: readonly ClaimedDay[],
    now: Instant,
  ): Promise<void> {
    const admins = administratorsWithoutHeads(context);
    const led = (userId: string): readonly string[] =>
      exceptionsReach(context, { userId, admin: admins.has(userId) })?.userIds ?? [];
    const sellersFirst = days.toSorted((a, b) => led(a.userId).length - led(b.userId).length);
    for (const day of sellersFirst) {
      const review = await this.reviews.of(context, day.userId, led(day.userId), lastWeek(day.day));
      await this.send(context, settings, day, 'review', reviewMessage(context, day, review), now);
    }
  }

  /** Claimed although there is nothing to say: it is not looked at again in every round of the evening. */
  private async send(
    context: ControlContext,
    settings: CycleSettings,
    day: ClaimedDay,
    what: 'exceptions' | 'review',
    message: DayMessage | null,
    now: Instant,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const claimed = await this.days.claim(tx, context.accountId, [day], what);
      if (message && claimed.size > 0) await this.messages.send(tx, context, [message], now, settings.mail);
    });
  }
}

function exceptionsMessage(context: ControlContext, day: ClaimedDay, found: Exceptions): DayMessage {
  const { language } = context;
  const report = reportLine(reportCounts(found), language);
  const deviating = found.sellers.filter(
    ({ figures, off }) => off === 'absent' || figures.done < figures.planned,
  );
  const people: DaySection = {
    title: null,
    lines: deviating.map((seller) => {
      const note = itemsNote(seller, language);
      return { text: sellerLine(seller, language), ...(note === '' ? {} : { note }) };
    }),
  };
  const deals: DaySection = { title: null, lines: report === null ? [] : [{ text: report }] };
  return {
    userId: day.userId,
    identity: ['exceptions', day.userId, day.day],
    intro: exceptionsSentence(found, language),
    sections: [people, deals],
    more: (['noTask', 'noComment', 'unsorted'] as const).map((part) => ({
      title: partTitle(part, language),
      lines: found.report
        .filter((row) => row.part === part)
        .map((row) => ({ text: row.title, place: { kind: 'deal', dealId: row.deal_id } })),
    })),
    subject: daySubject(found, language),
    kind: 'day',
    place: { screen: 'exceptions', params: { day: day.day } },
    // People's names and omissions are nothing for a deal that others see.
    anchor: null,
    dealId: null,
  };
}

function reviewMessage(context: ControlContext, day: ClaimedDay, review: Review): DayMessage | null {
  const { language } = context;
  const isHead = review.sellers.length > 0;
  const row = isHead ? review.total : review.mine;
  if (!isSomething(row.week) && !isSomething(row.before)) return null;
  const reasons = reasonsNote(row);
  const title = language === 'ru' ? 'Почему не сделано' : 'Why things were not done';
  const sellers = review.sellers.map((seller) => {
    const note = reasonsNote(seller);
    return { text: reviewLine(seller, language), ...(note === '' ? {} : { note }) };
  });
  return {
    userId: day.userId,
    identity: ['review', day.userId, review.from],
    intro: reviewSentence(row, language),
    sections: [
      { title: null, lines: sellers },
      ...(reasons === '' ? [] : [{ title, lines: [{ text: reasons }] }]),
    ],
    subject: language === 'ru' ? 'Неделя: что сделано и почему нет' : 'The week: what was done, and why not',
    kind: 'day',
    place: { screen: isHead ? 'exceptions' : 'home', params: { look: 'week' } },
    anchor: null,
    dealId: null,
  };
}

function administratorsWithoutHeads({ structure }: ControlContext): ReadonlySet<string> {
  if (structure.departments.some((department) => department.headId !== null)) return new Set();
  return new Set(structure.users.filter((user) => user.active && user.admin).map((user) => user.id));
}
