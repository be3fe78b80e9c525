import type { BookBody, PlanTurn } from './book.types.js';
import type { BookKind } from './salesbook.view.js';

type Language = 'ru' | 'en';
type Bilingual = Readonly<Record<Language, string>>;

/** Who reads an entry: names of people, and the reader's language and clock. */
export interface BookReader {
  readonly language: Language;
  readonly timeZone: string;
  readonly nameOf: (userId: string) => string;
}

/** An entry as one sentence; a person's own words stand as they were written. */
export function sentenceOf(kind: BookKind, body: BookBody, reader: BookReader): string {
  return SENTENCES[kind](body, wordsOf(reader));
}

/** Its words in small letters: the database's own do not know every alphabet. */
export function searchText(body: BookBody): string {
  const { text, reason, stepTitle, result, ruleName, dealTitle, planName, fromStage, toStage } = body;
  const words = [text, reason, stepTitle, result, ruleName, dealTitle, planName, fromStage, toStage];
  return folded(words.filter((word) => word !== undefined).join('\n'));
}

/** How texts and questions are compared. */
export function folded(text: string): string {
  return text.toLowerCase().replaceAll('ё', 'е');
}

interface Words {
  readonly pick: (text: Bilingual) => string;
  readonly quoted: (text: string | undefined) => string;
  readonly money: (body: BookBody) => string;
  readonly moment: (at: number | undefined) => string;
  readonly people: (body: BookBody) => string;
  /** `: reason`, or nothing. */
  readonly because: (body: BookBody) => string;
}

type Sentence = (body: BookBody, words: Words) => string;

const PLAN_TURNS: Readonly<Record<PlanTurn, Bilingual>> = {
  migrated: {
    ru: 'План переведён на новую версию шаблона',
    en: 'The plan moved to a new version of its template',
  },
  paused: { ru: 'План поставлен на паузу', en: 'The plan was paused' },
  resumed: { ru: 'План снова в работе', en: 'The plan is running again' },
  closed: { ru: 'План закрыт', en: 'The plan was closed' },
};

const ANSWERS: Readonly<Record<NonNullable<BookBody['answer']>, Bilingual>> = {
  done: { ru: 'сделано', en: 'done' },
  willBeDone: { ru: 'будет сделано', en: 'will be done' },
  notDone: { ru: 'не сделано', en: 'not done' },
};

