import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { localDay } from '../../domain/calendar/away.js';
import { isMissed, isWholeDay } from '../../domain/calendar/missed.js';
import { nextWorkingMoment } from '../../domain/calendar/working-time.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { tally } from '../../domain/pushing/day.js';
import { phaseOf } from '../../domain/pushing/day-times.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ControlContexts, type ControlContext } from './control-context.service.js';
import { disconnected, type Reader } from './control.texts.js';
import { DayPictures } from './day-pictures.service.js';
import { DayRepository } from './day.repository.js';
import { becauseOf } from './day.texts.js';
import { pushIdOf, type CycleSettings, type DayEntry, type DayPicture } from './day.types.js';
import type { DayItemView, DayView } from './day.view.js';
import { Prompts } from './prompts.service.js';

const SHOWN = 200;

/** A person's day with everything that reading or changing it needs. */
export interface OwnDay {
  readonly context: ControlContext;
  readonly settings: CycleSettings;
  readonly picture: DayPicture;
  readonly now: Instant;
}

/** A person's own day as the widget shows it. */
@Injectable()
export class DayViews {
  constructor(
    private readonly contexts: ControlContexts,
    private readonly days: DayRepository,
    private readonly pictures: DayPictures,
    private readonly prompts: Prompts,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async own(person: SessionClaims): Promise<OwnDay> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    const settings = await this.days.settings(person.accountId);
    const now = this.clock.now();
    const day = this.pictures.todayOf(context, person.userId, now);
    const reader = { ...context, language: person.language };
    const pictures = await this.pictures.of(reader, settings, [{ userId: person.userId, day }], now);
    const picture = pictures.get(person.userId);
    if (!picture) throw new Error('a day was asked for and none was read');
    return { context: reader, settings, picture, now };
  }

  async view(person: SessionClaims): Promise<DayView> {
    const { context, settings, picture, now } = await this.own(person);
    const { times, entries } = picture;
    const reader = { language: person.language, timeZone: scheduleOf(context.crew, person.userId).timeZone };
    const prompted = times ? await this.prompts.of(person) : { prompts: [], advice: [] };
    const reminders = await this.days.reminders(person.accountId, [person.userId]);
    const figures = tally(entries.map((entry) => entry.state));
    return {
      date: picture.day,
      phase: phaseOf(times, now, picture.closedAt),
      off: times ? null : { why: picture.off ?? 'dayOff', backOn: backOn(context, person.userId, now) },
      listAt: times ? isoOf(times.listAt) : null,
      closingAt: times ? isoOf(times.closingAt) : null,
      ...prompted,
      items: entries.slice(0, SHOWN).map((entry) => this.item(entry, person, reader, now)),
      counts: {
        planned: figures.planned,
        done: figures.done,
        notDone: figures.notDone,
        moved: figures.moved,
        open: figures.unexplained,
        overdue: entries.filter((entry) => isOverdue(entry, now, reader.timeZone)).length,
      },
      reasons: context.rules.reasons
        .filter((reason) => reason.uses.includes('step'))
        .map(({ key, name, cause }) => ({ key, name, cause })),
      closedAt: picture.closedAt === null ? null : isoOf(picture.closedAt),
      reminders: reminders.has(person.userId) && settings.remindMinutes > 0,
      cycleOn: settings.cycleOn,
      now: isoOf(now),
    };
  }

  private item(entry: DayEntry, person: SessionClaims, reader: Reader, now: Instant): DayItemView {
    const { dealId, stepId, standing } = entry;
    const path = dealId === null ? null : (this.hosts.get(person.host)?.dealPath?.(dealId) ?? null);
    return {
      id: entry.id,
      kind: entry.kind,
      dealId,
      dealTitle: entry.dealTitle,
      dealPath: path,
      stepId: entry.kind === 'step' ? stepId : null,
      pushId: pushIdOf(stepId),
      title: entry.title,
      because: becauseOf(entry, now, reader) ?? todayText(entry, reader),
      dueAt: entry.dueAt === null ? null : isoOf(entry.dueAt),
      overdue: isOverdue(entry, now, reader.timeZone),
      minutes: entry.minutes,
      result: entry.result,
      state: entry.state,
      settledElsewhere: standing.elsewhere,
      reason: standing.reason,
      until: standing.until === null ? null : isoOf(standing.until),
      postponed: entry.postponed,
    };
  }
}

/** The hour of a whole-day step says nothing: it is to be done some time today. */
function todayText({ kind, state, dueAt }: DayEntry, { language, timeZone }: Reader): string | null {
  if (kind !== 'step' || state !== 'open' || dueAt === null || !isWholeDay(dueAt, timeZone)) return null;
  return language === 'ru' ? 'Сегодня' : 'Today';
}

/** A step of this day has the day for it, unless its hour is named; so has a client who is expected on it. */
export function isOverdue({ kind, state, dueAt }: DayEntry, now: Instant, timeZone: string): boolean {
  if (state !== 'open' || dueAt === null) return false;
  if (kind === 'clientDate') return localDay(dueAt, timeZone) < localDay(now, timeZone);
  return kind === 'push' ? dueAt < now : isMissed(dueAt, now, timeZone);
}

function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}

/** The next working day; null: none is in sight. */
function backOn(context: ControlContext, userId: string, now: Instant): string | null {
  const schedule = scheduleOf(context.crew, userId);
  const next = nextWorkingMoment(now, schedule);
  return next > now ? localDay(next, schedule.timeZone) : null;
}
