import { describe, expect, it } from '@jest/globals';
import { hoursOfDay } from '../../domain/calendar/work-calendar.js';
import type { Deal } from '../../domain/crm/records.js';
import { CalendarPool, companyRules, type CompanySources } from './company-rules.js';
import type { CompanyFacts, CompanyParts, PartName } from './company.facts.js';

const SETTINGS = {
  country: 'RU',
  timeZone: 'Europe/Moscow',
  workFrom: 540,
  workTo: 1080,
  language: 'ru',
} as const;
const USERS = [
  { id: '1', name: 'Анна Ким', timeZone: 'Europe/Moscow' },
  { id: '2', name: 'Борис Лом', timeZone: 'Asia/Omsk' },
  { id: '3', name: 'Вера Нил', timeZone: null },
  { id: '4', name: 'Тёзка', timeZone: 'Nowhere/City' },
  { id: '5', name: 'тёзка ', timeZone: null },
];
const DEAL: Deal = {
  id: '9',
  title: 'Сделка',
  pipelineId: '0',
  stageId: 'NEW',
  stageKind: 'open',
  ownerId: '1',
  amount: null,
  currency: null,
  sourceId: null,
  companyId: null,
  contactId: null,
  createdAt: 0,
  modifiedAt: 0,
  stageSince: null,
  lastActivityAt: null,
  productIds: [],
  tags: [],
  lossReason: null,
  fields: {},
};

function factsOf(
  parts: { readonly [Name in PartName]?: CompanyParts[Name] } = {},
  rest: Partial<Omit<CompanyFacts, 'parts'>> = {},
): CompanyFacts {
  const stored = <Name extends PartName>(name: Name) => ({ revision: 1, body: parts[name] ?? null });
  return {
    version: 1,
    parts: {
      calendar: stored('calendar'),
      people: stored('people'),
      fields: stored('fields'),
      catalogue: stored('catalogue'),
      reasons: stored('reasons'),
    },
    years: [],
    schedules: [],
    absences: [],
    ...rest,
  };
}

function sourcesOf(facts: CompanyFacts): CompanySources {
  return { settings: SETTINGS, facts, users: USERS };
}

const AWAY = {
  id: 'a',
  userId: '1',
  from: '2026-12-01',
  to: '2026-12-05',
  kind: 'vacation',
  deputyId: '2',
  revision: 1,
} as const;

const PRODUCT = { name: 'Аудит', description: '', managerId: '3', audience: null, templateId: null };

