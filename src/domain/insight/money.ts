/** What is needed to say how fast a pipeline brings money. */
export interface PipelineFigures {
  readonly openDeals: number;
  /** Won of those closed, a share of 1. */
  readonly winRate: number;
  readonly meanWonAmount: number;
  /** Median time from the first entry to the closing, in days, open deals censored. */
  readonly cycleDays: number;
}

/**
 * Sales velocity in money a day: deals × win rate × mean amount / cycle length. Null while the cycle is not known.
 */
export function salesVelocity({
  openDeals,
  winRate,
  meanWonAmount,
  cycleDays,
}: PipelineFigures): number | null {
  return cycleDays > 0 ? (openDeals * winRate * meanWonAmount) / cycleDays : null;
}

/** What the deals of one stage are worth. */
export interface StageWorth {
  readonly deals: number;
  readonly amount: number;
  /** Σ amount × P(won | stage), in money. */
  readonly expected: number;
}

/** Expected value of the open deals by stage; `winChance` is a share of 1, deals without an amount count as 0. */
export function worthByStage(
  deals: Iterable<{ readonly stageId: string; readonly amount: number | null }>,
  winChance: (stageId: string) => number,
): ReadonlyMap<string, StageWorth> {
  const worth = new Map<string, StageWorth>();
  for (const { stageId, amount } of deals) {
    const known = worth.get(stageId) ?? { deals: 0, amount: 0, expected: 0 };
    worth.set(stageId, {
      deals: known.deals + 1,
      amount: known.amount + (amount ?? 0),
      expected: known.expected + (amount ?? 0) * winChance(stageId),
    });
  }
  return worth;
}
