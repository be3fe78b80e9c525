import { Injectable } from '@nestjs/common';
import type { ProgressFacts } from '../../contract/plan-switch.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';

/** What a bulk launch needs to go on after a crash. */
export interface LaunchProgress {
  readonly pipelineId: string;
  readonly templateId: string;
  readonly version: number;
  readonly startedBy: string;
  readonly state: ProgressFacts['state'];
  /** The last deal id that is done with. */
  readonly after: string;
  readonly done: number;
}

interface ProgressRow {
  readonly progress_id: string;
  readonly state: string;
  readonly done: number;
  readonly total: number | null;
  readonly detail: { pipelineId?: string; templateId?: string; version?: number; after?: string };
  readonly started_by: string | null;
}

const SHOWN = 10;

@Injectable()
export class ProgressRepository {
  constructor(private readonly database: Database) {}

  async start(
    tx: Sql,
    accountId: string,
    progressId: string,
    launch: Pick<LaunchProgress, 'pipelineId' | 'templateId' | 'version' | 'startedBy'> & { total: number },
  ): Promise<void> {
    const { pipelineId, templateId, version, startedBy, total } = launch;
    await tx.query(
      `INSERT INTO progress (account_id, progress_id, kind, state, total, detail, started_by)
       VALUES ($1::uuid, $2::uuid, 'bulkLaunch', 'running', $3, $4::jsonb, $5)`,
      [
        accountId,
        progressId,
        total,
        JSON.stringify({ pipelineId, templateId, version, after: '' }),
        startedBy,
      ],
    );
  }

  async find(accountId: string, progressId: string): Promise<LaunchProgress | null> {
    const [row] = await this.database.query<ProgressRow>(
      `SELECT progress_id, state, done, total, detail, started_by FROM progress
       WHERE account_id = $1::uuid AND progress_id = $2::uuid`,
      [accountId, progressId],
    );
    if (!row) return null;
    return {
      pipelineId: row.detail.pipelineId ?? '',
      templateId: row.detail.templateId ?? '',
      version: row.detail.version ?? 1,
      startedBy: row.started_by ?? 'system',
      state: row.state as ProgressFacts['state'],
      after: row.detail.after ?? '',
      done: row.done,
    };
  }

  /** A chunk is done with; in its transaction, so that a crash repeats no chunk that was saved. */
  async advance(tx: Sql, accountId: string, progressId: string, after: string, count: number): Promise<void> {
    await tx.query(
      `UPDATE progress SET done = done + $4, detail = detail || jsonb_build_object('after', $3::text)
       WHERE account_id = $1::uuid AND progress_id = $2::uuid`,
      [accountId, progressId, after, count],
    );
  }

  async finish(accountId: string, progressId: string, state: 'done' | 'stopped' | 'failed'): Promise<void> {
    await this.database.query(
      `UPDATE progress SET state = $3, finished_at = now() WHERE account_id = $1::uuid AND progress_id = $2::uuid`,
      [accountId, progressId, state],
    );
  }

  /** False: there is none of that id. Stopping twice, or one that is over, changes nothing. */
  async askToStop(accountId: string, progressId: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE progress SET state = CASE WHEN state = 'running' THEN 'stopping' ELSE state END
       WHERE account_id = $1::uuid AND progress_id = $2::uuid RETURNING progress_id`,
      [accountId, progressId],
    );
    return rows.length > 0;
  }

  /** A pipeline's launch that still runs, so that a second press of the button starts no second one. */
  async running(tx: Sql, accountId: string, pipelineId: string): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM progress WHERE account_id = $1::uuid AND kind = 'bulkLaunch' AND state IN ('running', 'stopping')
         AND detail ->> 'pipelineId' = $2`,
      [accountId, pipelineId],
    );
    return rows.length > 0;
  }

  /** Newest first. */
  async list(accountId: string): Promise<readonly ProgressFacts[]> {
    const rows = await this.database.query<ProgressRow>(
      `SELECT progress_id, state, done, total, detail, started_by FROM progress
       WHERE account_id = $1::uuid AND kind = 'bulkLaunch' ORDER BY started_at DESC LIMIT ${SHOWN}`,
      [accountId],
    );
    return rows.map((row) => ({
      id: row.progress_id,
      kind: 'bulkLaunch',
      state: row.state as ProgressFacts['state'],
      done: row.done,
      total: row.total,
      pipelineId: row.detail.pipelineId ?? null,
    }));
  }
}
