import type { AccountSettings } from '../../contract/accounts.js';
import type { CompanyRules, ProductLine } from '../../contract/company.js';
import type { HostUser } from '../../domain/crm/records.js';
import type { Schedule, WeekHours, WorkCalendar } from '../../domain/calendar/work-calendar.types.js';
import type { Deputy, PersonGroup } from '../../domain/plans/plan.types.js';
import {
  completeRoles,
  defaultCalendar,
  defaultPeople,
  defaultReasons,
  NO_CATALOGUE,
  NO_FIELDS,
} from './company-defaults.js';
import type { CompanyFacts, StoredAbsence } from './company.facts.js';
import { dealRoles } from './deal-roles.js';
import { knownZone } from './zones.js';

/** Everything that the rules are made of. */
export interface CompanySources {
  readonly settings: Pick<AccountSettings, 'country' | 'timeZone' | 'workFrom' | 'workTo' | 'language'>;
  readonly facts: CompanyFacts;
  readonly users: readonly Pick<HostUser, 'id' | 'name' | 'timeZone'>[];
}

/** Calendars by their content, schedules by calendar and zone: the domain remembers computed days by the value itself. */
export class CalendarPool {
  private readonly calendars = new Map<string, WorkCalendar>();
  private readonly schedules = new Map<WorkCalendar, Map<string, Schedule>>();

  constructor(private before: CalendarPool | null = null) {}

  calendar(wanted: WorkCalendar): WorkCalendar {
    const key = JSON.stringify(wanted);
    const known = this.calendars.get(key) ?? this.before?.calendars.get(key) ?? wanted;
    this.calendars.set(key, known);
    return known;
  }

  schedule(calendar: WorkCalendar, timeZone: string): Schedule {
    const zones = this.schedules.get(calendar) ?? new Map<string, Schedule>();
    this.schedules.set(calendar, zones);
    const known = zones.get(timeZone) ?? this.before?.schedules.get(calendar)?.get(timeZone);
    const schedule = known ?? { calendar, timeZone };
    zones.set(timeZone, schedule);
    return schedule;
  }

  /** For the next reading: what that one does not use is forgotten by the one after it. */
  next(): CalendarPool {
    this.before = null;
    return new CalendarPool(this);
  }
}

/** The company's rules from what is stored, no turns of groups taken; values equal to those that the pool knows keep their identity. */
export function companyRules(sources: CompanySources, pool: CalendarPool): CompanyRules {
  const { facts, settings, users } = sources;
  const calendar = facts.parts.calendar.body ?? defaultCalendar(settings);
  const people = facts.parts.people.body ?? defaultPeople(settings.language);
  const fields = facts.parts.fields.body ?? NO_FIELDS;
  const catalogue = facts.parts.catalogue.body ?? NO_CATALOGUE;
  const reasons = facts.parts.reasons.body?.reasons ?? defaultReasons(settings.language);
  const fallback = pool.schedule(companyCalendar(sources, pool), calendar.timeZone);
  const roles = new Map(
    completeRoles(people.roles, settings.language).map((role) => [role.key, role.holderIds]),
  );
  const productLine = catalogue.products.map(
    ({ id, name, managerId, audience, templateId }): ProductLine => ({
      productId: id,
      name,
      managerId,
      audience,
      templateId,
    }),
  );
  return {
    schedules: personalSchedules(sources, fallback, pool),
    fallback,
    deputies: deputiesOf(facts.absences),
    groups: new Map(
      people.groups.map(({ key, memberIds, keeperId }): [string, PersonGroup] => [
        key,
        { members: memberIds, keeperId, turns: 0 },
      ]),
    ),
    fieldMap: fields.map,
    fieldChoices: fields.choices,
    ...dealRoles({ roles, productLine, fields, users }),
    productLine,
    audiences: catalogue.audiences,
    segments: catalogue.segments,
    reasons: reasons
      .filter((reason) => !reason.retired)
      .map(({ key, name, cause, uses }) => ({ key, name, cause, uses })),
  };
}

/** The company's own calendar, without anybody's hours and absences. */
export function companyCalendar({ facts, settings }: CompanySources, pool: CalendarPool): WorkCalendar {
  const { country, week, overrides } = facts.parts.calendar.body ?? defaultCalendar(settings);
  const years = facts.years
    .filter((each) => each.country === (country ?? ''))
    .map(({ year, source, daysOff, workingDays, shortDays }) => ({
      year,
      source,
      daysOff,
      workingDays,
      shortDays,
    }));
  return pool.calendar({
    country,
    week,
    overrides: overrides.map(({ date, hours }) => ({ date, hours })),
    absences: [],
    ...(years.length > 0 ? { years } : {}),
  });
}

/** Of those whose week, zone or absences are not the company's. */
function personalSchedules(
  { facts, users }: CompanySources,
  fallback: Schedule,
  pool: CalendarPool,
): ReadonlyMap<string, Schedule> {
  const own = new Map(facts.schedules.map((schedule) => [schedule.userId, schedule]));
  const zones = new Map(users.map((user) => [user.id, user.timeZone]));
  const absences = Map.groupBy(facts.absences, (absence) => absence.userId);
  const schedules = new Map<string, Schedule>();
  for (const userId of new Set([...zones.keys(), ...own.keys(), ...absences.keys()])) {
    const zone = own.get(userId)?.timeZone ?? knownZone(zones.get(userId) ?? null) ?? fallback.timeZone;
    const calendar = personalCalendar(
      fallback.calendar,
      { week: own.get(userId)?.week ?? null, absences: absences.get(userId) ?? [] },
      pool,
    );
    if (calendar === fallback.calendar && zone === fallback.timeZone) continue;
    schedules.set(userId, pool.schedule(calendar, zone));
  }
  return schedules;
}

function personalCalendar(
  company: WorkCalendar,
  own: { readonly week: WeekHours | null; readonly absences: readonly StoredAbsence[] },
  pool: CalendarPool,
): WorkCalendar {
  if (own.week === null && own.absences.length === 0) return company;
  return pool.calendar({
    ...company,
    week: own.week ?? company.week,
    absences: own.absences.map(({ from, to }) => ({ from, to })),
  });
}

function deputiesOf(absences: readonly StoredAbsence[]): ReadonlyMap<string, readonly Deputy[]> {
  const deputies = new Map<string, Deputy[]>();
  for (const { userId, from, to, deputyId } of absences) {
    if (deputyId === null) continue;
    deputies.set(userId, [...(deputies.get(userId) ?? []), { from, to, userId: deputyId }]);
  }
  return deputies;
}
