import { Injectable } from '@nestjs/common';
import { dueAtOf, isHeldOut, recipientsOf, rungAt } from '../../domain/pushing/alerts.js';
import type { Instant } from '../../domain/crm/time.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import type { Sql } from '../../infra/db/sql.js';
import { derivedId } from '../../infra/ids.js';
import { MirrorReads } from '../../mirror/index.js';
import { AlertRepository, type NewAlert, type NewDelivery } from './alert.repository.js';
import { ruleName } from './alert.texts.js';
import type { ControlContext } from './control-context.service.js';
import { Ledger } from './ledger.js';
import type { Control } from './rule.repository.js';

/** What a rule found: about a deal, or about a person as a whole. */
export interface Finding {
  readonly rule: AlertRule;
  readonly dealId: string | null;
  /** The deal's responsible, or the person that it is about. */
  readonly ownerId: string | null;
  /** Names the finding for ever, together with its rule and subject. */
  readonly episode: string;
  readonly numbers: Readonly<Record<string, number>>;
}

interface Found {
  readonly finding: Finding;
  readonly alert: NewAlert;
  readonly deliveries: readonly NewDelivery[];
}

/** Keeps what rules found, each once for ever, with whom it is to be told. */
@Injectable()
export class AlertKeeping {
  constructor(
    private readonly repository: AlertRepository,
    private readonly mirror: MirrorReads,
    private readonly ledger: Ledger,
  ) {}

  /**
   * Returns the ids of everything that was found, whether it is new or not. `known` may name what surely was found
   * before, with whom it is about while it stands: when that is somebody else now, it is told to the new owner. In the
   * transaction of the round.
   */
  async keep(
    tx: Sql,
    context: ControlContext,
    control: Control,
    findings: readonly Finding[],
    now: Instant,
    known: ReadonlyMap<string, string | null> = new Map(),
  ): Promise<ReadonlySet<string>> {
    const all = findings.map((finding) => ({ finding, alertId: alertIdOf(context.accountId, finding) }));
    const unknown = all.filter((one) => !known.has(one.alertId)).map((one) => one.finding);
    if (unknown.length > 0) await this.keepNew(tx, context, control, unknown, now);
    const handed = all.filter(({ alertId, finding }) => {
      const subject = known.get(alertId) ?? null;
      return subject !== null && subject !== (finding.ownerId ?? '');
    });
    if (handed.length > 0)
      await this.handOn(
        tx,
        context,
        control,
        handed.map((one) => one.finding),
        now,
      );
    return new Set(all.map((one) => one.alertId));
  }

  private async keepNew(
    tx: Sql,
    context: ControlContext,
    control: Control,
    findings: readonly Finding[],
    now: Instant,
  ): Promise<void> {
    const managers = await this.managers(tx, context, findings);
    const found = findings.map((finding) => foundOf(context, control, finding, managers, now));
    const alerts = found.map((one) => one.alert);
    const fresh = await this.repository.insert(tx, context.accountId, alerts, now);
    const news = found.filter((one) => fresh.has(one.alert.alertId));
    const deliveries = news.flatMap((one) => one.deliveries);
    await this.repository.deliver(tx, context.accountId, deliveries);
    await this.record(tx, context, news, now);
  }

  /** Who stands in the former owner's place is told, unless that happened already. */
  private async handOn(
    tx: Sql,
    context: ControlContext,
    control: Control,
    findings: readonly Finding[],
    now: Instant,
  ): Promise<void> {
    const managers = await this.managers(tx, context, findings);
    const found = findings.map((finding) => foundOf(context, control, finding, managers, now));
    await this.repository.handOn(
      tx,
      context.accountId,
      found.map((one) => one.alert),
    );
    await this.repository.deliver(
      tx,
      context.accountId,
      found.flatMap((one) => one.deliveries),
    );
  }

  /** Product managers of the deals that are told to them, by deal. */
  async managers(
    tx: Sql,
    { accountId, rules }: ControlContext,
    findings: readonly Pick<Finding, 'rule' | 'dealId'>[],
  ): Promise<ReadonlyMap<string, string>> {
    const asked = findings.filter(({ rule }) => tellsManager(rule)).flatMap((one) => one.dealId ?? []);
    if (asked.length === 0) return new Map();
    const deals = await this.mirror.deals(accountId, [...new Set(asked)], tx);
    return new Map(
      deals.flatMap((deal): readonly (readonly [string, string])[] => {
        const managerId = rules.productOf(deal)?.managerId ?? null;
        return managerId === null ? [] : [[deal.id, managerId]];
      }),
    );
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
      told.map(({ finding, alert, deliveries }) => ({
        sourceKey: `alert:${alert.alertId}`,
        at: now,
        kind: 'alerted',
        dealId: alert.dealId,
        by: null,
        body: {
          ruleName: ruleName(finding.rule.kind, context.language),
          userIds: deliveries.map((one) => one.userId),
        },
      })),
    );
  }
}

function alertIdOf(accountId: string, { rule, dealId, ownerId, episode }: Finding): string {
  return derivedId('alert', accountId, rule.ruleId, dealId ?? `person ${ownerId ?? ''}`, episode);
}

/** Whether the rule tells product managers, at once or later. */
export function tellsManager({
  recipients,
  escalation,
}: Pick<AlertRule, 'recipients' | 'escalation'>): boolean {
  return recipients.includes('productManager') || escalation.some((rung) => rung.to === 'productManager');
}

function foundOf(
  { accountId, crew }: ControlContext,
  control: Control,
  finding: Finding,
  managers: ReadonlyMap<string, string>,
  now: Instant,
): Found {
  const { rule, dealId, ownerId, episode } = finding;
  const alertId = alertIdOf(accountId, finding);
  // Measured over deals: a seller or a pipeline is one, and cannot be left out.
  const heldOut = dealId !== null && isHeldOut(rule.ruleId, dealId, control.heldOut);
  const subject = { ownerId, productManagerId: managers.get(dealId ?? '') ?? null };
  const people = heldOut ? [] : recipientsOf(rule.recipients, subject, crew, now);
  const [first] = people;
  return {
    finding,
    alert: {
      alertId,
      ruleId: rule.ruleId,
      kind: rule.kind,
      dealId,
      subject: ownerId ?? '',
      episode,
      facts: finding.numbers,
      state: heldOut ? 'heldOut' : 'open',
      nextAt: first ? rungAt(rule, 0, first.at, first.userId, crew) : null,
    },
    deliveries: people.map((reached) => ({
      alertId,
      level: 0,
      userId: reached.userId,
      delivery: rule.delivery,
      dueAt: dueAtOf(rule, reached, crew, now, control.listAt),
    })),
  };
}
