import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { isPresent } from '../../domain/pushing/crew.js';
import {
  dueMessages,
  nextMomentOf,
  type CycleMessage,
  type DayTimes,
} from '../../domain/pushing/day-times.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { ControlContext } from './control-context.service.js';
import { DayClosings } from './day-closings.service.js';
import { DayLists } from './day-lists.service.js';
import { DayPictures } from './day-pictures.service.js';
import { DayReminders } from './day-reminders.service.js';
import { DayRepository } from './day.repository.js';
import type { CycleSettings } from './day.types.js';
import { HeadMessages } from './head-messages.service.js';

/** People, steps and settings change meanwhile: nobody waits longer than this for what they made due. */
const SOON_MS = 5 * 60_000;
const LATER_MS = 3_600_000;
/** Messages of so many people are one transaction. */
const AT_ONCE = 50;

interface Day {
  readonly userId: string;
  readonly times: DayTimes;
}

/** What a round of the cycle tells. */
@Injectable()
export class DayParcels {
  constructor(
    readonly lists: DayLists,
    readonly reminders: DayReminders,
    readonly closings: DayClosings,
    readonly heads: HeadMessages,
  ) {}
}

/** The daily cycle by the clock: who is due what now. Everything is in the database, so a restart loses and repeats nothing. */
@Injectable()
export class DayRounds {
  constructor(
    private readonly database: Database,
    private readonly days: DayRepository,
    private readonly pictures: DayPictures,
    private readonly parcels: DayParcels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What fails is tried again in the next round, and keeps nothing else of this one back. */
  async run(context: ControlContext): Promise<void> {
    const settings = await this.days.settings(context.accountId);
    if (!settings.cycleOn) return;
    const now = this.clock.now();
    const working = this.working(context, settings, now);
    const due = await this.due(context, working, now);
    const faults: unknown[] = [];
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      await work().catch((error: unknown) => faults.push(error));
    };
    await attempt(() => this.parcels.closings.settle(context, settings, now));
    // The seller reads the own picture first, the head after it.
    for (const message of ['review', 'list', 'closing', 'exceptions'] as const) {
      const people = due.filter((one) => one.messages.includes(message));
      for (let from = 0; from < people.length; from += AT_ONCE)
        await attempt(() => this.tell(context, settings, message, people.slice(from, from + AT_ONCE), now));
    }
    await attempt(() => this.parcels.reminders.run(context, settings, now));
    if (faults.length > 0) throw new AggregateError(faults, 'parts of a daily round failed');
    await this.days.lookNext(context.accountId, nextOf(settings, working, now));
  }

  private async tell(
    context: ControlContext,
    settings: CycleSettings,
    message: CycleMessage,
    people: readonly Day[],
    now: Instant,
  ): Promise<void> {
    const days = people.map(({ userId, times }) => ({ userId, day: times.day, endsAt: times.endsAt }));
    const { lists, heads } = this.parcels;
    if (message === 'list') return lists.list(context, settings, days, now);
    if (message === 'closing') return lists.closing(context, settings, days, now);
    if (message === 'exceptions') return heads.exceptions(context, settings, days, now);
    return heads.review(context, settings, days, now);
  }

  private working(context: ControlContext, settings: CycleSettings, now: Instant): readonly Day[] {
    return [...context.crew.activeIds].flatMap((userId) => {
      const day = this.pictures.todayOf(context, userId, now);
      const times = isPresent(context.crew, userId, now)
        ? this.pictures.timesOf(context, settings, userId, day)
        : null;
      return times ? [{ userId, times }] : [];
    });
  }

  private async due(
    context: ControlContext,
    working: readonly Day[],
    now: Instant,
  ): Promise<readonly (Day & { readonly messages: readonly CycleMessage[] })[]> {
    const open = working.filter(({ times }) => dueMessages(times, now, new Set()).length > 0);
    const keys = open.map(({ userId, times }) => ({ userId, day: times.day }));
    const rows = await this.days.days(this.database, context.accountId, keys);
    const sent = new Map(rows.map((row) => [row.user_id, new Set(row.sent)]));
    return open.map((one) => ({
      ...one,
      messages: dueMessages(one.times, now, sent.get(one.userId) ?? new Set()),
    }));
  }
}

function nextOf(settings: CycleSettings, working: readonly Day[], now: Instant): Instant {
  const isDay = working.some(({ times }) => times.listAt - SOON_MS <= now && now < times.exceptionsAt);
  const latest = now + (isDay && settings.remindMinutes > 0 ? SOON_MS : LATER_MS);
  const moments = working.flatMap(({ times }) => nextMomentOf(times, now) ?? []);
  return Math.min(latest, ...moments);
}
