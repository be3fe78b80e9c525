import { Injectable } from '@nestjs/common';
import type { WeekHours } from '../../domain/calendar/work-calendar.types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type {
  CompanyFacts,
  CompanyParts,
  PartName,
  StoredAbsence,
  StoredPart,
  StoredSchedule,
  StoredYear,
} from './company.facts.js';

/** Older absences move no deadline any more. */
const ABSENCES_KEPT = `interval '400 days'`;

export interface CompanyStanding {
  readonly version: number;
  /** A group that is not named has taken none. */
  readonly turns: ReadonlyMap<string, number>;
}

interface PartRow {
  readonly part: string;
  readonly revision: number;
  readonly body: unknown;
}

interface YearRow {
  readonly country: string;
  readonly year: number;
  readonly source: string;
  readonly days_off: readonly string[];
  readonly work_days: readonly string[];
  readonly short_days: readonly string[];
}

interface ScheduleRow {
  readonly user_id: string;
  readonly revision: number;
  readonly week: WeekHours | null;
  readonly time_zone: string | null;
}

/** What an account's administrator stored. A change bumps the version in its transaction, first of all: that is its lock. */
@Injectable()
export class CompanyRepository {
  constructor(private readonly database: Database) {}

  /** How far the company's settings are, version 0: nothing was ever changed; and turns taken by round-robin groups. */
  async standing(accountId: string): Promise<CompanyStanding> {
    const [row] = await this.database.query<{
      version: number | null;
      turns: Readonly<Record<string, number>> | null;
    }>(
      `SELECT (SELECT version FROM company WHERE account_id = $1::uuid) AS version,
         (SELECT jsonb_object_agg(group_key, turns) FROM group_turn WHERE account_id = $1::uuid) AS turns`,
      [accountId],
    );
    return { version: row?.version ?? 0, turns: new Map(Object.entries(row?.turns ?? {})) };
  }

  /** Makes other changes of the company wait for this one; every process sees the new version when it is through. */
  async bump(tx: Sql, accountId: string): Promise<void> {
    await tx.query(
      `INSERT INTO company AS c (account_id) VALUES ($1::uuid)
       ON CONFLICT (account_id) DO UPDATE SET version = c.version + 1, changed_at = now()`,
      [accountId],
    );
  }

  /** The version is read first: facts that are newer than it are read once more, never missed. */
  async load(accountId: string): Promise<CompanyFacts> {
    const { version } = await this.standing(accountId);
    const rows = await this.database.query<PartRow>(
      'SELECT part, revision, body FROM company_part WHERE account_id = $1::uuid',
      [accountId],
    );
    const part = <Name extends PartName>(name: Name): StoredPart<CompanyParts[Name]> => {
      const row = rows.find((each) => each.part === name);
      return row
        ? { revision: row.revision, body: row.body as CompanyParts[Name] }
        : { revision: 0, body: null };
    };
    return {
      version,
      parts: {
        calendar: part('calendar'),
        people: part('people'),
        fields: part('fields'),
        catalogue: part('catalogue'),
        reasons: part('reasons'),
      },
      years: await this.years(accountId),
      schedules: await this.schedules(accountId),
      absences: await this.absences(accountId),
    };
  }

