import type { Instant } from '../../domain/crm/time.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import type { PushStateView } from './panel.view.js';

/** Nest tokens under which pushes are provided to the panel: doing, and looking. */
export const PANEL_PUSHER = Symbol('PanelPusher');
export const PANEL_PUSH_READS = Symbol('PanelPushReads');

/** Pushes as the panel needs them. */
export interface PanelPusher {
  pushDeals(
    person: SessionClaims,
    dealIds: readonly string[],
    text?: string,
  ): Promise<{
    readonly pushes: readonly { readonly pushId: string; readonly dealId: string | null }[];
    readonly refused: readonly { readonly target: { readonly dealId?: string }; readonly why: string }[];
  }>;
  /** Takes unanswered pushes back; returns those. */
  withdraw(person: SessionClaims, pushIds: readonly string[]): Promise<readonly string[]>;
}

/** A push as far as the panel shows it. */
export interface ShownPush {
  readonly pushId: string;
  readonly userId: string;
  readonly byUser: string | null;
  readonly text: string;
  readonly at: Instant;
  readonly state: PushStateView['state'];
  readonly answer: {
    readonly kind: 'done' | 'willBeDone' | 'notDone';
    readonly at: Instant;
    readonly by: string | null;
    readonly until: Instant | null;
    readonly reason: string | null;
  } | null;
}

export interface PanelPushReads {
  /** The last push of each of these deals that was not withdrawn. */
  lastOf(accountId: string, dealIds: readonly string[]): Promise<ReadonlyMap<string, ShownPush>>;
  /** Newest first. */
  allOf(accountId: string, dealId: string): Promise<readonly ShownPush[]>;
}
