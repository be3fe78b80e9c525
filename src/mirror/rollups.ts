import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { chunksOf } from './columns.js';
import { MirrorWriter } from './mirror-writer.js';
import { judgeVisits, misjudgedDeals, usualIn, type DealSpan, type Usual } from './rollup-marks.js';
import { excessSql, groupedVisits, HISTS, STAGE_ORDER, type HistSql } from './rollup.sql.js';

/**
 * A write of the account waits for the step that is under way, so that it is a fraction of a second; a statement on the
 * embedded database holds the whole process.
 */
const DEALS_PER_STEP = { postgres: 5_000, embedded: 1_000 } as const;

const LONGEST_STATEMENT = '20min';

/** Of those that come out otherwise, so many are written at once. */
const JUDGED_AT_ONCE = 1_000;

/** Counts that pages of insight read, kept with each move. */
@Injectable()
export class Rollups {
  constructor(
    private readonly database: Database,
    private readonly writer: MirrorWriter,
  ) {}

  /**
   * Goes through all deals of the account in steps between which its writes go on: judges their visits by the stages'
   * present order, marks the dishonest ones, and the first time counts them. Then holds the counts against all visits and
   * mends what differs. Idempotent, and goes on where it was broken off.
   */
  async rebuild(accountId: string, dealsPerStep: number = DEALS_PER_STEP[this.database.kind]): Promise<void> {
    const usual = await this.usual(accountId);
    const order = await this.begin(accountId);
    for (let after: string | null = ''; after !== null;) {
      const until: string | null = await this.end(accountId, after, dealsPerStep);
      await this.step(accountId, { after, until }, usual);
      after = until;
      await setImmediate();
    }
    const rebuiltAt = await this.finish(accountId, order);
    if (rebuiltAt) await this.mend(accountId, rebuiltAt);
  }

  /** Of the embedded database one pipeline at a time: a statement holds the process. */
  private async usual(accountId: string): Promise<Usual> {
    if (this.database.kind === 'postgres') return this.unhurried((tx) => usualIn(tx, accountId, null));
    const usual: Usual[] = [];
    const pipelines = await this.database.query<{ id: string }>(
      'SELECT DISTINCT pipeline_id AS id FROM stage WHERE account_id = $1::uuid',
      [accountId],
    );
    for (const { id } of pipelines) {
      usual.push(await usualIn(this.database, accountId, id));
      await setImmediate();
    }
    return usual.flat();
  }