  /** False: somebody else saved since `revision`. After `bump`. */
  async savePart<Name extends PartName>(
    tx: Sql,
    accountId: string,
    name: Name,
    save: { readonly revision: number; readonly body: CompanyParts[Name]; readonly by: string },
  ): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO company_part AS p (account_id, part, revision, body, saved_by)
       SELECT $1::uuid, $2::text, 1, $4::jsonb, $5::text WHERE $3::int = 0
         OR EXISTS (SELECT 1 FROM company_part e WHERE e.account_id = $1::uuid AND e.part = $2::text)
       ON CONFLICT (account_id, part) DO UPDATE SET revision = p.revision + 1, body = excluded.body,
         saved_by = excluded.saved_by, saved_at = now() WHERE p.revision = $3::int
       RETURNING revision`,
      [accountId, name, save.revision, JSON.stringify(save.body), save.by],
    );
    return rows.length > 0;
  }

  async saveYears(tx: Sql, accountId: string, years: readonly StoredYear[], by: string): Promise<void> {
    for (const each of years) {
      await tx.query(
        `INSERT INTO calendar_year (account_id, country, year, source, days_off, work_days, short_days, imported_by)
         VALUES ($1::uuid, $2, $3, $4, $5::text[], $6::text[], $7::text[], $8)
         ON CONFLICT (account_id, country, year) DO UPDATE SET source = excluded.source, days_off = excluded.days_off,
           work_days = excluded.work_days, short_days = excluded.short_days, imported_by = excluded.imported_by,
           imported_at = now()`,
        [
          accountId,
          each.country,
          each.year,
          each.source,
          [...each.daysOff],
          [...each.workingDays],
          [...each.shortDays],
          by,
        ],
      );
    }
  }

  async dropYear(tx: Sql, accountId: string, country: string, year: number): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM calendar_year WHERE account_id = $1::uuid AND country = $2 AND year = $3 RETURNING year',
      [accountId, country, year],
    );
    return rows.length > 0;
  }

  /** As `savePart`; a schedule that says nothing is stored all the same, for its revision. */
  async saveSchedule(tx: Sql, accountId: string, schedule: StoredSchedule): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO user_schedule AS s (account_id, user_id, revision, week, time_zone)
       SELECT $1::uuid, $2::text, 1, $4::jsonb, $5::text WHERE $3::int = 0
         OR EXISTS (SELECT 1 FROM user_schedule e WHERE e.account_id = $1::uuid AND e.user_id = $2::text)
       ON CONFLICT (account_id, user_id) DO UPDATE SET revision = s.revision + 1, week = excluded.week,
         time_zone = excluded.time_zone WHERE s.revision = $3::int
       RETURNING revision`,
      [
        accountId,
        schedule.userId,
        schedule.revision,
        schedule.week === null ? null : JSON.stringify(schedule.week),
        schedule.timeZone,
      ],
    );
    return rows.length > 0;
  }

  private async years(accountId: string): Promise<readonly StoredYear[]> {
    const rows = await this.database.query<YearRow>(
      `SELECT country, year, source, days_off, work_days, short_days FROM calendar_year
       WHERE account_id = $1::uuid ORDER BY country, year`,
      [accountId],
    );
    return rows.map((row) => ({
      country: row.country,
      year: row.year,
      source: row.source,
      daysOff: row.days_off,
      workingDays: row.work_days,
      shortDays: row.short_days,
    }));
  }

  private async schedules(accountId: string): Promise<readonly StoredSchedule[]> {
    const rows = await this.database.query<ScheduleRow>(
      'SELECT user_id, revision, week, time_zone FROM user_schedule WHERE account_id = $1::uuid ORDER BY user_id',
      [accountId],
    );
    return rows.map((row) => ({
      userId: row.user_id,
      revision: row.revision,
      week: row.week,
      timeZone: row.time_zone,
    }));
  }

  private async absences(accountId: string): Promise<readonly StoredAbsence[]> {
    const rows = await this.database.query<AbsenceRow>(
      `SELECT ${ABSENCE_COLUMNS} FROM absence WHERE account_id = $1::uuid
         AND to_day >= to_char(now() - ${ABSENCES_KEPT}, 'YYYY-MM-DD') ORDER BY from_day, user_id, absence_id`,
      [accountId],
    );
    return rows.map(absenceOf);
  }
}

export interface AbsenceRow {
  readonly absence_id: string;
  readonly user_id: string;
  readonly from_day: string;
  readonly to_day: string;
  readonly kind: string;
  readonly deputy_id: string | null;
  readonly revision: number;
}

export const ABSENCE_COLUMNS = 'absence_id, user_id, from_day, to_day, kind, deputy_id, revision';

export function absenceOf(row: AbsenceRow): StoredAbsence {
  return {
    id: row.absence_id,
    userId: row.user_id,
    from: row.from_day,
    to: row.to_day,
    kind: row.kind as StoredAbsence['kind'],
    deputyId: row.deputy_id,
    revision: row.revision,
  };
}
