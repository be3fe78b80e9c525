import type { FieldKind } from '../../domain/crm/records.js';
import type { FailureCause } from '../../domain/plans/plan.types.js';
import type { FieldRole } from '../../domain/plans/template.types.js';

/**
 * `/api/company`: how the company works. Administrators read and write, heads of departments read, others get 403. Days
 * are `YYYY-MM-DD` of the wall clock, instants ISO 8601 UTC. `revision` goes back with the next save of its part: 409
 * with code `changed-meanwhile` when somebody else saved since.
 */
export interface IntervalView {
  /** `HH:MM` */
  readonly from: string;
  /** `HH:MM`, up to `24:00` */
  readonly to: string;
}

/** Empty hours: a day off. Ascending and apart. */
export interface DayHoursView {
  readonly hours: readonly IntervalView[];
}

/** Seven days, Monday first. */
export type WeekView = readonly DayHoursView[];

/** A single date on which the week does not hold: a holiday of the company, a worked Saturday, a short day. */
export interface OverrideView extends DayHoursView {
  readonly date: string;
  /** Why, in the administrator's words; may be empty. */
  readonly note: string;
}

/** `GET`, and as `PUT` without the parts marked so, `/api/company/calendar`. */
export interface CalendarView {
  readonly revision: number;
  /** ISO 3166-1 alpha-2; null: no public holidays. */
  readonly country: string | null;
  /** IANA zone of people whose own one is unknown. */
  readonly timeZone: string;
  readonly week: WeekView;
  readonly overrides: readonly OverrideView[];
  /** Not in `PUT`: what is known of the years around now and of those that were imported, ascending. */
  readonly years: readonly YearSourceView[];
  /** Not in `PUT`: codes of the countries whose holidays we know; their names are `Intl.DisplayNames`. */
  readonly countries: readonly string[];
  /** Not in `PUT`. */
  readonly mayChange: boolean;
}

/**
 * `official`: a published production calendar, ours. `derived`: by the labour code, moved days unknown yet. `library`:
 * public holidays, no moved days. `imported`: from the administrator's file. `unknown`: no holidays are known.
 */
export type YearCoverage = 'official' | 'derived' | 'library' | 'imported' | 'unknown';

export interface YearSourceView {
  readonly year: number;
  readonly coverage: YearCoverage;
  /** The decree, file or library that the days are from. */
  readonly source: string;
}

/** `work`, `off`: as the week says. `holiday`: a working weekday that is free. `moved`: a weekend that is worked. */
export type CalendarDayKind = 'work' | 'off' | 'holiday' | 'moved' | 'short' | 'override' | 'absence';

/** `GET /api/company/calendar/years/:year`; of one person's own calendar with `?userId=`. */
export interface CalendarYearView extends YearSourceView {
  readonly months: readonly {
    /** 1…12 */
    readonly month: number;
    readonly workingDays: number;
    readonly workingMinutes: number;
    /** Every day of the month, in order. */
    readonly days: readonly {
      readonly date: string;
      readonly kind: CalendarDayKind;
      readonly minutes: number;
    }[];
  }[];
  readonly workingDays: number;
  readonly workingMinutes: number;
}

/**
 * `POST /api/company/calendar/import` `{ text, fileName, year?, save }`, for the saved country: reads a production calendar (JSON, XML
 * or CSV as xmlcalendar.ru and data.gov.ru publish them, or iCalendar). With `save: false` only looks. `year` picks one of
 * several; without it those from last year on are taken. Wrong: `faults` and nothing is saved. `DELETE /api/company/calendar/years/:year` takes an imported year back.
 */
export interface CalendarImportView {
  readonly format: 'json' | 'xml' | 'csv' | 'ics' | null;
  readonly saved: boolean;
  readonly faults: readonly CalendarFaultView[];
  readonly years: readonly {
    readonly year: number;
    /** Free days that the week alone would work. */
    readonly daysOff: readonly string[];
    /** Weekend days that are worked. */
    readonly workingDays: readonly string[];
    readonly shortDays: readonly string[];
    /** Days that differ from what we know of this year without the file. */
    readonly changes: number;
  }[];
}

