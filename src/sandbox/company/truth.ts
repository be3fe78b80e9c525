/**
 * What the generator knows about the company it draws, so that a measurement over the portal can be held against
 * the truth. Times in a stage are log-normal in calendar days: median `medianDays`, `sigma` the standard deviation
 * of the logarithm. An idle seller multiplies them by `idleFactor`; a move that falls into its seller's absence is
 * put off to the return. Both are exceptions a test can leave out.
 */
export interface CompanyTruth {
  readonly stages: readonly StageTruth[];
  /** Share of moves forward that go back one stage instead, so that the stage is entered again. */
  readonly reentryShare: number;
  /** Share of moves from `INTEREST` to `PRICE` that go on hold first and then come back to the stage they left. */
  readonly pauseShare: number;
  /** Share of moves that jump over the next stage. */
  readonly skipShare: number;
  /** Share of deals that stop for good in an open stage, and are never closed. */
  readonly deadShare: number;
  /** Share of B2B deals that begin with the client's return. */
  readonly repeatShare: number;
  readonly idleSellerIds: readonly number[];
  readonly idleFactor: number;
  readonly absences: readonly Absence[];
  /** Whether the deal was drawn to die. A dead deal may still be too young to look dead. */
  isDead(dealId: number): boolean;
}

export interface StageTruth {
  readonly pipelineId: number;
  readonly stageCode: string;
  readonly medianDays: number;
  readonly sigma: number;
  /** Share of the deals leaving this stage that are lost from it. */
  readonly lossShare: number;
}

export interface Absence {
  readonly personId: number;
  /** Epoch milliseconds, [from, to). */
  readonly from: number;
  readonly to: number;
}

/** Order of size from public write-ups of B2B funnels: about six weeks to the money, one deal in three arrives. */
export const STAGE_TRUTH: readonly StageTruth[] = [
  stage(0, 'NEW', 1.5, 0.8, 0.05),
  stage(0, 'AWARE', 3, 0.7, 0.08),
  stage(0, 'INTEREST', 4, 0.7, 0.1),
  stage(0, 'PRESALE', 6, 0.6, 0.09),
  stage(0, 'OFFER', 7, 0.7, 0.12),
  stage(0, 'STIMULUS', 8, 0.8, 0.15),
  stage(0, 'PRICE', 6, 0.7, 0.1),
  stage(0, 'CONTRACT', 5, 0.6, 0.03),
  stage(0, 'PAID', 2, 0.5, 0),
  stage(0, 'REPEAT', 2, 0.6, 0.05),
  stage(0, 'PAUSED', 20, 0.6, 0.4),
  stage(1, 'NEW', 0.4, 0.9, 0.12),
  stage(1, 'CONTACT', 1, 0.8, 0.18),
  stage(1, 'OFFER', 2.5, 0.7, 0.2),
  stage(1, 'PAYMENT', 2, 0.6, 0.06),
];

export const SHARES = {
  reentryShare: 0.06,
  pauseShare: 0.05,
  skipShare: 0.04,
  deadShare: 0.06,
  repeatShare: 0.06,
  idleFactor: 2.5,
} as const;

function stage(
  pipelineId: number,
  stageCode: string,
  medianDays: number,
  sigma: number,
  lossShare: number,
): StageTruth {
  return { pipelineId, stageCode, medianDays, sigma, lossShare };
}
