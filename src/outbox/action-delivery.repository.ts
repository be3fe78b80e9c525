import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/crm/time.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import type { ActionSettlement } from './action-settlement.js';
import { ACTION_COLUMNS, actionOf, type ActionRow } from './action.rows.js';
import type { ActionState, OutboxAction } from './action.types.js';

/** Rows that one worker holds for a while. `id` fences: who lost the lease can record nothing. */
export interface ActionClaim {
  readonly id: string;
  readonly accountId: string;
  readonly actions: readonly OutboxAction[];
  /** The database's clock at the claim: all ages of rows are judged by it. */
  readonly now: Instant;
}

/** A row that was recorded as ours, as it is now. */
export interface SettledAction {
  readonly key: string;
  readonly state: ActionState;
  readonly dealId: string | null;
  readonly hostId: string | null;
  /** A question that nobody wants any more. */
  readonly closeText: string | null;
}

interface SettledRow {
  readonly key: string;
  readonly state: ActionState;
  readonly deal_id: string | null;
  readonly host_id: string | null;
  readonly close_text: string | null;
}

/** The column keeps milliseconds and rounds up: what is due now may look due half a millisecond later. */
export const DUE_BY = `now() + interval '1 millisecond'`;

/** The SQL of the workers. Every statement that changes a claimed row asks whether the claim still holds. */
@Injectable()
export class ActionDelivery {
  constructor(private readonly database: Database) {}

  /**
   * Takes up to `limit` due rows that nobody holds; the longest due first. A move or a hand-over waits for an earlier
   * one of its deal: whatever happens to the earlier one, the later one has the last word.
   */
  async claim(accountId: string, id: string, limit: number, leaseMs: number): Promise<ActionClaim> {
    const rows = await this.database.query<ActionRow & { seq: string; now_ms: number }>(
      `WITH due AS (
         SELECT o.key FROM outbox_action o
         WHERE o.account_id = $1 AND o.next_at <= ${DUE_BY} AND o.state IN ('planned', 'sending', 'unknown')
           AND (o.claimed_until IS NULL OR o.claimed_until < now())
           AND EXISTS (SELECT 1 FROM account WHERE account_id = $1 AND state = 'active')
           AND NOT (o.kind IN ('moveStage', 'assign') AND EXISTS (
             SELECT 1 FROM outbox_action e
             WHERE e.account_id = $1 AND e.deal_id = o.deal_id AND e.kind = o.kind AND e.seq < o.seq
               AND e.state IN ('planned', 'sending', 'unknown')
               AND (e.sending_at IS NOT NULL OR e.next_at <= ${DUE_BY})))
         ORDER BY o.next_at, o.seq LIMIT $3 FOR UPDATE SKIP LOCKED)
       UPDATE outbox_action o SET claimed_by = $2, claimed_until = now() + $4 * interval '1 millisecond'
       FROM due WHERE o.account_id = $1 AND o.key = due.key
       RETURNING ${ACTION_COLUMNS}, o.seq, (extract(epoch FROM now()) * 1000)::float8 AS now_ms`,
      [accountId, id, limit, leaseMs],
    );
    // What an update returns is in no order.
    const inOrder = rows.toSorted((one, other) => Number(one.seq) - Number(other.seq));
    return { id, accountId, actions: inOrder.map(actionOf), now: rows[0]?.now_ms ?? 0 };
  }

  /**
   * Commits that requests with these rows go out now. Returns how many are still ours and still wanted; fewer than
   * asked means: do not send.
   */
  async markSending(claim: ActionClaim, keys: readonly string[], leaseMs: number): Promise<number> {
    const rows = await this.database.query(
      `UPDATE outbox_action SET
         state = 'sending', sending_at = now(), first_sent_at = coalesce(first_sent_at, now()),
         claimed_until = now() + $4 * interval '1 millisecond'
       WHERE account_id = $1 AND key = ANY($3::text[]) AND claimed_by = $2 AND claimed_until > now()
         AND state IN ('planned', 'sending')
         AND EXISTS (SELECT 1 FROM account WHERE account_id = $1 AND state = 'active')
       RETURNING key`,
      [claim.accountId, claim.id, [...keys], leaseMs],
    );
    return rows.length;
  }

  /** A sign of life while a request waits for its turn. */
  async extend(claim: ActionClaim, leaseMs: number): Promise<void> {
    await this.database.query(
      `UPDATE outbox_action SET claimed_until = now() + $3 * interval '1 millisecond'
       WHERE account_id = $1 AND claimed_by = $2 AND claimed_until > now()`,
      [claim.accountId, claim.id, leaseMs],
    );
  }

  /** Records what came out and frees the rows; returns those that were still ours. */
  async settle(
    tx: Sql,
    claim: ActionClaim,
    settlements: readonly ActionSettlement[],
  ): Promise<ReadonlyMap<string, SettledAction>> {
    const rows = await tx.query<SettledRow>(
      `UPDATE outbox_action o SET
         state = s.state, host_id = s.host_id, attempts = s.attempts, fault = s.fault,
         first_sent_at = CASE WHEN s.maybe_there THEN o.first_sent_at END,
         next_at = now() + s.delay_ms * interval '1 millisecond',
         done_at = CASE WHEN s.state IN ('done', 'refused') THEN now() END,
         claimed_by = NULL, claimed_until = NULL
       FROM jsonb_to_recordset($3::jsonb) AS s
         (key text, state text, host_id text, maybe_there boolean, delay_ms float8, attempts int, fault text)
       WHERE o.account_id = $1 AND o.key = s.key AND o.claimed_by = $2
       RETURNING o.key, o.state, o.deal_id, o.host_id, o.close_text`,
      [claim.accountId, claim.id, JSON.stringify(settlements.map(recordOf))],
    );
    return new Map(rows.map((row) => [row.key, settledOf(row)]));
  }

  /** Gives rows back that were never sent; what was marked as sending waits for its look-up. */
  async release(claim: ActionClaim): Promise<void> {
    await this.database.query(
      `UPDATE outbox_action SET claimed_by = NULL, claimed_until = NULL WHERE account_id = $1 AND claimed_by = $2`,
      [claim.accountId, claim.id],
    );
  }
}

function settledOf(row: SettledRow): SettledAction {
  return {
    key: row.key,
    state: row.state,
    dealId: row.deal_id,
    hostId: row.host_id,
    closeText: row.close_text,
  };
}

function recordOf(settlement: ActionSettlement): object {
  return {
    key: settlement.key,
    state: settlement.state,
    host_id: settlement.hostId,
    maybe_there: settlement.maybeThere,
    delay_ms: settlement.delayMs,
    attempts: settlement.attempts,
    fault: settlement.fault,
  };
}
