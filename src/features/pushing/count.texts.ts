import type { Language } from './control.texts.js';

export type Forms = readonly [one: string, few: string, many: string];

/** «1 дело», «3 дела», «12 дел», «1,5 дня». */
export function counted(n: number, ru: Forms, en: readonly [string, string], language: Language): string {
  const number = new Intl.NumberFormat(language === 'ru' ? 'ru' : 'en-GB').format(n);
  if (language === 'en') return `${number} ${n === 1 ? en[0] : en[1]}`;
  return `${number} ${ru[formOf(n)]}`;
}

/** After «из» and «меньше»: «21 сигнала», «30 сигналов». */
export function genitive(n: number, one: string, many: string): string {
  return `${new Intl.NumberFormat('ru').format(n)} ${formOf(n) === 0 ? one : many}`;
}

export function dayCount(n: number, language: Language): string {
  return counted(n, ['день', 'дня', 'дней'], ['day', 'days'], language);
}

/** "3rd"; in Russian «3-й». */
export function ordinal(n: number, language: Language): string {
  if (language === 'ru') return `${n}-й`;
  const ends: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
  return `${n}${ends[new Intl.PluralRules('en', { type: 'ordinal' }).select(n)] ?? 'th'}`;
}

/** A part of a hundred as a sentence has it: «15 %», "15%". */
export function percentText(share: number, language: Language): string {
  return new Intl.NumberFormat(language === 'ru' ? 'ru' : 'en-GB', {
    style: 'percent',
    maximumFractionDigits: 1,
  }).format(share);
}

function formOf(n: number): 0 | 1 | 2 {
  const rule = new Intl.PluralRules('ru').select(n);
  if (rule === 'one') return 0;
  // A fraction goes with the second form: «1,5 дня».
  return rule === 'few' || rule === 'other' ? 1 : 2;
}
