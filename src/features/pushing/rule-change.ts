import { RULE_KINDS, type ParameterKind } from '../../domain/pushing/rule-kinds.js';
import { isDealKind } from '../../domain/pushing/rules.js';
import type { AlertRule, Recipient, Rung } from '../../domain/pushing/rule.types.js';
import { ApiError, type Bilingual } from '../../infra/http/api-error.js';
import { boundsText, parameterLabel } from './rule.texts.js';
import type { RuleChangeBody } from './pushing.view.js';

const MOST_RECIPIENTS = 10;
const MOST_RUNGS = 5;
/** Longest wait of a rung. */
const LONGEST = { workingHours: 400, workingDays: 60 } as const;

/** What a rule may name and use in this account. */
export interface RuleSurroundings {
  /** Of those who work here. */
  readonly activeIds: ReadonlySet<string>;
  readonly mailConfigured: boolean;
}

/** A change as it arrives: lists are looked at one by one, so that a fault is told in words. */
export type AskedChange = Omit<RuleChangeBody, 'recipients' | 'escalation'> & {
  readonly recipients?: readonly unknown[];
  readonly escalation?: readonly unknown[];
};

/**
 * The rule with the change. Switching it on tells nobody of what was so before `now`; choosing a delivery takes a
 * demotion back. Throws `ApiError` 422 that says what is wrong.
 */
export function changedRule(
  rule: AlertRule,
  change: AskedChange,
  surroundings: RuleSurroundings,
  now: number,
): AlertRule {
  const on = change.on ?? rule.on;
  const recipients = change.recipients && recipientsFrom(rule, change.recipients, surroundings);
  const escalation = change.escalation && ladderFrom(rule, change.escalation, surroundings);
  return {
    ...rule,
    on,
    since: on && !rule.on ? now : rule.since,
    parameters: { ...rule.parameters, ...(change.parameters && bounded(rule, change.parameters)) },
    recipients: recipients ?? rule.recipients,
    channels: change.channels ? channelsFrom(rule, change.channels, surroundings) : rule.channels,
    delivery: change.delivery ?? rule.delivery,
    hours: change.hours ?? rule.hours,
    escalation: escalation ?? rule.escalation,
    ...(change.delivery !== undefined && { demotedAt: null, demotedFor: null }),
  };
}

function bounded(rule: AlertRule, given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  for (const [key, value] of Object.entries(given)) {
    const kind = RULE_KINDS[rule.kind].parameters.find((one) => one.key === key);
    if (!kind || !fits(kind, value)) throw outOfBounds(rule, key, kind);
  }
  return given;
}

/** Nobody counts half a deal. */
function fits({ unit, min, max }: ParameterKind, value: unknown): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return unit !== 'count' || Number.isInteger(value);
}

function outOfBounds({ kind: of }: AlertRule, key: string, kind: ParameterKind | undefined): ApiError {
  const bounds = (language: 'ru' | 'en'): string => {
    if (!kind) return '';
    const whole = { ru: ', целое число', en: ', a whole number' }[language];
    return `: ${boundsText(kind, language)}${kind.unit === 'count' ? whole : ''}`;
  };
  return fault('bad-parameter', {
    ru: `Значение «${parameterLabel(of, key, 'ru')}» вне допустимых границ${bounds('ru')}.`,
    en: `The value of “${parameterLabel(of, key, 'en')}” is out of bounds${bounds('en')}.`,
  });
}

function channelsFrom(
  rule: AlertRule,
  channels: AlertRule['channels'],
  { mailConfigured }: RuleSurroundings,
): AlertRule['channels'] {
  const chosen = [...new Set(channels)];
  if (chosen.length === 0)
    throw fault('no-channel', {
      ru: 'Выберите, как сообщать: в CRM, письмом или и так и так.',
      en: 'Choose how to tell: in the CRM, by e-mail, or both.',
    });
  if (chosen.includes('mail') && !mailConfigured && !rule.channels.includes('mail'))
    throw fault('no-mail', {
      ru: 'Почта не настроена: попросите того, кто обслуживает сервис, указать почтовый сервер.',
      en: 'E-mail is not set up: ask whoever runs the service to name a mail server.',
    });
  return chosen;
}

function recipientsFrom(
  rule: AlertRule,
  asked: readonly unknown[],
  surroundings: RuleSurroundings,
): readonly Recipient[] {
  const recipients = asked.map((one) => recipientFrom(rule, one, surroundings));
  const distinct = [...new Map(recipients.map((one) => [JSON.stringify(one), one])).values()];
  if (distinct.length === 0)
    throw fault('no-recipient', {
      ru: 'Выберите, кому сообщать: без получателя правило молчит.',
      en: 'Choose whom to tell: a rule without a recipient is silent.',
    });
  if (distinct.length > MOST_RECIPIENTS)
    throw fault('too-many-recipients', {
      ru: `Получателей не больше ${MOST_RECIPIENTS}.`,
      en: `At most ${MOST_RECIPIENTS} recipients.`,
    });
  return distinct;
}

function recipientFrom(rule: AlertRule, asked: unknown, { activeIds }: RuleSurroundings): Recipient {
  if (asked === 'seller' || asked === 'head') return asked;
  if (asked === 'productManager' && isDealKind(rule.kind)) return asked;
  if (asked === 'productManager')
    throw fault('no-product', {
      ru: 'Это правило не про одну сделку, поэтому продакт-менеджера у него нет.',
      en: 'This rule is not about one deal, so it has no product manager.',
    });
  const userId = typeof asked === 'object' && asked !== null && 'userId' in asked ? asked.userId : undefined;
  if (typeof userId === 'string' && activeIds.has(userId)) return { userId };
  throw fault('no-such-person', {
    ru: 'Такого сотрудника нет, или он больше не работает: выберите другого.',
    en: 'There is no such person, or they left: choose another one.',
  });
}

function ladderFrom(
  rule: AlertRule,
  asked: readonly unknown[],
  surroundings: RuleSurroundings,
): readonly Rung[] {
  if (asked.length > MOST_RUNGS)
    throw fault('long-ladder', {
      ru: `Ступеней не больше ${MOST_RUNGS}.`,
      en: `At most ${MOST_RUNGS} steps of escalation.`,
    });
  return asked.map((one) => rungFrom(rule, one, surroundings));
}

function rungFrom(rule: AlertRule, asked: unknown, surroundings: RuleSurroundings): Rung {
  const { after, unit, to, task } = (typeof asked === 'object' && asked !== null ? asked : {}) as Record<
    string,
    unknown
  >;
  if (unit !== 'workingHours' && unit !== 'workingDays') throw badRung();
  if (typeof after !== 'number' || !(after > 0 && after <= LONGEST[unit])) throw badRung();
  if (task !== undefined && task !== true && task !== false) throw badRung();
  if (task === true && !isDealKind(rule.kind)) throw badRung();
  return { after, unit, to: recipientFrom(rule, to, surroundings), ...(task === true && { task }) };
}

function badRung(): ApiError {
  return fault('bad-escalation', {
    ru: `Срок ступени: больше нуля, не дольше ${LONGEST.workingHours} рабочих часов или ${LONGEST.workingDays} рабочих дней.`,
    en: `A step of escalation waits more than nothing, and at most ${LONGEST.workingHours} working hours or ${LONGEST.workingDays} working days.`,
  });
}

function fault(code: string, text: Bilingual): ApiError {
  return new ApiError(422, code, text);
}
