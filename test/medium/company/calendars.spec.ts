import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ACCOUNTS, type Accounts } from '../../../src/contract/accounts.js';
import { isWorkingMoment } from '../../../src/domain/calendar/working-time.js';
import { CompanyRepository } from '../../../src/features/company/company.repository.js';
import { CompanyRulesCache } from '../../../src/features/company/company-rules.cache.js';
import { MirrorReads } from '../../../src/mirror/index.js';
import type {
  ReasonsView,
  AbsenceView,
  CalendarImportView,
  CalendarView,
  CalendarYearView,
  PersonView,
} from '../../../src/features/company/company.view.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { ADMIN, SELLER, startCompanyWorld, type CompanyWorld } from '../../support/company-world.js';
import { settled } from '../../support/running.js';
import { until } from '../../support/until.js';
import { openFrame } from '../../support/widget-person.js';

const OFF = { hours: [] };
const HALF = { hours: [{ from: '10:00', to: '14:00' }] };
const FULL = {
  hours: [
    { from: '09:00', to: '13:00' },
    { from: '14:00', to: '18:00' },
  ],
};
const WEEK = [FULL, FULL, FULL, FULL, HALF, OFF, OFF];

describeOnEveryDatabase('test/medium/company/calendars', (open) => {
  let world: CompanyWorld;

  beforeAll(async () => {
    world = await startCompanyWorld(await open());
  }, 120_000);

  afterAll(async () => {
    await world?.running.stop();
  });

  it('begins with the calendar that the installation found', async () => {
    const { data } = await world.admin.get<CalendarView>('/api/company/calendar');
    expect([data.revision, data.country, data.mayChange]).toEqual([0, 'RU', true]);
    expect(data.week[0]).toEqual(FULL);
    expect(data.years.find((each) => each.year === 2026)?.coverage).toBe('official');
    expect(data.countries).toEqual(expect.arrayContaining(['RU', 'KZ', 'DE']));
  });

  it('saves a calendar, shows its year, and refuses who saw an older one', async () => {
    const wanted = {
      revision: 0,
      country: 'RU',
      timeZone: 'Asia/Yekaterinburg',
      week: WEEK,
      overrides: [
        { date: '2026-12-31', hours: [{ from: '10:00', to: '12:00' }], note: 'Ёлка' },
        { date: '2026-11-28', hours: FULL.hours, note: '' },
      ],
    };
    const saved = await world.admin.send<CalendarView>('put', '/api/company/calendar', wanted);
    expect([saved.status, saved.data.revision, saved.data.timeZone]).toEqual([200, 1, 'Asia/Yekaterinburg']);
    expect(saved.data.overrides.map((each) => each.date)).toEqual(['2026-11-28', '2026-12-31']);
    const { data: year } = await world.head.get<CalendarYearView>('/api/company/calendar/years/2026');
    const kinds = new Map(year.months.flatMap((month) => month.days).map((day) => [day.date, day]));
    expect(kinds.get('2026-12-31')).toEqual({ date: '2026-12-31', kind: 'override', minutes: 120 });
    expect(kinds.get('2026-11-04')?.kind).toBe('holiday');
    expect(kinds.get('2026-11-03')).toEqual({ date: '2026-11-03', kind: 'short', minutes: 420 });
    expect(kinds.get('2026-11-27')?.minutes).toBe(240);
    const again = await world.admin.send<{ error: { code: string } }>('put', '/api/company/calendar', wanted);
    expect([again.status, again.data.error.code]).toEqual([409, 'changed-meanwhile']);
  });

  it.each([
    [{ timeZone: 'Moscow' }, 'wrong-zone'],
    [{ country: 'QQ' }, 'wrong-country'],
    [{ week: [OFF, OFF, OFF, OFF, OFF, OFF, OFF] }, 'no-working-day'],
    [{ week: [{ hours: [{ from: '12:00', to: '11:00' }] }, ...WEEK.slice(1)] }, 'wrong-hours'],
    [
      {
        week: [
          {
            hours: [
              { from: '09:00', to: '12:00' },
              { from: '11:00', to: '14:00' },
            ],
          },
          ...WEEK.slice(1),
        ],
      },
      'wrong-hours',
    ],
    [{ overrides: [{ date: '2026-02-30', hours: [], note: '' }] }, 'wrong-date'],
    [{ overrides: [1, 2].map(() => ({ date: '2026-02-03', hours: [], note: '' })) }, 'double-date'],
    [{ week: WEEK.slice(1) }, 'bad-request'],
    [{ surprise: true }, 'bad-request'],
  ])('refuses a calendar with %j as %s', async (change, code) => {
    const body = { revision: 1, country: 'RU', timeZone: 'UTC', week: WEEK, overrides: [], ...change };
    const answer = await world.admin.send<{ error: { code: string } }>('put', '/api/company/calendar', body);
    expect([answer.status, answer.data.error.code]).toEqual([400, code]);
  });

  it('looks at a file, imports it, shows it as the source of the year, and takes it back', async () => {
    const months = Array.from({ length: 12 }, (_, index) => ({
      month: index + 1,
      days: weekendsOf(2027, index),
    }));
    const text = JSON.stringify({ year: 2027, months });
    const file = { text, fileName: 'calendar-2027.json' };
    const look = await world.admin.post<CalendarImportView>('/api/company/calendar/import', {
      ...file,
      save: false,
    });
    expect([look.status, look.data.saved, look.data.format]).toEqual([200, false, 'json']);
    expect(look.data.years[0]).toMatchObject({ year: 2027, daysOff: [], workingDays: [], shortDays: [] });
    expect(look.data.years[0]?.changes).toBeGreaterThan(10);
    expect((await yearOf(2027)).coverage).toBe('derived');
    const done = await world.admin.post<CalendarImportView>('/api/company/calendar/import', {
      ...file,
      save: true,
    });
    expect(done.data.saved).toBe(true);
    const year = await yearOf(2027);
    expect([year.coverage, year.source, year.workingDays]).toEqual(['imported', 'calendar-2027.json', 261]);
    const wrong = { text: text.replace('"month":3', '"month":33'), fileName: 'x', save: true };
    const faulty = await world.admin.post<CalendarImportView>('/api/company/calendar/import', wrong);
    expect([faulty.status, faulty.data.saved, faulty.data.faults[0]?.line]).toEqual([200, false, 1]);
    expect(faulty.data.faults[0]?.message).toContain('33');
    expect((await world.admin.send('delete', '/api/company/calendar/years/2027')).status).toBe(204);
    expect((await world.admin.send('delete', '/api/company/calendar/years/2027')).status).toBe(404);
    expect((await yearOf(2027)).coverage).toBe('derived');
  });

  it('gives a person own hours and zone, and everybody else the company’s very same calendar', async () => {
    const path = `/api/company/people/${SELLER}/schedule`;
    const own = { revision: 0, week: [HALF, HALF, OFF, OFF, OFF, OFF, HALF], timeZone: 'Asia/Kamchatka' };
    const saved = await world.admin.send<PersonView>('put', path, own);
    expect([saved.status, saved.data.timeZone, saved.data.own.revision]).toEqual([200, 'Asia/Kamchatka', 1]);
    expect((await world.admin.send('put', path, own)).status).toBe(409);
    expect((await world.admin.send('put', '/api/company/people/nobody/schedule', own)).status).toBe(404);
    const rules = await world.company.of(world.accountId);
    expect(rules.schedules.get(String(SELLER))?.calendar.week[6]).toEqual([{ from: 600, to: 840 }]);
    const others = [...rules.schedules].filter(([id]) => id !== String(SELLER));
    expect(others.every(([, schedule]) => schedule.calendar === rules.fallback.calendar)).toBe(true);
    // Pages of the person mean these hours: "tomorrow" is a day there, and ends when the work does.
    const { boot } = await openFrame(world.running, SELLER);
    const evening = '14:00';
    expect([boot.timeZone, boot.dayEnds]).toEqual([
      'Asia/Kamchatka',
      Array.from({ length: 7 }, () => evening),
    ]);
    expect((await openFrame(world.running, ADMIN)).boot.dayEnds[0]).not.toBe(evening);
    const calendar = rules.fallback.calendar;
    await world.admin.send('put', path, { ...own, revision: 1, timeZone: null });
    const later = await world.company.of(world.accountId);
    expect(later).not.toBe(rules);
    expect(later.fallback.calendar).toBe(calendar);
    expect(await world.company.of(world.accountId)).toBe(later);
  });

  it('shows a change to other processes at once, calendars that it left alone keeping their identity', async () => {
    const { app, database } = world.running;
    const elsewhere = new CompanyRulesCache(
      new CompanyRepository(database),
      app.get(MirrorReads, { strict: false }),
      app.get<Accounts>(ACCOUNTS, { strict: false }),
    );
    const before = await elsewhere.of(world.accountId);
    expect(await elsewhere.of(world.accountId)).toBe(before);
    const { data: reasons } = await world.admin.get<ReasonsView>('/api/company/reasons');
    const added = [...reasons.reasons, { name: 'Проверка', cause: 'outer', uses: ['step'] }];
    await world.admin.send('put', '/api/company/reasons', { revision: reasons.revision, reasons: added });
    const after = await elsewhere.of(world.accountId);
    expect(after.reasons.at(-1)?.name).toBe('Проверка');
    expect(after.fallback).toBe(before.fallback);
    for (const [userId, schedule] of after.schedules) expect(before.schedules.get(userId)).toBe(schedule);
  });

  it('keeps absences with their deputies, and refuses those that overlap or make no sense', async () => {
    const absence = {
      userId: '7',
      from: '2026-12-14',
      to: '2026-12-18',
      kind: 'vacation',
      deputyId: '8',
    };
    const made = await world.admin.post<AbsenceView>('/api/company/absences', absence);
    expect([made.status, made.data.revision]).toEqual([201, 1]);
    const rules = await world.company.of(world.accountId);
    expect(rules.deputies.get('7')).toEqual([{ from: '2026-12-14', to: '2026-12-18', userId: '8' }]);
    const schedule = rules.schedules.get('7') ?? rules.fallback;
    expect(isWorkingMoment(Date.parse('2026-12-16T06:00:00Z'), schedule)).toBe(false);
    const refused = async (change: object): Promise<readonly [number, string]> => {
      const answer = await world.admin.post<{ error: { code: string } }>('/api/company/absences', {
        ...absence,
        ...change,
      });
      return [answer.status, answer.data.error.code];
    };
    expect(await refused({ from: '2026-12-18', to: '2026-12-20' })).toEqual([409, 'overlaps']);
    expect(await refused({ from: '2027-02-02', to: '2027-02-01' })).toEqual([400, 'wrong-period']);
    expect(await refused({ from: '2027-02-30', to: '2027-03-01' })).toEqual([400, 'wrong-date']);
    expect(await refused({ deputyId: '7' })).toEqual([400, 'own-deputy']);
    expect(await refused({ userId: 'nobody' })).toEqual([400, 'unknown-person']);
    expect(await refused({ kind: 'strike' })).toEqual([400, 'bad-request']);
    const path = `/api/company/absences/${made.data.id}`;
    const changed = await world.admin.send<AbsenceView>('put', path, {
      ...absence,
      to: '2026-12-21',
      revision: 1,
    });
    expect([changed.status, changed.data.to, changed.data.revision]).toEqual([200, '2026-12-21', 2]);
    expect((await world.admin.send('put', path, { ...absence, revision: 1 })).status).toBe(409);
    const { data: year } = await world.head.get<CalendarYearView>(
      '/api/company/calendar/years/2026?userId=7',
    );
    const away = year.months.flatMap((month) => month.days).filter((day) => day.kind === 'absence');
    expect(away).toHaveLength(8);
    expect((await world.admin.send('delete', path)).status).toBe(204);
    expect((await world.admin.send('delete', path)).status).toBe(404);
    expect((await world.company.of(world.accountId)).deputies.size).toBe(0);
  });

  it('moves deadlines of running plans when the calendar changes', async () => {
    const on = { templateKey: 'transactional', language: 'ru', existingDeals: true };
    expect((await world.admin.post('/api/pipelines/D_0/template', on)).status).toBe(200);
    await until(async () => (await openSteps()).length > 0, { timeoutMs: 30_000 });
    await settled(world.running);
    const { data: calendar } = await world.admin.get<CalendarView>('/api/company/calendar');
    const night = { hours: [{ from: '01:00', to: '03:00' }] };
    const saved = await world.admin.send('put', '/api/company/calendar', {
      revision: calendar.revision,
      country: null,
      timeZone: 'America/Los_Angeles',
      week: [night, night, OFF, OFF, OFF, OFF, OFF],
      overrides: [],
    });
    expect(saved.status).toBe(200);
    const rules = await world.company.of(world.accountId);
    await until(
      async () => {
        const steps = await openSteps();
        return steps.every(({ owner_id, due_at }) =>
          isWorkingMoment(due_at.getTime(), rules.schedules.get(owner_id ?? '') ?? rules.fallback),
        );
      },
      { timeoutMs: 30_000, what: 'every deadline inside the new hours' },
    );
  }, 90_000);

  it('writes its changes into the audit log, with who made them', async () => {
    const changes = await world.audited();
    expect(new Set(changes.map((change) => change.action))).toEqual(
      new Set([
        'company.reasonsSaved',
        'company.calendarSaved',
        'company.calendarImported',
        'company.calendarYearDropped',
        'company.scheduleSaved',
        'company.absenceAdded',
        'company.absenceChanged',
        'company.absenceRemoved',
      ]),
    );
    expect(new Set(changes.map((change) => change.actor))).toEqual(new Set([String(ADMIN)]));
    expect(JSON.stringify(changes)).not.toContain('Не тот регион');
  });

  async function yearOf(year: number): Promise<CalendarYearView> {
    return (await world.admin.get<CalendarYearView>(`/api/company/calendar/years/${year}`)).data;
  }

  function openSteps(): Promise<readonly { owner_id: string | null; due_at: Date }[]> {
    return world.running.database.query(
      `SELECT owner_id, due_at FROM plan_step WHERE state IN ('actionable', 'waiting', 'future') AND due_at IS NOT NULL`,
    );
  }
});
function weekendsOf(year: number, month: number): string {
  const days: number[] = [];
  for (let day = 1; new Date(Date.UTC(year, month, day)).getUTCMonth() === month; day += 1) {
    if ([0, 6].includes(new Date(Date.UTC(year, month, day)).getUTCDay())) days.push(day);
  }
  return days.join(',');
}
