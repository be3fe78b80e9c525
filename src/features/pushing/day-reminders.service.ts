import { Injectable } from '@nestjs/common';
import { localDay } from '../../domain/calendar/away.js';
import type { Instant } from '../../domain/crm/time.js';
import { isPresent, scheduleOf } from '../../domain/pushing/crew.js';
import { isTimed } from '../../domain/pushing/day-times.js';
import { Database } from '../../infra/db/database.js';
import type { ControlContext } from './control-context.service.js';
import { DayMessages } from './day-messages.service.js';
import { DayPictures } from './day-pictures.service.js';
import { DayRepository } from './day.repository.js';
import { DayStepRules } from './day-step-rules.service.js';
import { reminderText } from './day.texts.js';
import type { CycleSettings } from './day.types.js';

const MINUTE_MS = 60_000;

interface TimedRow {
  readonly deal_id: string;
  readonly deal_title: string;
  readonly step_key: string;
  readonly visit_seq: number;
  readonly owner_id: string;
  readonly due_at: Date;
  readonly by_hand: boolean;
  readonly template_id: string;
  readonly version: number;
}

/** Shortly before a step with a time of day; sellers ask for it themselves, so it is outside the budget of alerts. */
@Injectable()
export class DayReminders {
  constructor(
    private readonly database: Database,
    private readonly days: DayRepository,
    private readonly pictures: DayPictures,
    private readonly rules: DayStepRules,
    private readonly messages: DayMessages,
  ) {}

  async run(context: ControlContext, settings: CycleSettings, now: Instant): Promise<void> {
    if (settings.remindMinutes === 0) return;
    const near = await this.near(context, now, now + settings.remindMinutes * MINUTE_MS);
    const wanted = await this.days.reminders(
      context.accountId,
      near.map((row) => row.owner_id),
    );
    for (const row of near) if (wanted.has(row.owner_id)) await this.remind(context, settings, row, now);
  }

  /** Steps of present people whose time of day is near. */
  private async near(context: ControlContext, now: Instant, until: Instant): Promise<readonly TimedRow[]> {
    const rows = await this.database.query<TimedRow>(
      `SELECT s.deal_id, d.title AS deal_title, s.step_key, s.visit_seq, s.owner_id, s.due_at,
         s.detail -> 'manual' ->> 'dueAt' IS NOT NULL AS by_hand, p.template_id, p.version
       FROM plan_step s JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
         JOIN deal d ON d.account_id = s.account_id AND d.deal_id = s.deal_id AND d.deleted_at IS NULL
       WHERE s.account_id = $1::uuid AND s.owner_id = ANY($2::text[]) AND s.state = 'actionable'
         AND s.due_at > $3 AND s.due_at <= $4
       ORDER BY s.due_at, s.deal_id, s.step_key`,
      [context.accountId, [...context.crew.activeIds], new Date(now), new Date(until)],
    );
    const ruleOf = await this.rules.of(this.database, context.accountId, rows);
    return rows.filter((row) => {
      if (!isPresent(context.crew, row.owner_id, now)) return false;
      return row.by_hand
        ? isTimed(row.due_at.getTime(), scheduleOf(context.crew, row.owner_id))
        : ruleOf(row.template_id, row.version, row.step_key).timed;
    });
  }

  private async remind(
    context: ControlContext,
    settings: CycleSettings,
    row: TimedRow,
    now: Instant,
  ): Promise<void> {
    const { accountId, language } = context;
    const userId = row.owner_id;
    const dueAt = row.due_at.getTime();
    const { timeZone } = scheduleOf(context.crew, userId);
    const day = localDay(now, timeZone);
    const times = this.pictures.timesOf(context, settings, userId, day);
    if (!times) return;
    const step = `${row.deal_id}/${row.step_key}~${row.visit_seq}/${dueAt}`;
    const ruleOf = await this.rules.of(this.database, accountId, [row]);
    const { title } = ruleOf(row.template_id, row.version, row.step_key);
    await this.database.transaction(async (tx) => {
      const key = { userId, day, endsAt: times.endsAt };
      if ((await this.days.claim(tx, accountId, [key], `remind:${step}`)).size === 0) return;
      const intro = reminderText({ title, dealTitle: row.deal_title, dueAt }, { language, timeZone });
      const where = { place: { screen: 'home' }, anchor: null, dealId: row.deal_id } as const;
      const message = { userId, identity: ['remind', userId, step], intro, sections: [], ...where };
      await this.messages.send(tx, context, [{ ...message, subject: null, kind: 'day' }], now, false);
    });
  }
}
