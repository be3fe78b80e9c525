import { Inject, Injectable } from '@nestjs/common';
import { withoutAbsences } from '../../domain/calendar/away.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { scheduleOf } from '../../domain/pushing/crew.js';
import { evaluateDeal, isDealKind, standingHits } from '../../domain/pushing/rules.js';
import type { AlertRule, DealFacts } from '../../domain/pushing/rule.types.js';
import { CLOCK } from '../../infra/clock.js';
import type { Sql } from '../../infra/db/sql.js';
import { ActionOutbox } from '../../outbox/index.js';
import { alertKey } from './alert-key.js';
import { AlertKeeping, type Finding } from './alert-keeping.service.js';
import { AlertLossRepository } from './alert-loss.repository.js';
import { AlertRepository, type AlertEffect, type KnownAlert } from './alert.repository.js';
import type { ControlContext } from './control-context.service.js';
import type { Control } from './rule.repository.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** Looks only at deals that are due: something happened to them, or a moment that a rule named has come. */
@Injectable()
export class AlertFinding {
  constructor(
    private readonly repository: AlertRepository,
    private readonly losses: AlertLossRepository,
    private readonly keeping: AlertKeeping,
    private readonly outbox: ActionOutbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Open deals, at most `limit`; returns how many it looked at. */
  async deals(tx: Sql, context: ControlContext, control: Control, limit: number): Promise<number> {
    const now = this.clock.now();
    const { accountId } = context;
    const deals = await this.repository.due(tx, accountId, now, limit);
    if (deals.length === 0) return 0;
    const dealIds = deals.map((deal) => deal.pulse.dealId);
    const rules = control.rules.filter((rule) => rule.on && isOfOpenDeals(rule));
    const findings: Finding[] = [];
    const checks: { dealId: string; at: Instant | null }[] = [];
    for (const deal of deals) {
      const looked = look(context, rules, deal, now);
      checks.push({ dealId: deal.pulse.dealId, at: looked.nextAt });
      findings.push(...looked.findings);
    }
    const known = await this.repository.known(tx, accountId, dealIds);
    await this.repository.effects(tx, accountId, effectsOf(known, deals));
    const before = new Map(known.map((one) => [one.alertId, one.stands ? one.subject : null]));
    const standing = await this.keeping.keep(tx, context, control, findings, now, before);
    const gone = known.filter((one) => one.stands && !standing.has(one.alertId)).map((one) => one.alertId);
    await this.end(tx, context, gone, now);
    await this.repository.checkNext(tx, accountId, checks);
    return deals.length;
  }

  /** What was found of deals that are closed by now: nobody goes up a ladder for them. */
  async closed(tx: Sql, context: ControlContext, _control: Control, limit: number): Promise<number> {
    const now = this.clock.now();
    const gone = await this.repository.closed(tx, context.accountId, now, limit);
    await this.end(tx, context, gone, now);
    return gone.length;
  }

  private async end(
    tx: Sql,
    context: ControlContext,
    alertIds: readonly string[],
    now: Instant,
  ): Promise<void> {
    await this.repository.over(tx, context.accountId, alertIds, now);
    await this.takeTasksBack(tx, context, alertIds);
  }

  /** What a task asked for happened, or does not matter any more. */
  private async takeTasksBack(tx: Sql, context: ControlContext, alertIds: readonly string[]): Promise<void> {
    const { accountId, language } = context;
    const tasks = await this.repository.tasksOf(tx, accountId, alertIds);
    if (tasks.length === 0) return;
    const keys = tasks.map((task) => alertKey(accountId, task));
    const text = {
      ru: 'Больше не нужно: по сделке уже работают, или она закрыта.',
      en: 'Not needed any more: the deal moves, or it is closed.',
    };
    await this.outbox.closeAsks(tx, accountId, { keys }, text[language]);
  }

  /** Deals that were lost without a word. */
  async silentLosses(tx: Sql, context: ControlContext, control: Control, limit: number): Promise<number> {
    const now = this.clock.now();
    const rules = control.rules.filter((rule) => rule.on && rule.kind === 'lostWithoutReason');
    const lost = await this.losses.due(tx, context.accountId, now, limit);
    if (lost.length === 0) return 0;
    const findings: Finding[] = [];
    const checks: { dealId: string; at: Instant | null }[] = [];
    for (const deal of lost) {
      const looked = look(context, rules, deal, now);
      checks.push({ dealId: deal.pulse.dealId, at: looked.nextAt });
      findings.push(...looked.findings);
    }
    await this.keeping.keep(tx, context, control, findings, now);
    await this.losses.checkNext(tx, context.accountId, checks);
    return lost.length;
  }
}

/** Whether people acted within a day, and moved the deal within a week, of an alert or of what was held out. */
function effectsOf(known: readonly KnownAlert[], deals: readonly DealFacts[]): readonly AlertEffect[] {
  const pulses = new Map(deals.map(({ pulse }) => [pulse.dealId, pulse]));
  return known.flatMap(({ alertId, dealId, at, acted, moved }): readonly AlertEffect[] => {
    const pulse = pulses.get(dealId);
    if (!pulse) return [];
    const actedAt = acted ? null : within(pulse.lastEvent.at, at, DAY_MS);
    const movedAt = moved ? null : within(pulse.stageSince, at, WEEK_MS);
    return actedAt === null && movedAt === null ? [] : [{ alertId, actedAt, movedAt }];
  });
}

function within(moment: Instant, after: Instant, ms: number): Instant | null {
  return moment > after && moment <= after + ms ? moment : null;
}

function isOfOpenDeals({ kind }: AlertRule): boolean {
  return isDealKind(kind) && kind !== 'lostWithoutReason';
}

/** What these rules say of the deal. The client waits while the seller is away, so absences do not count. */
function look(
  { rules: company, crew }: ControlContext,
  rules: readonly AlertRule[],
  deal: DealFacts,
  now: Instant,
): { readonly findings: readonly Finding[]; readonly nextAt: Instant | null } {
  const { dealId, ownerId } = deal.pulse;
  const schedule = ownerId === null ? company.fallback : scheduleOf(crew, ownerId);
  const { hits, nextAt } = evaluateDeal(rules, deal, now, withoutAbsences(schedule));
  const findings = standingHits(hits).map(({ rule, episode, numbers }) => ({
    ...{ rule, dealId, ownerId, episode, numbers },
  }));
  return { findings, nextAt };
}
