import type { CalendarYear } from '../work-calendar.types.js';

export type CalendarFormat = 'json' | 'xml' | 'csv' | 'ics';

/**
 * `notCalendar`: the file is of none of the formats. `syntax`: it cannot be parsed. `noYear`, `badYear`, `doubleYear`;
 * `badMonth`, `missingMonth`, `doubleMonth`; `badDay`: not a day of that month; `doubleDay`; `badKind`: an unknown kind of
 * day; `badDate`; `notWholeDay`: an event with a time; `badRule`: a repetition that is not yearly; `unclosed`: an event or
 * a text without its end; `tooLarge`: more than is read; `noDays`: nothing in it.
 */
export type CalendarFaultCode =
  | 'notCalendar'
  | 'syntax'
  | 'noYear'
  | 'badYear'
  | 'doubleYear'
  | 'badMonth'
  | 'missingMonth'
  | 'doubleMonth'
  | 'badDay'
  | 'doubleDay'
  | 'badKind'
  | 'badDate'
  | 'notWholeDay'
  | 'badRule'
  | 'unclosed'
  | 'tooLarge'
  | 'noDays';

/** A wrong place of a calendar file; line and column count from 1. */
export interface CalendarFault {
  readonly line: number;
  readonly column: number;
  readonly code: CalendarFaultCode;
  /** What stands there, shortened; empty when something is missing. */
  readonly found: string;
}

/** What a reader made of a file: its years ascending, or every fault in it. */
export interface CalendarFile {
  readonly years: readonly CalendarYear[];
  readonly faults: readonly CalendarFault[];
}

/** Where a file's years will be used, and how they are named there. */
export interface CalendarFileContext {
  /** ISO 3166-1 alpha-2, or null. Tells fixed holidays on weekends from plain weekends. */
  readonly country: string | null;
  /** What the years name as their source. */
  readonly source: string;
}
