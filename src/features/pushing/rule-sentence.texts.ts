import { RULE_KINDS, parameterOf } from '../../domain/pushing/rule-kinds.js';
import type { AlertRule, RuleKind, Rung } from '../../domain/pushing/rule.types.js';
import type { Language } from './control.texts.js';
import { counted, dayCount, genitive, percentText } from './count.texts.js';

type Say = Readonly<Record<Language, string>>;
type Numbers = {
  /** A length in working time. */
  readonly worked: (key: string, language: Language) => string;
  readonly number: (key: string) => number;
  readonly days: (key: string, language: Language) => string;
  readonly percent: (key: string, language: Language) => string;
};

const MINUTES_PER_HOUR = 60;

/** "15 мин", "1 ч 30 мин", "2 рабочих дня": working time as people say it. */
export function lengthText({ after, unit }: Pick<Rung, 'after' | 'unit'>, language: Language): string {
  if (unit === 'workingDays')
    return counted(
      after,
      ['рабочий день', 'рабочих дня', 'рабочих дней'],
      ['working day', 'working days'],
      language,
    );
  return minutesText(Math.round(after * MINUTES_PER_HOUR), language);
}

function minutesText(minutes: number, language: Language): string {
  const ru = language === 'ru';
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const rest = minutes % MINUTES_PER_HOUR;
  const parts = [
    ...(hours > 0 ? [ru ? `${hours} ч` : `${hours} h`] : []),
    ...(rest > 0 || hours === 0 ? [ru ? `${rest} мин` : `${rest} min`] : []),
  ];
  return parts.join(' ');
}

/** What the rule looks for, with its numbers, as a sentence without its end. */
export function conditionText(rule: Pick<AlertRule, 'kind' | 'parameters'>, language: Language): string {
  return CONDITIONS[rule.kind](numbersOf(rule))[language];
}

function numbersOf(rule: Pick<AlertRule, 'kind' | 'parameters'>): Numbers {
  const number = (key: string): number => parameterOf(rule, key);
  const unitOf = (key: string) => RULE_KINDS[rule.kind].parameters.find((one) => one.key === key)?.unit;
  return {
    number,
    worked: (key, language) => {
      const unit = unitOf(key);
      if (unit === 'workingMinutes') return minutesText(Math.round(number(key)), language);
      return lengthText(
        { after: number(key), unit: unit === 'workingDays' ? unit : 'workingHours' },
        language,
      );
    },
    days: (key, language) => dayCount(number(key), language),
    percent: (key, language) => percentText(number(key), language),
  };
}

