import { MS_PER_DAY } from '../calendar/local-time.js';
import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';

/** What the absorption model and the pipeline say of one open stage. */
export interface StageSupply {
  readonly stageId: string;
  readonly kind: StageKind;
  /** Chance to be won, from the entry, a share of 1. */
  readonly everWon: number;
  /** Days from the entry to the win, the median; null when not known. */
  readonly leadDays: number | null;
  /** Wins by the target's day that are expected of the deals that stand in this stage now. */
  readonly expectedWins: number;
}

/** What must enter a stage, and by when, so that the target is met. */
export interface StageDemand {
  readonly stageId: string;
  /** Entries that the whole target takes: target / P(won | stage). Null when nobody was ever won from here. */
  readonly needed: number | null;
  /** The last day on which an entry is likely in time; null when the lead time is not known. */
  readonly enterBy: Instant | null;
  /** Wins expected of the deals that are in this stage or beyond it. */
  readonly covered: number;
  /** Entries still missing at this stage; 0 when those beyond are enough. */
  readonly missing: number | null;
  /** The vacuum: something is missing and the day for it has come or gone. */
  readonly late: boolean;
}

/**
 * The vacuum ahead, counted back from a target of `wins` by `by`. Stages in order: what stands in a stage or beyond it
 * covers a part of the target, and what is left must enter the stage before its lead time runs out.
 */
export function vacuumOf(
  stages: readonly StageSupply[],
  target: { readonly wins: number; readonly by: Instant },
  now: Instant,
): readonly StageDemand[] {
  const open = stages.filter((stage) => stage.kind === 'open');
  let covered = 0;
  const demands: StageDemand[] = [];
  for (const stage of open.toReversed()) {
    covered += stage.expectedWins;
    const short = Math.max(0, target.wins - covered);
    const enterBy = stage.leadDays === null ? null : target.by - stage.leadDays * MS_PER_DAY;
    const possible = stage.everWon > 0;
    const missing = possible ? short / stage.everWon : null;
    demands.push({
      stageId: stage.stageId,
      needed: possible ? target.wins / stage.everWon : null,
      enterBy,
      covered,
      missing: short === 0 ? 0 : missing,
      late: short > 0 && enterBy !== null && enterBy <= now,
    });
  }
  return demands.reverse();
}
