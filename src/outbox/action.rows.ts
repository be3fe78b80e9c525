import type { DealAction } from '../contract/actions.js';
import type { ActionStanding, ActionState, OutboxAction } from './action.types.js';

/** A row as SQL gives it; times in epoch milliseconds. */
export interface ActionRow {
  readonly key: string;
  readonly action: DealAction;
  readonly state: ActionState;
  readonly attempts: number;
  readonly first_sent_ms: number | null;
  readonly sending_ms: number | null;
}

export const ACTION_COLUMNS = `o.key, o.action, o.state, o.attempts,
  (extract(epoch FROM o.first_sent_at) * 1000)::float8 AS first_sent_ms,
  (extract(epoch FROM o.sending_at) * 1000)::float8 AS sending_ms`;

export function actionOf(row: ActionRow): OutboxAction {
  return {
    key: row.key,
    action: row.action,
    state: row.state,
    attempts: row.attempts,
    firstSentAt: row.first_sent_ms,
    sendingAt: row.sending_ms,
  };
}

export interface StandingRow {
  readonly key: string;
  readonly kind: DealAction['kind'];
  readonly deal_id: string | null;
  readonly state: ActionState;
  readonly host_id: string | null;
  readonly fault: string | null;
  readonly done_ms: number | null;
  readonly closed: boolean;
}

export const STANDING_COLUMNS = `key, kind, deal_id, state, host_id, fault,
  (extract(epoch FROM done_at) * 1000)::float8 AS done_ms,
  (close_text IS NOT NULL OR answered_at IS NOT NULL) AS closed`;

export function standingOf(row: StandingRow): ActionStanding {
  const ended = row.state === 'done' || row.state === 'refused';
  return {
    key: row.key,
    kind: row.kind,
    dealId: row.deal_id,
    state: ended ? row.state : 'pending',
    hostId: row.host_id,
    fault: row.state === 'refused' ? row.fault : null,
    doneAt: row.done_ms,
    closed: row.closed,
  };
}
