import { describe, expect, it } from '@jest/globals';
import { ALL_KINDS, RULE_KINDS } from '../../domain/pushing/rule-kinds.js';
import { aboutOf, alertText, ruleName } from './alert.texts.js';
import type { Language } from './control.texts.js';
import { counted, dayCount, ordinal } from './count.texts.js';
import { listIntro, movedSaid } from './day.texts.js';
import type { Exceptions } from './exceptions.service.js';
import { exceptionsSentence } from './exceptions.texts.js';
import { promptText } from './prompts.texts.js';
import { boundsText, parameterLabel, ruleSentence } from './rule.texts.js';
import {
  DAY,
  everyText,
  HOUR,
  LANGUAGES,
  LONG,
  NOW,
  reader,
  rule,
  seller,
  stands,
} from '../../../test/support/pushing-texts.js';

/** What no sentence that a person reads may hold. */
const FAULTS: readonly (readonly [string, RegExp])[] = [
  ['a value that is none', /undefined|null|NaN|Infinity|\[object/],
  ['a hole in the text', /[{}]|«»|“”|\(\)|\s{2,}| [.,:;!?]|^[:,.]|: ?: |• ?[:,.]/m],
  ['two stops', /[.!?][.]|\.,|,\./],
  ['a day as machines write it', /\d{4}-\d{2}-\d{2}/],
];
const RUSSIAN_FAULTS: readonly (readonly [string, RegExp])[] = [
  ['a point in a Russian number', /\d\.\d/],
  [
    'a wrong form after one',
    /(?<![\d,])(?:\d*[02-9])?1 (?:дней|дня|дел|дела|сделок|часов|часа|минут|рабочих)(?![а-я])/,
  ],
  [
    'a wrong form after two to four',
    /(?<!1)(?<![,\d])[2-4] (?:день|дней|дело|дел|час|часов|рабочий)(?![а-я])/,
  ],
  ['an English word', /\b(?!CRM|SMTP|MAIL)[a-z]{3,}\b/i],
];
const ENGLISH_FAULTS: readonly (readonly [string, RegExp])[] = [
  [
    'a plural of one',
    /(?<![\d.,])1 (?:days|things|deals|hours|minutes|alerts|people|touches|times|working days)\b/,
  ],
  [
    'a singular of more',
    /(?<![\d.,])(?:[02-9]|\d{2,}) (?:day|thing|deal|hour|minute|alert|person|touch|time|working day)\b(?! ahead)/,
  ],
  ['a wrong ordinal', /\b(?:\d*(?<!1)1th|\d*(?<!1)2th|\d*(?<!1)3th)\b/],
];

function faultsOf(text: string, language: Language): readonly string[] {
  const own = language === 'ru' ? RUSSIAN_FAULTS : ENGLISH_FAULTS;
  const plain = text.replaceAll(LONG, 'Сделка');
  return [...FAULTS, ...own]
    .filter(([, fault]) => fault.test(language === 'ru' ? plain : plain.replaceAll(/[а-яё]+/gi, 'x')))
    .map(([what]) => `${what}: ${text}`);
}

/** The second half says nothing that the first half has said. */
function isDoubled(text: string, name: string): boolean {
  const words = (one: string): readonly string[] => one.toLowerCase().match(/[a-zа-яё]{4,}/gi) ?? [];
  const rest = text.slice(name.length + 1);
  const said = words(name).filter((word) => words(rest).includes(word));
  return words(name).length > 1 && said.length === words(name).length;
}

describe('src/features/pushing/*.texts', () => {
  it.each(LANGUAGES)(
    'has nothing in any sentence that a head of sales would stumble over: %s',
    (language) => {
      const texts = everyText(language).filter((text) => text !== '');
      expect(texts.length).toBeGreaterThan(600);
      expect([...new Set(texts.flatMap((text) => faultsOf(text, language)))]).toEqual([]);
    },
  );

  it.each(LANGUAGES)('says nothing twice in one alert: %s', (language) => {
    const doubled = ALL_KINDS.filter((kind) =>
      isDoubled(
        alertText(kind, { usual: DAY, since: NOW - 3 * DAY }, reader(language)),
        ruleName(kind, language),
      ),
    );
    expect(doubled).toEqual([]);
  });

  it.each<[string, string]>([
    [
      alertText('stuck', { since: NOW - 5 * DAY, usual: 5 * DAY - HOUR }, reader('ru')),
      'Сделка застряла. На этапе уже 5 дней, и шансы пройти дальше падают. Пора двигаться или понизить приоритет.',
    ],
    [
      alertText('stepOverdue', { due: NOW - 2 * DAY - 3 * HOUR }, reader('ru')),
      'Шаг просрочен. Срок был 21 ноября. Сделайте или перенесите с причиной.',
    ],
    [
      alertText('stepOverdue', { due: NOW - HOUR }, reader('en')),
      'A step is overdue. It was due today at 11:00. Do it, or move it with a reason.',
    ],
    [
      alertText('sellerOverloaded', { planned: 3000, capacity: 0 }, reader('ru')),
      'Продавец перегружен. На пять рабочих дней запланировано 50 ч работы, а рабочего времени на них нет. Передайте сделки.',
    ],
    [
      promptText({ ...stands(5, 5, 'norm'), stepTitle: 'Демо', nextStage: null }, 'ru'),
      'Вы стоите на этапе «Предложение» 5 дней, это дольше обычного. Пора: «Демо». Или понизьте приоритет и займитесь другой сделкой.',
    ],
    [
      ruleSentence(rule('sellerOverloaded'), 'ru'),
      'На пять рабочих дней запланировано больше 120\u00a0% рабочего времени продавца.',
    ],
    [
      ruleSentence(rule('tooFewTouches', { touches: 21, hours: 1 }), 'ru'),
      'Меньше 21 касания за первый час сделки.',
    ],
    [ruleSentence(rule('dormant', { after: 60, close: 45 }), 'ru'), 'По сделке нет событий 60 дней.'],
    [movedSaid(3, NOW, reader('en')) ?? '', 'Moved to 23 November, for the 3rd time: the head hears of it.'],
    [listIntro(1, 1, 'ru'), 'На сегодня 1 дело, оно просрочено.'],
    [exceptionsSentence({ ...ex(), final: false }, 'ru'), 'Сделано 1 из 3. Ещё открыто 1 дело: Анна (1).'],
    [counted(1.5, ['день', 'дня', 'дней'], ['day', 'days'], 'ru'), '1,5 дня'],
    [dayCount(21, 'ru'), '21 день'],
    [ordinal(22, 'en'), '22nd'],
  ])('reads as people say it: %s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('counts shares of rules in per cent, and names every number of every rule', () => {
    for (const kind of ALL_KINDS)
      for (const { key } of RULE_KINDS[kind].parameters)
        for (const language of LANGUAGES) expect(parameterLabel(kind, key, language)).not.toBe(key);
    const [share] = RULE_KINDS.sellerOverloaded.parameters;
    expect(share && boundsText(share, 'ru')).toBe('от 50 до 500 %');
  });

  it('names a person’s alert by what is known of the person', () => {
    const structure = {
      users: [],
      departments: [],
      pipelines: [{ id: 'P', name: 'Продажи', sort: 1 }],
      stages: [],
    };
    const about = { title: null, deal_id: null, subject: '7', episode: '2026-11-23|P' };
    expect(aboutOf(about, structure)).toBe('7, Продажи');
  });
});

function ex(): Exceptions {
  const one = seller(1);
  return { date: '2026-11-23', final: true, kept: true, report: [], totals: one.figures, sellers: [one] };
}
