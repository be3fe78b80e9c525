import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { dueAtOf, recipientsAt, recipientsOf, rungAt } from '../../domain/pushing/alerts.js';
import type { Crew } from '../../domain/pushing/crew.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import type { Sql } from '../../infra/db/sql.js';
import { AlertKeeping } from './alert-keeping.service.js';
import { AlertRepository, type DueRung, type NewDelivery } from './alert.repository.js';
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
    const climbs = due.map((rung) => {
      const manager = managers.get(rung.deal_id ?? '') ?? null;
      return climbOf({ ...context, ...control }, rules.get(rung.rule_id), rung, manager, now);
    });
    await this.repository.deliver(
      tx,
      context.accountId,
      climbs.flatMap((one) => one.deliveries),
    );
    await this.repository.climb(tx, context.accountId, climbs);
    return due.length;
  }
}

interface Climb {
  readonly alertId: string;
  readonly level: number;
  readonly nextAt: Instant | null;
  readonly deliveries: readonly NewDelivery[];
}

/**
 * Every rung whose moment has come, at once; a rule that is off takes its alerts no further. Rungs count from the moment
 * and in the working time of who was told first.
 */
function climbOf(
  { crew, listAt }: { readonly crew: Crew; readonly listAt: string },
  rule: AlertRule | undefined,
  rung: DueRung,
  productManagerId: string | null,
  now: Instant,
): Climb {
  const { alert_id: alertId } = rung;
  if (!rule) return { alertId, level: rung.level + 1, nextAt: null, deliveries: [] };
  const subject = { ownerId: rung.subject === '' ? null : rung.subject, productManagerId };
  const foundAt = rung.at.getTime();
  const [first] = recipientsOf(rule.recipients, subject, crew, foundAt);
  const deliveries: NewDelivery[] = [];
  let { level } = rung;
  let nextAt: Instant | null = now;
  for (; nextAt !== null && nextAt <= now; level += 1) {
    const delivery = rule.escalation[level]?.task ? ('task' as const) : rule.delivery;
    for (const reached of recipientsAt(rule, level, subject, crew, now)) {
      const dueAt = dueAtOf({ ...rule, delivery }, reached, crew, now, listAt);
      deliveries.push({ alertId, level: level + 1, userId: reached.userId, delivery, dueAt });
    }
    nextAt = rungAt(rule, level + 1, first?.at ?? foundAt, first?.userId ?? rung.subject, crew);
  }
  return { alertId, level, nextAt, deliveries };
}
