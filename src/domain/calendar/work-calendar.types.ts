/** Minutes since local midnight, `from` < `to` ≤ 1440; both ends count as inside for a deadline. */
export interface WorkInterval {
  readonly from: number;
  readonly to: number;
}

/** Working intervals of one day, ascending and apart from each other; empty for a day off. */
export type DayHours = readonly WorkInterval[];

/** Index 0 is Monday, 6 is Sunday (ISO order). */
export type WeekHours = readonly [DayHours, DayHours, DayHours, DayHours, DayHours, DayHours, DayHours];

/** A date on which the week's rule does not hold: a day off, a half-day, an extra working day. */
export interface DayOverride {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly hours: DayHours;
}

/** Whole days without work, both ends included. */
export interface Absence {
  /** `YYYY-MM-DD` */
  readonly from: string;
  /** `YYYY-MM-DD` */
  readonly to: string;
}

/** A country's year as an administrator handed it over: it takes the place of everything we know of that year. */
export interface CalendarYear {
  readonly year: number;
  /** The file or decree that the days are from. */
  readonly source: string;
  /** Days without work besides what the week leaves free, `MM-DD`. */
  readonly daysOff: readonly string[];
  /** Days that are worked although the week leaves them free, `MM-DD`. */
  readonly workingDays: readonly string[];
  /** Days one hour shorter, `MM-DD`; one that the week leaves free is worked. */
  readonly shortDays: readonly string[];
}

/**
 * When somebody works. Precedence for a date: absence, override, public holiday or moved working day of the country,
 * week. A plain value: two equal calendars behave the same.
 */
export interface WorkCalendar {
  /** ISO 3166-1 alpha-2, or null: no public holidays are known. */
  readonly country: string | null;
  readonly week: WeekHours;
  readonly overrides: readonly DayOverride[];
  readonly absences: readonly Absence[];
  /** Imported years; each overrules the country's own. Absent: none. */
  readonly years?: readonly CalendarYear[];
}

/** A calendar and the IANA zone that it is read in. */
export interface Schedule {
  readonly calendar: WorkCalendar;
  readonly timeZone: string;
}

export type WorkUnit = 'workingMinutes' | 'workingHours' | 'workingDays' | 'calendarDays';

export interface WorkAmount {
  /** Negative goes back in time. Days are whole; hours may be fractions. */
  readonly amount: number;
  readonly unit: WorkUnit;
  /** `HH:MM` of the resulting day; days only. Without it the time of day of the start is kept, rounded up to the hour. */
  readonly timeOfDay?: string;
}
