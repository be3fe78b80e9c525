import { Inject, Injectable, Optional } from '@nestjs/common';
import { MAILS, type Mails } from '../../contract/mail.js';
import { isWorkingMoment } from '../../domain/calendar/working-time.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { dayOf } from '../../domain/pushing/alerts.js';
import { isPresent, scheduleOf } from '../../domain/pushing/crew.js';
import type { RuleKind } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox } from '../../outbox/index.js';
import { anchorOf } from './alert-anchor.js';
import { digestLetter, type AlertLine } from './alert-letters.js';
import { aboutOf, alertText } from './alert.texts.js';
import type { ControlContext } from './control-context.service.js';
import type { Language } from './control.texts.js';
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

/** What may wait is told once a working day, when it begins: one message with everything that is still so. */
@Injectable()
export class DigestRounds {
  constructor(
    private readonly database: Database,
    private readonly outbox: ActionOutbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null = null,
  ) {}

  async run(context: ControlContext): Promise<void> {
    const now = this.clock.now();
    const waiting = await this.database.query<{ user_id: string }>(
      `SELECT DISTINCT user_id FROM alert_delivery WHERE account_id = $1::uuid AND due_at <= $2
         AND sent_at IS NULL AND delivery = 'digest'`,
      [context.accountId, new Date(now)],
    );
    for (const { user_id: userId } of waiting) {
      const schedule = scheduleOf(context.crew, userId);
      if (!isPresent(context.crew, userId, now) || !isWorkingMoment(now, schedule)) continue;
      await this.database.transaction((tx) => this.tell(tx, context, userId, now));
    }
  }

  private async tell(tx: Sql, context: ControlContext, userId: string, now: Instant): Promise<void> {
    const { accountId } = context;
    const day = dayOf(context.crew, userId, now);
    const mine = await tx.query(
      `INSERT INTO digest (account_id, user_id, kind, day, at, content)
       VALUES ($1::uuid, $2, 'morning', $3, $4, '{}') ON CONFLICT DO NOTHING RETURNING day`,
      [accountId, userId, day, new Date(now)],
    );
    if (mine.length === 0) return;
    const rows = await tx.query<DigestRow>(WAITING, [accountId, userId, new Date(now)]);
    if (rows.length === 0) return;
    const { language } = context;
    const { timeZone } = scheduleOf(context.crew, userId);
    const lines = rows.map((row) => ({
      kind: row.kind,
      about: aboutOf(row, context.structure),
      text: alertText(row.kind, row.facts, { language, timeZone, now }),
      dealId: row.deal_id,
    }));
    const key = actionKey(accountId, 'digest', 'morning', userId, day);
    const wish = tellWish(context, {
      key,
      userId,
      dealId: null,
      anchor: await anchorOf(tx, context, rows),
      text: digestText(lines, language),
      at: now,
    });
    if (wish) await this.outbox.want(tx, accountId, [wish]);
    await this.mails?.send(tx, [
      { accountId, userId, key, kind: 'digest', language, ...digestLetter(lines, language) },
    ]);
  }
}

function digestText(lines: readonly AlertLine[], language: Language): string {
  const head =
    language === 'ru'
      ? `Сделки, которым нужно внимание: ${lines.length}`
      : `Deals that need you: ${lines.length}`;
  const shown = lines.slice(0, SHOWN).map((line) => `• ${line.about ?? ''}: ${line.text}`);
  return [head, ...shown, ...(lines.length > SHOWN ? ['…'] : [])].join('\n');
}
