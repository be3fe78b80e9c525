import { Inject, Injectable, Optional } from '@nestjs/common';
import { MAILS, type Mails } from '../../contract/mail.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { dayOf, fateOf } from '../../domain/pushing/alerts.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import type { Sql } from '../../infra/db/sql.js';
import { ActionOutbox } from '../../outbox/index.js';
import { anchorOf } from './alert-anchor.js';
import { alertKey } from './alert-key.js';
import { alertLetter } from './alert-letters.js';
import { AlertRepository, type DueDelivery } from './alert.repository.js';
import { aboutOf, alertText, ruleName } from './alert.texts.js';
import type { ControlContext } from './control-context.service.js';
import { tellWish } from './push-sending.service.js';
import type { Control } from './rule.repository.js';

/** One round's deliveries: the rules by id, and how many each person got today. */
interface Round {
  readonly context: ControlContext;
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly budget: number;
  readonly sent: Map<string, number>;
  readonly now: Instant;
}

/** What cannot wait is due within the hour. */
const TASK_MS = 3_600_000;
const NOTHING = { delivery: 'digest', dueAt: null, sentAt: null, day: null } as const;

/** Tells people within their hours and their budget; what is over it waits for the digest. */
@Injectable()
export class AlertSending {
  constructor(
    private readonly repository: AlertRepository,
    private readonly outbox: ActionOutbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null = null,
  ) {}

  async send(tx: Sql, context: ControlContext, control: Control, limit: number): Promise<number> {
    const now = this.clock.now();
    const due = await this.repository.dueDeliveries(tx, context.accountId, now, limit);
    const rules = new Map(control.rules.filter((rule) => rule.on).map((rule) => [rule.ruleId, rule]));
    const round: Round = { context, rules, budget: control.budgetPerDay, sent: new Map(), now };
    for (const delivery of due) await this.sendOne(tx, round, delivery);
    return due.length;
  }

  private async sendOne(tx: Sql, round: Round, delivery: DueDelivery): Promise<void> {
    const { context, now } = round;
    const { accountId } = context;
    const userId = delivery.user_id;
    const rule = round.rules.get(delivery.rule_id);
    if (delivery.over || !rule) return this.repository.settle(tx, accountId, delivery, NOTHING);
    if (delivery.delivery === 'task') return this.sendTask(tx, round, rule, delivery);
    const day = dayOf(context.crew, userId, now);
    const key = `${userId}|${day}`;
    const count = round.sent.get(key) ?? (await this.repository.sentOn(tx, accountId, userId, day));
    round.sent.set(key, count);
    const fate = fateOf({ userId, hours: rule.hours }, count, round.budget, context.crew, now);
    switch (fate.kind) {
      case 'digest':
        return this.repository.settle(tx, accountId, delivery, { ...NOTHING, dueAt: now });
      case 'later':
        return this.repository.settle(tx, accountId, delivery, {
          ...NOTHING,
          delivery: 'instant',
          dueAt: fate.at,
        });
      case 'instead':
        await this.repository.settle(tx, accountId, delivery, NOTHING);
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
        round.sent.set(key, count + 1);
        await this.tell(tx, round, rule, delivery);
        return this.repository.settle(tx, accountId, delivery, {
          delivery: 'instant',
          dueAt: null,
          sentAt: now,
          day: fate.day,
        });
    }
  }

  /** Work is no message: neither the budget nor the digest holds it back, only the person's hours do. */
  private async sendTask(tx: Sql, round: Round, rule: AlertRule, delivery: DueDelivery): Promise<void> {
    const { context, now } = round;
    const { accountId, language } = context;
    const userId = delivery.user_id;
    const fate = fateOf({ userId, hours: rule.hours }, 0, 1, context.crew, now);
    if (fate.kind === 'later')
      return this.repository.settle(tx, accountId, delivery, {
        ...NOTHING,
        delivery: 'task',
        dueAt: fate.at,
      });
    if (fate.kind !== 'send' || delivery.deal_id === null || !context.kinds.has('ask'))
      return this.repository.settle(tx, accountId, delivery, NOTHING);
    const { timeZone } = scheduleOf(context.crew, userId);
    const text = alertText(rule.kind, delivery.facts, { language, timeZone, now });
    const title = ruleName(rule.kind, language);
    const { deal_id: dealId } = delivery;
    await this.outbox.want(tx, accountId, [
      {
        key: alertKey(accountId, delivery),
        action: { kind: 'ask', dealId, userId, title, text, dueAt: now + TASK_MS },
      },
    ]);
    return this.repository.settle(tx, accountId, delivery, {
      ...NOTHING,
      delivery: 'task',
      sentAt: now,
    });
  }

  /** By the rule's channels; a letter that cannot be sent is told in the host instead, so that nothing is lost. */
  private async tell(
    tx: Sql,
    { context, now }: Round,
    rule: AlertRule,
    delivery: DueDelivery,
  ): Promise<void> {
    const { accountId, language } = context;
    const { timeZone } = scheduleOf(context.crew, delivery.user_id);
    const said = alertText(rule.kind, delivery.facts, { language, timeZone, now });
    const about = aboutOf(delivery, context.structure);
    const key = alertKey(accountId, delivery);
    const mailed =
      rule.channels.includes('mail') && this.mails
        ? await this.mails.send(tx, [
            {
              accountId,
              userId: delivery.user_id,
              key,
              kind: 'alert',
              language,
              ...alertLetter({ kind: rule.kind, about, text: said, dealId: delivery.deal_id, language }),
            },
          ])
        : new Set<string>();
    if (mailed.has(key) && !rule.channels.includes('host')) return;
    const wish = tellWish(context, {
      key,
      userId: delivery.user_id,
      dealId: delivery.deal_id,
      anchor: await anchorOf(tx, context, [delivery]),
      text: about === null ? said : `${about}\n${said}`,
      at: now,
    });
    if (wish) await this.outbox.want(tx, accountId, [wish]);
  }
}
