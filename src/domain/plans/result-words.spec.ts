import { describe, expect, it } from '@jest/globals';
import { resultFromWords } from './result-words.js';
import type { ResultRule } from './template.types.js';

const CHOICE: ResultRule = {
  kind: 'choice',
  label: 'Чем кончилось?',
  choices: [
    { key: 'meeting', name: 'Назначена встреча' },
    { key: 'later', name: 'Перезвонить' },
  ],
};
const NUMBER: ResultRule = { kind: 'number', label: 'Сумма', unit: '₽' };
const LINK: ResultRule = { kind: 'link', label: 'Предложение' };

describe('src/domain/plans/result-words', () => {
  it.each<[string, ResultRule, string, unknown]>([
    ['words, where words are demanded', { kind: 'text', label: 'Итог' }, ' ждут счёт ', 'ждут счёт'],
    ['words, where nothing is demanded', { kind: 'none' }, 'ждут счёт', 'ждут счёт'],
    ['a choice by its name', CHOICE, '«Назначена  встреча».', 'meeting'],
    ['a choice by its key', CHOICE, 'LATER', 'later'],
    ['a number', NUMBER, '1 250,5', 1250.5],
    ['a number with its unit', NUMBER, '45000 ₽', 45_000],
    ['a negative number', NUMBER, '-3', -3],
    ['a link among words', LINK, 'Отправил: https://example.com/kp?id=7.', 'https://example.com/kp?id=7'],
  ])('reads %s', (_what, rule, words, expected) => {
    const value = resultFromWords(rule, words);
    expect(Object.values(value)[1]).toBe(expected);
  });

  it.each<[string, ResultRule, string]>([
    ['no words', { kind: 'text', label: 'Итог' }, '  '],
    ['a choice that is not offered', CHOICE, 'встреча'],
    ['two numbers', NUMBER, 'от 3 до 5'],
    ['a number that may be two', NUMBER, '1,500'],
    ['a number in words', NUMBER, 'много'],
    ['two links', LINK, 'https://a.example https://b.example'],
    ['no address of the web', LINK, 'javascript:alert(1)'],
  ])('does not guess from %s', (_what, rule, words) => {
    expect(resultFromWords(rule, words)).toEqual({ kind: 'none' });
  });

  it('keeps long words short enough for every store', () => {
    const value = resultFromWords({ kind: 'none' }, 'о'.repeat(9_000));
    expect(value.kind === 'text' && value.text.length).toBe(4_000);
  });
});
