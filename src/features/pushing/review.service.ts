import { Injectable } from '@nestjs/common';
import { endOfDay, startOfDay } from '../../domain/calendar/away.js';
import type { Instant } from '../../domain/crm/time.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { doneShareOf, NOTHING, sumOf } from '../../domain/pushing/day.js';
import { weekOf } from '../../domain/pushing/day-times.js';
import { nameOf, type ControlContext } from './control-context.service.js';
import type { ReviewFigures, ReviewRowView } from './day.view.js';
import { ExceptionsRepository } from './exceptions.repository.js';
import { ReviewRepository, type PushCount, type ReasonCount } from './review.repository.js';

const REASONS = 5;

/** A week and the one before, Monday to Sunday. */
interface Week {
  readonly from: string;
  readonly to: string;
}

export interface Review extends Week {
  readonly mine: ReviewRowView;
  readonly sellers: readonly ReviewRowView[];
  readonly total: ReviewRowView;
}

type Counted = Omit<ReviewFigures, 'doneShare'>;

/** A week as it was kept: done, asked, explained, moved on; beside the week before. */
@Injectable()
export class Reviews {
  constructor(
    private readonly exceptions: ExceptionsRepository,
    private readonly repository: ReviewRepository,
  ) {}

  /** `day` is any day of the week; `userIds` are the others that the person answers for. */
  async of(
    context: ControlContext,
    userId: string,
    userIds: readonly string[],
    day: string,
  ): Promise<Review> {
    const all = [userId, ...userIds.filter((id) => id !== userId)];
    const week = weekSpan(day);
    const before = weekSpan(Temporal.PlainDate.from(day).subtract({ days: 7 }).toString());
    const { timeZone } = scheduleOf(context.crew, userId);
    const now = await this.figures(context, all, week, timeZone);
    const then = await this.figures(context, all, before, timeZone);
    const names = new Map(context.rules.reasons.map(({ key, name }) => [key, name]));
    const reasons = await this.repository.reasons(context.accountId, all, week.from, week.to, names);
    const rows = all.map((id): ReviewRowView => ({
      userId: id,
      name: nameOf(context.structure, id) ?? id,
      week: shared(now.get(id) ?? EMPTY),
      before: shared(then.get(id) ?? EMPTY),
      reasons: reasonViews(reasons.get(id) ?? []),
    }));
    const [mine, ...others] = rows;
    if (!mine) throw new Error('a review without its asker');
    const told = others.filter((row) => isSomething(row.week) || isSomething(row.before));
    return { ...week, mine, sellers: told, total: totalOf(rows, [...reasons.values()].flat()) };
  }

  private async figures(
    context: ControlContext,
    userIds: readonly string[],
    { from, to }: Week,
    timeZone: string,
  ): Promise<ReadonlyMap<string, Counted>> {
    const { accountId } = context;
    const start: Instant = startOfDay(from, timeZone) ?? 0;
    const end: Instant = endOfDay(to, timeZone) ?? 0;
    const days = await this.exceptions.figures(accountId, userIds, from, to);
    const pushes = await this.repository.pushes(accountId, userIds, start, end);
    const moved = await this.repository.stuckMoved(accountId, userIds, start, end);
    return new Map(
      userIds.map((id) => {
        const push = pushes.get(id);
        return [
          id,
          {
            ...(days.get(id) ?? NOTHING),
            pushes: push?.pushes ?? 0,
            answered: push?.answered ?? 0,
            responseMinutes: wholeMinutes(push),
            stuckMoved: moved.get(id) ?? 0,
          },
        ];
      }),
    );
  }
}

const EMPTY: Counted = { ...NOTHING, pushes: 0, answered: 0, responseMinutes: null, stuckMoved: 0 };

function wholeMinutes(push: PushCount | undefined): number | null {
  // An answer within seconds took its minute: "within 0 minutes" is nothing that people say.
  return push === undefined || push.minutes === null ? null : Math.max(1, Math.round(push.minutes));
}

function shared(counted: Counted): ReviewFigures {
  return { ...counted, doneShare: doneShareOf(counted) };
}

export function isSomething({ planned, pushes, stuckMoved }: Counted): boolean {
  return planned + pushes + stuckMoved > 0;
}

function reasonViews(counts: readonly ReasonCount[]): ReviewRowView['reasons'] {
  const byReason = Map.groupBy(counts, ({ reason }) => reason);
  return [...byReason]
    .map(([reason, same]) => ({
      reason,
      cause: same[0]?.cause ?? null,
      count: same.reduce((sum, { n }) => sum + n, 0),
    }))
    .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
    .slice(0, REASONS);
}

function totalOf(rows: readonly ReviewRowView[], reasons: readonly ReasonCount[]): ReviewRowView {
  return {
    userId: null,
    name: '',
    week: added(rows.map((row) => row.week)),
    before: added(rows.map((row) => row.before)),
    reasons: reasonViews(reasons),
  };
}

/** The response of a department is the median of its people's, each weighed by the answers given. */
function added(all: readonly ReviewFigures[]): ReviewFigures {
  const minutes = all
    .flatMap(({ responseMinutes, answered }) =>
      responseMinutes === null ? [] : Array.from({ length: answered }, () => responseMinutes),
    )
    .toSorted((a, b) => a - b);
  return shared({
    ...sumOf(all),
    pushes: all.reduce((sum, one) => sum + one.pushes, 0),
    answered: all.reduce((sum, one) => sum + one.answered, 0),
    responseMinutes: minutes[Math.floor(minutes.length / 2)] ?? null,
    stuckMoved: all.reduce((sum, one) => sum + one.stuckMoved, 0),
  });
}

function weekSpan(day: string): Week {
  const days = weekOf(day);
  return { from: days?.[0] ?? day, to: days?.[6] ?? day };
}
