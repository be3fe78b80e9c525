import type { AccountSettings } from '../../contract/accounts.js';
import { standardCalendar } from '../../domain/calendar/work-calendar.js';
import type { DayHours, Schedule, WorkCalendar } from '../../domain/calendar/work-calendar.types.js';
import { headOf } from '../../domain/crm/rights.js';
import type { PlanPeople } from '../../domain/plans/types.js';
import type { CompanyStructure } from './company-structures.service.js';

const calendars = new Map<string, WorkCalendar>();

/** One value per kind of calendar: the domain remembers computed days by the value itself. */
export function calendarOf(settings: AccountSettings): WorkCalendar {
  const key = `${settings.country}|${settings.workFrom}|${settings.workTo}`;
  const known = calendars.get(key);
  if (known) return known;
  const standard = standardCalendar(settings.country);
  const usual = settings.workFrom === 9 * 60 && settings.workTo === 18 * 60;
  const calendar = usual ? standard : withHours(standard, [{ from: settings.workFrom, to: settings.workTo }]);
  calendars.set(key, calendar);
  return calendar;
}

function withHours(calendar: WorkCalendar, day: DayHours): WorkCalendar {
  return { ...calendar, week: [day, day, day, day, day, [], []] };
}

/** Working time and heads of everybody in the account; the head is looked up once per responsible. */
export class PlanningPeople {
  private readonly heads = new Map<string, string | null>();
  private readonly schedules = new Map<string, Schedule>();
  private readonly inactive = new Set<string>();
  private readonly fallback: Schedule;

  constructor(
    private readonly structure: CompanyStructure,
    settings: AccountSettings,
  ) {
    const calendar = calendarOf(settings);
    this.fallback = { calendar, timeZone: settings.timeZone };
    for (const user of structure.users) {
      if (!user.active) this.inactive.add(user.id);
      if (user.timeZone !== null && isZone(user.timeZone)) {
        this.schedules.set(user.id, { calendar, timeZone: user.timeZone });
      }
    }
  }

  of(ownerId: string | null): PlanPeople {
    return {
      departmentHeadId: ownerId === null ? null : this.headOf(ownerId),
      schedules: this.schedules,
      fallback: this.fallback,
      inactive: this.inactive,
    };
  }

  private headOf(userId: string): string | null {
    const known = this.heads.get(userId);
    if (known !== undefined) return known;
    const head = headOf(userId, this.structure);
    this.heads.set(userId, head);
    return head;
  }
}

const zones = new Map<string, boolean>();

/** Hosts hand over what people typed; a zone that this runtime does not know counts as none. */
function isZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;
  let valid = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    valid = false;
  }
  zones.set(name, valid);
  return valid;
}
