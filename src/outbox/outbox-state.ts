import type { OutboxState } from './task.types.js';

/**
 * Every way a row can go. Held by a test, and by the writers: a move that is not here is a mistake of ours.
 * `gone` is final: a task that somebody deleted in the host is not created again.
 */
export const OUTBOX_TRANSITIONS: Readonly<Record<OutboxState, readonly OutboxState[]>> = {
  /** Wanted, not in the host. */
  planned: ['sending', 'withdrawn', 'created'],
  /** The request may be on its way; after a crash nobody knows, so it is looked up. */
  sending: ['created', 'unknown', 'planned', 'withdrawn', 'failed', 'gone'],
  /** No answer came: looked up in the host before it is sent again. */
  unknown: ['created', 'planned', 'withdrawn', 'gone'],
  /** The host has it; later wishes are updates. */
  created: ['gone', 'failed'],
  /** No longer wanted before it was ever sent. */
  withdrawn: ['planned', 'created'],
  gone: [],
  /** Refused for good; a new wish or a redrive tries again. */
  failed: ['planned', 'created', 'withdrawn', 'gone'],
};

export function canMove(from: OutboxState, to: OutboxState): boolean {
  return from === to || OUTBOX_TRANSITIONS[from].includes(to);
}

/** Rows in these states are worked on when they are due; the others wait for a new wish. */
export const WORKING_STATES: readonly OutboxState[] = ['planned', 'sending', 'unknown', 'created'];
