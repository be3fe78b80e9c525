import type {
  CalendarView,
  CatalogueView,
  FieldMapView,
  PeopleView,
  ReasonsView,
} from '../../../src/features/company/company.view.js';
import { HOSTILE_TITLE, type Language } from './fixtures.js';

type Words = Readonly<Record<Language, string>>;
const DAY_MS = 86_400_000;

const PEOPLE: readonly (readonly [id: string, name: Words, active: boolean])[] = [
  ['3', { ru: 'Ольга Смирнова', en: 'Olga Smirnova' }, true],
  ['4', { ru: 'Иван Петров', en: 'John Brown' }, true],
  ['5', { ru: 'Анна Лебедева', en: 'Anna Lebedeva' }, true],
  ['6', { ru: HOSTILE_TITLE, en: HOSTILE_TITLE }, true],
  ['7', { ru: 'Пётр Уволенный', en: 'Peter Gone' }, false],
];

const day = (hours: readonly (readonly [string, string])[]) => ({
  hours: hours.map(([from, to]) => ({ from, to })),
});
const LONG = day([
  ['09:00', '13:00'],
  ['14:00', '18:00'],
]);
const FRIDAY = day([
  ['09:00', '13:00'],
  ['14:00', '17:00'],
]);

export function calendarView(language: Language, mayChange: boolean): CalendarView {
  return {
    revision: 4,
    country: 'RU',
    timeZone: 'Europe/Moscow',
    week: [LONG, LONG, LONG, LONG, FRIDAY, day([]), day([])],
    overrides: [
      { date: '2026-12-31', hours: [], note: language === 'ru' ? 'Общий выходной' : 'A day off for all' },
      { date: '2026-03-14', hours: [{ from: '10:00', to: '15:00' }], note: '' },
    ],
    years: [{ year: 2026, coverage: 'official', source: 'xmlcalendar.ru' }],
    countries: ['BY', 'DE', 'KZ', 'RU', 'US'],
    mayChange,
  };
}

export function dateFrom(now: number, days: number): string {
  return new Date(now + days * DAY_MS).toISOString().slice(0, 10);
}

export function peopleView(language: Language, now: number, mayChange: boolean): PeopleView {
  const role = (key: string, name: Words, holderIds: readonly string[], builtIn = true) => ({
    ...{ key, name: name[language], builtIn, holderIds },
  });
  const absence = (id: string, userId: string, from: number, to: number, deputyId: string | null) => ({
    ...{ id, userId, from: dateFrom(now, from), to: dateFrom(now, to), deputyId, revision: 1 },
    kind: 'vacation' as const,
  });
  return {
    revision: 2,
    people: PEOPLE.map(([id, name, active]) => ({
      ...{ id, name: name[language], active, position: null, timeZone: 'Europe/Moscow' },
      own: { revision: 0, week: null, timeZone: id === '5' ? 'Asia/Novosibirsk' : null },
    })),
    absences: [
      absence('a1', '4', -2, 5, '5'),
      absence('a2', '3', 40, 53, null),
      absence('a3', '5', -60, -50, null),
    ],
    roles: [
      role('qualifier', { ru: 'Квалификатор', en: 'Qualifier' }, ['5', '6', '7']),
      role('accountManager', { ru: 'Клиентский менеджер', en: 'Account manager' }, ['4']),
      role('projectManager', { ru: 'Менеджер проекта', en: 'Project manager' }, []),
      role('own-1', { ru: 'Юрист', en: 'Lawyer' }, ['3'], false),
    ],
    groups: [
      {
        key: 'own-g',
        name: language === 'ru' ? 'Первая линия' : 'First line',
        memberIds: ['4', '5'],
        keeperId: '3',
      },
    ],
    mayChange,
  };
}

export function fieldsView(language: Language, mayChange: boolean): FieldMapView {
  const ru = language === 'ru';
  return {
    revision: 1,
    map: {
      product: 'UF_PRODUCT',
      segment: 'UF_DELETED',
      targetAudience: null,
      accountManager: 'UF_MANAGER',
      influencer: null,
      decisionMaker: null,
      clientDate: null,
      paymentDate: null,
      lossReason: null,
    },
    fields: [
      {
        ...{ key: 'UF_PRODUCT', name: ru ? 'Продукт' : 'Product', kind: 'choice', multiple: false },
        choices: ['CRM', 'ERP', 'BI'].map((name) => ({ id: name, name })),
        fits: ['product', 'segment', 'lossReason', 'targetAudience'],
      },
      {
        ...{ key: 'UF_MANAGER', name: ru ? 'Кто ведёт клиента' : 'Keeps the client', kind: 'user' },
        ...{ multiple: false, choices: [], fits: ['accountManager', 'influencer', 'decisionMaker'] },
      },
      {
        ...{ key: 'UF_DATE', name: ru ? 'Созвон' : 'Next talk', kind: 'date', multiple: false },
        ...{ choices: [], fits: ['clientDate', 'paymentDate'] },
      },
    ],
    problem: null,
    mayChange,
  };
}

export function catalogueView(language: Language, mayChange: boolean): CatalogueView {
  const ru = language === 'ru';
  return {
    revision: 6,
    products: [
      {
        ...{ id: '11', name: ru ? 'Внедрение CRM' : 'CRM roll-out', description: '', ofHost: true },
        ...{ managerId: '4', audience: ru ? 'Заводы' : 'Factories', templateId: 't1' },
      },
      {
        ...{ id: 'own:1', name: HOSTILE_TITLE, description: '', ofHost: false },
        ...{ managerId: null, audience: null, templateId: null },
      },
    ],
    audiences: ru ? ['Заводы', 'Торговля'] : ['Factories', 'Retail'],
    segments: [],
    hostProducts: [
      { id: '12', name: ru ? 'Поддержка' : 'Support' },
      { id: '13', name: ru ? 'Обучение' : 'Training' },
    ],
    templates: [{ id: 't1', name: ru ? 'Финансовый консалтинг' : 'Financial consulting' }],
    mayChange,
  };
}

export function reasonsView(language: Language, mayChange: boolean): ReasonsView {
  const ru = language === 'ru';
  return {
    revision: 0,
    reasons: [
      { key: 'price', name: ru ? 'Дорого' : 'Too expensive', cause: 'client', uses: ['step', 'loss'] },
      { key: 'thirdParty', name: ru ? 'Ждём банк' : 'Waiting for a bank', cause: 'outer', uses: ['snooze'] },
      { key: 'forgotten', name: ru ? 'Забыли' : 'Forgotten', cause: 'omission', uses: ['step'] },
      { key: 'old', name: ru ? 'Кризис' : 'The crisis', cause: 'outer', uses: ['loss'] },
    ].map((one) => ({ ...one, retired: one.key === 'old' })) as ReasonsView['reasons'],
    mayChange,
  };
}
