import { ENOUGH } from '../../domain/pushing/alerts.js';
import { parameterOf, RULE_KINDS } from '../../domain/pushing/rule-kinds.js';
import { isDealKind } from '../../domain/pushing/rules.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { ruleName } from './alert.texts.js';
import type { Language } from './control.texts.js';
import type { RuleEffectView, RuleView } from './pushing.view.js';
import { effectOf, plainEffectText, type EffectCounts } from './rule-effect.texts.js';
import { demotedWhy, parameterLabel, ruleSentence, toldToSentence } from './rule.texts.js';

/** Counted over the last ninety days. */
export interface EffectRow extends EffectCounts {
  readonly rule_id: string;
}

export interface RuleReader {
  readonly language: Language;
  readonly timeZone: string;
  readonly nameOf: (userId: string) => string;
}

export function ruleView(rule: AlertRule, effect: RuleEffectView | null, reader: RuleReader): RuleView {
  const { language } = reader;
  return {
    id: rule.ruleId,
    kind: rule.kind,
    name: ruleName(rule.kind, language),
    sentence: ruleSentence(rule, language),
    on: rule.on,
    parameters: RULE_KINDS[rule.kind].parameters.map(({ key, unit, min, max }) => ({
      key,
      label: parameterLabel(rule.kind, key, language),
      value: parameterOf(rule, key),
      unit,
      min,
      max,
    })),
    recipients: rule.recipients,
    channels: rule.channels,
    delivery: rule.delivery,
    hours: rule.hours,
    about: isDealKind(rule.kind) ? 'deal' : 'company',
    toldTo: toldToSentence(rule, reader),
    demotedAt: rule.demotedAt === null ? null : new Date(rule.demotedAt).toISOString(),
    demotedWhy: demotedWhy(rule, reader),
    escalation: rule.escalation,
    effect,
  };
}

/** `byDeals` false: the rule is about people and pipelines, where no deal moves because of it. */
export function effectView(row: EffectRow, byDeals: boolean, language: Language): RuleEffectView {
  return {
    sent: row.sent,
    judgedByDay: row.judged,
    actedWithinDay: row.acted,
    judgedByWeek: row.week,
    movedWithinWeek: row.moved,
    heldOut: row.held_out,
    movedWithinWeekHeldOut: row.moved_held_out,
    ...(byDeals
      ? effectOf(row, ENOUGH, language)
      : { verdict: 'tooFew', lift: null, text: plainEffectText(row.sent, language) }),
  };
}
