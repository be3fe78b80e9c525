import { describe, expect, it } from '@jest/globals';
import { folded, searchText, sentenceOf } from './book.texts.js';
import { BOOK_KINDS, type BookBody } from './book.types.js';
import type { BookKind } from './salesbook.view.js';

const NAMES = new Map([
  ['1', 'Анна'],
  ['2', 'Борис'],
]);
const at = Date.UTC(2026, 10, 30, 12);

function say(language: 'ru' | 'en', kind: BookKind, body: BookBody = {}): string {
  const nameOf = (id: string): string => NAMES.get(id) ?? id;
  // Intl writes narrow and hard blanks where people see blanks.
  return sentenceOf(kind, body, { language, timeZone: 'Europe/Moscow', nameOf }).replaceAll(/\s/g, ' ');
}

describe('src/features/salesbook/book.texts', () => {
  it.each<[BookKind, BookBody, string, string]>([
    [
      'created',
      { toStage: 'Новая', amount: '1500', currency: 'RUB' },
      'Создана сделка, 1 500 ₽, этап «Новая»',
      'The deal was created, RUB 1,500, stage “Новая”',
    ],
    [
      'stageMoved',
      { fromStage: 'А', toStage: 'Б', toPipeline: 'В' },
      'Сделка перешла с этапа «А» на этап «Б» воронки «В»',
      'The deal moved from “А” to “Б” of “В”',
    ],
    [
      'planChanged',
      { change: 'paused', reason: 'отпуск' },
      'План поставлен на паузу: отпуск',
      'The plan was paused: отпуск',
    ],
    [
      'stepDone',
      { stepTitle: 'Звонок', result: 'да' },
      'Сделан шаг «Звонок»: да',
      'The step “Звонок” is done: да',
    ],
    ['pushed', { userIds: ['1', '2'], text: 'ну?' }, 'Пуш → Анна, Борис: ну?', 'A push → Анна, Борис: ну?'],
    [
      'answered',
      { answer: 'willBeDone', until: at },
      'Ответ на пуш: будет сделано до 30 ноября в 15:00',
      'The push was answered: will be done by 30 November at 15:00',
    ],
    [
      'notDone',
      { stepTitle: 'Звонок', reason: 'клиент в отпуске' },
      'Дело «Звонок» за день не сделано: клиент в отпуске',
      '“Звонок” was not done that day: клиент в отпуске',
    ],
    ['lost', { reason: 'дорого' }, 'Сделка проиграна: дорого', 'The deal was lost: дорого'],
    ['won', { amount: '10.5', currency: '??' }, 'Сделка выиграна, 10,5', 'The deal was won, 10.5'],
    [
      'plannedEvent',
      { dueAt: at, text: 'встреча' },
      'Запланировано на 30 ноября в 15:00: встреча',
      'Planned for 30 November at 15:00: встреча',
    ],
    ['note', { text: 'как есть: {n} | $&' }, 'как есть: {n} | $&', 'как есть: {n} | $&'],
  ])('says %s in both languages', (kind, body, ru, en) => {
    expect([say('ru', kind, body), say('en', kind, body)]).toEqual([ru, en]);
  });

  it('says something whole of every kind although nothing is known of it', () => {
    for (const kind of BOOK_KINDS.filter((one) => one !== 'note'))
      for (const language of ['ru', 'en'] as const) {
        expect([kind, say(language, kind)]).toEqual([kind, expect.stringMatching(/\S{3}/)]);
        expect(say(language, kind)).not.toMatch(/undefined|NaN|null/);
      }
  });

  it('searches words of the entry in small letters, with ё and е alike', () => {
    expect(searchText({ text: 'Ещё ДОГОВОР', stepTitle: 'Звонок', amount: '5' })).toBe('еще договор\nзвонок');
    expect(folded('СЧЁТ')).toBe('счет');
  });
});
