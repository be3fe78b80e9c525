/** Where a lead came from: the account tells its name only with a lead, in `with=source`. */
export interface Source {
  readonly id: number;
  readonly name: string;
}

const FIRST_ID = 15_700_001;

/** By the company's own code. */
const NAMES: ReadonlyMap<string, Readonly<Record<'ru' | 'en', string>>> = new Map([
  ['CALL', { ru: 'Звонок', en: 'Call' }],
  ['WEB', { ru: 'Форма на сайте', en: 'Form on the site' }],
  ['EMAIL', { ru: 'Почта', en: 'Mail' }],
  ['RECOMMENDATION', { ru: 'Рекомендация', en: 'Recommendation' }],
  ['ADVERTISING', { ru: 'Реклама', en: 'Advertising' }],
  ['PARTNER', { ru: 'Партнёр', en: 'Partner' }],
]);

export function sourcesOf(language: 'ru' | 'en'): readonly Source[] {
  return [...NAMES.values()].map((names, index) => ({ id: FIRST_ID + index, name: names[language] }));
}

/** 0: none. */
export function sourceIdOf(code: string | null): number {
  const index = code === null ? -1 : [...NAMES.keys()].indexOf(code);
  return index < 0 ? 0 : FIRST_ID + index;
}
