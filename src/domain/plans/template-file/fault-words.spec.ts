import { describe, expect, it } from '@jest/globals';
import { faultWordsEn } from './fault-words.en.js';
import { faultWordsRu } from './fault-words.ru.js';
import { describeFault, type FaultCode } from './fault-words.js';

const PARAMS = {
  limit: 3,
  size: 4,
  from: 1,
  to: 2,
  whole: 1,
  name: 'field',
  key: 'step',
  expected: 'a, b',
  value: 'x',
  title: 'Call',
  kind: 'CommaExpected',
  what: 'host:X',
};
const codes = Object.keys(faultWordsRu) as FaultCode[];

describe('domain/plans/template-file/fault-words', () => {
  it('knows the same faults in both languages', () => {
    expect(Object.keys(faultWordsEn).toSorted()).toEqual(codes.toSorted());
  });

  it.each(codes)('says a whole sentence: %s', (code) => {
    const ru = describeFault({ path: '', code, params: PARAMS }, 'ru');
    const en = describeFault({ path: '', code, params: PARAMS }, 'en');
    expect(ru).toMatch(/^[«А-ЯЁ].*\.$/su);
    expect(en).toMatch(/^[“A-Z].*\.$/su);
    expect(`${ru}${en}`).not.toContain('undefined');
  });

  it('names the slip of a file that is not JSON', () => {
    const fault = { path: '', code: 'syntax', params: { kind: 'CommaExpected' } } as const;
    expect(describeFault(fault, 'ru')).toBe('Ошибка в записи файла: между значениями нет запятой.');
    expect(describeFault(fault, 'en')).toBe(
      'The file is not written right: a comma is missing between two values.',
    );
  });
});
