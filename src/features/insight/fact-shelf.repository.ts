import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import { factText, readFact } from './fact-json.js';
import { scopeKey, type InsightScope } from './insight-scope.js';

export interface KeptFact {
  readonly kind: string;
  readonly value: unknown;
  readonly madeAt: Instant;
  readonly tookMs: number;
  /** When somebody asked last, to an hour. */
  readonly askedAt: Instant;
}

export interface KeptQuestion {
  readonly kind: string;
  readonly scope: InsightScope;
}

/** Facts that nobody asked for so long are counted no more, and forgotten a little later. */
const ASKED_DAYS = 2;
const FORGOTTEN_DAYS = 7;
/** A fact is counted anew in the background so that all facts of an account together take this share of one core. */
const SHARE_OF_TIME = 0.02;
const YOUNGEST_MINUTES = 5;

/** Facts that take long to count, one row for each question. Made again at any time: losing a row loses nothing. */
@Injectable()
export class FactShelf {
  constructor(private readonly database: Database) {}

  /** Those of the kinds that are kept for this question. */
  async find(scope: InsightScope, kinds: readonly string[]): Promise<readonly KeptFact[]> {
    const rows = await this.database.query<{
      kind: string;
      body: string;
      took_ms: number;
      made_at: Date;
      asked_at: Date;
    }>(
      `SELECT kind, body, took_ms, made_at, asked_at FROM insight_fact
       WHERE account_id = $1::uuid AND fact_key = ANY($2::text[])`,
      [scope.accountId, kinds.map((kind) => factKey(kind, scope))],
    );
    return rows.map(({ kind, body, took_ms: tookMs, made_at: madeAt, asked_at: askedAt }) => ({
      kind,
      value: readFact(body),
      madeAt: madeAt.getTime(),
      tookMs,
      askedAt: askedAt.getTime(),
    }));
  }

  /** A younger one that another process put there stays. */
  async put(scope: InsightScope, kind: string, value: unknown, tookMs: number): Promise<void> {
    const { accountId, now, ...question } = scope;
    await this.database.query(
      `INSERT INTO insight_fact AS f (account_id, fact_key, kind, question, body, took_ms, made_at, asked_at)
       VALUES ($1::uuid, $2, $3, $4::jsonb, $5, $6::int, to_timestamp($7::float8 / 1000), to_timestamp($7::float8 / 1000))
       ON CONFLICT (account_id, fact_key) DO UPDATE SET body = excluded.body, took_ms = excluded.took_ms,
         made_at = excluded.made_at WHERE f.made_at <= excluded.made_at`,
      [
        accountId,
        factKey(kind, scope),
        kind,
        JSON.stringify(question),
        factText(value),
        Math.round(tookMs),
        now,
      ],
    );
  }

  async drop(scope: InsightScope, kind: string): Promise<void> {
    await this.database.query('DELETE FROM insight_fact WHERE account_id = $1::uuid AND fact_key = $2', [
      scope.accountId,
      factKey(kind, scope),
    ]);
  }

  async touch(scope: InsightScope, kinds: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE insight_fact SET asked_at = to_timestamp($3::float8 / 1000)
       WHERE account_id = $1::uuid AND fact_key = ANY($2::text[])`,
      [scope.accountId, kinds.map((kind) => factKey(kind, scope)), scope.now],
    );
  }

  /** All facts of an account: its history was copied or judged anew. */
  async clear(accountId: string): Promise<void> {
    await this.database.query('DELETE FROM insight_fact WHERE account_id = $1::uuid', [accountId]);
  }

  /** Null: it was forgotten meanwhile. */
  async question(accountId: string, key: string, now: Instant): Promise<KeptQuestion | null> {
    const [row] = await this.database.query<{
      kind: string;
      question: Omit<InsightScope, 'accountId' | 'now'>;
    }>('SELECT kind, question FROM insight_fact WHERE account_id = $1::uuid AND fact_key = $2', [
      accountId,
      key,
    ]);
    return row ? { kind: row.kind, scope: { ...row.question, accountId, now } } : null;
  }

  /** Keys of facts that people use and that are old for what they cost; forgets those that nobody uses. */
  async due(accountId: string, now: Instant): Promise<readonly string[]> {
    await this.database.query(
      `DELETE FROM insight_fact WHERE account_id = $1::uuid
         AND asked_at < to_timestamp($2::float8 / 1000) - interval '${FORGOTTEN_DAYS} days'`,
      [accountId, now],
    );
    const rows = await this.database.query<{ fact_key: string }>(
      `WITH used AS (
         SELECT fact_key, made_at, sum(took_ms) OVER () AS took FROM insight_fact WHERE account_id = $1::uuid
           AND asked_at > to_timestamp($2::float8 / 1000) - interval '${ASKED_DAYS} days'
       )
       SELECT fact_key FROM used WHERE made_at < to_timestamp($2::float8 / 1000)
         - greatest(interval '${YOUNGEST_MINUTES} minutes', took::float8 / ${SHARE_OF_TIME} * interval '1 millisecond')
       ORDER BY made_at, fact_key`,
      [accountId, now],
    );
    return rows.map((row) => row.fact_key);
  }
}

/** What was written before facts took another shape is not found any more, and soon forgotten. */
const SHAPE = 2;

/** Of a kind and a question: reach and filters may be long, keys are not. */
export function factKey(kind: string, scope: InsightScope): string {
  return `${kind} ${SHAPE} ${createHash('sha256').update(scopeKey(scope)).digest('base64url').slice(0, 22)}`;
}
