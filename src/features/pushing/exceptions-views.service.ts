import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { isDay } from '../../domain/calendar/local-time.js';
import { reachOf } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ControlContexts, nameOf, type ControlContext } from './control-context.service.js';
import { disconnected } from './control.texts.js';
import { DayPictures } from './day-pictures.service.js';
import { DayRepository } from './day.repository.js';
import { badDay, headsOnlyDay } from './day.texts.js';
import { CLIENT_DATE, pushIdOf } from './day.types.js';
import type { ExceptionItemView, ExceptionsView, ReportPartView, SellerDayView } from './day.view.js';
import type { ReportRow } from './exceptions.repository.js';
import {
  ExceptionsReads,
  type ExceptionItem,
  type ExceptionsReach,
  type SellerDay,
} from './exceptions.service.js';
import { deviationText, exceptionsSentence, nothingKept } from './exceptions.texts.js';

const ITEMS = 50;

/** The head's page of a day, cut to the asker's reach. */
@Injectable()
export class ExceptionsViews {
  constructor(
    private readonly contexts: ControlContexts,
    private readonly days: DayRepository,
    private readonly pictures: DayPictures,
    private readonly reads: ExceptionsReads,
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async view(person: SessionClaims, asked: string | undefined): Promise<ExceptionsView> {
    const context = await this.contexts.of(person.accountId);
    if (!context) throw disconnected();
    const reach = exceptionsReach(context, person);
    if (!reach) throw headsOnlyDay();
    const settings = await this.days.settings(person.accountId);
    const now = this.clock.now();
    const date = asked ?? this.pictures.todayOf(context, person.userId, now);
    if (!isDay(date)) throw badDay(date);
    const found = await this.reads.of({ ...context, language: person.language }, settings, reach, date, now);
    return {
      date: found.date,
      sentence:
        settings.cycleOn || found.kept
          ? exceptionsSentence(found, person.language)
          : nothingKept(person.language),
      final: found.final,
      totals: found.totals,
      sellers: found.sellers.map((seller) => this.seller(person, seller)),
      report: {
        noTask: this.part(person, context, found.report, 'noTask'),
        noComment: this.part(person, context, found.report, 'noComment'),
        unsorted: this.part(person, context, found.report, 'unsorted'),
      },
      now: new Date(now).toISOString(),
    };
  }

  private seller(person: SessionClaims, seller: SellerDay): SellerDayView {
    const { userId, name, off, closedAt, figures } = seller;
    return {
      ...figures,
      userId,
      name,
      off,
      closedAt: closedAt === null ? null : new Date(closedAt).toISOString(),
      deviation: deviationText(seller, person.language),
      items: seller.items.slice(0, ITEMS).map((item) => this.item(person, item)),
    };
  }

  private item(person: SessionClaims, item: ExceptionItem): ExceptionItemView {
    const isStep = pushIdOf(item.stepId) === null && item.stepId !== CLIENT_DATE;
    return {
      dealId: item.dealId,
      dealTitle: item.dealTitle,
      dealPath: this.path(person, item.dealId),
      stepId: isStep ? item.stepId : null,
      title: item.title,
      what: item.what,
      reason: item.reason,
      cause: item.cause,
      until: item.until === null ? null : new Date(item.until).toISOString(),
    };
  }

  private part(
    person: SessionClaims,
    context: ControlContext,
    report: readonly ReportRow[],
    part: ReportRow['part'],
  ): ReportPartView {
    const rows = report.filter((row) => row.part === part);
    return {
      count: rows[0]?.total ?? 0,
      deals: rows.map((row) => ({
        dealId: row.deal_id,
        dealTitle: row.title,
        dealPath: this.path(person, row.deal_id),
        ownerName: nameOf(context.structure, row.owner_id),
      })),
    };
  }

  private path(person: SessionClaims, dealId: string | null): string | null {
    return dealId === null ? null : (this.hosts.get(person.host)?.dealPath?.(dealId) ?? null);
  }
}

/** Whose days the person answers for, without the own; null: for nobody's. Only people who still work here. */
export function exceptionsReach(
  context: ControlContext,
  person: { readonly userId: string; readonly admin: boolean },
): ExceptionsReach | null {
  const reach = reachOf(person, context.structure);
  const active = [...context.crew.activeIds];
  if (reach.kind === 'all') return { headId: person.userId, userIds: active, owners: null };
  const led = active.filter((id) => reach.userIds.has(id) && id !== person.userId);
  if (led.length === 0) return null;
  return { headId: person.userId, userIds: [...led, person.userId], owners: [...led, person.userId] };
}
