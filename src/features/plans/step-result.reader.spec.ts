import { describe, expect, it } from '@jest/globals';
import { readResult, showResult } from './step-result.reader.js';

const CHOICE = {
  kind: 'choice',
  label: 'Чем закончился звонок?',
  choices: [
    { key: 'yes', name: 'Встреча назначена' },
    { key: 'no', name: 'Отказ' },
  ],
} as const;

describe('src/features/plans/step-result.reader', () => {
  it('reads numbers as people write them', () => {
    const rule = { kind: 'number', label: 'Сумма' } as const;
    expect(readResult(rule, '1 250,50')).toEqual({ kind: 'number', value: 1250.5 });
    expect(readResult(rule, '12\u00a0000')).toEqual({ kind: 'number', value: 12_000 });
    expect(readResult(rule, 'много')).toEqual({ kind: 'number', value: Number.NaN });
  });

  it('takes a choice by its name or its key, and hands on what it does not know', () => {
    expect(readResult(CHOICE, 'Отказ')).toEqual({ kind: 'choice', key: 'no' });
    expect(readResult(CHOICE, 'yes')).toEqual({ kind: 'choice', key: 'yes' });
    expect(readResult(CHOICE, 'позже')).toEqual({ kind: 'choice', key: 'позже' });
  });

  it('treats nothing, and blanks, as no result', () => {
    expect(readResult(CHOICE, undefined)).toEqual({ kind: 'none' });
    expect(readResult({ kind: 'text', label: 'Итог' }, '  ')).toEqual({ kind: 'none' });
  });

  it('shows a result as it was chosen', () => {
    expect(showResult(CHOICE, { kind: 'choice', key: 'yes' })).toBe('Встреча назначена');
    expect(showResult(undefined, { kind: 'choice', key: 'gone' })).toBe('gone');
    expect(showResult(undefined, { kind: 'none' })).toBeNull();
  });
});
