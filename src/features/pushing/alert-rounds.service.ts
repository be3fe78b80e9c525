import { Inject, Injectable } from '@nestjs/common';
import { withoutAbsences } from '../../domain/calendar/away.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { fateOf, dayOf, isHeldOut, recipientsAt, recipientsOf, rungAt } from '../../domain/pushing/alerts.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { evaluateDeal, isDealKind } from '../../domain/pushing/rules.js';
import type { AlertRule, Hit, RuleKind } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { derivedId } from '../../infra/ids.js';
import { actionKey, ActionOutbox } from '../../outbox/index.js';
import {
  AlertRepository,
  type AlertDeal,
  type DueDelivery,
  type DueRung,
  type NewAlert,
  type NewDelivery,
} from './alert.repository.js';
import { alertText, ruleName } from './alert.texts.js';
import type { ControlContext } from './control-context.service.js';
import { Ledger } from './ledger.js';
import { tellWish } from './push-sending.service.js';
import { RuleRepository, type Control } from './rule.repository.js';

const AT_ONCE = 500;

interface Found {
  readonly hit: Hit;
  readonly deal: AlertDeal;
  readonly alert: NewAlert;
  readonly deliveries: readonly NewDelivery[];
}

/** Looks only at deals that are due, tells people within their hours and their budget, and climbs the ladders. */
@Injectable()
export class AlertRounds {
  constructor(
    private readonly database: Database,
    private readonly repository: AlertRepository,
    private readonly rules: RuleRepository,
    private readonly outbox: ActionOutbox,
    private readonly ledger: Ledger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everything of the account that is due now. Idempotent; a crash in between loses nothing. */
  async run(context: ControlContext): Promise<void> {
    const control = await this.rules.of(context.accountId);
    const on = control.rules.filter((rule) => rule.on);
    if (on.length === 0) return;
    await this.untilDone((tx) => this.evaluate(tx, context, control, on));
    await this.untilDone((tx) => this.escalate(tx, context, on));
    await this.untilDone((tx) => this.send(tx, context, control));
  }

  private async untilDone(round: (tx: Sql) => Promise<number>): Promise<void> {
    for (;;) if ((await this.database.transaction(round)) < AT_ONCE) return;
  }

  private async evaluate(
    tx: Sql,
    context: ControlContext,
    control: Control,
    on: readonly AlertRule[],
  ): Promise<number> {
    const now = this.clock.now();
    const deals = await this.repository.due(tx, context.accountId, now, AT_ONCE);
    if (deals.length === 0) return 0;
    const dealIds = deals.map((deal) => deal.pulse.dealId);
    const rules = on.filter((rule) => isDealKind(rule.kind));
    const found: Found[] = [];
    const checks: { dealId: string; at: Instant | null }[] = [];
    for (const deal of deals) {
      const owner = deal.pulse.ownerId;
      const schedule = owner === null ? context.rules.fallback : scheduleOf(context.crew, owner);
      const { hits, nextAt } = evaluateDeal(rules, deal, now, withoutAbsences(schedule));
      checks.push({ dealId: deal.pulse.dealId, at: nextAt });
      found.push(...hits.map((hit) => this.found(context, control, deal, hit, now)));
    }
    await this.repository.effects(tx, context.accountId, dealIds);
    const standing = new Set(found.map((one) => one.alert.alertId));
    const open = await this.repository.openOf(tx, context.accountId, dealIds);
    const gone = open.filter((alert) => !standing.has(alert.alertId)).map((alert) => alert.alertId);
    await this.repository.over(tx, context.accountId, gone, now);
    const fresh = await this.repository.insert(
      tx,
      context.accountId,
      found.map((one) => one.alert),
      now,
    );
    const news = found.filter((one) => fresh.has(one.alert.alertId));
    await this.repository.deliver(
      tx,
      context.accountId,
      news.flatMap((one) => one.deliveries),
    );
    await this.record(tx, context, news, now);
    await this.repository.checkNext(tx, context.accountId, checks);
    return deals.length;
  }

  private found(context: ControlContext, control: Control, deal: AlertDeal, hit: Hit, now: Instant): Found {
    const { rule } = hit;
    const { dealId, ownerId } = deal.pulse;
    const alertId = derivedId('alert', context.accountId, rule.ruleId, dealId, hit.episode);
    const heldOut = isHeldOut(rule.ruleId, dealId, control.heldOut);
    const subject = { ownerId, productManagerId: null };
    const people = heldOut ? [] : recipientsOf(rule.recipients, subject, context.crew, now);
    const [first] = people;
    const alert: NewAlert = {
      alertId,
      ruleId: rule.ruleId,
      kind: rule.kind,
      dealId,
      subject: ownerId ?? '',
      episode: hit.episode,
      facts: hit.numbers,
      state: heldOut ? 'heldOut' : 'open',
      nextAt: first ? rungAt(rule, 0, first.at, first.userId, context.crew) : null,
    };
    const { delivery } = rule;
    const deliveries = people.map(({ userId, at }) => ({ alertId, level: 0, userId, delivery, dueAt: at }));
    return { hit, deal, alert, deliveries };
  }

  private async record(
    tx: Sql,
    context: ControlContext,
    news: readonly Found[],
    now: Instant,
  ): Promise<void> {
    const told = news.filter((one) => one.deliveries.length > 0);
    await this.ledger.record(
      tx,
      context.accountId,
      told.map(({ hit, alert, deliveries }) => ({
        sourceKey: `alert:${alert.alertId}`,
        at: now,
        kind: 'alerted',
        dealId: alert.dealId,
        by: null,
        body: {
          ruleName: ruleName(hit.rule.kind, context.language),
          userIds: deliveries.map((one) => one.userId),
        },
      })),
    );
  }

  private async escalate(tx: Sql, context: ControlContext, on: readonly AlertRule[]): Promise<number> {
    const now = this.clock.now();
    const due = await this.repository.dueRungs(tx, context.accountId, now, AT_ONCE);
    for (const rung of due) await this.climb(tx, context, on, rung, now);
    return due.length;
  }

  private async climb(
    tx: Sql,
    context: ControlContext,
    on: readonly AlertRule[],
    rung: DueRung,
    now: Instant,
  ): Promise<void> {
    const rule = on.find((one) => one.ruleId === rung.rule_id);
    const subject = { ownerId: rung.subject === '' ? null : rung.subject, productManagerId: null };
    const people = rule ? recipientsAt(rule, rung.level, subject, context.crew, now) : [];
    const level = rung.level + 1;
    await this.repository.deliver(
      tx,
      context.accountId,
      people.map(({ userId, at }) => ({
        alertId: rung.alert_id,
        level,
        userId,
        delivery: rule?.delivery ?? 'digest',
        dueAt: at,
      })),
    );
    const base = rung.at.getTime();
    const nextAt = rule ? rungAt(rule, level, base, rung.subject, context.crew) : null;
    await this.repository.climb(tx, context.accountId, rung.alert_id, level, nextAt);
  }

  private async send(tx: Sql, context: ControlContext, control: Control): Promise<number> {
    const now = this.clock.now();
    const due = await this.repository.dueDeliveries(tx, context.accountId, now, AT_ONCE);
    const sent = new Map<string, number>();
    for (const delivery of due) await this.sendOne(tx, context, control.budgetPerDay, delivery, sent, now);
    return due.length;
  }

  private async sendOne(
    tx: Sql,
    context: ControlContext,
    budget: number,
    delivery: DueDelivery,
    sent: Map<string, number>,
    now: Instant,
  ): Promise<void> {
    const { accountId } = context;
    const userId = delivery.user_id;
    const nothing = { delivery: 'digest', dueAt: null, sentAt: null, day: null } as const;
    if (delivery.over) return this.repository.settle(tx, accountId, delivery, nothing);
    const day = dayOf(context.crew, userId, now);
    const count = sent.get(`${userId}|${day}`) ?? (await this.repository.sentOn(tx, accountId, userId, day));
    sent.set(`${userId}|${day}`, count);
    const fate = fateOf({ userId, dueAt: delivery.due_at.getTime() }, count, budget, context.crew, now);
    switch (fate.kind) {
      case 'digest':
        return this.repository.settle(tx, accountId, delivery, { ...nothing, dueAt: now });
      case 'later':
        return this.repository.settle(tx, accountId, delivery, {
          ...nothing,
          delivery: 'instant',
          dueAt: fate.at,
        });
      case 'instead':
        await this.repository.settle(tx, accountId, delivery, nothing);
        return this.repository.deliver(tx, accountId, [
          {
            alertId: delivery.alert_id,
            level: delivery.level,
            userId: fate.reached.userId,
            delivery: 'instant',
            dueAt: fate.reached.at,
          },
        ]);
      case 'send':
        sent.set(`${userId}|${day}`, count + 1);
        await this.tell(tx, context, delivery, now);
        return this.repository.settle(tx, accountId, delivery, {
          delivery: 'instant',
          dueAt: null,
          sentAt: now,
          day: fate.day,
        });
    }
  }

  private async tell(tx: Sql, context: ControlContext, delivery: DueDelivery, now: Instant): Promise<void> {
    const { timeZone } = scheduleOf(context.crew, delivery.user_id);
    const said = alertText(delivery.kind as RuleKind, delivery.facts, {
      language: context.language,
      timeZone,
      now,
    });
    const wish = tellWish(context, {
      key: actionKey(context.accountId, 'alert', delivery.alert_id, delivery.level, delivery.user_id),
      userId: delivery.user_id,
      dealId: delivery.deal_id,
      anchor: delivery.deal_id,
      text: delivery.title === null ? said : `${delivery.title}\n${said}`,
      at: now,
    });
    if (wish) await this.outbox.want(tx, context.accountId, [wish]);
  }
}