const SENTENCES: Readonly<Record<BookKind, Sentence>> = {
  created: ({ toStage, ...body }, { pick, quoted, money }) =>
    toStage === undefined
      ? pick({ ru: `Создана сделка${money(body)}`, en: `The deal was created${money(body)}` })
      : pick({
          ru: `Создана сделка${money(body)}, этап ${quoted(toStage)}`,
          en: `The deal was created${money(body)}, stage ${quoted(toStage)}`,
        }),
  accepted: (_, { pick }) => pick({ ru: 'Лид принят в работу', en: 'The lead was accepted' }),
  stageMoved: ({ fromStage, toStage, toPipeline }, { pick, quoted }) => {
    const from =
      fromStage === undefined
        ? ''
        : pick({ ru: ` с этапа ${quoted(fromStage)}`, en: ` from ${quoted(fromStage)}` });
    const where =
      toPipeline === undefined
        ? ''
        : pick({ ru: ` воронки ${quoted(toPipeline)}`, en: ` of ${quoted(toPipeline)}` });
    return pick({
      ru: `Сделка перешла${from} на этап ${quoted(toStage)}${where}`,
      en: `The deal moved${from} to ${quoted(toStage)}${where}`,
    });
  },
  planStarted: ({ planName }, { pick, quoted }) =>
    planName === undefined
      ? pick({ ru: 'Составлен план мероприятий', en: 'The deal got its plan' })
      : pick({ ru: `Составлен план ${quoted(planName)}`, en: `The deal got the plan ${quoted(planName)}` }),
  planChanged: (body, { pick, because }) => `${pick(PLAN_TURNS[body.change ?? 'migrated'])}${because(body)}`,
  stepDone: (body, { pick, quoted }) => {
    const said = body.result === undefined ? '' : `: ${body.result}`;
    return pick({
      ru: `Сделан шаг ${quoted(body.stepTitle)}${said}`,
      en: `The step ${quoted(body.stepTitle)} is done${said}`,
    });
  },
  stepFailed: (body, { pick, quoted, because }) =>
    pick({
      ru: `Шаг ${quoted(body.stepTitle)} не дал результата${because(body)}`,
      en: `The step ${quoted(body.stepTitle)} came to nothing${because(body)}`,
    }),
  pushed: (body, { pick, quoted, people }) => {
    const about =
      body.stepTitle === undefined
        ? ''
        : pick({ ru: ` о шаге ${quoted(body.stepTitle)}`, en: ` about ${quoted(body.stepTitle)}` });
    const said = body.text === undefined ? '' : `: ${body.text}`;
    return pick({ ru: `Пуш${about}${people(body)}${said}`, en: `A push${about}${people(body)}${said}` });
  },
  answered: (body, { pick, moment, because }) => {
    const answer = body.answer === undefined ? '' : `: ${pick(ANSWERS[body.answer])}`;
    const until =
      body.until === undefined
        ? ''
        : pick({ ru: ` до ${moment(body.until)}`, en: ` by ${moment(body.until)}` });
    return `${pick({ ru: 'Ответ на пуш', en: 'The push was answered' })}${answer}${until}${because(body)}`;
  },
  notDone: (body, { pick, quoted, because }) =>
    pick({
      ru: `Дело ${quoted(body.stepTitle)} за день не сделано${because(body)}`,
      en: `${quoted(body.stepTitle)} was not done that day${because(body)}`,
    }),
  escalated: (body, { pick, people, because }) =>
    pick({
      ru: `Ответа нет, вопрос передан выше${people(body)}${because(body)}`,
      en: `No answer: the question went up${people(body)}${because(body)}`,
    }),
  alerted: ({ ruleName, text, ...body }, { pick, quoted, people }) => {
    const said = text === undefined ? '' : `: ${text}`;
    const rule = ruleName === undefined ? '' : ` ${quoted(ruleName)}`;
    return pick({ ru: `Сигнал${rule}${people(body)}${said}`, en: `Alert${rule}${people(body)}${said}` });
  },
  snoozed: (body, { pick, moment, because }) => {
    const until =
      body.until === undefined
        ? ''
        : pick({ ru: ` до ${moment(body.until)}`, en: ` until ${moment(body.until)}` });
    return pick({
      ru: `Сделка отложена${until}${because(body)}`,
      en: `The deal was put off${until}${because(body)}`,
    });
  },
  guardOverridden: (body, { pick, because }) =>
    pick({
      ru: `Сделку пропустили дальше с незакрытыми обязательными шагами${because(body)}`,
      en: `The deal was let pass with required steps open${because(body)}`,
    }),
  handedOver: (body, { pick, people }) =>
    pick({ ru: `Сделка передана${people(body)}`, en: `The deal was handed over${people(body)}` }),
  won: (body, { pick, money }) =>
    pick({ ru: `Сделка выиграна${money(body)}`, en: `The deal was won${money(body)}` }),
  lost: (body, { pick, money, because }) =>
    pick({
      ru: `Сделка проиграна${money(body)}${because(body)}`,
      en: `The deal was lost${money(body)}${because(body)}`,
    }),
  note: ({ text }) => text ?? '',
  agreement: ({ text }, { pick }) => `${pick({ ru: 'Договорились', en: 'Agreed' })}: ${text ?? ''}`,
  plannedEvent: ({ text, dueAt }, { pick, moment }) =>
    `${pick({ ru: 'Запланировано на', en: 'Planned for' })} ${moment(dueAt)}: ${text ?? ''}`,
  plannedDone: ({ text }, { pick }) => `${pick({ ru: 'Состоялось', en: 'It happened' })}: ${text ?? ''}`,
  plannedCancelled: ({ text }, { pick }) => `${pick({ ru: 'Отменено', en: 'Called off' })}: ${text ?? ''}`,
  correction: ({ text }, { pick }) => `${pick({ ru: 'Исправление', en: 'Correction' })}: ${text ?? ''}`,
};

function wordsOf({ language, timeZone, nameOf }: BookReader): Words {
  const pick = (text: Bilingual): string => text[language];
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB';
  return {
    pick,
    quoted: (text) => (language === 'ru' ? `«${text ?? ''}»` : `“${text ?? ''}”`),
    money: ({ amount, currency }) => (amount === undefined ? '' : `, ${moneyOf(amount, currency, locale)}`),
    moment: (at) =>
      at === undefined
        ? ''
        : new Intl.DateTimeFormat(locale, {
            day: 'numeric',
            month: 'long',
            hour: '2-digit',
            minute: '2-digit',
            timeZone,
          }).format(at),
    people: ({ userIds }) =>
      userIds === undefined || userIds.length === 0 ? '' : ` → ${userIds.map(nameOf).join(', ')}`,
    because: ({ reason }) => (reason === undefined || reason === '' ? '' : `: ${reason}`),
  };
}

function moneyOf(amount: string, currency: string | undefined, locale: string): string {
  const value = Number(amount);
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency))
    return new Intl.NumberFormat(locale).format(value);
  return new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 }).format(
    value,
  );
}
