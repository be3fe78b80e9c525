import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { mayBeToldAt, recipientsAt, rungAt } from '../../domain/pushing/alerts.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import type { Sql } from '../../infra/db/sql.js';
import { AlertKeeping } from './alert-keeping.service.js';
import { AlertRepository, type DueRung } from './alert.repository.js';
import type { ControlContext } from './control-context.service.js';
import type { Control } from './rule.repository.js';

/** Alerts that nobody acted on go up the ladder of their rule. */
@Injectable()
export class AlertLadder {
  constructor(
    private readonly repository: AlertRepository,
    private readonly keeping: AlertKeeping,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async climb(tx: Sql, context: ControlContext, control: Control, limit: number): Promise<number> {
    const now = this.clock.now();
    const due = await this.repository.dueRungs(tx, context.accountId, now, limit);
    const rules = new Map(control.rules.filter((rule) => rule.on).map((rule) => [rule.ruleId, rule]));
    const climbing = due.flatMap((rung) => {
      const rule = rules.get(rung.rule_id);
      return rule ? [{ rule, dealId: rung.deal_id }] : [];
    });
    const managers = await this.keeping.managers(tx, context, climbing);
    for (const rung of due) {
      const manager = managers.get(rung.deal_id ?? '') ?? null;
      await this.climbOne(tx, context, rules.get(rung.rule_id), rung, manager, now);
    }
    return due.length;
  }

  private async climbOne(
    tx: Sql,
    { accountId, crew }: ControlContext,
    rule: AlertRule | undefined,
    rung: DueRung,
    productManagerId: string | null,
    now: Instant,
  ): Promise<void> {
    const subject = { ownerId: rung.subject === '' ? null : rung.subject, productManagerId };
    const people = rule ? recipientsAt(rule, rung.level, subject, crew, now) : [];
    const level = rung.level + 1;
    if (rule) {
      const deliveries = people.map((reached) => ({
        alertId: rung.alert_id,
        level,
        userId: reached.userId,
        delivery: rule.escalation[rung.level]?.task ? ('task' as const) : rule.delivery,
        dueAt: mayBeToldAt(rule, reached, crew, now),
      }));
      await this.repository.deliver(tx, accountId, deliveries);
    }
    const nextAt = rule ? rungAt(rule, level, rung.at.getTime(), rung.subject, crew) : null;
    await this.repository.climb(tx, accountId, rung.alert_id, level, nextAt);
  }
}
