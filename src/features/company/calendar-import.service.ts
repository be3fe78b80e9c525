import { Inject, Injectable } from '@nestjs/common';
import { readCalendarFile } from '../../domain/calendar/import/read-calendar-file.js';
import { MS_PER_DAY } from '../../domain/calendar/local-time.js';
import { weekHoursOf } from '../../domain/calendar/work-calendar.js';
import type { CalendarYear, WorkCalendar } from '../../domain/calendar/work-calendar.types.js';
import { daysOfYear } from '../../domain/calendar/year-days.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { CalendarImportRequest } from './calendar.requests.js';
import { calendarFaultText } from './calendar-fault.texts.js';
import { CalendarSettings } from './calendar-settings.service.js';
import { CompanyChanges } from './company-changes.service.js';
import { CompanyRulesCache } from './company-rules.cache.js';
import { CompanyRepository } from './company.repository.js';
import { noYear } from './company.texts.js';
import type { CalendarImportView } from './company.view.js';

const MOST_FAULTS = 50;
const MOST_YEARS = 20;

/** Production calendars from files; an imported year overrules what we know of it ourselves. */
@Injectable()
export class CalendarImports {
  constructor(
    private readonly companies: CompanyRepository,
    private readonly settings: CalendarSettings,
    private readonly rules: CompanyRulesCache,
    private readonly changes: CompanyChanges,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(person: SessionClaims, request: CalendarImportRequest): Promise<CalendarImportView> {
    const { country } = await this.settings.current(person.accountId);
    const { calendar } = (await this.rules.of(person.accountId)).fallback;
    const file = readCalendarFile(request.text, { country, source: request.fileName.trim() });
    const faults = file.faults.slice(0, MOST_FAULTS).map((fault) => ({
      line: fault.line,
      column: fault.column,
      message: calendarFaultText(fault, person.language),
    }));
    const years = this.wanted(file.years, request.year);
    const saved = request.save && faults.length === 0 && years.length > 0;
    if (saved) await this.store(person, country, years);
    return {
      format: file.format,
      saved,
      faults,
      years: years.map(({ year, daysOff, workingDays, shortDays }) => ({
        year,
        daysOff: datesOf(year, daysOff).filter((date) => isWorkedByWeek(calendar, date)),
        workingDays: datesOf(year, workingDays),
        shortDays: datesOf(year, shortDays),
        changes: changesOf(calendar, years, year),
      })),
    };
  }

  /** Our own knowledge of the year counts again. */
  async drop(person: SessionClaims, year: number): Promise<void> {
    const country = (await this.settings.current(person.accountId)).country ?? '';
    const note = { action: 'company.calendarYearDropped', detail: { country, year }, plans: true };
    await this.changes.change(person, note, async (tx) => {
      if (!(await this.companies.dropYear(tx, person.accountId, country, year))) throw noYear();
    });
  }

  private async store(
    person: SessionClaims,
    country: string | null,
    years: readonly CalendarYear[],
  ): Promise<void> {
    const stored = years.map((year) => ({ ...year, country: country ?? '' }));
    const detail = { country, years: years.map((each) => each.year) };
    await this.changes.change(
      person,
      { action: 'company.calendarImported', detail, plans: true },
      async (tx) => this.companies.saveYears(tx, person.accountId, stored, person.userId),
    );
  }

  /** Files of decades are published: what nobody plans in any more is left out unless it is asked for. */
  private wanted(years: readonly CalendarYear[], year: number | undefined): readonly CalendarYear[] {
    if (year !== undefined) return years.filter((each) => each.year === year);
    const first = new Date(this.clock.now()).getUTCFullYear() - 1;
    return years.filter((each) => each.year >= first).slice(0, MOST_YEARS);
  }
}

function datesOf(year: number, days: readonly string[]): readonly string[] {
  return days.map((day) => `${year}-${day}`);
}

function isWorkedByWeek(calendar: WorkCalendar, date: string): boolean {
  return weekHoursOf(calendar, Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY).length > 0;
}

/** Days of the year whose hours the file changes, against our own knowledge of it. */
function changesOf(company: WorkCalendar, years: readonly CalendarYear[], year: number): number {
  const { country, week } = company;
  const own: WorkCalendar = { country, week, overrides: [], absences: [] };
  const before = daysOfYear(own, year);
  return daysOfYear({ ...own, years }, year).filter((day, index) => day.minutes !== before[index]?.minutes)
    .length;
}
