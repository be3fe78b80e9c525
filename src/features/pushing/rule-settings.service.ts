import { Inject, Injectable, Optional } from '@nestjs/common';
import { MAILS, type Mails } from '../../contract/mail.js';
import { reachOf } from '../../domain/crm/rights.js';
import type { Clock } from '../../domain/crm/time.js';
import { DAILY_CONTROL } from '../../domain/pushing/rule-kinds.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { isDealKind } from '../../domain/pushing/rules.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { nameOf } from './control-context.service.js';
import type { RuleEffectView, RulesView } from './pushing.view.js';
import { changedRule, type AskedChange } from './rule-change.js';
import { effectView, ruleView, type EffectRow } from './rule-views.js';
import { defaultRule, RuleRepository, type Control } from './rule.repository.js';

const EFFECT_MS = 90 * 86_400_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

const NO_MAIL = {
  ru: 'Почта не настроена, письма не уходят. Попросите того, кто ведёт сервер, задать SMTP_URL и MAIL_FROM.',
  en: 'E-mail is not set up, no letters are sent. Ask whoever runs the server to set SMTP_URL and MAIL_FROM.',
} as const;

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

/** What holds for all rules; what is left out stays. */
export interface SettingsChange {
  readonly budgetPerDay?: number;
  readonly heldOutShare?: number;
}

