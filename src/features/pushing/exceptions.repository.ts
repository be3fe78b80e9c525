import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { DayFigures } from '../../domain/pushing/day.js';
import { NOTHING } from '../../domain/pushing/day.js';
import { Database } from '../../infra/db/database.js';
import type { Cause } from './day.types.js';

/** Whose deals are looked at; null: everybody's. */
type Owners = readonly string[] | null;

export interface ReportRow {
  readonly part: 'noTask' | 'noComment' | 'unsorted';
  readonly total: number;
  readonly deal_id: string;
  readonly title: string;
  readonly owner_id: string | null;
}

export interface KeptRow {
  readonly user_id: string;
  readonly deal_id: string;
  readonly deal_title: string | null;
  readonly step_id: string;
  readonly title: string;
  readonly kind: 'done' | 'notDone' | 'moved' | 'unexplained';
  readonly reason: string | null;
  readonly cause: Cause | null;
  readonly until: Date | null;
  readonly postponed: number;
}

export interface CountRow {
  readonly user_id: string;
  readonly kind: 'done' | 'notDone' | 'moved' | 'unexplained' | 'planned';
  readonly n: number;
}

const SHOWN = 20;

/** What of a day the head has to look at, and what is kept of days that are over. */
@Injectable()
export class ExceptionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The report of the evening over open deals: nobody has anything to do in them; something was due, or they are a day
   * old, and nothing happened today though their owner works (`working`); nobody accepted them yet. Deals that wait for their client's date are left alone.
   * The longest silent first, weighed by amount.
   */
  async report(
    accountId: string,
    owners: Owners,
    day: { readonly startsAt: Instant; readonly endsAt: Instant; readonly now: Instant },
    working: readonly string[],
  ): Promise<readonly ReportRow[]> {
    return this.database.query<ReportRow>(
      `WITH own AS (
         SELECT o.* FROM deal_pulse o WHERE o.account_id = $1::uuid AND o.stage_kind = 'open'
           AND ($2::text[] IS NULL OR o.owner_id IS NULL OR o.owner_id = ANY($2::text[]))
           AND NOT coalesce(o.waiting_until > $5::timestamptz OR o.snoozed_until > $5::timestamptz, false)
       ), parts AS (
         SELECT 'unsorted' AS part, own.* FROM own WHERE unsorted
         UNION ALL
         SELECT 'noTask', own.* FROM own WHERE NOT unsorted AND next_step IS NULL AND NOT EXISTS (
           SELECT 1 FROM host_task t WHERE t.account_id = $1::uuid AND t.deal_id = own.deal_id
             AND t.state NOT IN ('completed', 'declined') AND t.deleted_at IS NULL)
         UNION ALL
         SELECT 'noComment', own.* FROM own WHERE NOT unsorted AND (next_due_at < $4::timestamptz OR created_at >= $3::timestamptz - interval '1 day')
           AND (last_event_at < $3 OR last_event = 'created')
           AND (owner_id IS NULL OR owner_id = ANY($6::text[]))
       ), ranked AS (
         SELECT p.*, (count(*) OVER w)::int AS total, row_number() OVER (PARTITION BY p.part ORDER BY
           extract(epoch FROM $5::timestamptz - p.last_event_at) * greatest(1, coalesce(p.amount, 0)) DESC, p.deal_id) AS place
         FROM parts p WINDOW w AS (PARTITION BY p.part)
       )
       SELECT r.part, r.total, r.deal_id, d.title, r.owner_id FROM ranked r
         JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = r.deal_id
       WHERE r.place <= ${SHOWN} ORDER BY r.part, r.place`,
      [accountId, owners, new Date(day.startsAt), new Date(day.endsAt), new Date(day.now), [...working]],
    );
  }

  /** Items of a day that is over. */
  kept(accountId: string, userIds: readonly string[], day: string): Promise<readonly KeptRow[]> {
    return this.database.query<KeptRow>(
      `SELECT i.user_id, i.deal_id, d.title AS deal_title, i.step_id, i.title, i.kind, i.reason, i.cause, i.until,
         i.postponed
       FROM day_item i LEFT JOIN deal d ON d.account_id = i.account_id AND d.deal_id = i.deal_id
       WHERE i.account_id = $1::uuid AND i.user_id = ANY($2::text[]) AND i.day = $3 AND i.kind <> 'planned'
       ORDER BY i.user_id, i.due_at NULLS LAST, i.deal_id, i.step_id`,
      [accountId, [...userIds], day],
    );
  }

  /** What became of everything on the settled days from `from` up to `to`, both included, by person. */
  async figures(
    accountId: string,
    userIds: readonly string[],
    from: string,
    to: string,
  ): Promise<ReadonlyMap<string, DayFigures>> {
    const rows = await this.database.query<CountRow>(
      `SELECT user_id, kind, count(*)::int AS n FROM day_item
       WHERE account_id = $1::uuid AND user_id = ANY($2::text[]) AND day >= $3 AND day <= $4 AND kind <> 'planned'
       GROUP BY user_id, kind`,
      [accountId, [...userIds], from, to],
    );
    const byUser = Map.groupBy(rows, (row) => row.user_id);
    return new Map([...byUser].map(([userId, counts]) => [userId, figuresOf(counts)]));
  }

  /** People of these who have open deals: only their absence matters to a head. */
  async owners(accountId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT u.id FROM unnest($2::text[]) AS u(id) WHERE EXISTS (SELECT 1 FROM deal_pulse o
         WHERE o.account_id = $1::uuid AND o.owner_id = u.id AND o.stage_kind = 'open')`,
      [accountId, [...userIds]],
    );
    return new Set(rows.map((row) => row.id));
  }
}

function figuresOf(rows: readonly CountRow[]): DayFigures {
  const count = (kind: CountRow['kind']): number => rows.find((row) => row.kind === kind)?.n ?? 0;
  const figures = {
    done: count('done'),
    notDone: count('notDone'),
    moved: count('moved'),
    unexplained: count('unexplained'),
  };
  const planned = figures.done + figures.notDone + figures.moved + figures.unexplained;
  return { ...NOTHING, ...figures, planned };
}
