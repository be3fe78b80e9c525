import { Injectable } from '@nestjs/common';
import { Database } from '../db/database.js';
import type { Sql } from '../db/sql.js';
import { Metrics } from '../metrics.js';

export interface DeadLetterDraft {
  readonly accountId: string;
  readonly source: 'inbox' | 'job' | 'outbox';
  readonly subject: string;
  readonly payload: object;
  readonly reason: string;
  readonly attempts: number;
}

export interface DeadLetter extends DeadLetterDraft {
  readonly id: string;
  readonly at: Date;
}

interface DeadLetterRow {
  dead_letter_id: string;
  source: DeadLetterDraft['source'];
  subject: string;
  payload: object;
  reason: string;
  attempts: number;
  at: Date;
}

/** What could not be processed, kept with its reason until somebody redrives or drops it. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  async add(letter: DeadLetterDraft, tx: Sql = this.database): Promise<void> {
    await tx.query(
      `INSERT INTO dead_letter (account_id, source, subject, payload, reason, attempts)
       VALUES ($1, $2, $3, $4::jsonb, $5, $6)`,
      [
        letter.accountId,
        letter.source,
        letter.subject,
        JSON.stringify(letter.payload),
        letter.reason.slice(0, 2000),
        letter.attempts,
      ],
    );
    this.metrics.deadLetters.inc({ source: letter.source });
  }

  /** Newest first; `before` is the id of the last one seen. */
  async list(accountId: string, before: string | null, limit: number): Promise<readonly DeadLetter[]> {
    const rows = await this.database.query<DeadLetterRow>(
      `SELECT dead_letter_id, source, subject, payload, reason, attempts, at FROM dead_letter
       WHERE account_id = $1 AND redriven_at IS NULL AND ($2::bigint IS NULL OR dead_letter_id < $2::bigint)
       ORDER BY dead_letter_id DESC LIMIT $3`,
      [accountId, before, limit],
    );
    return rows.map((row) => ({ ...row, id: String(row.dead_letter_id), accountId }));
  }

  /** Takes one for redriving: null when it is not there or somebody else took it. */
  async take(accountId: string, id: string, tx: Sql = this.database): Promise<DeadLetter | null> {
    const [row] = await tx.query<DeadLetterRow>(
      `UPDATE dead_letter SET redriven_at = now()
       WHERE account_id = $1 AND dead_letter_id = $2::bigint AND redriven_at IS NULL
       RETURNING dead_letter_id, source, subject, payload, reason, attempts, at`,
      [accountId, id],
    );
    return row ? { ...row, id: String(row.dead_letter_id), accountId } : null;
  }

  async drop(accountId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(
      'DELETE FROM dead_letter WHERE account_id = $1 AND dead_letter_id = $2::bigint RETURNING dead_letter_id',
      [accountId, id],
    );
    return rows.length > 0;
  }
}
