import type { SyncView } from './plan.view.js';

/** `GET /api/home`: the person's own day on the app's own page, over all own deals. Instants are ISO 8601 UTC texts. */
export interface HomeView {
  readonly sync: SyncView;
  /** Overdue first, then by deadline; at most 100, `counts` tells of all. */
  readonly today: readonly HomeStepView[];
  readonly counts: HomeCountsView;
  /** The server's clock at rendering: "overdue" is judged by it, never by the browser. */
  readonly now: string;
}

export interface HomeStepView {
  readonly dealId: string;
  readonly dealTitle: string;
  /** Address of the deal's card inside the portal (for the bridge's openPath); null where the host has none. */
  readonly dealPath: string | null;
  /** `stepKey~visitSeq`, unique in the deal's plan. */
  readonly stepId: string;
  readonly title: string;
  readonly dueAt: string | null;
  readonly overdue: boolean;
}

export interface HomeCountsView {
  readonly overdue: number;
  readonly today: number;
}
