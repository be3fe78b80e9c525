import { Inject, Injectable } from '@nestjs/common';
import { reachOf } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { ENOUGH } from '../../domain/pushing/alerts.js';
import { DAILY_CONTROL, parameterOf, RULE_KINDS } from '../../domain/pushing/rule-kinds.js';
import { isDealKind } from '../../domain/pushing/rules.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';
import { ruleName } from './alert.texts.js';
import type { RuleEffectView, RulesView, RuleView } from './pushing.view.js';
import { RuleRepository } from './rule.repository.js';
import { parameterLabel, ruleSentence } from './rule.texts.js';

/** What the administrator changes of a rule; what is left out stays. */
export interface RuleChange {
  readonly on?: boolean;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly recipients?: AlertRule['recipients'];
  readonly delivery?: AlertRule['delivery'];
}

const PRESETS = [
  {
    key: 'dailyControl',
    kinds: DAILY_CONTROL,
    name: { ru: 'Дневной контроль', en: 'Daily control' },
    description: {
      ru: 'Первый контакт за 15 минут, через 30 руководитель; три касания за сутки; отчёт о сделках без задач.',
      en: 'First contact within 15 minutes, the head after 30; three touches in a day; deals without tasks reported.',
    },
  },
] as const;

/** Rules as the interface shows and changes them. Heads read, administrators change. */
@Injectable()
export class RuleSettings {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleRepository,
    private readonly structures: CompanyStructures,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async view(person: SessionClaims): Promise<RulesView> {
    const reach = reachOf(person, await this.structures.of(person.accountId));
    if (reach.kind === 'people' && reach.userIds.size < 2) throw headsOnly();
    const control = await this.rules.of(person.accountId);
    const effects = await this.effects(person);
    return {
      rules: control.rules
        .filter(isWatched)
        .map((rule) => viewOf(rule, effects.get(rule.ruleId) ?? null, person.language)),
      presets: PRESETS.map(({ key, kinds, name, description }) => ({
        key,
        name: name[person.language],
        description: description[person.language],
        ruleCount: kinds.filter((kind) => isWatched({ kind })).length,
      })),
      budgetPerDay: control.budgetPerDay,
      canEdit: person.admin,
    };
  }

  /** Switching a rule on tells nobody of what was so before: the ledger of alerts begins now. */
  async change(person: SessionClaims, ruleId: string, change: RuleChange): Promise<RulesView> {
    demandAdmin(person);
    const control = await this.rules.of(person.accountId);
    const rule = control.rules.find((one) => isWatched(one) && one.ruleId === ruleId);
    if (!rule) throw noRule();
    await this.save(person, [this.changed(rule, change)], 'rule.changed', { ruleId });
    return this.view(person);
  }

  async preset(person: SessionClaims, key: string): Promise<RulesView> {
    demandAdmin(person);
    const preset = PRESETS.find((one) => one.key === key);
    if (!preset) throw noRule();
    const control = await this.rules.of(person.accountId);
    const chosen = control.rules
      .filter((rule) => isWatched(rule) && (preset.kinds as readonly string[]).includes(rule.ruleId))
      .map((rule) => this.changed(rule, { on: true }));
    await this.save(person, chosen, 'rule.preset', { key });
    return this.view(person);
  }

  private changed(rule: AlertRule, change: RuleChange): AlertRule {
    const now = this.clock.now();
    const on = change.on ?? rule.on;
    return {
      ...rule,
      on,
      since: on && !rule.on ? now : rule.since,
      parameters: { ...rule.parameters, ...(change.parameters && bounded(rule, change.parameters)) },
      recipients: change.recipients ?? rule.recipients,
      delivery: change.delivery ?? rule.delivery,
      demotedAt: change.delivery === undefined ? rule.demotedAt : null,
    };
  }

  private async save(
    person: SessionClaims,
    rules: readonly AlertRule[],
    action: string,
    detail: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { accountId, userId } = person;
    await this.database.transaction(async (tx) => {
      await this.rules.saveRules(tx, accountId, rules, userId, this.clock.now());
      await audit(tx, { accountId, actor: userId, action, detail });
    });
  }

