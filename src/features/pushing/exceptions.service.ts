import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { deviationOf, NOTHING, sumOf, tally, type DayFigures } from '../../domain/pushing/day.js';
import { HEAD_HEARS_OF_EVERY } from '../../domain/plans/postponing.js';
import { nameOf, type ControlContext } from './control-context.service.js';
import { DayPictures } from './day-pictures.service.js';
import type { Cause, CycleSettings, DayPicture } from './day.types.js';
import { ExceptionsRepository, type KeptRow, type ReportRow } from './exceptions.repository.js';

const USUAL_DAYS = 28;

export interface ExceptionItem {
  readonly dealId: string | null;
  readonly dealTitle: string | null;
  readonly stepId: string;
  readonly title: string;
  readonly what: 'notDone' | 'moved' | 'movedAgain' | 'unexplained';
  readonly reason: string | null;
  readonly cause: Cause | null;
  readonly until: Instant | null;
}

export interface SellerDay {
  readonly userId: string;
  readonly name: string;
  readonly off: 'dayOff' | 'absent' | null;
  readonly closedAt: Instant | null;
  readonly figures: DayFigures;
  readonly deviation: 'less' | 'more' | null;
  readonly usual: DayFigures;
  readonly items: readonly ExceptionItem[];
}

/** What a head reads in the evening, in facts. */
export interface Exceptions {
  readonly date: string;
  readonly final: boolean;
  /** Something is known of the day: it goes on, or was written down. */
  readonly kept: boolean;
  readonly totals: DayFigures;
  readonly sellers: readonly SellerDay[];
  readonly report: readonly ReportRow[];
}

/** People whose days are read, and by whom. */
export interface ExceptionsReach {
  readonly headId: string;
  readonly userIds: readonly string[];
  /** Null: everybody's deals. */
  readonly owners: readonly string[] | null;
}

/** What was done, what was not and why: deviations of a day, the worst first. */
@Injectable()
export class ExceptionsReads {
  constructor(
    private readonly pictures: DayPictures,
    private readonly repository: ExceptionsRepository,
  ) {}

  async of(
    context: ControlContext,
    settings: CycleSettings,
    reach: ExceptionsReach,
    date: string,
    now: Instant,
  ): Promise<Exceptions> {
    const { accountId } = context;
    const { userIds } = reach;
    const keys = userIds.map((userId) => ({ userId, day: date }));
    const pictures = await this.pictures.of(context, settings, keys, now);
    const over = userIds.filter((id) => this.isOver(context, pictures.get(id), id, date, now));
    const kept = Map.groupBy(await this.repository.kept(accountId, over, date), (row) => row.user_id);
    const usual = await this.repository.figures(
      accountId,
      userIds,
      earlier(date, USUAL_DAYS),
      earlier(date, 1),
    );
    const owners = await this.repository.owners(accountId, userIds);
    const sellers = userIds.flatMap((userId) => {
      const picture = pictures.get(userId);
      if (!picture) return [];
      const rows = over.includes(userId) ? (kept.get(userId) ?? []) : null;
      const own = sellerDay(context, picture, rows, usual.get(userId) ?? NOTHING);
      const matters = own.figures.planned > 0 || (own.off === 'absent' && owners.has(userId));
      return matters ? [own] : [];
    });
    const working = userIds.filter((id) => pictures.get(id)?.off === null);
    const headTimes = this.pictures.timesOf(context, settings, reach.headId, date);
    const isToday = this.pictures.todayOf(context, reach.headId, now) === date;
    return {
      date,
      final: !isToday || (headTimes !== null && now >= headTimes.exceptionsAt),
      kept: over.length < userIds.length || kept.size > 0,
      totals: sumOf(sellers.map((seller) => seller.figures)),
      sellers: sellers.toSorted(compareSellers),
      report: isToday ? await this.report(context, reach, { date, now, working }) : [],
    };
  }

  /** Of the head's own day: the report is about now, so other days have none. */
  private report(
    context: ControlContext,
    { headId, owners }: ExceptionsReach,
    {
      date,
      now,
      working,
    }: { readonly date: string; readonly now: Instant; readonly working: readonly string[] },
  ): Promise<readonly ReportRow[]> {
    const { startsAt, endsAt } = this.pictures.boundsOf(context, headId, date);
    return this.repository.report(context.accountId, owners, { startsAt, endsAt, now }, working);
  }

  private isOver(
    context: ControlContext,
    picture: DayPicture | undefined,
    userId: string,
    date: string,
    now: Instant,
  ): boolean {
    return picture?.settled === true || date < this.pictures.todayOf(context, userId, now);
  }
}

/** `kept` null: the day goes on, and its items are as they are now. */
function sellerDay(
  context: ControlContext,
  picture: DayPicture,
  kept: readonly KeptRow[] | null,
  usual: DayFigures,
): SellerDay {
  const figures = kept ? keptFigures(kept) : tally(picture.entries.map((entry) => entry.state));
  return {
    userId: picture.userId,
    name: nameOf(context.structure, picture.userId) ?? picture.userId,
    off: picture.off,
    closedAt: picture.closedAt,
    figures,
    usual,
    deviation: deviationOf(figures, usual),
    items: kept ? kept.flatMap(keptItem) : picture.entries.flatMap(liveItem),
  };
}

function keptFigures(rows: readonly KeptRow[]): DayFigures {
  return tally(rows.map(({ kind }) => (kind === 'unexplained' ? 'open' : kind)));
}

function keptItem(row: KeptRow): readonly ExceptionItem[] {
  if (row.kind === 'done') return [];
  return [
    {
      dealId: row.deal_id === '' ? null : row.deal_id,
      dealTitle: row.deal_title,
      stepId: row.step_id,
      title: row.title,
      what: whatOf(row.kind, row.postponed),
      reason: row.reason,
      cause: row.cause,
      until: row.until?.getTime() ?? null,
    },
  ];
}

function liveItem(entry: DayPicture['entries'][number]): readonly ExceptionItem[] {
  if (entry.state === 'done') return [];
  const { dealId, dealTitle, stepId, title, standing } = entry;
  const what = whatOf(entry.state === 'open' ? 'unexplained' : entry.state, entry.postponed);
  const { reason, cause, until } = standing;
  return [{ dealId, dealTitle, stepId, title, what, reason, cause, until }];
}

function whatOf(kind: 'notDone' | 'moved' | 'unexplained', postponed: number): ExceptionItem['what'] {
  return kind === 'moved' && postponed >= HEAD_HEARS_OF_EVERY ? 'movedAgain' : kind;
}

function compareSellers(a: SellerDay, b: SellerDay): number {
  return (
    b.figures.unexplained - a.figures.unexplained ||
    b.figures.notDone + b.figures.moved - a.figures.notDone - a.figures.moved ||
    (a.name < b.name ? -1 : 1)
  );
}

function earlier(date: string, days: number): string {
  return Temporal.PlainDate.from(date).subtract({ days }).toString();
}
