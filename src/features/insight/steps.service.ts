import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import { ALL_DEALS, type DealRange, type Statement } from './insight.sql.js';

/** On the embedded database a statement holds the whole process; over so many deals it takes some tens of milliseconds. */
const DEALS_PER_STEP = 2_000;

const PARTS = 8;

/** One of `of` parts, from 0. */
export interface Part {
  readonly at: number;
  readonly of: number;
}

/** Questions over all deals of an account: at once on PostgreSQL, in small steps on the embedded database. */
@Injectable()
export class Steps {
  constructor(private readonly database: Database) {}

  /** Rows of every step one after another; who counts adds up rows of one key. */
  async rows<Row>(accountId: string, statement: (range: DealRange) => Statement): Promise<readonly Row[]> {
    const rows: Row[] = [];
    await this.each<Row>(accountId, statement, (some) => rows.push(...some));
    return rows;
  }

  /** The same, for who needs to know which rows are of one step. */
  async each<Row>(
    accountId: string,
    statement: (range: DealRange) => Statement,
    take: (rows: readonly Row[]) => void,
  ): Promise<void> {
    if (this.database.kind === 'postgres') return take(await this.ask(statement(ALL_DEALS)));
    for (let after: string | null = ''; after !== null;) {
      const until: string | null = await this.end(accountId, after);
      take(await this.ask<Row>(statement({ after, until })));
      after = until;
      await setImmediate();
    }
  }

  /** For what does not add up over deals: parts of something else, the clients say, each with its rows. */
  async parts<Row>(statement: (part: Part) => Statement): Promise<readonly Row[]> {
    const of = this.database.kind === 'postgres' ? 1 : PARTS;
    const rows: Row[] = [];
    for (let at = 0; at < of; at += 1) {
      rows.push(...(await this.ask<Row>(statement({ at, of }))));
      await setImmediate();
    }
    return rows;
  }

  private async end(accountId: string, after: string): Promise<string | null> {
    const [row] = await this.database.query<{ until: string | null; deals: number }>(
      `SELECT max(deal_id) AS until, count(*)::int AS deals FROM (SELECT deal_id FROM deal
         WHERE account_id = $1::uuid AND deal_id > $2 ORDER BY deal_id LIMIT ${DEALS_PER_STEP}) d`,
      [accountId, after],
    );
    return row && row.deals === DEALS_PER_STEP ? row.until : null;
  }

  private ask<Row>({ text, values }: Statement): Promise<Row[]> {
    return this.database.query<Row>(text, values);
  }
}
