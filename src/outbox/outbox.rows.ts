import type { DesiredTask, AppliedTask, OutboxState, OutboxTask } from './task.types.js';

/** A row as SQL gives it; times in epoch milliseconds. */
export interface OutboxRow {
  readonly key: string;
  readonly plan_id: string;
  readonly step_key: string;
  readonly visit_seq: number;
  readonly deal_id: string;
  readonly desired: DesiredTask;
  readonly desired_rev: number;
  readonly applied: AppliedTask | null;
  readonly state: OutboxState;
  readonly host_task_id: string | null;
  readonly first_sent_ms: number | null;
  readonly sending_ms: number | null;
  readonly sent_by: string | null;
  readonly attempts: number;
}

export const OUTBOX_COLUMNS = `o.key, o.plan_id, o.step_key, o.visit_seq, o.deal_id, o.desired, o.desired_rev, o.applied,
  o.state, o.host_task_id, o.attempts, o.sent_by,
  (extract(epoch FROM o.first_sent_at) * 1000)::float8 AS first_sent_ms,
  (extract(epoch FROM o.sending_at) * 1000)::float8 AS sending_ms`;

export function taskOf(row: OutboxRow): OutboxTask {
  return {
    key: row.key,
    planId: row.plan_id,
    stepKey: row.step_key,
    visitSeq: row.visit_seq,
    dealId: row.deal_id,
    desired: row.desired,
    desiredRev: row.desired_rev,
    applied: row.applied,
    state: row.state,
    hostTaskId: row.host_task_id,
    firstSentAt: row.first_sent_ms,
    sendingAt: row.sending_ms,
    sentBy: row.sent_by,
    attempts: row.attempts,
  };
}
