import { Inject, Injectable, Optional } from '@nestjs/common';
import { MAILS, type Mails } from '../../contract/mail.js';
import type { Instant } from '../../domain/crm/time.js';
import { shouldDemote } from '../../domain/pushing/alerts.js';
import { reach } from '../../domain/pushing/crew.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { isDealKind } from '../../domain/pushing/rules.js';
import { audit } from '../../infra/audit.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox } from '../../outbox/index.js';
import { ruleName } from './alert.texts.js';
import type { ControlContext } from './control-context.service.js';
import { genitive } from './count.texts.js';
import { tellWish } from './push-sending.service.js';
import { RuleRepository, type Control } from './rule.repository.js';

const PERIOD_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;
const MOST_TOLD = 20;

interface ActedRow {
  readonly rule_id: string;
  readonly sent: number;
  readonly acted: number;
}

/** A rule that nobody acts on only takes attention away: it goes over to the digest by itself and says so. */
@Injectable()
export class RuleDemotions {
  constructor(
    private readonly rules: RuleRepository,
    private readonly outbox: ActionOutbox,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null = null,
  ) {}

  async check(tx: Sql, context: ControlContext, control: Control, now: Instant): Promise<void> {
    // Nobody "acts" on a full week or an empty funnel within a day: those are judged by people, not by this.
    const instant = control.rules.filter(
      (rule) => rule.on && rule.delivery === 'instant' && isDealKind(rule.kind),
    );
    if (instant.length === 0) return;
    const acted = await this.acted(tx, context.accountId, now);
    for (const rule of instant) {
      const row = acted.get(rule.ruleId);
      const effect = { sent: row?.sent ?? 0, acted: row?.acted ?? 0, moved: 0, heldOut: 0, movedHeldOut: 0 };
      if (shouldDemote(rule, effect)) await this.demote(tx, context, rule, effect, now);
    }
  }

  /** Of alerts that were told at once, had their day, and are younger than the last change of the rule. */
  private async acted(tx: Sql, accountId: string, now: Instant): Promise<ReadonlyMap<string, ActedRow>> {
    const rows = await tx.query<ActedRow>(
      `SELECT a.rule_id, count(*)::int AS sent, (count(*) FILTER (WHERE a.acted_at IS NOT NULL))::int AS acted
       FROM alert a JOIN alert_rule r ON r.account_id = a.account_id AND r.rule_id = a.rule_id
       WHERE a.account_id = $1::uuid AND a.state <> 'heldOut' AND a.at > greatest($2::timestamptz, r.saved_at)
         AND a.at <= $3 AND EXISTS (SELECT 1 FROM alert_delivery v WHERE v.account_id = a.account_id
           AND v.alert_id = a.alert_id AND v.delivery = 'instant' AND v.sent_at IS NOT NULL)
       GROUP BY a.rule_id`,
      [accountId, new Date(now - PERIOD_MS), new Date(now - DAY_MS)],
    );
    return new Map(rows.map((row) => [row.rule_id, row]));
  }

  private async demote(
    tx: Sql,
    context: ControlContext,
    rule: AlertRule,
    { sent, acted }: { readonly sent: number; readonly acted: number },
    now: Instant,
  ): Promise<void> {
    const { accountId, language } = context;
    await this.rules.demote(tx, accountId, rule, { sent, acted }, now);
    await audit(tx, {
      accountId,
      actor: 'system',
      action: 'rule.demoted',
      detail: { ruleId: rule.ruleId, sent, acted },
    });
    const text = demotedText(rule, { sent, acted }, language);
    for (const { userId, at } of overseers(context, now)) {
      const key = actionKey(accountId, 'rule-demoted', rule.ruleId, new Date(now).toISOString(), userId);
      const wish = tellWish(context, {
        ...{ key, userId, dealId: null, anchor: null, text, at },
        place: { screen: 'rules' },
      });
      if (wish) await this.outbox.want(tx, accountId, [wish]);
      await this.mails?.send(tx, [
        {
          accountId,
          userId,
          key,
          kind: 'digest',
          language,
          subject: ruleName(rule.kind, language),
          letter: {
            intro: text,
            sections: [],
            button: {
              label: language === 'ru' ? 'Открыть правила' : 'Open the rules',
              place: { kind: 'screen', screen: 'rules' },
            },
          },
        },
      ]);
    }
  }
}

/** Administrators and heads who work here, each once, at a decent moment. */
function overseers({ crew, structure }: ControlContext, now: Instant) {
  const admins = structure.users.filter((user) => user.admin).map((user) => user.id);
  const heads = structure.departments.flatMap((department) => department.headId ?? []);
  return [...new Set([...admins, ...heads])]
    .filter((userId) => crew.activeIds.has(userId))
    .slice(0, MOST_TOLD)
    .flatMap((userId) => {
      const reached = reach(crew, userId, now);
      return reached?.userId === userId ? [reached] : [];
    });
}

function demotedText(
  { kind }: AlertRule,
  { sent, acted }: { readonly sent: number; readonly acted: number },
  language: 'ru' | 'en',
): string {
  const name = ruleName(kind, language);
  return language === 'ru'
    ? `Правило «${name}» перешло в сводку: из ${genitive(sent, 'сигнала', 'сигналов')} за месяц отработали ${acted}. Вернуть срочные сигналы можно в правилах.`
    : `The rule “${name}” went over to the digest: of ${sent} alerts in a month ${acted} were acted on. You can turn instant alerts back on in the rules.`;
}
