import type {
  AbsenceView,
  CalendarImportView,
  CalendarView,
  CalendarYearView,
  CatalogueView,
  FieldMapView,
  PeopleView,
  ReasonsView,
} from '../../../src/features/company/company.view.js';
import { calendarView, catalogueView, fieldsView, peopleView, reasonsView } from './company-facts.js';
import type { Language } from './fixtures.js';
import type { MockRoute } from './mock-server.js';

/** The settings of a company in memory, with the server's own rules: revisions count, absences do not overlap. */
export interface MockCompany {
  readonly routes: Readonly<Record<string, MockRoute>>;
  calendar: CalendarView;
  people: PeopleView;
  fields: FieldMapView;
  catalogue: CatalogueView;
  reasons: ReasonsView;
  /** What the next file is read as. */
  file: CalendarImportView;
}

/** A plain year: weekends off, the first week of January a holiday, what the company changed over it. */
function yearView(calendar: CalendarView, year: number): CalendarYearView {
  const months = Array.from({ length: 12 }, (_, index) => {
    const count = new Date(Date.UTC(year, index + 1, 0)).getUTCDate();
    const days = Array.from({ length: count }, (_day, at) => {
      const date = new Date(Date.UTC(year, index, at + 1)).toISOString().slice(0, 10);
      const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
      const own = calendar.overrides.find((one) => one.date === date);
      if (own) return { date, kind: 'override' as const, minutes: own.hours.length > 0 ? 300 : 0 };
      if (index === 0 && at < 8) return { date, kind: 'holiday' as const, minutes: 0 };
      if (index === 1 && at === 19) return { date, kind: 'short' as const, minutes: 420 };
      return weekday > 4
        ? { date, kind: 'off' as const, minutes: 0 }
        : { date, kind: 'work' as const, minutes: weekday === 4 ? 420 : 480 };
    });
    const worked = days.filter((one) => one.minutes > 0);
    const workingMinutes = worked.reduce((sum, one) => sum + one.minutes, 0);
    return { month: index + 1, workingDays: worked.length, workingMinutes, days };
  });
  const imported = calendar.years.find((one) => one.year === year)?.coverage ?? 'derived';
  return {
    ...{ year, coverage: imported, source: imported === 'imported' ? 'calendar.json' : 'xmlcalendar.ru' },
    months,
    workingDays: months.reduce((sum, one) => sum + one.workingDays, 0),
    workingMinutes: months.reduce((sum, one) => sum + one.workingMinutes, 0),
  };
}

const conflict = (language: Language) => ({
  ...{ status: 409, code: 'changed-meanwhile' },
  message: language === 'ru' ? 'Это изменил кто-то другой.' : 'Somebody else changed this.',
});

export function mockCompany(language: Language, now: number, mayChange = true): MockCompany {
  let lastKey = 0;
  const keyed = (item: Readonly<Record<string, unknown>>, name: 'key' | 'id', prefix: string) => ({
    ...item,
    [name]: item[name] ?? `${prefix}${(lastKey += 1)}`,
  });
  const saves =
    (part: 'calendar' | 'people' | 'fields' | 'catalogue' | 'reasons'): MockRoute =>
    ({ body }) => {
      const { revision, ...sent } = body as { revision: number } & Record<string, unknown>;
      if (revision !== mock[part].revision) return conflict(language);
      const lists = Object.entries(sent).map(([name, value]) => [name, completed(name, value)]);
      Object.assign(mock, {
        [part]: { ...mock[part], ...Object.fromEntries(lists), revision: revision + 1 },
      });
      return mock[part];
    };
  function completed(name: string, value: unknown): unknown {
    const items = value as readonly Record<string, unknown>[];
    const before = new Map(mock.people.roles.map((role) => [role.key, role.builtIn]));
    if (name === 'products')
      return items.map((one) => keyed({ ...one, ofHost: /^\d/.test(String(one['id'])) }, 'id', 'own:n'));
    if (name === 'reasons') return items.map((one) => keyed({ retired: false, ...one }, 'key', 'own-r'));
    if (name === 'roles')
      return items.map((one) =>
        keyed({ ...one, builtIn: before.get(String(one['key'])) ?? false }, 'key', 'own-n'),
      );
    return name === 'groups' ? items.map((one) => keyed(one, 'key', 'own-n')) : value;
  }
  const mock: MockCompany = {
    calendar: calendarView(language, mayChange),
    people: peopleView(language, now, mayChange),
    fields: fieldsView(language, mayChange),
    catalogue: catalogueView(language, mayChange),
    reasons: reasonsView(language, mayChange),
    file: { format: 'json', saved: false, faults: [], years: [] },
    routes: {
      'GET /api/company/calendar': () => mock.calendar,
      'PUT /api/company/calendar': saves('calendar'),
      'GET /api/company/calendar/years/:year': ({ params }) =>
        yearView(mock.calendar, Number(params['year'])),
      'GET /api/company/people': () => mock.people,
      'PUT /api/company/people': saves('people'),
      'GET /api/company/fields': () => mock.fields,
      'PUT /api/company/fields': saves('fields'),
      'GET /api/company/catalogue': () => mock.catalogue,
      'PUT /api/company/catalogue': saves('catalogue'),
      'GET /api/company/reasons': () => mock.reasons,
      'PUT /api/company/reasons': saves('reasons'),
      ...importRoutes(() => mock),
      ...absenceRoutes(() => mock, language),
      ...scheduleRoutes(() => mock),
    },
  };
  return mock;
}

