/**
 * Which of a message's forms a number takes. Russian messages have three (1 шаг | 2 шага | 5 шагов), English two.
 * A message with fewer forms than the language asks for uses its last one.
 */
export function pluralForm(language: string, count: number, forms: number): number {
  const category = new Intl.PluralRules(language).select(count);
  const order: readonly Intl.LDMLPluralRule[] = language.startsWith('ru')
    ? ['one', 'few', 'many']
    : ['one', 'other'];
  const index = order.indexOf(category);
  return Math.min(index < 0 ? order.length - 1 : index, forms - 1);
}
