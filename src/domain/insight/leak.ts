import { decidedOf, NO_PASSAGES, type PassageCounts } from './funnel.js';
import { binomial, bootstrapInterval } from './random.js';
import { ENOUGH, wilson, type Estimate } from './sample.js';

/** What is known of a stage's conversion, and of what follows it. */
export interface StageConversion {
  readonly stageId: string;
  /** By cohort of entry, quarters as `2017-Q3`; only whole ones that lie in the history. */
  readonly quarters: ReadonlyMap<string, PassageCounts>;
  /** Of the deals that went on from this stage: how many were won, of those whose end is known. */
  readonly afterwards: { readonly won: number; readonly decided: number };
}

/** What a stage costs against the account's own best quarter. */
export interface StageLeak {
  readonly stageId: string;
  /** The cohorts that are judged: `from` … `to`, the last four whole quarters with enough decided deals. */
  readonly from: string;
  readonly to: string;
  readonly now: Estimate;
  readonly decided: number;
  readonly best: { readonly quarter: string; readonly conversion: number; readonly decided: number };
  /** Won deals that the judged quarters would have had more, had they converted as the best one. */
  readonly lostWins: Estimate;
  /** The same in money; null when no won deal tells an amount. */
  readonly lostMoney: Estimate | null;
}

/** A quarter in which more than this share is still undecided says too little about its conversion. */
const UNRIPE = 0.2;
const JUDGED_QUARTERS = 4;

/**
 * Leak = decided × max(0, c_best − c_now) × P(won | went on) × mean won amount, with c the share that went on.
 *
 * The interval is a parametric percentile bootstrap: both conversions and the chance afterwards are drawn anew from their
 * own binomial distributions. The best of several quarters is a little better than it deserves by chance alone; drawing it
 * anew does not remove that, so the figure is an upper picture of what is possible, and is called so.
 *
 * @returns null without two quarters of at least thirty decided deals.
 */
export function stageLeak(stage: StageConversion, meanWonAmount: number | null): StageLeak | null {
  const ripe = [...stage.quarters]
    .filter(([, counts]) => decidedOf(counts) >= ENOUGH && counts.open <= UNRIPE * counts.entered)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const best = ripe.toSorted(([, a], [, b]) => share(b) - share(a))[0];
  if (ripe.length < 2 || best === undefined) return null;
  const judged = ripe.slice(-JUDGED_QUARTERS);
  const now = judged.reduce((sum, [, counts]) => added(sum, counts), NO_PASSAGES);
  const bestDecided = decidedOf(best[1]);
  const decided = decidedOf(now);
  const { won, decided: followed } = stage.afterwards;
  const chance = followed > 0 ? won / followed : 0;
  const winsOf = (cNow: number, cBest: number, pWon: number): number =>
    decided * Math.max(0, cBest - cNow) * pWon;
  const draw = bootstrapInterval((random) =>
    winsOf(
      binomial(decided, share(now), random) / decided,
      binomial(bestDecided, share(best[1]), random) / bestDecided,
      followed > 0 ? binomial(followed, chance, random) / followed : 0,
    ),
  );
  const lostWins = { value: winsOf(share(now), share(best[1]), chance), ...draw };
  return {
    stageId: stage.stageId,
    from: judged[0]?.[0] ?? best[0],
    to: judged.at(-1)?.[0] ?? best[0],
    now: wilson(now.advanced, decided) ?? { value: 0, lower: 0, upper: 1 },
    decided,
    best: { quarter: best[0], conversion: share(best[1]), decided: bestDecided },
    lostWins,
    lostMoney: meanWonAmount === null ? null : scaled(lostWins, meanWonAmount),
  };
}

/** The stage with the greatest leak, in money where money is known. Null when no stage can be judged or none leaks. */
export function weakestOf(leaks: readonly StageLeak[]): StageLeak | null {
  const worth = (leak: StageLeak): number => (leak.lostMoney ?? leak.lostWins).value;
  const worst = leaks.toSorted((a, b) => worth(b) - worth(a))[0];
  return worst !== undefined && worth(worst) > 0 ? worst : null;
}

function share(counts: PassageCounts): number {
  const decided = decidedOf(counts);
  return decided > 0 ? counts.advanced / decided : 0;
}

function added(a: PassageCounts, b: PassageCounts): PassageCounts {
  return {
    entered: a.entered + b.entered,
    advanced: a.advanced + b.advanced,
    lost: a.lost + b.lost,
    open: a.open + b.open,
  };
}

function scaled(one: Estimate, by: number): Estimate {
  return { value: one.value * by, lower: one.lower * by, upper: one.upper * by };
}
