import { Injectable } from '@nestjs/common';
import { endOfDay, localDay, startOfDay } from '../../domain/calendar/away.js';
import type { Schedule } from '../../domain/calendar/work-calendar.types.js';
import type { Instant } from '../../domain/crm/time.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { compareHurt, standingOf, type DayThing, type ThingFate } from '../../domain/pushing/day.js';
import { dayTimesOf, isTimed, type DayTimes } from '../../domain/pushing/day-times.js';
import { waitSpanOf } from '../../domain/pushing/wait.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { ControlContext } from './control-context.service.js';
import { DayRepository, type DayKey } from './day.repository.js';
import { DayStepRules } from './day-step-rules.service.js';
import {
  DayStepsRepository,
  type ClientDateRow,
  type DaySpan,
  type PushRow,
  type StepRow,
} from './day-steps.repository.js';
import {
  CLIENT_DATE,
  itemIdOf,
  NO_RESULT,
  pushIdOf,
  pushStepId,
  type CycleSettings,
  type DayEntry,
  type DayPicture,
  type StepRule,
  type StoredItem,
} from './day.types.js';
import { clientDateTitle } from './day.texts.js';

/** A thing before the day's own record is laid over it. */
interface Found extends Omit<DayEntry, 'state' | 'standing' | 'id'> {
  readonly thing: DayThing;
}

/** What reading people's days takes. */
@Injectable()
export class DayReads {
  constructor(
    readonly database: Database,
    readonly days: DayRepository,
    readonly facts: DayStepsRepository,
    readonly rules: DayStepRules,
  ) {}
}

/** People's days as they are: facts of plans, pushes and clients' dates with what the day keeps laid over them. */
@Injectable()
export class DayPictures {
  constructor(private readonly reads: DayReads) {}

  /** The moments of a person's day; null: no working day. */
  timesOf(context: ControlContext, settings: CycleSettings, userId: string, day: string): DayTimes | null {
    const { calendar } = context.crew.fallback;
    return dayTimesOf(day, scheduleOf(context.crew, userId), calendar.week, settings);
  }

  todayOf(context: ControlContext, userId: string, now: Instant): string {
    return localDay(now, scheduleOf(context.crew, userId).timeZone);
  }

  /** The two midnights of the person's day. */
  boundsOf(context: ControlContext, userId: string, day: string): { startsAt: Instant; endsAt: Instant } {
    const { timeZone } = scheduleOf(context.crew, userId);
    return { startsAt: startOfDay(day, timeZone) ?? 0, endsAt: endOfDay(day, timeZone) ?? 0 };
  }

  /** By person; whoever does not work on the day has a picture without entries. */
  async of(
    context: ControlContext,
    settings: CycleSettings,
    keys: readonly DayKey[],
    now: Instant,
    sql: Sql = this.reads.database,
  ): Promise<ReadonlyMap<string, DayPicture>> {
    const timed = keys.map((key) => ({
      ...key,
      times: this.timesOf(context, settings, key.userId, key.day),
    }));
    const spans = timed.flatMap(({ userId, day, times }) =>
      times ? [{ userId, day, startsAt: times.startsAt, endsAt: times.endsAt }] : [],
    );
    const found = await this.found(sql, context, spans);
    const stored = await this.reads.days.items(sql, context.accountId, spans);
    const rows = await this.reads.days.days(sql, context.accountId, keys);
    const records = Map.groupBy(stored, (item) => item.userId);
    const things = Map.groupBy(found, (one) => one.userId);
    const byUser = new Map(rows.map((row) => [row.user_id, row]));
    return new Map(
      timed.map(({ userId, day, times }) => {
        const row = byUser.get(userId);
        const picture: DayPicture = {
          userId,
          day,
          times,
          off: times ? null : isAbsent(context, userId, day) ? 'absent' : 'dayOff',
          closedAt: row?.closed_at?.getTime() ?? null,
          settled: row ? row.settled_at !== null : false,
          entries: times ? laidOver(things.get(userId) ?? [], records.get(userId) ?? [], times, now) : [],
        };
        return [userId, picture];
      }),
    );
  }

  private async found(
    sql: Sql,
    context: ControlContext,
    spans: readonly DaySpan[],
  ): Promise<readonly (Found & { readonly userId: string })[]> {
    if (spans.length === 0) return [];
    const { accountId } = context;
    const { facts } = this.reads;
    const due = await facts.due(sql, accountId, spans);
    const planned = await facts.planned(sql, accountId, spans);
    const steps = new Map([...planned, ...due].map((row) => [`${row.user_id}|${keyOf(row)}`, row]));
    const pushes = await facts.pushes(sql, accountId, spans);
    const dates = await facts.clientDates(sql, accountId, spans);
    const ruleOf = await this.reads.rules.of(sql, accountId, [...steps.values()]);
    return [
      ...[...steps.values()].map((row) => {
        const schedule = scheduleOf(context.crew, row.user_id);
        return {
          userId: row.user_id,
          ...stepOf(row, ruleOf(row.template_id, row.version, row.step_key), schedule),
        };
      }),
      ...pushes.map((row) => ({ userId: row.user_id, ...pushOf(row) })),
      ...dates.map((row) => {
        const { timeZone } = scheduleOf(context.crew, row.user_id);
        return { userId: row.user_id, ...dateOf(row, context.language, timeZone) };
      }),
    ];
  }
}

