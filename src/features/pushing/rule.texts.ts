import type { ParameterKind, ParameterUnit } from '../../domain/pushing/rule-kinds.js';
import type { AlertRule, Recipient, RuleKind, Rung } from '../../domain/pushing/rule.types.js';
import type { Bilingual } from '../../infra/http/api-error.js';
import { dayText, type Reader } from './control.texts.js';
import { genitive } from './count.texts.js';
import { conditionText, lengthText } from './rule-sentence.texts.js';

type Language = keyof Bilingual;

/** What a number of a rule means; its unit is said beside it. */
const LABELS: Readonly<Partial<Record<RuleKind, Readonly<Record<string, Bilingual>>>>> = {
  firstContactLate: {
    after: { ru: 'Сколько ждать первого контакта', en: 'How long to wait for the first contact' },
  },
  noPlanAfterAcceptance: { after: { ru: 'Сколько ждать плана', en: 'How long to wait for a plan' } },
  noNextStep: { after: { ru: 'Сколько ждать следующего шага', en: 'How long to wait for the next step' } },
  stepOverdue: { after: { ru: 'Через сколько после срока', en: 'How long after the deadline' } },
  nextStepTooFar: { share: { ru: 'Дальше обычной длины этапа', en: 'Further than the stage usually lasts' } },
  dormant: {
    after: { ru: 'Сколько нет событий', en: 'How long without an event' },
    close: { ru: 'Предложить закрыть через', en: 'Propose to close after' },
  },
  clientDatePassed: {
    after: { ru: 'Через сколько после даты клиента', en: 'How long after the client’s date' },
  },
  lostWithoutReason: { after: { ru: 'Сколько ждать причины', en: 'How long to wait for the reason' } },
  unsortedWaiting: { after: { ru: 'Сколько ждать разбора', en: 'How long to wait for acceptance' } },
  tooFewTouches: {
    touches: { ru: 'Касаний не меньше', en: 'At least so many touches' },
    hours: { ru: 'За сколько первых часов', en: 'Within how many first hours' },
  },
  sellerOverloaded: {
    share: { ru: 'Занято рабочего времени больше', en: 'More of the working time taken than' },
  },
  tooFewNearClosing: {
    share: { ru: 'У закрытия открытых сделок меньше', en: 'Fewer of the open deals near closing than' },
  },
  topEmpty: { count: { ru: 'Сделок в начале воронки меньше', en: 'Fewer deals at the top than' } },
  putOffAgain: { times: { ru: 'Начиная с какого раза', en: 'From which time on' } },
};

export function parameterLabel(kind: RuleKind, key: string, language: Language): string {
  return LABELS[kind]?.[key]?.[language] ?? key;
}

const UNITS: Readonly<Record<ParameterUnit, Bilingual>> = {
  workingMinutes: { ru: 'раб. мин', en: 'working minutes' },
  workingHours: { ru: 'раб. ч', en: 'working hours' },
  workingDays: { ru: 'раб. дн.', en: 'working days' },
  days: { ru: 'дн.', en: 'days' },
  count: { ru: '', en: '' },
  share: { ru: '%', en: '%' },
};

/** The bounds of a number as people type it: shares in per cent. */
export function boundsText({ unit, min, max }: ParameterKind, language: Language): string {
  const [from, to] = [min, max].map((one) =>
    new Intl.NumberFormat(language).format(unit === 'share' ? one * 100 : one),
  );
  const words = UNITS[unit][language];
  const after = words === '' ? '' : ` ${words}`;
  return language === 'ru'
    ? `от ${from ?? ''} до ${to ?? ''}${after}`
    : `${from ?? ''} to ${to ?? ''}${after}`;
}

/** What the rule looks for, with its numbers, as a sentence. */
export function ruleSentence(rule: Pick<AlertRule, 'kind' | 'parameters'>, language: Language): string {
  return `${conditionText(rule, language)}.`;
}

