import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/crm/time.js';
import { Database } from '../infra/db/database.js';
import { isOrphaned } from '../infra/db/presence.js';
import type { Sql } from '../infra/db/sql.js';
import { DUE_BY } from './action-delivery.repository.js';
import { OUTBOX_COLUMNS, taskOf, type OutboxRow } from './outbox.rows.js';
import type { Settlement } from './settlement.js';
import type { AppliedTask, OutboxState, OutboxTask } from './task.types.js';

/** Rows that one worker holds for a while. `id` fences: who lost the lease can record nothing. */
export interface Claim {
  readonly id: string;
  readonly accountId: string;
  readonly tasks: readonly OutboxTask[];
  /** The database's clock at the claim: all ages of rows are judged by it. */
  readonly now: Instant;
}

export interface Mark {
  readonly key: string;
  readonly applied: AppliedTask;
}

/** The SQL of the workers. Every statement that changes a claimed row asks whether the claim still holds. */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  /** Accounts with something due. Frozen ones have nothing due, whatever their rows say. */
  async dueAccounts(): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT a.account_id FROM account a
       WHERE a.state = 'active' AND EXISTS (
         SELECT 1 FROM outbox_task o
         WHERE o.account_id = a.account_id AND o.next_at <= ${DUE_BY}
           AND (o.claimed_until IS NULL OR o.claimed_until < now())
         UNION ALL
         SELECT 1 FROM outbox_action o
         WHERE o.account_id = a.account_id AND o.next_at <= ${DUE_BY}
           AND (o.claimed_until IS NULL OR o.claimed_until < now()))`,
    );
    return rows.map((row) => row.account_id);
  }

  /** Name of a new claim. */
  claimId(): string {
    return this.database.ownerToken();
  }

  /** Of all accounts: frees due rows that a process holds which is gone, before their time. */
  async freeOrphans(): Promise<void> {
    await this.database.query(
      `UPDATE outbox_task o SET claimed_by = NULL, claimed_until = NULL FROM account a
       WHERE a.state = 'active' AND o.account_id = a.account_id AND o.next_at <= ${DUE_BY}
         AND o.claimed_until > now() AND ${isOrphaned('o.claimed_by')}`,
    );
  }

  /** Takes up to `limit` due rows that nobody holds; the longest due first. */
  async claim(
    accountId: string,
    id: string,
    states: readonly OutboxState[],
    limit: number,
    leaseMs: number,
  ): Promise<Claim> {
    const rows = await this.database.query<OutboxRow & { now_ms: number }>(
      `WITH due AS (
         SELECT key FROM outbox_task
         WHERE account_id = $1 AND next_at <= ${DUE_BY} AND state = ANY($3::text[])
           AND (claimed_until IS NULL OR claimed_until < now())
           AND EXISTS (SELECT 1 FROM account WHERE account_id = $1 AND state = 'active')
         ORDER BY next_at, key LIMIT $4 FOR UPDATE SKIP LOCKED)
       UPDATE outbox_task o SET claimed_by = $2, claimed_until = now() + $5 * interval '1 millisecond'
       FROM due WHERE o.account_id = $1 AND o.key = due.key
       RETURNING ${OUTBOX_COLUMNS}, (extract(epoch FROM now()) * 1000)::float8 AS now_ms`,
      [accountId, id, [...states], limit, leaseMs],
    );
    return { id, accountId, tasks: rows.map(taskOf), now: rows[0]?.now_ms ?? 0 };
  }

  /**
   * Commits that requests with these rows go out now, noted in `book`. Returns how many are still ours and still
   * wanted; fewer than asked means: do not send.
   */
  async markSending(
    claim: Claim,
    marks: readonly Mark[],
    leaseMs: number,
    book: string | null,
  ): Promise<number> {
    const rows = await this.database.query(
      `UPDATE outbox_task o SET
         state = CASE WHEN o.state = 'created' THEN 'created' ELSE 'sending' END,
         applied = m.applied,
         sending_at = now(),
         sent_by = $5,
         first_sent_at = coalesce(o.first_sent_at, now()),
         claimed_until = now() + $4 * interval '1 millisecond'
       FROM jsonb_to_recordset($3::jsonb) AS m (key text, applied jsonb)
       WHERE o.account_id = $1 AND o.key = m.key AND o.claimed_by = $2 AND o.claimed_until > now()
         AND o.state IN ('planned', 'sending', 'created')
         AND EXISTS (SELECT 1 FROM account WHERE account_id = $1 AND state = 'active')
       RETURNING o.key`,
      [claim.accountId, claim.id, JSON.stringify(marks), leaseMs, book],
    );
    return rows.length;
  }

  /** A sign of life while a request waits for its turn. */
  async extend(claim: Claim, leaseMs: number): Promise<void> {
    await this.database.query(
      `UPDATE outbox_task SET claimed_until = now() + $3 * interval '1 millisecond'
       WHERE account_id = $1 AND claimed_by = $2 AND claimed_until > now()`,
      [claim.accountId, claim.id, leaseMs],
    );
  }

  /** Records what came out and frees the rows; returns the keys that were still ours. */
  async settle(tx: Sql, claim: Claim, settlements: readonly Settlement[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ key: string }>(
      `UPDATE outbox_task o SET
         -- A wish that came meanwhile may want what this one gave up.
         state = CASE WHEN o.desired_rev = s.rev OR s.state NOT IN ('withdrawn', 'failed') THEN s.state
                      WHEN s.host_task_id IS NULL THEN 'planned' ELSE 'created' END,
         host_task_id = s.host_task_id,
         applied = s.applied,
         sent_by = CASE WHEN s.state IN ('sending', 'unknown') THEN o.sent_by END,
         -- The newest wish that nothing is left to do for.
         applied_rev = CASE WHEN s.delay_ms IS NULL THEN s.rev ELSE o.applied_rev END,
         next_at = CASE WHEN o.desired_rev > s.rev AND s.state <> 'gone' THEN now()
                        WHEN s.delay_ms IS NULL THEN NULL
                        ELSE now() + s.delay_ms * interval '1 millisecond' END,
         attempts = s.attempts, fault = s.fault, claimed_by = NULL, claimed_until = NULL
       FROM jsonb_to_recordset($3::jsonb) AS s
         (key text, rev int, state text, host_task_id text, applied jsonb, delay_ms float8, attempts int, fault text)
       WHERE o.account_id = $1 AND o.key = s.key AND o.claimed_by = $2
       RETURNING o.key`,
      [claim.accountId, claim.id, JSON.stringify(settlements.map(recordOf))],
    );
    return new Set(rows.map((row) => row.key));
  }

  /** Gives rows back that were never sent; what was marked as sending waits for its look-up. */
  async release(claim: Claim): Promise<void> {
    await this.database.query(
      `UPDATE outbox_task SET claimed_by = NULL, claimed_until = NULL WHERE account_id = $1 AND claimed_by = $2`,
      [claim.accountId, claim.id],
    );
  }
}

function recordOf(settlement: Settlement): object {
  return {
    key: settlement.key,
    rev: settlement.rev,
    state: settlement.state,
    host_task_id: settlement.hostTaskId,
    applied: settlement.applied,
    delay_ms: settlement.delayMs,
    attempts: settlement.attempts,
    fault: settlement.fault,
  };
}
