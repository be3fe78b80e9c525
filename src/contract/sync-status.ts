/** Nest token under which the accounts' module provides `SyncStatus` to the other features. */
export const SYNC_STATUS = Symbol('SyncStatus');

/** How far the first copy is, and what is wrong with the connection. The widget shows it as it is. */
export interface SyncFacts {
  readonly state: 'running' | 'done' | 'failed';
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** In words, when it failed or the connection needs somebody. */
  readonly problem: string | null;
  /** ISO 8601 UTC. */
  readonly updatedAt: string | null;
}

export interface SyncStatus {
  of(accountId: string, language: 'ru' | 'en'): Promise<SyncFacts>;
}
