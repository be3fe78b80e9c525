import type { StageTransition, StageVisit } from './records.js';
import type { Instant } from './time.js';

/**
 * The host's history and our own eyes date one move by clocks of whole seconds that round differently, so an own
 * transition this near to a history row of the same stage is the same move. The mirror's SQL uses the same figure.
 */
export const SAME_MOVE_MS = 2_000;

/**
 * The visits that a deal's transitions tell of, oldest first; `transitions` of one deal in any order, with duplicates.
 * Deterministic: any order of arrival gives the same visits. Where the host's history knows a move, it counts and our
 * own sighting of it does not. The last visit is open-ended, whatever kind its stage is.
 */
export function visitsOf(transitions: readonly StageTransition[]): readonly StageVisit[] {
  const visits: StageVisit[] = [];
  for (const move of withoutEchoes(transitions).toSorted(byTime)) {
    const last = visits.at(-1);
    if (last && last.pipelineId === move.pipelineId && last.stageId === move.stageId) continue;
    if (last) visits[visits.length - 1] = { ...last, leftAt: move.at };
    visits.push({
      dealId: move.dealId,
      seq: visits.length + 1,
      pipelineId: move.pipelineId,
      stageId: move.stageId,
      enteredAt: move.at,
      leftAt: null,
    });
  }
  return visits;
}

/** Whole time from the first known entry to `now`, which is the sum of the time in its stages. */
export function timeInStages(visits: readonly StageVisit[], now: Instant): number {
  return visits.reduce((sum, visit) => sum + ((visit.leftAt ?? now) - visit.enteredAt), 0);
}

function withoutEchoes(transitions: readonly StageTransition[]): readonly StageTransition[] {
  const history = transitions.filter((one) => one.hostId !== null);
  return transitions.filter((one) => one.hostId !== null || !history.some((known) => isSameMove(known, one)));
}

function isSameMove(known: StageTransition, own: StageTransition): boolean {
  return (
    known.pipelineId === own.pipelineId &&
    known.stageId === own.stageId &&
    Math.abs(known.at - own.at) <= SAME_MOVE_MS
  );
}

/** Equal instants: the host's rows in the order of their ids (numbers as numbers), then our own sightings. */
function byTime(a: StageTransition, b: StageTransition): number {
  return (
    a.at - b.at ||
    compareHostIds(a.hostId, b.hostId) ||
    compareText(a.pipelineId, b.pipelineId) ||
    compareText(a.stageId, b.stageId)
  );
}

function compareHostIds(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.length - b.length || compareText(a, b);
}

/** By code point, as the database compares under the C collation. */
function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