export interface CalendarFaultView {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `GET /api/company/people`. */
export interface PeopleView {
  /** Of `roles` and `groups`, saved together: `PUT /api/company/people` `{ revision, roles, groups }`. */
  readonly revision: number;
  readonly people: readonly PersonView[];
  readonly absences: readonly AbsenceView[];
  readonly roles: readonly RoleView[];
  readonly groups: readonly GroupView[];
  readonly mayChange: boolean;
}

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly position: string | null;
  readonly active: boolean;
  /** The zone by which we count: own, else the host's, else the company's. */
  readonly timeZone: string;
  readonly own: PersonScheduleView;
}

/** `PUT /api/company/people/:userId/schedule` `{ revision, week, timeZone }`; null: as the company, as the host says. */
export interface PersonScheduleView {
  readonly revision: number;
  readonly week: WeekView | null;
  readonly timeZone: string | null;
}

export type AbsenceKind = 'vacation' | 'sick' | 'trip' | 'other';

/**
 * `POST /api/company/absences` and `PUT /api/company/absences/:id` take it without `id`; `DELETE …/:id` → 204. The answers
 * are `AbsenceView`. Both days are included; absences of one person may not overlap (409 `overlaps`).
 */
export interface AbsenceView {
  readonly id: string;
  readonly userId: string;
  readonly from: string;
  readonly to: string;
  readonly kind: AbsenceKind;
  /** Who stands in; null: deadlines move after the absence. */
  readonly deputyId: string | null;
  readonly revision: number;
}

/** An own role or group without `key` in `PUT` is a new one. One that is left out is gone. */
export interface RoleView {
  /** `accountManager`, `projectManager`, `qualifier`, `productManager`, or an own key. */
  readonly key: string;
  readonly name: string;
  /** Known to the library; may be renamed, not removed. */
  readonly builtIn: boolean;
  /** Best first. */
  readonly holderIds: readonly string[];
}

export interface GroupView {
  readonly key: string;
  readonly name: string;
  readonly memberIds: readonly string[];
  /** Who answers for what nobody took yet. */
  readonly keeperId: string | null;
}

/** `GET`, `PUT` `{ revision, map }` `/api/company/fields`. Saving makes the mirror read the open deals again. */
export interface FieldMapView {
  readonly revision: number;
  /** Every role; null: not mapped. */
  readonly map: Readonly<Record<FieldRole, string | null>>;
  /** The host's fields of deals; null with `problem`: the host did not tell. */
  readonly fields: readonly HostFieldView[] | null;
  readonly problem: string | null;
  readonly mayChange: boolean;
}

export interface HostFieldView {
  readonly key: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly multiple: boolean;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  /** Roles that this field fits. */
  readonly fits: readonly FieldRole[];
}

/** `GET`, `PUT` `{ revision, products, audiences, segments }` `/api/company/catalogue`. */
export interface CatalogueView {
  readonly revision: number;
  readonly products: readonly ProductLineView[];
  /** Names of target audiences and of clients' segments, in the administrator's order. */
  readonly audiences: readonly string[];
  readonly segments: readonly string[];
  /** Products of the host that are not in the line yet, for choosing. Not in `PUT`. */
  readonly hostProducts: readonly { readonly id: string; readonly name: string }[];
  /** Templates that may be a product's funnel. Not in `PUT`. */
  readonly templates: readonly { readonly id: string; readonly name: string }[];
  readonly mayChange: boolean;
}

export interface ProductLineView {
  /** The host's product id, or a key beginning with `own:`; absent in `PUT`: a new product of our own. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Of the host's catalogue. Not in `PUT`. */
  readonly ofHost: boolean;
  readonly managerId: string | null;
  readonly audience: string | null;
  readonly templateId: string | null;
}

/** `GET`, `PUT` `{ revision, reasons }` `/api/company/reasons`. A reason that is left out of `PUT` is retired, not lost. */
export interface ReasonsView {
  readonly revision: number;
  readonly reasons: readonly ReasonView[];
  readonly mayChange: boolean;
}

/** Without `key` in `PUT`: a new one. */
export interface ReasonView {
  readonly key: string;
  readonly name: string;
  readonly cause: FailureCause;
  readonly uses: readonly ReasonUse[];
  /** No longer offered; old plans keep its words. */
  readonly retired: boolean;
}

export type ReasonUse = 'step' | 'loss' | 'snooze';
