import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { readDayHours, readWeekHours, writeDayHours } from '../../domain/calendar/day-hours.js';
import { countryYear, knownCountries } from '../../domain/calendar/public-holidays.js';
import { yearOf } from '../../domain/calendar/work-calendar.js';
import type { WeekHours, WorkCalendar } from '../../domain/calendar/work-calendar.types.js';
import { daysOfYear, type YearDay } from '../../domain/calendar/year-days.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { CalendarRequest, DayHoursRequest } from './calendar.requests.js';
import { CompanyChanges } from './company-changes.service.js';
import { defaultCalendar } from './company-defaults.js';
import { CompanyRulesCache } from './company-rules.cache.js';
import type { CalendarPart } from './company.facts.js';
import { doubleDate, noWork, wrongCountry, wrongDate, wrongHours, wrongZone } from './company.texts.js';
import type { CalendarView, CalendarYearView, WeekView, YearSourceView } from './company.view.js';
import { isDate } from './dates.js';
import { knownZone } from './zones.js';

/** The company's country, week and special days. */
@Injectable()
export class CalendarSettings {
  constructor(
    private readonly rules: CompanyRulesCache,
    private readonly changes: CompanyChanges,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async view(person: SessionClaims): Promise<CalendarView> {
    const { parts, years } = await this.rules.facts(person.accountId);
    const { country, timeZone, week, overrides } = await this.current(person.accountId);
    const { calendar } = (await this.rules.of(person.accountId)).fallback;
    const now = new Date(this.clock.now()).getUTCFullYear();
    const imported = years.filter((each) => each.country === (country ?? '')).map((each) => each.year);
    const shown = new Set([now - 1, now, now + 1, now + 2, ...imported]);
    return {
      revision: parts.calendar.revision,
      country,
      timeZone,
      week: weekView(week),
      overrides: overrides.map(({ date, hours, note }) => ({ date, hours: writeDayHours(hours), note })),
      years: [...shown].sort((a, b) => a - b).map((year) => sourceOf(calendar, year)),
      countries: knownCountries(),
      mayChange: person.admin,
    };
  }

  async save(person: SessionClaims, request: CalendarRequest): Promise<CalendarView> {
    const { country, timeZone, revision } = request;
    if (country !== null && !isKnownCountry(country)) throw wrongCountry();
    if (knownZone(timeZone) === null) throw wrongZone();
    const week = readWeek(request.week);
    const dates = new Set(request.overrides.map((each) => each.date));
    if (dates.size < request.overrides.length) throw doubleDate();
    const overrides = request.overrides
      .map(({ date, hours, note }) => {
        if (!isDate(date)) throw wrongDate();
        const read = readDayHours(hours);
        if (!read) throw wrongHours();
        return { date, hours: read, note: note.trim() };
      })
      .sort((a, b) => a.date.localeCompare(b.date));
    const body: CalendarPart = { country, timeZone, week, overrides };
    const note = { plans: true, detail: { country, timeZone, overrides: overrides.length } };
    await this.changes.savePart(person, 'calendar', { revision, body, note });
    return this.view(person);
  }

  /** The company's year, or one person's with absences and own hours. */
  async year(person: SessionClaims, year: number, userId: string | null): Promise<CalendarYearView> {
    const { schedules, fallback } = await this.rules.of(person.accountId);
    const schedule = userId === null ? fallback : (schedules.get(userId) ?? fallback);
    const days = daysOfYear(schedule.calendar, year);
    const months = [...Map.groupBy(days, (day) => Number(day.date.slice(5, 7)))].map(([month, its]) => ({
      month,
      ...sumOf(its),
      days: its,
    }));
    return { ...sourceOf(schedule.calendar, year), ...sumOf(days), months };
  }

  /** As saved, else what the installation found. */
  async current(accountId: string): Promise<CalendarPart> {
    const { parts } = await this.rules.facts(accountId);
    if (parts.calendar.body) return parts.calendar.body;
    const account = await this.accounts.find(accountId);
    return defaultCalendar(
      account?.settings ?? { country: null, timeZone: 'UTC', workFrom: 540, workTo: 1080 },
    );
  }
}

/** Throws when a week cannot be read or has no work in it. */
export function readWeek(days: readonly DayHoursRequest[]): WeekHours {
  const week = readWeekHours(days.map((day) => day.hours));
  if (!week) throw wrongHours();
  if (week.every((hours) => hours.length === 0)) throw noWork();
  return week;
}

export function weekView(week: WeekHours): WeekView {
  return week.map((hours) => ({ hours: writeDayHours(hours) }));
}

function sumOf(days: readonly YearDay[]): { readonly workingDays: number; readonly workingMinutes: number } {
  return {
    workingDays: days.filter((day) => day.minutes > 0).length,
    workingMinutes: days.reduce((sum, day) => sum + day.minutes, 0),
  };
}

function sourceOf(calendar: WorkCalendar, year: number): YearSourceView {
  const known = yearOf(calendar, year);
  return { year, coverage: known?.coverage ?? 'unknown', source: known?.source ?? '' };
}

function isKnownCountry(country: string): boolean {
  return knownCountries().includes(country) || countryYear(country, 2026).coverage !== 'unknown';
}
