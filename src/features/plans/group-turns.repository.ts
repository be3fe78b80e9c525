import { Injectable } from '@nestjs/common';
import type { Sql } from '../../infra/db/sql.js';

/** How many turns each group has given out; the rows are the lock under which the next one is given. */
@Injectable()
export class GroupTurns {
  /** Turns by group, locked until the transaction ends. In one order, so that locks never cross. */
  async lock(tx: Sql, accountId: string, groups: readonly string[]): Promise<Map<string, number>> {
    const sorted = [...new Set(groups)].toSorted();
    const rows = await tx.query<{ group_key: string; turns: number }>(
      `INSERT INTO group_turn AS g (account_id, group_key, turns)
       SELECT $1::uuid, key, 0 FROM unnest($2::text[]) WITH ORDINALITY AS r(key, place) ORDER BY r.place
       ON CONFLICT (account_id, group_key) DO UPDATE SET turns = g.turns RETURNING group_key, turns`,
      [accountId, sorted],
    );
    return new Map(rows.map((row) => [row.group_key, row.turns]));
  }

  /** Of locked groups. */
  async save(tx: Sql, accountId: string, turns: ReadonlyMap<string, number>): Promise<void> {
    await tx.query(
      `UPDATE group_turn g SET turns = r.turns FROM unnest($2::text[], $3::int[]) AS r(key, turns)
       WHERE g.account_id = $1::uuid AND g.group_key = r.key`,
      [accountId, [...turns.keys()], [...turns.values()]],
    );
  }
}
