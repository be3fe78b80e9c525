import { createHash } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { ReasonFacts } from '../../contract/company.js';
import type { BookRecord } from '../../contract/jobs.js';
import { PLAN_COMMANDS, type PlanCommands, type StepOrder } from '../../contract/plan-commands.js';
import { dayNumber, fromLocal, MS_PER_DAY, MS_PER_MINUTE } from '../../domain/calendar/local-time.js';
import { minuteOfDay, WHOLE_DAY_TIME } from '../../domain/calendar/work-calendar.js';
import { nextWorkingMoment } from '../../domain/calendar/working-time.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { tally } from '../../domain/pushing/day.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError } from '../../infra/http/api-error.js';
import { DayRepository } from './day.repository.js';
import {
  badUntil,
  closedSaid,
  doneAlready,
  movedSaid,
  noDay,
  noItem,
  notMovable,
  reasonMissing,
} from './day.texts.js';
import { pushIdOf, type DayEntry, type StoredItem } from './day.types.js';
import { DayViews, type OwnDay } from './day-views.service.js';
import type { DayAnswer, DayItemRequest } from './day.view.js';
import { Ledger } from './ledger.js';
import { PushAnswers } from './push-answers.service.js';
import { Prompts } from './prompts.service.js';

const YEAR_MS = 366 * 86_400_000;

interface Said {
  readonly words: string;
  readonly known: ReasonFacts | null;
}

/** What changing a day reads and writes. */
@Injectable()
export class DayParts {
  constructor(
    readonly database: Database,
    readonly days: DayRepository,
    readonly views: DayViews,
    readonly prompts: Prompts,
    readonly ledger: Ledger,
  ) {}
}

/** What a person does with the own day. Only what stands in it can be told of; telling the same twice changes nothing. */
@Injectable()
export class Days {
  constructor(
    private readonly parts: DayParts,
    private readonly answers: PushAnswers,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(PLAN_COMMANDS) private readonly plans: PlanCommands | null,
  ) {}

  /** The plan, or the question of the head, follows first: when it refuses, nothing is kept and the person sees why. */
  async tell(person: SessionClaims, itemId: string, request: DayItemRequest): Promise<DayAnswer> {
    const own = await this.parts.views.own(person);
    const entry = own.picture.entries.find((one) => one.id === itemId);
    if (!entry && request.kind === 'moved') return this.moveAhead(person, own, itemId, request);
    if (!entry) throw noItem();
    if (entry.state === 'done') {
      if (request.kind === 'done') return this.answer(person, null);
      throw doneAlready();
    }
    const said = await this.follow(person, own, entry, request).catch(async (error: unknown) => {
      if (!(error instanceof ApiError) || !(await this.isSo(person, itemId, request.kind))) throw error;
      return null;
    });
    return this.answer(person, said);
  }

  /** Whether the same was told meanwhile, in another window. */
  private async isSo(person: SessionClaims, itemId: string, kind: DayItemRequest['kind']): Promise<boolean> {
    const { picture } = await this.parts.views.own(person);
    return picture.entries.find((one) => one.id === itemId)?.state === kind;
  }

  /** Closes the day; a second time changes nothing. */
  async close(person: SessionClaims): Promise<DayAnswer> {
    const { picture, now } = await this.parts.views.own(person);
    const { times, userId, day } = picture;
    if (!times) throw noDay();
    const { database, days } = this.parts;
    const key = { userId, day, endsAt: times.endsAt };
    await database.transaction((tx) => days.close(tx, person.accountId, key, now));
    return this.answer(person, closedSaid(tally(picture.entries.map((one) => one.state)), person.language));
  }

  async remind(person: SessionClaims, on: boolean): Promise<DayAnswer> {
    await this.parts.days.remind(person.accountId, person.userId, on);
    return this.answer(person, null);
  }

  async prompt(
    person: SessionClaims,
    dealId: string,
    action: 'lowerPriority' | 'raisePriority',
  ): Promise<DayAnswer> {
    await this.parts.prompts.lower(person, dealId, action === 'lowerPriority');
    return this.answer(person, null);
  }