  private async effects(person: SessionClaims): Promise<ReadonlyMap<string, RuleEffectView>> {
    const rows = await this.database.query<EffectRow>(
      `SELECT rule_id, (count(*) FILTER (WHERE state <> 'heldOut'))::int AS sent,
         (count(*) FILTER (WHERE state <> 'heldOut' AND acted_at IS NOT NULL))::int AS acted,
         (count(*) FILTER (WHERE state <> 'heldOut' AND moved_at IS NOT NULL))::int AS moved,
         (count(*) FILTER (WHERE state = 'heldOut'))::int AS held_out,
         (count(*) FILTER (WHERE state = 'heldOut' AND moved_at IS NOT NULL))::int AS moved_held_out
       FROM alert WHERE account_id = $1::uuid AND at > $2 GROUP BY rule_id`,
      [person.accountId, new Date(this.clock.now() - EFFECT_MS)],
    );
    return new Map(rows.map((row) => [row.rule_id, effectOf(row, person.language)]));
  }
}

/** Of open deals: rules about lost deals, sellers and pipelines are not evaluated, so nobody can switch them on. */
function isWatched({ kind }: Pick<AlertRule, 'kind'>): boolean {
  return isDealKind(kind) && kind !== 'lostWithoutReason';
}

const EFFECT_MS = 90 * 86_400_000;

interface EffectRow {
  readonly rule_id: string;
  readonly sent: number;
  readonly acted: number;
  readonly moved: number;
  readonly held_out: number;
  readonly moved_held_out: number;
}

function viewOf(rule: AlertRule, effect: RuleEffectView | null, language: 'ru' | 'en'): RuleView {
  return {
    id: rule.ruleId,
    kind: rule.kind,
    name: ruleName(rule.kind, language),
    sentence: ruleSentence(rule, language),
    on: rule.on,
    parameters: RULE_KINDS[rule.kind].parameters.map(({ key, unit, min, max }) => ({
      key,
      label: parameterLabel(key, language),
      value: parameterOf(rule, key),
      unit,
      min,
      max,
    })),
    recipients: rule.recipients,
    channels: rule.channels,
    delivery: rule.delivery,
    demotedAt: rule.demotedAt === null ? null : new Date(rule.demotedAt).toISOString(),
    escalation: rule.escalation,
    effect,
  };
}

function effectOf(row: EffectRow, language: 'ru' | 'en'): RuleEffectView {
  const few = row.sent < ENOUGH;
  const text = {
    ru: few
      ? `Сигналов пока ${row.sent}: для выводов мало.`
      : `Из ${row.sent} сигналов за день отработали ${row.acted}, за неделю двинулись ${row.moved}.`,
    en: few
      ? `${row.sent} alerts so far: too few to judge.`
      : `Of ${row.sent} alerts ${row.acted} were acted on within a day, ${row.moved} deals moved within a week.`,
  };
  return {
    sent: row.sent,
    actedWithinDay: row.acted,
    movedWithinWeek: row.moved,
    heldOut: row.held_out,
    movedWithinWeekHeldOut: row.moved_held_out,
    text: text[language],
  };
}

function bounded(rule: AlertRule, given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  for (const [key, value] of Object.entries(given)) {
    const kind = RULE_KINDS[rule.kind].parameters.find((one) => one.key === key);
    if (!kind || typeof value !== 'number' || !(value >= kind.min && value <= kind.max))
      throw badParameter(key);
  }
  return given;
}

function demandAdmin(person: SessionClaims): void {
  if (person.admin) return;
  throw new ApiError(403, 'admin-only', {
    ru: 'Правила меняет администратор CRM.',
    en: 'Rules are changed by an administrator of the CRM.',
  });
}

function headsOnly(): ApiError {
  return new ApiError(403, 'heads-only', {
    ru: 'Правила видят руководители и администраторы.',
    en: 'Rules are shown to heads and administrators.',
  });
}

function noRule(): ApiError {
  return notFound({ ru: 'Такого правила нет.', en: 'There is no such rule.' });
}

function badParameter(key: string): ApiError {
  return new ApiError(422, 'bad-parameter', {
    ru: `Значение «${parameterLabel(key, 'ru')}» вне допустимых границ.`,
    en: `The value of “${parameterLabel(key, 'en')}” is out of bounds.`,
  });
}
