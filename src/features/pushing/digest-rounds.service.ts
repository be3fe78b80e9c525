import { Inject, Injectable } from '@nestjs/common';
import { isWorkingMoment } from '../../domain/calendar/working-time.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { dayOf } from '../../domain/pushing/alerts.js';
import { isPresent, scheduleOf } from '../../domain/pushing/crew.js';
import { listIsAhead, nextListAt } from '../../domain/pushing/day-times.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { ControlContext } from './control-context.service.js';
import { DayPictures } from './day-pictures.service.js';
import { DayRepository, type DayKey } from './day.repository.js';
import type { CycleSettings } from './day.types.js';
import { MorningDigests } from './morning-digests.service.js';

/**
 * What may wait is told once a working day, when it begins: one message with everything that is still so. Whoever gets
 * the list of the day finds it in there; alone it goes to those who get none.
 */
@Injectable()
export class DigestRounds {
  constructor(
    private readonly database: Database,
    private readonly digests: MorningDigests,
    private readonly days: DayRepository,
    private readonly pictures: DayPictures,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(context: ControlContext): Promise<void> {
    const now = this.clock.now();
    const { accountId, crew } = context;
    const waiting = await this.digests.waiting(this.database, accountId, now);
    if (waiting.size === 0) return;
    const settings = await this.days.settings(accountId);
    const here = [...waiting].filter((userId) => isPresent(crew, userId, now));
    // An absence became known, or the person left: nothing is looked at every minute until somebody is back.
    for (const userId of waiting)
      if (!here.includes(userId)) await this.postpone(context, settings, userId, now);
    const days = here
      .filter((userId) => isWorkingMoment(now, scheduleOf(crew, userId)))
      .map((userId): DayKey => ({ userId, day: dayOf(crew, userId, now) }));
    const withLists = await this.gettingLists(context, settings, days, now);
    for (const day of days) {
      if (withLists.has(day.userId)) continue;
      const told = await this.database.transaction(async (tx) => {
        const part = await this.digests.take(tx, context, day, now);
        if (part) await this.digests.send(tx, context, day, part, now);
        return part !== null;
      });
      if (!told) await this.postpone(context, settings, day.userId, now);
    }
  }

  private postpone(
    { accountId, crew }: ControlContext,
    settings: CycleSettings,
    userId: string,
    now: Instant,
  ): Promise<void> {
    const { week } = crew.fallback.calendar;
    const until = crew.activeIds.has(userId)
      ? nextListAt(now, scheduleOf(crew, userId), week, settings.listAt)
      : null;
    return this.digests.postpone(this.database, accountId, userId, now, until);
  }

  /** Whose list of the day is still to come. */
  private async gettingLists(
    context: ControlContext,
    settings: CycleSettings,
    days: readonly DayKey[],
    now: Instant,
  ): Promise<ReadonlySet<string>> {
    if (!settings.cycleOn || days.length === 0) return new Set();
    const rows = await this.days.days(this.database, context.accountId, days);
    const sent = new Map(rows.map((row) => [row.user_id, new Set(row.sent)]));
    const ahead = days.filter(({ userId, day }) => {
      const times = this.pictures.timesOf(context, settings, userId, day);
      return times !== null && listIsAhead(times, now, sent.get(userId) ?? new Set());
    });
    return new Set(ahead.map(({ userId }) => userId));
  }
}
