import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { MirrorWriter } from './mirror-writer.js';
import { markVisits } from './rollup-marks.js';
import { DIFFERS, groupedVisits, HISTS, IN_RANGE, JUDGED_AGAIN, STAGE_ORDER } from './rollup.sql.js';

/** One statement over all visits would hold the embedded database, and with it the process, for seconds. */
const DEALS_PER_STEP = 1_500;

const LONGEST_STATEMENT = '20min';

/** Deals after `after` up to and including `until`; null: without end. */
interface Range {
  readonly after: string;
  readonly until: string | null;
}

/** Counts that pages of insight read, kept with each move and built from the whole when that is surer. */
@Injectable()
export class Rollups {
  constructor(
    private readonly database: Database,
    private readonly writer: MirrorWriter,
  ) {}

  /** Judges the account's visits again where the stages' order changed, marks the dishonest ones and builds the roll-ups from the whole. Idempotent. */
  async rebuild(accountId: string): Promise<void> {
    const ranges = await this.ranges(accountId);
    await this.writer.transaction(accountId, async (tx) => {
      // Five million visits are marked by one statement, which may take longer than any that a person waits for.
      await tx.query(`SET LOCAL statement_timeout = '${LONGEST_STATEMENT}'`);
      if (!(await isJudgedByPresentOrder(tx, accountId))) await this.judge(tx, accountId, ranges);
      await markVisits(tx, accountId);
      for (const { table } of HISTS)
        await tx.query(`DELETE FROM ${table} WHERE account_id = $1`, [accountId]);
      for (const range of ranges) await this.count(tx, accountId, range);
      await tx.query(
        `INSERT INTO rollup_state AS s (account_id, live, version, stage_order, rebuilt_at)
         SELECT $1::uuid, true, 1, o.digest, now() FROM (${STAGE_ORDER}) o
         ON CONFLICT (account_id) DO UPDATE SET live = true, version = s.version + 1,
           stage_order = excluded.stage_order, rebuilt_at = excluded.rebuilt_at`,
        [accountId],
      );
    });
  }

  /** Accounts whose deals are here. */
  async accounts(): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account WHERE state = 'active' ORDER BY account_id`,
    );
    return rows.map((row) => row.account_id);
  }

  private async judge(tx: Sql, accountId: string, ranges: readonly Range[]): Promise<void> {
    for (const range of ranges) {
      await tx.query(
        `${JUDGED_AGAIN} UPDATE stage_visit v SET next_stage_id = j.next_stage_id, passage = j.passage, counted = j.counted
         FROM judged j WHERE ${DIFFERS}`,
        [accountId, range.after, range.until],
      );
      await setImmediate();
    }
  }

  private async count(tx: Sql, accountId: string, { after, until }: Range): Promise<void> {
    for (const hist of HISTS) {
      const visits = `(SELECT *, 1 AS n FROM stage_visit WHERE ${IN_RANGE} AND counted)`;
      await tx.query(
        `INSERT INTO ${hist.table} AS h (account_id, ${hist.columns}, n)
         SELECT $1::uuid, g.* FROM (${groupedVisits(hist, visits)}) g
         ON CONFLICT (account_id, ${hist.columns}) DO UPDATE SET n = h.n + excluded.n`,
        [accountId, after, until],
      );
      await setImmediate();
    }
  }

  private async ranges(accountId: string): Promise<readonly Range[]> {
    const ranges: Range[] = [];
    let after = '';
    while (this.database.kind === 'embedded') {
      const [row] = await this.database.query<{ until: string | null }>(
        `SELECT max(deal_id) AS until FROM (SELECT deal_id FROM deal WHERE account_id = $1 AND deal_id > $2
           ORDER BY deal_id LIMIT ${DEALS_PER_STEP}) d`,
        [accountId, after],
      );
      if (!row?.until) break;
      ranges.push({ after, until: row.until });
      after = row.until;
    }
    return [...ranges, { after, until: null }];
  }
}

/** Every write judges its visits by the order of its moment: while that stays, nothing is to be judged again. */
async function isJudgedByPresentOrder(tx: Sql, accountId: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM rollup_state s WHERE s.account_id = $1::uuid AND s.stage_order = (${STAGE_ORDER})`,
    [accountId],
  );
  return rows.length > 0;
}
