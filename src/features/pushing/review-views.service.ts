import { Inject, Injectable } from '@nestjs/common';
import { isDay } from '../../domain/calendar/local-time.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ControlContexts } from './control-context.service.js';
import { disconnected } from './control.texts.js';
import { DayPictures } from './day-pictures.service.js';
import { badDay } from './day.texts.js';
import type { ReviewView } from './day.view.js';
import { exceptionsReach } from './exceptions-views.service.js';
import { Reviews } from './review.service.js';
import { reviewSentence } from './review.texts.js';

/** The weekly review for whoever asks: sellers their own, heads the department's beside it. */
@Injectable()
export class ReviewViews {
  constructor(
    private readonly contexts: ControlContexts,
    private readonly pictures: DayPictures,
    private readonly reviews: Reviews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async view(person: SessionClaims, asked: string | undefined): Promise<ReviewView> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    const now = this.clock.now();
    const today = this.pictures.todayOf(context, person.userId, now);
    const day = asked ?? lastWeek(today);
    if (!isDay(day)) throw badDay(day);
    const reach = exceptionsReach(context, person);
    const review = await this.reviews.of(context, person.userId, reach?.userIds ?? [], day);
    const { from, to, mine, sellers, total } = review;
    const sentence = reviewSentence(sellers.length > 0 ? total : mine, person.language);
    return { from, to, sentence, mine, sellers, total, now: new Date(now).toISOString() };
  }
}

export function lastWeek(today: string): string {
  return Temporal.PlainDate.from(today).subtract({ days: 7 }).toString();
}