/** Rules as the interface shows and changes them. Heads read, administrators change. */
@Injectable()
export class RuleSettings {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleRepository,
    private readonly structures: CompanyStructures,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(MAILS) private readonly mails: Mails | null = null,
  ) {}

  async view(person: SessionClaims): Promise<RulesView> {
    const { accountId, language, timeZone } = person;
    const structure = await this.structures.of(accountId);
    const reach = reachOf(person, structure);
    if (reach.kind === 'people' && reach.userIds.size < 2) throw headsOnly();
    const control = await this.rules.of(accountId);
    const effects = await this.effects(person);
    const reader = { language, timeZone, nameOf: (userId: string) => nameOf(structure, userId) ?? userId };
    const isOn = (kind: string): boolean => control.rules.some((rule) => rule.kind === kind && rule.on);
    return {
      rules: control.rules.map((rule) => ruleView(rule, effects.get(rule.ruleId) ?? null, reader)),
      presets: PRESETS.map(({ key, kinds, name, description }) => ({
        key,
        name: name[language],
        description: description[language],
        ruleCount: kinds.length,
        on: kinds.every(isOn) && control.cycleOn,
      })),
      budgetPerDay: control.budgetPerDay,
      heldOutShare: control.heldOut,
      canEdit: person.admin,
      mail: await this.mailView(person),
      people: structure.users
        .filter((user) => user.active)
        .map(({ id: userId, name }) => ({ userId, name }))
        .toSorted((one, other) => one.name.localeCompare(other.name)),
    };
  }

  async change(person: SessionClaims, ruleId: string, change: AskedChange): Promise<RulesView> {
    demandAdmin(person);
    const changed = await this.ruleWith(person, ruleId, change);
    if (!changed) throw noRule();
    await this.save(person, [changed], 'rule.changed', { ruleId, change: Object.keys(change).join(' ') });
    return this.view(person);
  }

  /** The rule as it would be with the change, which is checked; nothing is saved. Null: there is no such rule. */
  async ruleWith(person: SessionClaims, ruleId: string, change: AskedChange): Promise<AlertRule | null> {
    const control = await this.rules.of(person.accountId);
    const rule = control.rules.find((one) => one.ruleId === ruleId);
    if (!rule) return null;
    const structure = await this.structures.of(person.accountId);
    const surroundings = { activeIds: activeIds(structure), mailConfigured: this.mails?.configured ?? false };
    return changedRule(rule, change, surroundings, this.clock.now());
  }

  async settle(person: SessionClaims, change: SettingsChange): Promise<RulesView> {
    demandAdmin(person);
    const { accountId, userId } = person;
    await this.database.transaction(async (tx) => {
      const control = await this.rules.of(accountId, tx);
      const settings = {
        ...control,
        budgetPerDay: change.budgetPerDay ?? control.budgetPerDay,
        heldOut: change.heldOutShare ?? control.heldOut,
      };
      await this.rules.saveSettings(tx, accountId, settings, userId, this.clock.now());
      await audit(tx, { accountId, actor: userId, action: 'rule.settings', detail: { ...change } });
    });
    return this.view(person);
  }

  /** Sets the preset's rules as its brief has them and switches them on, and with them the day's reports. */
  async preset(person: SessionClaims, key: string): Promise<RulesView> {
    demandAdmin(person);
    const { accountId } = person;
    const preset = PRESETS.find((one) => one.key === key);
    if (!preset) throw noRule();
    const control = await this.rules.of(accountId);
    const chosen = control.rules.filter((rule) => (preset.kinds as readonly string[]).includes(rule.ruleId));
    const changed = chosen.map((rule) => presetRule(rule, this.clock.now()));
    await this.save(person, changed, 'rule.preset', { key }, { ...control, cycleOn: true, preset: key });
    return this.view(person);
  }

  private async mailView({ accountId, language, admin }: SessionClaims): Promise<RulesView['mail']> {
    const configured = this.mails?.configured ?? false;
    if (!admin) return { configured, text: null };
    if (!configured || !this.mails) return { configured, text: NO_MAIL[language] };
    const failures = await this.mails.failures(accountId, this.clock.now() - WEEK_MS);
    return { configured, text: failures.count === 0 ? null : mailTrouble(failures, language) };
  }

  private async save(
    person: SessionClaims,
    rules: readonly AlertRule[],
    action: string,
    detail: Readonly<Record<string, string>>,
    settings?: Control,
  ): Promise<void> {
    const { accountId, userId } = person;
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      await this.rules.saveRules(tx, accountId, rules, userId, now);
      if (settings) await this.rules.saveSettings(tx, accountId, settings, userId, now);
      await audit(tx, { accountId, actor: userId, action, detail });
    });
  }

  private async effects(person: SessionClaims): Promise<ReadonlyMap<string, RuleEffectView>> {
    const rows = await this.database.query<EffectRow>(
      `SELECT rule_id, (count(*) FILTER (WHERE NOT out))::int AS sent,
         (count(*) FILTER (WHERE NOT out AND at <= $3))::int AS judged,
         (count(*) FILTER (WHERE NOT out AND at <= $3 AND acted_at IS NOT NULL))::int AS acted,
         (count(*) FILTER (WHERE NOT out AND at <= $4))::int AS week,
         (count(*) FILTER (WHERE NOT out AND at <= $4 AND moved_at IS NOT NULL))::int AS moved,
         (count(*) FILTER (WHERE out AND at <= $4))::int AS held_out,
         (count(*) FILTER (WHERE out AND at <= $4 AND moved_at IS NOT NULL))::int AS moved_held_out
       FROM (SELECT *, state = 'heldOut' AS out FROM alert WHERE account_id = $1::uuid AND at > $2) a GROUP BY rule_id`,
      [person.accountId, ...[EFFECT_MS, DAY_MS, WEEK_MS].map((ms) => new Date(this.clock.now() - ms))],
    );
    return new Map(
      rows.map((row) => [row.rule_id, effectView(row, isDealKind(row.rule_id), person.language)]),
    );
  }
}

/** As the product has the rule; where it tells stays as the account chose it. */
function presetRule(rule: AlertRule, now: number): AlertRule {
  const { channels, hours } = rule;
  return { ...defaultRule(rule.kind), channels, hours, on: true, since: rule.on ? rule.since : now };
}

function mailTrouble(
  { count, last }: { readonly count: number; readonly last: string | null },
  language: 'ru' | 'en',
): string {
  return language === 'ru'
    ? `За неделю не доставлено писем: ${count}. Последний ответ почты: ${last ?? 'нет'}`
    : `Letters not delivered within a week: ${count}. The mail server’s last answer: ${last ?? 'none'}`;
}

function activeIds({ users }: CompanyStructure): ReadonlySet<string> {
  return new Set(users.filter((user) => user.active).map((user) => user.id));
}

export function demandAdmin(person: SessionClaims): void {
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

export function noRule(): ApiError {
  return notFound({ ru: 'Такого правила нет.', en: 'There is no such rule.' });
}
