/**
 * Production calendars of the five-day week, by country and year, as officials published them. `date-holidays` knows
 * neither the moved days nor all statutory ones, so these dates win. A year that is not here is derived by the
 * statutory rule in `public-holidays.ts` and marked so: add the year when its decree is published.
 */
export interface ProductionYear {
  /** The decree or calendar that the dates are from. */
  readonly source: string;
  /** Days off besides the fixed holidays of `statutoryRules`: floating holidays and moved days off, `MM-DD`. */
  readonly daysOff: readonly string[];
  /** Saturdays and Sundays that are worked, `MM-DD`. */
  readonly workingDays: readonly string[];
  /** Days one hour shorter that the rule "the day before a holiday" does not find, `MM-DD`. */
  readonly shortDays: readonly string[];
}

export interface StatutoryRule {
  readonly source: string;
  /** Public holidays on the same date every year, `MM-DD`. */
  readonly holidays: readonly string[];
  /** First year of those fixed holidays that are newer than this file's first year. */
  readonly since?: Readonly<Record<string, number>>;
  /** Holidays whose falling on a weekend gives the next working day off, in years without a published calendar. */
  readonly moved: readonly string[];
  /** Names in `date-holidays` of the holidays that float, for years without a published calendar. */
  readonly floating: readonly string[];
  readonly shortBeforeHoliday: boolean;
}

const RUSSIAN_NEW_YEAR = ['01-01', '01-02', '01-03', '01-04', '01-05', '01-06', '01-07', '01-08'];
const RUSSIAN_REST = ['02-23', '03-08', '05-01', '05-09', '06-12', '11-04'];
const KAZAKH_MOVED = [
  '01-01',
  '01-02',
  '03-08',
  '03-15',
  '03-21',
  '03-22',
  '03-23',
  '05-01',
  '05-07',
  '05-09',
];
const KAZAKH_AUTUMN = ['07-06', '10-25', '12-16'];

export const statutoryRules: Readonly<Record<string, StatutoryRule>> = {
  RU: {
    source: 'Трудовой кодекс РФ, ст. 95 и 112',
    holidays: [...RUSSIAN_NEW_YEAR, ...RUSSIAN_REST],
    moved: RUSSIAN_REST,
    floating: [],
    shortBeforeHoliday: true,
  },
  BY: {
    source: 'Указ Президента Республики Беларусь от 26.03.1998 № 157; Трудовой кодекс, ст. 116 и 147',
    holidays: ['01-01', '01-02', '01-07', '03-08', '05-01', '05-09', '07-03', '11-07', '12-25'],
    moved: [],
    floating: ['Радунiца'],
    shortBeforeHoliday: true,
  },
  KZ: {
    source:
      'Закон «О праздниках в Республике Казахстан»; Трудовой кодекс РК, ст. 84 и 85; День Конституции 15 марта с 2027 года',
    holidays: ['01-07', ...KAZAKH_MOVED, ...KAZAKH_AUTUMN],
    moved: [...KAZAKH_MOVED, ...KAZAKH_AUTUMN],
    since: { '03-15': 2027 },
    floating: ['Құрбан айт'],
    shortBeforeHoliday: false,
  },
};

export const productionCalendars: Readonly<Record<string, Readonly<Record<number, ProductionYear>>>> = {
  RU: {
    2024: {
      source: 'Постановление Правительства РФ от 10.08.2023 № 1314',
      daysOff: ['04-29', '04-30', '05-10', '12-30', '12-31'],
      workingDays: ['04-27', '11-02', '12-28'],
      shortDays: ['11-02'],
    },
    2025: {
      source: 'Постановление Правительства РФ от 04.10.2024 № 1335',
      daysOff: ['05-02', '05-08', '06-13', '11-03', '12-31'],
      workingDays: ['11-01'],
      shortDays: ['11-01'],
    },
    2026: {
      source: 'Постановление Правительства РФ от 24.09.2025 № 1466; 9 марта и 11 мая по ст. 112 ТК РФ',
      daysOff: ['01-09', '03-09', '05-11', '12-31'],
      workingDays: [],
      shortDays: [],
    },
  },
  BY: {
    2025: {
      source: 'Постановление Совета Министров Республики Беларусь от 14.11.2024 № 839',
      daysOff: ['01-06', '04-28', '04-29', '07-04', '12-26'],
      workingDays: ['01-11', '04-26', '07-12', '12-20'],
      shortDays: [],
    },
    2026: {
      source: 'Постановление Совета Министров Республики Беларусь от 22.07.2025 № 397',
      daysOff: ['04-20', '04-21'],
      workingDays: ['04-25'],
      shortDays: [],
    },
  },
  KZ: {
    2025: {
      source:
        'Минтруда РК: календарь на 2025 год и приказ о переносе дня отдыха с 5 на 3 января; Курбан-айт 6 июня',
      daysOff: ['01-03', '03-10', '03-24', '03-25', '06-06', '07-07', '08-30', '09-01', '10-27'],
      workingDays: ['01-05'],
      shortDays: [],
    },
    2026: {
      source:
        'Минтруда РК: календарь на 2026 год (30 августа снято после принятия Конституции 15 марта 2026); Курбан-айт 27 мая',
      daysOff: ['03-09', '03-24', '03-25', '05-11', '05-27', '10-26'],
      workingDays: [],
      shortDays: [],
    },
  },
};