const CONDITIONS: Readonly<Record<RuleKind, (numbers: Numbers) => Say>> = {
  firstContactLate: ({ worked }) => ({
    ru: `С новым клиентом не связались за ${worked('after', 'ru')} рабочего времени`,
    en: `Nobody contacted a new client within ${worked('after', 'en')} of working time`,
  }),
  noPlanAfterAcceptance: ({ worked }) => ({
    ru: `Лид приняли, а плана нет дольше ${worked('after', 'ru')} рабочего времени`,
    en: `An accepted lead has had no plan for ${worked('after', 'en')} of working time`,
  }),
  planEndsEarly: () => ({
    ru: 'План кончается раньше воронки: на этапы впереди шагов в нём нет',
    en: 'The plan ends before the funnel: it has no steps for the stages ahead',
  }),
  noNextStep: ({ worked, number }) =>
    number('after') === 0
      ? { ru: 'Следующего шага нет', en: 'There is no next step' }
      : {
          ru: `Следующего шага нет дольше ${worked('after', 'ru')} рабочего времени`,
          en: `There has been no next step for ${worked('after', 'en')} of working time`,
        },
  stepOverdue: ({ worked, number }) =>
    number('after') === 0
      ? { ru: 'Срок шага прошёл', en: 'A step is past its deadline' }
      : {
          ru: `Срок шага прошёл больше ${worked('after', 'ru')} рабочего времени назад`,
          en: `A step is more than ${worked('after', 'en')} of working time past its deadline`,
        },
  nextStepTooFar: ({ number, percent }) =>
    number('share') === 1
      ? {
          ru: 'Следующий шаг дальше, чем обычно длится этап',
          en: 'The next step is further away than the stage usually lasts',
        }
      : {
          ru: `Следующий шаг дальше, чем ${percent('share', 'ru')} обычной длины этапа`,
          en: `The next step is further away than ${percent('share', 'en')} of what the stage usually takes`,
        },
  idle: () => ({
    ru: 'По сделке ничего не происходит 7 дней в начале воронки, 14 в середине, 21 в конце',
    en: 'Nothing happens in a deal for 7 days at the beginning of the funnel, 14 in its middle, 21 at its end',
  }),
  stuck: () => ({
    ru: 'Сделка стоит на этапе дольше, чем стояли те, что прошли дальше',
    en: 'A deal stays in its stage longer than those that moved on',
  }),
  dormant: ({ days, number }) =>
    number('close') <= number('after')
      ? {
          ru: `По сделке нет событий ${days('after', 'ru')}`,
          en: `A deal has had no event for ${days('after', 'en')}`,
        }
      : {
          ru: `По сделке нет событий ${days('after', 'ru')}; через ${days('close', 'ru')} пора закрывать`,
          en: `A deal has had no event for ${days('after', 'en')}; after ${days('close', 'en')} it is time to close it`,
        },
  clientDatePassed: ({ worked, number }) =>
    number('after') === 0
      ? {
          ru: 'Условленный с клиентом день прошёл без контакта',
          en: 'The day agreed with the client passed without a contact',
        }
      : {
          ru: `Условленный с клиентом срок прошёл больше ${worked('after', 'ru')} рабочего времени назад, контакта не было`,
          en: `The moment agreed with the client passed more than ${worked('after', 'en')} of working time ago without a contact`,
        },
  movedWithOpenSteps: () => ({
    ru: 'Сделка перешла на другой этап, а обязательные шаги не сделаны',
    en: 'A deal moved on with required steps undone',
  }),
  lostWithoutReason: ({ worked }) => ({
    ru: `Сделка проиграна, и за ${worked('after', 'ru')} рабочего времени никто не назвал причину`,
    en: `A deal was lost, and nobody said why within ${worked('after', 'en')} of working time`,
  }),
  unsortedWaiting: ({ worked }) => ({
    ru: `Новый лид ждёт разбора дольше ${worked('after', 'ru')} рабочего времени`,
    en: `A new lead has waited to be accepted for ${worked('after', 'en')} of working time`,
  }),
  tooFewTouches: ({ number }) => {
    const hours = number('hours');
    const time = {
      ru: hours === 24 ? 'первые сутки' : hours === 1 ? 'первый час' : `первые ${hours} ч`,
      en: hours === 1 ? 'the first hour' : `the first ${hours} hours`,
    };
    return number('touches') === 1
      ? { ru: `Ни одного касания за ${time.ru} сделки`, en: `Not a single touch in ${time.en} of a deal` }
      : {
          ru: `Меньше ${genitive(number('touches'), 'касания', 'касаний')} за ${time.ru} сделки`,
          en: `Fewer than ${number('touches')} touches in ${time.en} of a deal`,
        };
  },
  sellerOverloaded: ({ percent }) => ({
    ru: `На пять рабочих дней запланировано больше ${percent('share', 'ru')} рабочего времени продавца`,
    en: `More than ${percent('share', 'en')} of a seller’s working time is planned for five working days`,
  }),
  tooFewNearClosing: ({ percent }) => ({
    ru: `У закрытия меньше ${percent('share', 'ru')} открытых сделок продавца (из десяти и больше), или открытых нет вовсе`,
    en: `Fewer than ${percent('share', 'en')} of a seller’s open deals (ten or more) are near closing, or none is open`,
  }),
  topEmpty: ({ number }) =>
    number('count') === 1
      ? {
          ru: 'В начале воронки у продавца нет ни одной сделки',
          en: 'A seller has no deal at the top of the funnel',
        }
      : {
          ru: `В начале воронки у продавца меньше ${genitive(number('count'), 'сделки', 'сделок')}`,
          en: `A seller has fewer than ${number('count')} deals at the top of the funnel`,
        },
  putOffAgain: ({ number }) => ({
    ru: `Сделку отложили в ${number('times')}-й раз на одном этапе`,
    en: `A deal was put off ${number('times')} times in one stage`,
  }),
};
