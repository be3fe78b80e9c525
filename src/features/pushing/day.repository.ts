import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { DEFAULT_TIMES } from '../../domain/pushing/day-times.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { Cause, CycleSettings, StoredItem } from './day.types.js';

export interface PersonDayRow {
  readonly user_id: string;
  readonly day: string;
  readonly sent: readonly string[];
  readonly closed_at: Date | null;
  readonly settled_at: Date | null;
}

interface ItemRow {
  readonly user_id: string;
  readonly day: string;
  readonly deal_id: string;
  readonly step_id: string;
  readonly kind: StoredItem['kind'];
  readonly reason_key: string | null;
  readonly reason: string | null;
  readonly cause: Cause | null;
  readonly until: Date | null;
  readonly title: string;
  readonly due_at: Date | null;
  readonly postponed: number;
}

const OFF: CycleSettings = { cycleOn: false, ...DEFAULT_TIMES, remindMinutes: 15, mail: true };
const ITEM_COLUMNS = `user_id, day, deal_id, step_id, kind, reason_key, reason, cause, until, title, due_at, postponed`;

/** Whose day, by person and local day. */
export interface DayKey {
  readonly userId: string;
  readonly day: string;
}

/** Settings of the cycle, and what is kept of people's days. */
@Injectable()
export class DayRepository {
  constructor(private readonly database: Database) {}

  async settings(accountId: string, sql: Sql = this.database): Promise<CycleSettings> {
    const [row] = await sql.query<{ cycle_on: boolean; cycle: Partial<CycleSettings> }>(
      `SELECT cycle_on, cycle FROM control_setting WHERE account_id = $1::uuid`,
      [accountId],
    );
    return row ? { ...OFF, ...row.cycle, cycleOn: row.cycle_on } : OFF;
  }

