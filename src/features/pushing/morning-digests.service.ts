import { Inject, Injectable, Optional } from '@nestjs/common';
import { MAILS, type Mails } from '../../contract/mail.js';
import type { Instant } from '../../domain/crm/time.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import type { RuleKind } from '../../domain/pushing/rule.types.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox } from '../../outbox/index.js';
import { anchorOf } from './alert-anchor.js';
import { digestLetter, type AlertLine } from './alert-letters.js';
import { aboutOf, alertText } from './alert.texts.js';
import type { ControlContext } from './control-context.service.js';
import type { Language } from './control.texts.js';
import type { DayKey } from './day.repository.js';
import { tellWish } from './push-sending.service.js';

const SHOWN = 20;

interface DigestRow {
  readonly alert_id: string;
  readonly level: number;
  readonly kind: RuleKind;
  readonly facts: Readonly<Record<string, number>>;
  readonly deal_id: string | null;
  readonly title: string | null;
  readonly subject: string;
  readonly episode: string;
}

/** What waits for the person is told now, or not at all where it is over; returned is what is still so, oldest first. */
const WAITING = `
WITH told AS (
  UPDATE alert_delivery v SET due_at = NULL, sent_at = CASE WHEN a.state = 'open' THEN $3::timestamptz END
  FROM alert a WHERE a.account_id = v.account_id AND a.alert_id = v.alert_id AND v.account_id = $1::uuid
    AND v.user_id = $2 AND v.due_at <= $3::timestamptz AND v.sent_at IS NULL AND v.delivery = 'digest'
  RETURNING v.alert_id, v.level, v.sent_at, a.kind, a.facts, a.deal_id, a.subject, a.episode, a.at
)
SELECT t.alert_id, t.level, t.kind, t.facts, t.deal_id, d.title, t.subject, t.episode FROM told t
  LEFT JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = t.deal_id
WHERE t.sent_at IS NOT NULL ORDER BY t.at, t.alert_id`;

/** Alerts that could wait, as a part of a message or as one of their own. */
export interface DigestPart {
  readonly lines: readonly AlertLine[];
  /** Deal in which the person is told where the host has no notifications. */
  readonly anchor: string | null;
}

/** The day's digest of one person: taken once, by whoever tells it. */
@Injectable()
export class MorningDigests {
  constructor(
    private readonly outbox: ActionOutbox,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null = null,
  ) {}

  /** People for whom something waits by now. */
  async waiting(sql: Sql, accountId: string, now: Instant): Promise<ReadonlySet<string>> {
    const rows = await sql.query<{ user_id: string }>(
      `SELECT DISTINCT user_id FROM alert_delivery WHERE account_id = $1::uuid AND due_at <= $2
         AND sent_at IS NULL AND delivery = 'digest'`,
      [accountId, new Date(now)],
    );
    return new Set(rows.map((row) => row.user_id));
  }

  /**
   * Everything that waits for the person, told with the caller's transaction; null: nothing does, or the day's digest was
   * told already. A second process, or a second try after a crash, gets nothing.
   */
  async take(
    tx: Sql,
    context: ControlContext,
    { userId, day }: DayKey,
    now: Instant,
  ): Promise<DigestPart | null> {
    const { accountId, language, structure } = context;
    const mine = await tx.query(
      `INSERT INTO digest (account_id, user_id, kind, day, at, content)
       VALUES ($1::uuid, $2, 'morning', $3, $4, '{}') ON CONFLICT DO NOTHING RETURNING day`,
      [accountId, userId, day, new Date(now)],
    );
    if (mine.length === 0) return null;
    const rows = await tx.query<DigestRow>(WAITING, [accountId, userId, new Date(now)]);
    if (rows.length === 0) return null;
    const { timeZone } = scheduleOf(context.crew, userId);
    const lines = rows.map((row) => ({
      kind: row.kind,
      about: aboutOf(row, structure),
      text: alertText(row.kind, row.facts, { language, timeZone, now }),
      dealId: row.deal_id,
    }));
    return { lines, anchor: await anchorOf(tx, context, rows) };
  }

  /** What waits for the person waits on until then; null: nobody is there to be told. */
  async postpone(
    sql: Sql,
    accountId: string,
    userId: string,
    now: Instant,
    until: Instant | null,
  ): Promise<void> {
    await sql.query(
      `UPDATE alert_delivery SET due_at = $4 WHERE account_id = $1::uuid AND user_id = $2 AND due_at <= $3
         AND sent_at IS NULL AND delivery = 'digest'`,
      [accountId, userId, new Date(now), until === null ? null : new Date(until)],
    );
  }

  /** As a message of its own. */
  async send(
    tx: Sql,
    context: ControlContext,
    day: DayKey,
    { lines, anchor }: DigestPart,
    now: Instant,
  ): Promise<void> {
    const { accountId, language } = context;
    const { userId } = day;
    const wish = tellWish(context, {
      key: keyOf(context, day),
      userId,
      dealId: null,
      place: { screen: 'alerts' },
      anchor,
      text: [digestTitle(lines.length, language), ...digestBullets(lines)].join('\n'),
      at: now,
    });
    if (wish) await this.outbox.want(tx, accountId, [wish]);
    await this.mail(tx, context, day, lines);
  }

  /** Only the letter: for whoever is told in the host together with something that is not mailed. */
  async mail(tx: Sql, context: ControlContext, day: DayKey, lines: readonly AlertLine[]): Promise<void> {
    const { accountId, language } = context;
    const written = digestLetter(lines, language);
    await this.mails?.send(tx, [
      { accountId, userId: day.userId, key: keyOf(context, day), kind: 'digest', language, ...written },
    ]);
  }
}

function keyOf({ accountId }: ControlContext, { userId, day }: DayKey): string {
  return actionKey(accountId, 'digest', 'morning', userId, day);
}

/** Said over the alerts wherever they are listed. */
export function digestTitle(count: number, language: Language): string {
  return language === 'ru' ? `Требуют внимания: ${count}` : `Need your attention: ${count}`;
}

/** One line each, the first ones only. */
export function digestBullets(lines: readonly AlertLine[]): readonly string[] {
  const shown = lines
    .slice(0, SHOWN)
    .map(({ about, text }) => `• ${about === null || about === '' ? '' : `${about}: `}${text}`);
  return [...shown, ...(lines.length > SHOWN ? ['…'] : [])];
}
