import { parameterOf, RULE_KINDS } from '../../domain/pushing/rule-kinds.js';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import type { Bilingual } from '../../infra/http/api-error.js';
import { ruleName } from './alert.texts.js';

type Language = keyof Bilingual;

const LABELS: Readonly<Record<string, Bilingual>> = {
  after: { ru: 'Через сколько', en: 'After' },
  close: { ru: 'Предложить закрыть через', en: 'Propose to close after' },
  share: { ru: 'Доля', en: 'Share' },
  count: { ru: 'Сделок меньше', en: 'Fewer deals than' },
  touches: { ru: 'Касаний не меньше', en: 'At least so many touches' },
  hours: { ru: 'За сколько часов', en: 'Within how many hours' },
};

const UNITS: Readonly<Record<string, Bilingual>> = {
  workingMinutes: { ru: 'раб. мин', en: 'working min' },
  workingHours: { ru: 'раб. ч', en: 'working h' },
  workingDays: { ru: 'раб. дн.', en: 'working days' },
  days: { ru: 'дн.', en: 'days' },
};

export function parameterLabel(key: string, language: Language): string {
  return LABELS[key]?.[language] ?? key;
}

/** The rule with its numbers and whom it tells, as a sentence. */
export function ruleSentence(rule: AlertRule, language: Language): string {
  const numbers = RULE_KINDS[rule.kind].parameters.map(({ key, unit }) =>
    [
      `${parameterLabel(key, language).toLowerCase()} ${parameterOf(rule, key)}`,
      UNITS[unit]?.[language] ?? '',
    ]
      .join(' ')
      .trim(),
  );
  const name = ruleName(rule.kind, language);
  const what = numbers.length === 0 ? name : `${name}: ${numbers.join(', ')}`;
  const demoted = {
    ru: ' На сигналы не реагировали, поэтому правило само перешло в сводку.',
    en: ' Nobody acted on its alerts, so the rule went over to the digest by itself.',
  };
  return `${what}.${rule.demotedAt === null ? '' : demoted[language]}`;
}