describe('features/company/company-rules', () => {
  it('names only those whose hours differ from the company’s, and shares one calendar among them', () => {
    const rules = companyRules(sourcesOf(factsOf()), new CalendarPool());
    expect([...rules.schedules.keys()]).toEqual(['2']);
    expect(rules.schedules.get('2')).toEqual({ calendar: rules.fallback.calendar, timeZone: 'Asia/Omsk' });
    expect(rules.schedules.get('2')?.calendar).toBe(rules.fallback.calendar);
  });

  it('keeps the identity of what is equal over readings, and forgets what is gone', () => {
    const pool = new CalendarPool();
    const first = companyRules(sourcesOf(factsOf({}, { absences: [AWAY] })), pool);
    const second = companyRules(sourcesOf(factsOf({}, { absences: [{ ...AWAY, id: 'b' }] })), pool.next());
    expect(second.fallback).toBe(first.fallback);
    expect(second.schedules.get('1')).toBe(first.schedules.get('1'));
    const longer = companyRules(
      sourcesOf(factsOf({}, { absences: [{ ...AWAY, to: '2026-12-06' }] })),
      pool.next().next(),
    );
    expect(longer.schedules.get('1')).not.toBe(first.schedules.get('1'));
  });

  it('gives two people with the same own week the same calendar', () => {
    const week = [[], [], [], [], [], [], [{ from: 600, to: 720 }]] as const;
    const schedules = ['1', '3'].map((userId) => ({ userId, revision: 1, week, timeZone: null }));
    const rules = companyRules(sourcesOf(factsOf({}, { schedules })), new CalendarPool());
    expect(rules.schedules.get('1')).toBe(rules.schedules.get('3'));
  });

  it('takes imported years of its own country only', () => {
    const year = { year: 2031, source: 'файл', daysOff: ['06-02'], workingDays: [], shortDays: [] };
    const years = [
      { ...year, country: 'RU' },
      { ...year, country: 'KZ', daysOff: ['06-03'] },
    ];
    const { calendar } = companyRules(sourcesOf(factsOf({}, { years })), new CalendarPool()).fallback;
    expect(hoursOfDay(calendar, Date.UTC(2031, 5, 2) / 86_400_000)).toEqual([]);
    expect(hoursOfDay(calendar, Date.UTC(2031, 5, 3) / 86_400_000)).not.toEqual([]);
    expect(calendar.years).toHaveLength(1);
  });

  it('makes deputies of absences that name one', () => {
    const absences = [AWAY, { ...AWAY, id: 'c', userId: '2', deputyId: null }];
    const { deputies } = companyRules(sourcesOf(factsOf({}, { absences })), new CalendarPool());
    expect([...deputies]).toEqual([['1', [{ from: '2026-12-01', to: '2026-12-05', userId: '2' }]]]);
  });

  it('holds roles for a deal by its products first, by rows and by the mapped field', () => {
    const rules = companyRules(
      sourcesOf(
        factsOf({
          people: { roles: [{ key: 'productManager', name: 'Продакт', holderIds: ['1'] }], groups: [] },
          catalogue: { products: [{ ...PRODUCT, id: '77' }], audiences: [], segments: [] },
          fields: { map: { product: 'UF_P' }, choices: { product: { 12: 'аудит' } } },
        }),
      ),
      new CalendarPool(),
    );
    expect(rules.rolesFor(DEAL).get('productManager')).toEqual(['1']);
    expect(rules.rolesFor({ ...DEAL, productIds: ['5', '77'] }).get('productManager')).toEqual(['3', '1']);
    expect(rules.rolesFor({ ...DEAL, fields: { UF_P: '12' } }).get('productManager')).toEqual(['3', '1']);
    expect(rules.rolesFor({ ...DEAL, fields: { UF_P: ['АУДИТ'] } }).get('productManager')).toEqual([
      '3',
      '1',
    ]);
    expect(rules.productOf({ ...DEAL, fields: { UF_P: '12' } })?.productId).toBe('77');
    expect(rules.productOf(DEAL)).toBeNull();
  });

  it('takes the account manager from the mapped field: a person, or the only one of that name', () => {
    const people = { roles: [{ key: 'accountManager', name: 'КМ', holderIds: ['5'] }], groups: [] };
    const fields = { map: { accountManager: 'UF_M' }, choices: {} };
    const rules = companyRules(sourcesOf(factsOf({ people, fields })), new CalendarPool());
    const managers = (value: string | readonly string[] | number | null) =>
      rules.rolesFor({ ...DEAL, fields: { UF_M: value } }).get('accountManager');
    expect(managers('2')).toEqual(['2', '5']);
    expect(managers(3)).toEqual(['3', '5']);
    expect(managers('вера нил')).toEqual(['3', '5']);
    expect(managers('Тёзка')).toEqual(['5']);
    expect(managers('')).toEqual(['5']);
    expect(managers(null)).toEqual(['5']);
  });

  it('offers the built-in roles and reasons before anybody saved any', () => {
    const rules = companyRules(sourcesOf(factsOf()), new CalendarPool());
    expect([...rules.rolesFor(DEAL).keys()]).toEqual([
      'qualifier',
      'accountManager',
      'projectManager',
      'productManager',
    ]);
    expect(new Set(rules.reasons.flatMap((reason) => reason.uses))).toEqual(
      new Set(['step', 'loss', 'snooze']),
    );
  });

  it('leaves retired reasons out', () => {
    const price = { key: 'price', name: 'Дорого', cause: 'client', uses: ['loss'], retired: true } as const;
    const reasons = { reasons: [price, { ...price, key: 'own-1', name: 'Далеко', retired: false }] };
    const rules = companyRules(sourcesOf(factsOf({ reasons })), new CalendarPool());
    expect(rules.reasons.map((reason) => reason.key)).toEqual(['own-1']);
  });
});
