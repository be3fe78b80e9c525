import { Inject, Injectable, Optional } from '@nestjs/common';
import { MAILS, type Mails } from '../../contract/mail.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { dayOf, dueAtOf, fateOf } from '../../domain/pushing/alerts.js';
import { reach, scheduleOf, type Reached } from '../../domain/pushing/crew.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import type { Sql } from '../../infra/db/sql.js';
import { ActionOutbox, type ActionWish } from '../../outbox/index.js';
import { anchorOf } from './alert-anchor.js';
import { alertKey } from './alert-key.js';
import { alertLetter, companyPlace } from './alert-letters.js';
import { AlertRepository, type DueDelivery, type NewDelivery, type Settlement } from './alert.repository.js';
import { aboutOf, alertText, ruleName } from './alert.texts.js';
import type { ControlContext } from './control-context.service.js';
import { tellWish } from './push-sending.service.js';
import type { Control } from './rule.repository.js';

/** One round's deliveries: the rules by id, how many each person got today, and what is written when all are decided. */
interface Round {
  readonly context: ControlContext;
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly budget: number;
  readonly listAt: string;
  readonly sent: Map<string, number>;
  readonly now: Instant;
  readonly settled: Settlement[];
  readonly handed: NewDelivery[];
  readonly wishes: ActionWish[];
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
    const { accountId } = context;
    const due = await this.repository.dueDeliveries(tx, accountId, now, limit);
    if (due.length === 0) return 0;
    const rules = new Map(control.rules.filter((rule) => rule.on).map((rule) => [rule.ruleId, rule]));
    const people = [...new Set(due.map((delivery) => delivery.user_id))];
    const days = people.map((userId) => ({ userId, day: dayOf(context.crew, userId, now) }));
    const sent = await this.repository.sentOn(tx, accountId, days);
    const round: Round = {
      ...{ context, rules, budget: control.budgetPerDay, listAt: control.listAt, sent: new Map(sent), now },
      ...{ settled: [], handed: [], wishes: [] },
    };
    for (const delivery of due) await this.sendOne(tx, round, delivery);
    await this.repository.settle(tx, accountId, round.settled);
    await this.repository.deliver(tx, accountId, round.handed);
    await this.outbox.want(tx, accountId, round.wishes);
    return due.length;
  }

  private async sendOne(tx: Sql, round: Round, delivery: DueDelivery): Promise<void> {
    const { context, now, settled } = round;
    const userId = delivery.user_id;
    const rule = round.rules.get(delivery.rule_id);
    if (delivery.over || !rule) return void settled.push({ ...delivery, ...NOTHING });
    if (delivery.delivery === 'task') return this.sendTask(round, rule, delivery);
    const count = round.sent.get(userId) ?? 0;
    const fate = fateOf({ userId, hours: rule.hours }, count, round.budget, context.crew, now);
    switch (fate.kind) {
      case 'digest':
        return void settled.push({ ...delivery, ...NOTHING, dueAt: digestAt(round, userId) });
      case 'later':
        return void settled.push({ ...delivery, ...NOTHING, delivery: 'instant', dueAt: fate.at });
      case 'instead':
        return handOver(round, delivery, fate.reached);
      case 'send':
        round.sent.set(userId, count + 1);
        await this.tell(tx, round, rule, delivery);
        settled.push({ ...delivery, delivery: 'instant', dueAt: null, sentAt: now, day: fate.day });
    }
  }

  /** Work is no message: neither the budget nor the digest holds it back, only the person's hours do. */
  private sendTask(round: Round, rule: AlertRule, delivery: DueDelivery): void {
    const { context, now, settled } = round;
    const { accountId, language } = context;
    const userId = delivery.user_id;
    const fate = fateOf({ userId, hours: rule.hours }, 0, 1, context.crew, now);
    if (fate.kind === 'later')
      return void settled.push({ ...delivery, ...NOTHING, delivery: 'task', dueAt: fate.at });
    if (fate.kind === 'instead') return handOver(round, delivery, fate.reached);
    if (fate.kind !== 'send' || delivery.deal_id === null || !context.kinds.has('ask'))
      return void settled.push({ ...delivery, ...NOTHING });
    const { timeZone } = scheduleOf(context.crew, userId);
    const text = alertText(rule.kind, delivery.facts, { language, timeZone, now });
    const title = ruleName(rule.kind, language);
    const { deal_id: dealId } = delivery;
    round.wishes.push({
      key: alertKey(accountId, delivery),
      action: { kind: 'ask', dealId, userId, title, text, dueAt: now + TASK_MS },
    });
    settled.push({ ...delivery, ...NOTHING, delivery: 'task', sentAt: now });
  }

  /** By the rule's channels; a letter that cannot be sent is told in the host instead, so that nothing is lost. */
  private async tell(
    tx: Sql,
    { context, now, wishes }: Round,
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
              ...alertLetter({ ...rule, about, text: said, dealId: delivery.deal_id, language }),
            },
          ])
        : new Set<string>();
    if (mailed.has(key) && !rule.channels.includes('host')) return;
    const wish = tellWish(context, {
      key,
      userId: delivery.user_id,
      dealId: delivery.deal_id,
      place: delivery.deal_id === null ? companyPlace(rule.ruleId) : undefined,
      anchor: await anchorOf(tx, context, [delivery]),
      text: about === null ? said : `${about}\n${said}`,
      at: now,
    });
    if (wish) wishes.push(wish);
  }
}

/** What is over the budget of the day waits for the next morning. */
function digestAt({ context: { crew }, listAt, now }: Round, userId: string): Instant {
  const reached = reach(crew, userId, now) ?? { userId, at: now };
  return dueAtOf({ delivery: 'digest', hours: 'working' }, { ...reached, userId }, crew, now, listAt);
}

/** An absence became known meanwhile: who stands in is told instead, once. */
function handOver(round: Round, delivery: DueDelivery, { userId, at }: Reached): void {
  round.settled.push({ ...delivery, ...NOTHING });
  round.handed.push({
    alertId: delivery.alert_id,
    level: delivery.level,
    userId,
    delivery: delivery.delivery,
    dueAt: at,
  });
}