function importRoutes(mock: () => MockCompany): MockCompany['routes'] {
  const setYears = (coverage: 'imported' | 'official', years: readonly number[]): void => {
    const own = years.map((year) => ({ year, coverage, source: 'calendar.json' }));
    mock().calendar = { ...mock().calendar, years: own };
  };
  return {
    'POST /api/company/calendar/import': ({ body }) => {
      const saved = (body as { save: boolean }).save && mock().file.faults.length === 0;
      if (saved)
        setYears(
          'imported',
          mock().file.years.map((one) => one.year),
        );
      return { ...mock().file, saved };
    },
    'DELETE /api/company/calendar/years/:year': ({ params }) => {
      setYears('official', [Number(params['year'])]);
      return undefined;
    },
  };
}

function absenceRoutes(mock: () => MockCompany, language: Language): MockCompany['routes'] {
  const show = (absences: readonly AbsenceView[]): void => {
    mock().people = { ...mock().people, absences };
  };
  const overlapping = (wanted: Omit<AbsenceView, 'id' | 'revision'>, own: string): boolean =>
    mock().people.absences.some(
      (one) =>
        one.id !== own && one.userId === wanted.userId && one.from <= wanted.to && one.to >= wanted.from,
    );
  const refusal = {
    ...{ status: 409, code: 'overlaps' },
    message: language === 'ru' ? 'На эти дни уже записано отсутствие.' : 'These days have an absence.',
  };
  let last = 0;
  return {
    'POST /api/company/absences': ({ body }) => {
      const wanted = body as Omit<AbsenceView, 'id' | 'revision'>;
      if (overlapping(wanted, '')) return refusal;
      const saved = { ...wanted, id: `n${(last += 1)}`, revision: 1 };
      show([...mock().people.absences, saved]);
      return saved;
    },
    'PUT /api/company/absences/:id': ({ params, body }) => {
      const wanted = body as Omit<AbsenceView, 'id'>;
      const id = params['id'] ?? '';
      if (overlapping(wanted, id)) return refusal;
      const saved = { ...wanted, id, revision: wanted.revision + 1 };
      show(mock().people.absences.map((one) => (one.id === id ? saved : one)));
      return saved;
    },
    'DELETE /api/company/absences/:id': ({ params }) => {
      show(mock().people.absences.filter((one) => one.id !== params['id']));
      return undefined;
    },
  };
}

function scheduleRoutes(mock: () => MockCompany): MockCompany['routes'] {
  return {
    'PUT /api/company/people/:id/schedule': ({ params, body }) => {
      const { revision, week, timeZone } = body as PeopleView['people'][number]['own'];
      const people = mock().people.people.map((one) =>
        one.id === params['id'] ? { ...one, own: { revision: revision + 1, week, timeZone } } : one,
      );
      mock().people = { ...mock().people, people };
      return people.find((one) => one.id === params['id']);
    },
  };
}