/** Why the rule went over to the digest by itself, and what brings it back; null: it did not. */
export function demotedWhy(rule: AlertRule, reader: Reader): string | null {
  if (rule.demotedAt === null) return null;
  const day = dayText(rule.demotedAt, reader);
  const { sent, acted } = rule.demotedFor ?? {};
  const ru = reader.language === 'ru';
  const why =
    sent === undefined || acted === undefined
      ? ru
        ? 'на срочные сигналы почти не реагировали'
        : 'hardly anybody acted on its instant alerts'
      : ru
        ? `из ${genitive(sent, 'срочного сигнала', 'срочных сигналов')} за месяц отработали ${acted}`
        : `of ${sent} instant alerts in a month ${acted} were acted on`;
  return ru
    ? `${day} правило само перешло в сводку: ${why}. Верните срочные сигналы, когда на них есть кому ответить.`
    : `On ${day} the rule went over to the digest by itself: ${why}. Turn instant alerts back on when somebody will act on them.`;
}

/** Whom the rule tells, how and when, as a sentence. */
export function toldToSentence(
  rule: Pick<AlertRule, 'recipients' | 'channels' | 'delivery' | 'hours' | 'escalation'>,
  { language, nameOf }: { readonly language: Language; readonly nameOf: (userId: string) => string },
): string {
  const ru = language === 'ru';
  const who = rule.recipients.map((one) => recipientName(one, language, nameOf)).join(', ');
  const channels =
    CHANNELS[`${rule.channels.includes('host')} ${rule.channels.includes('mail')}`]?.[language] ?? '';
  const urgent = rule.hours === 'always' ? ALWAYS : INSTANT;
  const how = (rule.delivery === 'digest' ? DIGEST : urgent)[language];
  const rungs = rule.escalation.map((rung) => {
    const after = lengthText(rung, language);
    const what = rungText(rung, { language, nameOf });
    return ru ? `через ${after} ${what}` : `after ${after} ${what}`;
  });
  const ladder =
    rungs.length === 0
      ? ''
      : ru
        ? ` Нет реакции (по рабочему времени): ${rungs.join(', ')}.`
        : ` No reaction (in working time): ${rungs.join(', ')}.`;
  const head = ru ? `Кому: ${who}` : `Tells: ${who}`;
  return `${head}; ${how}, ${channels}.${ladder}`;
}

/** What a rung of the ladder does: "узнает руководитель", "задача (продавец)". */
export function rungText(
  { to, task }: Rung,
  { language, nameOf }: { readonly language: Language; readonly nameOf: (userId: string) => string },
): string {
  const name = recipientName(to, language, nameOf);
  if (language === 'ru') return task ? `задача (${name})` : `узнает ${name}`;
  return task ? `a task (${name})` : `${name} is told`;
}

const DIGEST: Bilingual = { ru: 'в утренней сводке', en: 'in the morning digest' };
const INSTANT: Bilingual = { ru: 'сразу, в рабочее время', en: 'at once, in working hours' };
const ALWAYS: Bilingual = { ru: 'сразу, в любое время', en: 'at once, at any time' };
const CHANNELS: Readonly<Record<string, Bilingual>> = {
  'true false': { ru: 'в CRM', en: 'in the CRM' },
  'false true': { ru: 'письмом', en: 'by e-mail' },
  'true true': { ru: 'в CRM и письмом', en: 'in the CRM and by e-mail' },
};
const RECIPIENTS: Readonly<Record<'seller' | 'head' | 'productManager', Bilingual>> = {
  seller: { ru: 'продавец', en: 'the seller' },
  head: { ru: 'руководитель', en: 'the head' },
  productManager: { ru: 'продакт-менеджер', en: 'the product manager' },
};

function recipientName(recipient: Recipient, language: Language, nameOf: (userId: string) => string): string {
  return typeof recipient === 'object' ? nameOf(recipient.userId) : RECIPIENTS[recipient][language];
}