  /** Rounds look at the account at once. */
  async saveSettings(
    tx: Sql,
    accountId: string,
    { cycleOn, ...cycle }: CycleSettings,
    by: string,
    at: Instant,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO control_setting (account_id, cycle_on, cycle, saved_by, saved_at)
       VALUES ($1::uuid, $2, $3::jsonb, $4, $5)
       ON CONFLICT (account_id) DO UPDATE SET cycle_on = excluded.cycle_on, cycle = excluded.cycle,
         saved_by = excluded.saved_by, saved_at = excluded.saved_at, cycle_next_at = NULL`,
      [accountId, cycleOn, JSON.stringify(cycle), by, new Date(at)],
    );
  }

  async lookNext(accountId: string, at: Instant): Promise<void> {
    await this.database.query(`UPDATE control_setting SET cycle_next_at = $2 WHERE account_id = $1::uuid`, [
      accountId,
      new Date(at),
    ]);
  }

  async days(sql: Sql, accountId: string, keys: readonly DayKey[]): Promise<readonly PersonDayRow[]> {
    return sql.query<PersonDayRow>(
      `SELECT p.user_id, p.day, p.sent, p.closed_at, p.settled_at
       FROM unnest($2::text[], $3::text[]) AS u(user_id, day)
         JOIN person_day p ON p.account_id = $1::uuid AND p.user_id = u.user_id AND p.day = u.day`,
      [accountId, ...keyColumns(keys)],
    );
  }

  async items(sql: Sql, accountId: string, keys: readonly DayKey[]): Promise<readonly StoredItem[]> {
    const rows = await sql.query<ItemRow>(
      `SELECT i.* FROM unnest($2::text[], $3::text[]) AS u(user_id, day)
         JOIN LATERAL (SELECT ${ITEM_COLUMNS} FROM day_item i WHERE i.account_id = $1::uuid AND i.user_id = u.user_id
           AND i.day = u.day) i ON true`,
      [accountId, ...keyColumns(keys)],
    );
    return rows.map(itemOf);
  }

  /**
   * Takes the message upon the caller's transaction; returns those people to whom it was not given yet. A second process,
   * or a second try after a crash, gets nobody.
   */
  async claim(
    tx: Sql,
    accountId: string,
    days: readonly (DayKey & { readonly endsAt: Instant })[],
    message: string,
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ user_id: string }>(
      `INSERT INTO person_day AS p (account_id, user_id, day, sent, ends_at)
       SELECT $1::uuid, u.user_id, u.day, ARRAY[$5::text], u.ends_at
       FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS u(user_id, day, ends_at) ORDER BY u.user_id
       ON CONFLICT (account_id, user_id, day) DO UPDATE SET sent = p.sent || excluded.sent, ends_at = excluded.ends_at
         WHERE NOT p.sent @> excluded.sent
       RETURNING user_id`,
      [accountId, ...keyColumns(days), days.map((day) => new Date(day.endsAt)), message],
    );
    return new Set(rows.map((row) => row.user_id));
  }

  /** True: it was closed now; false: it was closed before. */
  async close(
    tx: Sql,
    accountId: string,
    day: DayKey & { readonly endsAt: Instant },
    at: Instant,
  ): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO person_day AS p (account_id, user_id, day, sent, ends_at, closed_at)
       VALUES ($1::uuid, $2, $3, '{}', $4, $5)
       ON CONFLICT (account_id, user_id, day) DO UPDATE SET closed_at = excluded.closed_at, ends_at = excluded.ends_at
         WHERE p.closed_at IS NULL RETURNING user_id`,
      [accountId, day.userId, day.day, new Date(day.endsAt), new Date(at)],
    );
    return rows.length > 0;
  }

  /** Days that are over and whose items do not say yet what became of them; locked for the caller. */
  async unsettled(
    tx: Sql,
    accountId: string,
    now: Instant,
    limit: number,
  ): Promise<readonly (DayKey & { readonly endsAt: Instant })[]> {
    const rows = await tx.query<{ user_id: string; day: string; ends_at: Date }>(
      `SELECT user_id, day, ends_at FROM person_day WHERE account_id = $1::uuid AND settled_at IS NULL AND ends_at <= $2
       ORDER BY ends_at, user_id LIMIT $3 FOR UPDATE`,
      [accountId, new Date(now), limit],
    );
    return rows.map((row) => ({ userId: row.user_id, day: row.day, endsAt: row.ends_at.getTime() }));
  }

  async settle(tx: Sql, accountId: string, keys: readonly DayKey[], at: Instant): Promise<void> {
    await tx.query(
      `UPDATE person_day p SET settled_at = $4 FROM unnest($2::text[], $3::text[]) AS u(user_id, day)
       WHERE p.account_id = $1::uuid AND p.user_id = u.user_id AND p.day = u.day`,
      [accountId, ...keyColumns(keys), new Date(at)],
    );
  }

  /** What was planned stays as it was first seen. */
  async plan(tx: Sql, accountId: string, items: readonly StoredItem[], at: Instant): Promise<void> {
    await this.write(tx, accountId, items, at, 'DO NOTHING');
  }

  async save(tx: Sql, accountId: string, items: readonly StoredItem[], at: Instant): Promise<void> {
    await this.write(
      tx,
      accountId,
      items,
      at,
      `(account_id, user_id, day, deal_id, step_id) DO UPDATE SET kind = excluded.kind, reason_key = excluded.reason_key,
         reason = excluded.reason, cause = excluded.cause, until = excluded.until, at = excluded.at,
         postponed = excluded.postponed, due_at = coalesce(excluded.due_at, day_item.due_at)`,
    );
  }

  async remove(
    tx: Sql,
    accountId: string,
    items: readonly Pick<StoredItem, 'userId' | 'day' | 'dealId' | 'stepId'>[],
  ): Promise<void> {
    await tx.query(
      `DELETE FROM day_item i USING unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS u(user_id, day, deal, step)
       WHERE i.account_id = $1::uuid AND i.user_id = u.user_id AND i.day = u.day AND i.deal_id = u.deal
         AND i.step_id = u.step`,
      [accountId, ...keyColumns(items), items.map((one) => one.dealId), items.map((one) => one.stepId)],
    );
  }

  async reminders(accountId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ user_id: string }>(
      `SELECT user_id FROM person_cycle WHERE account_id = $1::uuid AND user_id = ANY($2::text[]) AND NOT reminders`,
      [accountId, [...userIds]],
    );
    const off = new Set(rows.map((row) => row.user_id));
    return new Set(userIds.filter((id) => !off.has(id)));
  }

  async remind(accountId: string, userId: string, on: boolean): Promise<void> {
    await this.database.query(
      `INSERT INTO person_cycle (account_id, user_id, reminders) VALUES ($1::uuid, $2, $3)
       ON CONFLICT (account_id, user_id) DO UPDATE SET reminders = excluded.reminders`,
      [accountId, userId, on],
    );
  }

  private async write(
    tx: Sql,
    accountId: string,
    items: readonly StoredItem[],
    at: Instant,
    conflict: string,
  ): Promise<void> {
    if (items.length === 0) return;
    await tx.query(
      `INSERT INTO day_item (account_id, user_id, day, deal_id, step_id, kind, reason_key, reason, cause, until, title,
         due_at, postponed, at)
       SELECT $1::uuid, i ->> 'userId', i ->> 'day', i ->> 'dealId', i ->> 'stepId', i ->> 'kind', i ->> 'reasonKey',
         i ->> 'reason', i ->> 'cause', to_timestamp((i ->> 'until')::float8 / 1000), i ->> 'title',
         to_timestamp((i ->> 'dueAt')::float8 / 1000), (i ->> 'postponed')::int, $3
       FROM jsonb_array_elements($2::jsonb) i ON CONFLICT ${conflict}`,
      [accountId, JSON.stringify(items), new Date(at)],
    );
  }
}

function keyColumns(keys: readonly DayKey[]): readonly [readonly string[], readonly string[]] {
  return [keys.map((key) => key.userId), keys.map((key) => key.day)];
}

function itemOf(row: ItemRow): StoredItem {
  return {
    userId: row.user_id,
    day: row.day,
    dealId: row.deal_id,
    stepId: row.step_id,
    kind: row.kind,
    reasonKey: row.reason_key,
    reason: row.reason,
    cause: row.cause,
    until: row.until?.getTime() ?? null,
    title: row.title,
    dueAt: row.due_at?.getTime() ?? null,
    postponed: row.postponed,
  };
}