  private async answer(person: SessionClaims, said: string | null): Promise<DayAnswer> {
    return { day: await this.parts.views.view(person), said };
  }

  private async follow(
    person: SessionClaims,
    own: OwnDay,
    entry: DayEntry,
    request: DayItemRequest,
  ): Promise<string | null> {
    switch (request.kind) {
      case 'done':
        await this.done(person, entry, request.result);
        await this.keep(person, own, entry, { kind: 'done' });
        return null;
      case 'notDone':
        await this.notDone(person, own, entry, request);
        return null;
      case 'moved':
        return this.move(person, own, entry, request);
    }
  }

  private async done(person: SessionClaims, entry: DayEntry, result: string | undefined): Promise<void> {
    const pushId = pushIdOf(entry.stepId);
    const given = result === undefined ? {} : { result };
    if (pushId !== null) await this.answers.answer(person, pushId, { kind: 'done', ...given });
    if (entry.kind === 'step') await this.order(person, entry, { kind: 'done', ...given });
  }

  private async notDone(
    person: SessionClaims,
    own: OwnDay,
    entry: DayEntry,
    request: Extract<DayItemRequest, { readonly kind: 'notDone' }>,
  ): Promise<void> {
    const said = reasonOf(own, request);
    if (entry.state === 'notDone' && entry.standing.reason === said.words) return;
    const pushId = pushIdOf(entry.stepId);
    const reasonKey = said.known?.key ?? '';
    if (pushId !== null) {
      const reason = request.reason ?? '';
      await this.answers.answer(person, pushId, { kind: 'notDone', reasonKey, reason });
    }
    if (request.final === true && entry.kind === 'step') {
      const cause = said.known?.cause ?? 'outer';
      const key = said.known ? { reasonKey } : {};
      await this.order(person, entry, { kind: 'fail', cause, reason: said.words, ...key });
    }
    // The answer to a push and the end of a step stand in the Sales Book already, by those who keep them.
    const isNews = pushId === null && !(request.final === true && entry.kind === 'step');
    await this.keep(person, own, entry, { kind: 'notDone', ...keptOf(said) }, isNews);
  }

  private async move(
    person: SessionClaims,
    own: OwnDay,
    entry: DayEntry,
    request: Extract<DayItemRequest, { readonly kind: 'moved' }>,
  ): Promise<string | null> {
    const until = untilOf(own, person.userId, request.until);
    const said = reasonOf(own, request);
    if (entry.state === 'moved' && entry.standing.until === until) return null;
    const pushId = pushIdOf(entry.stepId);
    if (pushId !== null) {
      await this.answers.answer(person, pushId, { kind: 'willBeDone', until: new Date(until).toISOString() });
    } else if (entry.kind === 'step') {
      await this.order(person, entry, { kind: 'reschedule', dueAt: until, reason: said.words });
    } else await this.pause(person, entry, until, said.words);
    const isLater = entry.dueAt === null || until > entry.dueAt;
    const postponed = entry.postponed + (isLater ? 1 : 0);
    // Later on the same day: it stays in the day's list.
    if (own.picture.times && until < own.picture.times.endsAt) return null;
    await this.keep(person, own, { ...entry, postponed }, { kind: 'moved', until, ...keptOf(said) });
    const timeZone = scheduleOf(own.context.crew, person.userId).timeZone;
    return entry.kind === 'step'
      ? movedSaid(postponed, until, { language: person.language, timeZone })
      : null;
  }

  /** A step that is not for today yet, out of a prompt: its date moves, and the day keeps nothing of it. */
  private async moveAhead(
    person: SessionClaims,
    own: OwnDay,
    itemId: string,
    request: Extract<DayItemRequest, { readonly kind: 'moved' }>,
  ): Promise<DayAnswer> {
    const step = await this.parts.prompts.movable(person, itemId);
    if (!step) throw noItem();
    const until = untilOf(own, person.userId, request.until);
    await this.order(person, step, {
      kind: 'reschedule',
      dueAt: until,
      reason: reasonOf(own, request).words,
    });
    const postponed = step.postponed + (step.dueAt === null || until > step.dueAt ? 1 : 0);
    const timeZone = scheduleOf(own.context.crew, person.userId).timeZone;
    return this.answer(person, movedSaid(postponed, until, { language: person.language, timeZone }));
  }

