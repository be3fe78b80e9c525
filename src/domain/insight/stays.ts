import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import type { VisitOutcome } from './life-table.js';

/** A stage in its place: the array that holds it runs from the first to the last, the closing stages at its end. */
export interface StageInOrder {
  readonly id: string;
  readonly kind: StageKind;
}

/** A deal's entry into a stage. */
export interface LoggedMove {
  readonly stageId: string;
  readonly at: Instant;
}

/** What a log tells of one deal; moves by time, of equal times in the order in which they were made. */
export interface LoggedDeal {
  readonly id: string;
  readonly ownerId: string | null;
  readonly productId: string | null;
  /** In the account's currency; null where nothing is known. */
  readonly amount: number | null;
  readonly moves: readonly LoggedMove[];
}

/** One uninterrupted stay of a deal in a stage and how it ended. */
export interface Stay {
  readonly stageId: string;
  readonly enteredAt: Instant;
  /** Null: still there. */
  readonly leftAt: Instant | null;
  readonly nextStageId: string | null;
  readonly outcome: VisitOutcome;
}

/** Place of each stage and its kind, for quick questions. */
export class StageOrder {
  readonly open: readonly StageInOrder[];
  private readonly places: ReadonlyMap<string, number>;

  constructor(readonly stages: readonly StageInOrder[]) {
    this.open = stages.filter((stage) => stage.kind === 'open');
    this.places = new Map(stages.map((stage, place) => [stage.id, place]));
  }

  /** From 0; -1 for a stage that is not in the list. */
  placeOf(stageId: string): number {
    return this.places.get(stageId) ?? -1;
  }

  kindOf(stageId: string): StageKind {
    return this.stages[this.placeOf(stageId)]?.kind ?? 'open';
  }

  /** To a later stage or to won: advanced. To lost: lost. To an earlier stage: moved back. Nowhere: open. */
  outcome(stageId: string, nextStageId: string | null): VisitOutcome {
    if (nextStageId === null) return 'open';
    const kind = this.kindOf(nextStageId);
    if (kind !== 'open') return kind === 'won' ? 'advanced' : 'lost';
    return this.placeOf(nextStageId) > this.placeOf(stageId) ? 'advanced' : 'movedBack';
  }
}

/**
 * The stays that a deal's moves tell of, oldest first. A stay lasts until the deal's next move to another stage; what
 * happens after `until` is not known yet, so a stay that goes on beyond it is open, and one that begins later is absent.
 */
export function staysOf(moves: readonly LoggedMove[], order: StageOrder, until: Instant): readonly Stay[] {
  const entries: LoggedMove[] = [];
  for (const move of moves) {
    if (move.at <= until && entries.at(-1)?.stageId !== move.stageId) entries.push(move);
  }
  return entries.map(({ stageId, at }, place) => {
    const next = entries[place + 1];
    return {
      stageId,
      enteredAt: at,
      leftAt: next?.at ?? null,
      nextStageId: next?.stageId ?? null,
      outcome: order.outcome(stageId, next?.stageId ?? null),
    };
  });
}