function laidOver(
  found: readonly Found[],
  stored: readonly StoredItem[],
  times: DayTimes,
  now: Instant,
): readonly DayEntry[] {
  const records = new Map(stored.map((item) => [itemIdOf(item.dealId, item.stepId), item]));
  const known = new Set(found.map((one) => itemIdOf(one.dealId, one.stepId)));
  const all = [
    ...found,
    ...stored.filter((item) => !known.has(itemIdOf(item.dealId, item.stepId))).map(lost),
  ];
  return all
    .flatMap(({ thing, ...rest }) => {
      const id = itemIdOf(rest.dealId, rest.stepId);
      const standing = standingOf(thing, records.get(id) ?? null, times);
      return standing ? [{ ...rest, id, standing, state: standing.state }] : [];
    })
    .toSorted((a, b) => compareHurt(a, b, now));
}

/** Of what is kept while the thing itself is not there any more. */
function lost(item: StoredItem): Found {
  return {
    kind: pushIdOf(item.stepId) === null ? (item.stepId === CLIENT_DATE ? 'clientDate' : 'step') : 'push',
    dealId: item.dealId === '' ? null : item.dealId,
    dealTitle: null,
    stepId: item.stepId,
    title: item.title,
    minutes: 0,
    result: NO_RESULT,
    dueAt: item.dueAt,
    amount: null,
    timed: false,
    lowered: false,
    escalated: false,
    postponed: item.postponed,
    thing: { kind: 'step', dueAt: null, fate: { kind: 'gone' }, movedBecause: null },
  };
}

function keyOf(row: StepRow): string {
  return `${row.deal_id}~${row.step_key}~${row.visit_seq}`;
}

function stepOf(row: StepRow, rule: StepRule, schedule: Schedule): Found {
  const dueAt = row.due_at?.getTime() ?? null;
  const byHand = row.manual?.dueAt ?? null;
  return {
    kind: 'step',
    dealId: row.deal_id,
    dealTitle: row.deal_title,
    stepId: `${row.step_key}~${row.visit_seq}`,
    title: rule.title,
    minutes: rule.minutes,
    result: rule.result,
    dueAt,
    amount: row.amount,
    timed: byHand === null ? rule.timed : isTimed(byHand, schedule),
    lowered: row.lowered,
    escalated: false,
    postponed: row.manual?.postponed ?? 0,
    thing: { kind: 'step', dueAt, fate: fateOf(row), movedBecause: row.manual?.dueReason ?? null },
  };
}

/** A step that became somebody else's is nothing of this day any more; a skipped one was said to be needless. */
function fateOf({ state, is_own: own, outcome, finished_at: finishedAt }: StepRow): ThingFate {
  const at = finishedAt?.getTime() ?? null;
  if (state === 'done' && at !== null) return { kind: 'done', at };
  if ((state === 'failed' || state === 'skipped') && at !== null) {
    const reason = outcome && 'reason' in outcome ? outcome.reason : '';
    return { kind: 'failed', at, reason, cause: outcome?.kind === 'failed' ? outcome.cause : null };
  }
  return own && state !== 'cancelled' ? { kind: 'open' } : { kind: 'gone' };
}

function pushOf(row: PushRow): Found {
  const at = row.answered_at?.getTime() ?? null;
  const dueAt = row.answer_by.getTime();
  const fate: ThingFate =
    at === null
      ? { kind: 'open' }
      : row.answer === 'notDone'
        ? { kind: 'failed', at, reason: row.reason ?? '', cause: null }
        : { kind: 'done', at };
  return {
    kind: 'push',
    dealId: row.deal_id,
    dealTitle: row.deal_title,
    stepId: pushStepId(row.push_id),
    title: row.text,
    minutes: 0,
    result: NO_RESULT,
    dueAt,
    amount: null,
    timed: false,
    lowered: false,
    escalated: row.state === 'escalated',
    postponed: 0,
    // A question without an answer belongs to every day until it has one.
    thing: { kind: 'push', dueAt: Number.NEGATIVE_INFINITY, fate, movedBecause: null },
  };
}

/**
 * Whatever happens in the deal from its date on shows that the client was come back to. The date is a day of the person's
 * own, wherever that is: its UTC midnight is the evening before in America.
 */
function dateOf(row: ClientDateRow, language: ControlContext['language'], timeZone: string): Found {
  const until = row.waiting_until?.getTime() ?? null;
  const dueAt = until === null ? null : waitSpanOf(until, timeZone).begin;
  const last = row.last_event_at.getTime();
  const done = dueAt !== null && last >= dueAt;
  const fate: ThingFate = !row.is_open
    ? { kind: 'gone' }
    : done
      ? { kind: 'done', at: last }
      : { kind: 'open' };
  return {
    kind: 'clientDate',
    dealId: row.deal_id,
    dealTitle: row.deal_title,
    stepId: CLIENT_DATE,
    title: clientDateTitle(language),
    minutes: 0,
    result: NO_RESULT,
    dueAt,
    amount: row.amount,
    timed: false,
    lowered: row.lowered,
    escalated: false,
    postponed: 0,
    thing: { kind: 'clientDate', dueAt, fate, movedBecause: null },
  };
}

function isAbsent(context: ControlContext, userId: string, day: string): boolean {
  if (!context.crew.activeIds.has(userId)) return true;
  const { calendar } = scheduleOf(context.crew, userId);
  return calendar.absences.some((absence) => absence.from <= day && day <= absence.to);
}
