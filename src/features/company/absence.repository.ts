import { Injectable } from '@nestjs/common';
import type { Sql } from '../../infra/db/sql.js';
import type { StoredAbsence } from './company.facts.js';
import { ABSENCE_COLUMNS, absenceOf, type AbsenceRow } from './company.repository.js';

/** Absences one by one; every method runs in the transaction of a company's change, which is its lock. */
@Injectable()
export class AbsenceRepository {
  async find(tx: Sql, accountId: string, id: string): Promise<StoredAbsence | null> {
    const [row] = await tx.query<AbsenceRow>(
      `SELECT ${ABSENCE_COLUMNS} FROM absence WHERE account_id = $1::uuid AND absence_id = $2::uuid`,
      [accountId, id],
    );
    return row ? absenceOf(row) : null;
  }

  /** Whether another absence of the person shares a day with this one. */
  async overlaps(tx: Sql, accountId: string, absence: StoredAbsence): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM absence WHERE account_id = $1::uuid AND user_id = $2 AND from_day <= $4 AND to_day >= $3
         AND absence_id <> $5::uuid LIMIT 1`,
      [accountId, absence.userId, absence.from, absence.to, absence.id],
    );
    return rows.length > 0;
  }

  async save(tx: Sql, accountId: string, absence: StoredAbsence): Promise<void> {
    const { id, userId, from, to, kind, deputyId, revision } = absence;
    await tx.query(
      `INSERT INTO absence (account_id, absence_id, user_id, from_day, to_day, kind, deputy_id, revision)
       VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (account_id, absence_id) DO UPDATE SET user_id = excluded.user_id, from_day = excluded.from_day,
         to_day = excluded.to_day, kind = excluded.kind, deputy_id = excluded.deputy_id, revision = excluded.revision`,
      [accountId, id, userId, from, to, kind, deputyId, revision],
    );
  }

  async remove(tx: Sql, accountId: string, id: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM absence WHERE account_id = $1::uuid AND absence_id = $2::uuid RETURNING absence_id',
      [accountId, id],
    );
    return rows.length > 0;
  }
}