  /** Accounts whose deals are here. */
  async accounts(): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account WHERE state = 'active' ORDER BY account_id`,
    );
    return rows.map((row) => row.account_id);
  }

  /** A look at all visits that no write waits for, and that may take longer than any that a person waits for. */
  private unhurried<T>(look: (tx: Sql) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = '${LONGEST_STATEMENT}'`);
      return look(tx);
    });
  }

  /** By which order of the stages the visits are about to be judged. */
  private async begin(accountId: string): Promise<string> {
    const [row] = await this.database.query<{ digest: string }>(
      `WITH o AS (${STAGE_ORDER}), begun AS (
         INSERT INTO rollup_state (account_id, live, version, stage_order, rebuilt_at)
         VALUES ($1::uuid, false, 0, '', now()) ON CONFLICT (account_id) DO NOTHING
       ) SELECT digest FROM o`,
      [accountId],
    );
    return row?.digest ?? '';
  }

  /** Last deal of the step after `after`; null for the last step. */
  private async end(accountId: string, after: string, deals: number): Promise<string | null> {
    const [row] = await this.database.query<{ until: string | null; deals: number }>(
      `SELECT max(deal_id) AS until, count(*)::int AS deals FROM (SELECT deal_id FROM deal
         WHERE account_id = $1::uuid AND deal_id > $2 ORDER BY deal_id LIMIT ${deals}) d`,
      [accountId, after],
    );
    return row && row.deals === deals ? row.until : null;
  }

  private async step(accountId: string, span: DealSpan, usual: Usual): Promise<void> {
    const misjudged = await misjudgedDeals(this.database, accountId, span, usual);
    for (const ids of chunksOf(misjudged, JUDGED_AT_ONCE)) {
      await this.writer.transaction(accountId, (tx) => judgeVisits(tx, accountId, span, usual, ids));
    }
    if (await this.isWhole(accountId)) return;
    await this.writer.transaction(accountId, async (tx) => {
      const [state] = await tx.query<{ live: boolean; counted_until: string }>(
        'SELECT live, counted_until FROM rollup_state WHERE account_id = $1::uuid',
        [accountId],
      );
      if (state && !state.live) await countFirst(tx, accountId, state.counted_until, span.until);
    });
  }

  /** All deals are counted. */
  private async isWhole(accountId: string): Promise<boolean> {
    const [row] = await this.database.query<{ live: boolean }>(
      'SELECT live FROM rollup_state WHERE account_id = $1::uuid',
      [accountId],
    );
    return row?.live ?? false;
  }

  /** Null when a new first copy began meanwhile. Stages that changed their order meanwhile have all visits judged again. */
  private async finish(accountId: string, order: string): Promise<Date | null> {
    const [row] = await this.database.query<{ rebuilt_at: Date }>(
      `UPDATE rollup_state s SET version = version + 1, rebuilt_at = clock_timestamp(),
         stage_order = CASE WHEN o.digest = $2 THEN o.digest ELSE '' END
       FROM (${STAGE_ORDER}) o WHERE s.account_id = $1::uuid AND s.live RETURNING s.rebuilt_at`,
      [accountId, order],
    );
    return row?.rebuilt_at ?? null;
  }

  /** What a table is off by stays the same whatever is written meanwhile, since each write moves counts and visits alike. */
  private async mend(accountId: string, rebuiltAt: Date): Promise<void> {
    for (const hist of HISTS) {
      const [row] = await this.unhurried((tx) =>
        tx.query<{ excess: unknown[] | null }>(
          `SELECT jsonb_agg(to_jsonb(x)) AS excess FROM (${excessSql(hist)}) x`,
          [accountId],
        ),
      );
      await this.takeAway(accountId, hist, JSON.stringify(row?.excess ?? []), rebuiltAt);
      await setImmediate();
    }
  }

  private async takeAway(
    accountId: string,
    { table, columns }: HistSql,
    excess: string,
    rebuiltAt: Date,
  ): Promise<void> {
    await this.writer.transaction(accountId, async (tx) => {
      await tx.query(`DELETE FROM ${table} WHERE account_id = $1::uuid AND n = 0`, [accountId]);
      // Two that found the same would both take it away.
      await tx.query(
        `WITH own AS (SELECT 1 FROM rollup_state WHERE account_id = $1::uuid AND live AND rebuilt_at = $3)
         INSERT INTO ${table} AS h (account_id, ${columns}, n)
         SELECT $1::uuid, ${columns}, -n FROM jsonb_populate_recordset(NULL::${table}, $2::jsonb) WHERE EXISTS (SELECT FROM own)
         ON CONFLICT (account_id, ${columns}) DO UPDATE SET n = h.n + excluded.n`,
        [accountId, excess, rebuiltAt],
      );
    });
  }
}

/** Counts the visits of the deals that follow those counted already, up to `until`; null: all, and the counts are whole. */
async function countFirst(
  tx: Sql,
  accountId: string,
  countedUntil: string,
  until: string | null,
): Promise<void> {
  for (const hist of HISTS) {
    if (countedUntil === '') await tx.query(`DELETE FROM ${hist.table} WHERE account_id = $1`, [accountId]);
    const visits = `(SELECT *, 1 AS n FROM stage_visit WHERE account_id = $1 AND deal_id > $2
      AND ($3::text IS NULL OR deal_id <= $3::text) AND counted)`;
    await tx.query(
      `INSERT INTO ${hist.table} AS h (account_id, ${hist.columns}, n)
       SELECT $1::uuid, g.* FROM (${groupedVisits(hist, visits)}) g
       ON CONFLICT (account_id, ${hist.columns}) DO UPDATE SET n = h.n + excluded.n`,
      [accountId, countedUntil, until],
    );
  }
  await tx.query(
    `UPDATE rollup_state SET live = $2::text IS NULL, counted_until = greatest(counted_until, coalesce($2::text, ''))
     WHERE account_id = $1::uuid`,
    [accountId, until],
  );
}