  private async pause(person: SessionClaims, entry: DayEntry, until: Instant, reason: string): Promise<void> {
    const ids = entry.dealId === null ? [] : [entry.dealId];
    const paused = (await this.plans?.pause(person.accountId, ids, { until, reason }, person.userId)) ?? [];
    if (paused.length === 0) throw notMovable();
  }

  private async order(
    person: SessionClaims,
    entry: Pick<DayEntry, 'dealId' | 'stepId'>,
    order: StepOrder,
  ): Promise<void> {
    const { dealId, stepId } = entry;
    if (this.plans === null || dealId === null) throw noItem();
    const { accountId, userId, language } = person;
    const outcome = await this.plans.step(accountId, { dealId, stepId }, order, userId, language);
    if (outcome.kind === 'refused')
      throw new ApiError(409, outcome.code, { ru: outcome.text, en: outcome.text });
  }

  private async keep(
    person: SessionClaims,
    own: OwnDay,
    entry: DayEntry,
    told: Pick<StoredItem, 'kind'> & Partial<Pick<StoredItem, 'reason' | 'reasonKey' | 'cause' | 'until'>>,
    isNews = false,
  ): Promise<void> {
    const { userId, day } = own.picture;
    const item: StoredItem = {
      ...{ userId, day, reason: null, reasonKey: null, cause: null, until: null },
      dealId: entry.dealId ?? '',
      stepId: entry.stepId,
      title: entry.title,
      dueAt: entry.dueAt,
      postponed: entry.postponed,
      ...told,
    };
    const { database, days, ledger } = this.parts;
    const at = this.clock.now();
    await database.transaction(async (tx) => {
      await days.save(tx, person.accountId, [item], at);
      if (isNews) await ledger.record(tx, person.accountId, [notDoneRecord(item, at)]);
    });
  }
}

/** The same reason of the same day is one line, however often it is told; another reason is another line. */
function notDoneRecord({ userId, day, dealId, stepId, title, reason }: StoredItem, at: Instant): BookRecord {
  const words = reason ?? '';
  const what = createHash('sha256').update([dealId, stepId, words].join('\n')).digest('hex').slice(0, 32);
  return {
    sourceKey: `day-not-done:${day}:${userId}:${what}`,
    at,
    kind: 'notDone',
    dealId: dealId === '' ? null : dealId,
    by: userId,
    body: { stepTitle: title, ...(words === '' ? {} : { reason: words }) },
  };
}

/** A key of the account's list, words of one's own, or both. */
function reasonOf(
  { context }: OwnDay,
  { reasonKey, reason }: { readonly reasonKey?: string; readonly reason?: string },
): Said {
  const known = context.rules.reasons.find((one) => one.key === reasonKey) ?? null;
  const words = [known?.name ?? '', reason?.trim() ?? ''].filter((part) => part !== '').join('. ');
  if (words === '') throw reasonMissing();
  return { words, known };
}

function keptOf({ words, known }: Said): Pick<StoredItem, 'reason' | 'reasonKey' | 'cause'> {
  return { reason: words, reasonKey: known?.key ?? null, cause: known?.cause ?? null };
}

/** An instant, or a day: then the whole-day time of it, or the first working moment after that. */
function untilOf({ context, now }: OwnDay, userId: string, text: string): Instant {
  const schedule = scheduleOf(context.crew, userId);
  const day = dayNumber(text);
  const minute = minuteOfDay(WHOLE_DAY_TIME) ?? 0;
  const until =
    day === null
      ? Date.parse(text)
      : nextWorkingMoment(fromLocal(day * MS_PER_DAY + minute * MS_PER_MINUTE, schedule.timeZone), schedule);
  if (!(until > now && until < now + YEAR_MS)) throw badUntil();
  return until;
}
