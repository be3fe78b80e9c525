import type { Deal, StageVisit } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import type { TemplateIndex } from './template-index.js';
import type { StageMap } from './template.types.js';

/** One stay of the deal in the same template stages; neighbours that map to the same stages are one. */
interface Pass {
  readonly stageKeys: readonly string[];
  readonly enteredAt: Instant;
  /** Stage of the pipeline in which it ended. */
  readonly pipelineStageId: string;
  /** Furthest place on the way at that time; a stage off the way keeps the place before it, -1 is before the way. */
  readonly reached: number;
}

/** One uninterrupted stay in one template stage. */
export interface StageRun {
  readonly enteredAt: Instant;
  /** Null: the deal is there now. */
  readonly leftAt: Instant | null;
}

/** The deal's way through the template since the plan began. */
export interface DealWay {
  readonly runs: ReadonlyMap<string, readonly StageRun[]>;
  /** Stages that the deal's present stage covers, in order. */
  readonly current: readonly string[];
  /** When the present stay began; null when no stage of the deal is mapped. */
  readonly enteredAt: Instant | null;
  readonly reached: number;
  /** The least far place it stood at: what lies between that and `reached` without a run was skipped. */
  readonly lowest: number;
  readonly closed: { readonly as: 'won' | 'lost'; readonly at: Instant } | null;
  /** The stay before the present one, where the deal's last move began; null when it has not moved since. */
  readonly left: { readonly stageKeys: readonly string[]; readonly pipelineStageId: string } | null;
  /** Of a plan after the sale whose deal is not won any more. */
  readonly ended: { readonly as: 'lost' | 'reopened'; readonly at: Instant } | null;
}

interface PlainVisit {
  readonly stageId: string;
  readonly enteredAt: Instant;
}

/**
 * Reads a deal's visits, in any order, as a way through the template. Stages unknown to the map are passed over: the
 * plan goes on where it was. What ended before the plan began does not count, and the stay in which it began is
 * counted from that moment, so that a deal found in mid-funnel is not overdue on its first day.
 */
export function dealWay(
  deal: Deal,
  visits: readonly StageVisit[],
  map: StageMap,
  index: TemplateIndex,
  startedAt: Instant,
): DealWay {
  const ordered = orderedVisits(deal, visits);
  const covered = stagesOf(map, deal, index);
  const first = firstSincePlanStart(ordered, startedAt);
  // A deal found off the way (on pause, say) has come as far as its earlier stages brought it.
  const before = passesOf(ordered.slice(0, first), covered, index, -1).at(-1)?.reached ?? -1;
  const since = ordered
    .slice(first)
    .map((visit) => ({ ...visit, enteredAt: Math.max(visit.enteredAt, startedAt) }));
  const passes = passesOf(since, covered, index, before);
  const last = passes.at(-1);
  const closedAt = ordered.at(-1)?.enteredAt ?? startedAt;
  const left = passes.at(-2);
  return {
    runs: runsOf(passes),
    current: last?.stageKeys ?? [],
    enteredAt: last?.enteredAt ?? null,
    reached: last?.reached ?? before,
    lowest: passes.reduce((low, pass) => Math.min(low, pass.reached), Number.POSITIVE_INFINITY),
    closed: deal.stageKind === 'open' ? null : { as: deal.stageKind, at: Math.max(closedAt, startedAt) },
    left: left ? { stageKeys: left.stageKeys, pipelineStageId: left.pipelineStageId } : null,
    ended: null,
  };
}

/**
 * The way of a plan after the sale: one stay in all its stages, worked through one after another, from the plan's
 * beginning until the deal is lost or open again.
 */
export function afterSaleWay(
  deal: Deal,
  visits: readonly StageVisit[],
  index: TemplateIndex,
  startedAt: Instant,
): DealWay {
  const keys = index.stages.map((stage) => stage.stage.key);
  const movedAt = Math.max(orderedVisits(deal, visits).at(-1)?.enteredAt ?? startedAt, startedAt);
  const goesOn = deal.stageKind === 'won';
  const run: StageRun = { enteredAt: startedAt, leftAt: goesOn ? null : movedAt };
  return {
    runs: new Map(keys.map((key) => [key, [run]])),
    current: goesOn ? keys : [],
    enteredAt: goesOn ? startedAt : movedAt,
    reached: keys.length - 1,
    lowest: 0,
    closed: null,
    left: null,
    ended: goesOn ? null : { as: deal.stageKind === 'lost' ? 'lost' : 'reopened', at: movedAt },
  };
}

/** By time, and by the host's count within one second. The deal's own stage closes the list when history lags. */
function orderedVisits(deal: Deal, visits: readonly StageVisit[]): readonly PlainVisit[] {
  const sorted: PlainVisit[] = visits.toSorted((a, b) => a.enteredAt - b.enteredAt || a.seq - b.seq);
  const last = sorted.at(-1);
  if (last?.stageId === deal.stageId) return sorted;
  const since = deal.stageSince ?? deal.modifiedAt;
  return [...sorted, { stageId: deal.stageId, enteredAt: Math.max(since, last?.enteredAt ?? since) }];
}

/** Place of the visit in which the plan began. */
function firstSincePlanStart(visits: readonly PlainVisit[], startedAt: Instant): number {
  const first = visits.findIndex(
    (_, at) => (visits[at + 1]?.enteredAt ?? Number.POSITIVE_INFINITY) > startedAt,
  );
  return Math.max(first, 0);
}

/** Template stages by pipeline stage. The stage that closed the deal counts as entered even when nobody mapped it. */
function stagesOf(map: StageMap, deal: Deal, index: TemplateIndex): ReadonlyMap<string, readonly string[]> {
  const covered = new Map<string, readonly string[]>();
  for (const entry of map.entries) {
    const known = entry.stageKeys.filter((key) => index.stageByKey.has(key));
    if (known.length > 0 || entry.stageKeys.length === 0) covered.set(entry.pipelineStageId, known);
  }
  if (deal.stageKind !== 'open' && !covered.has(deal.stageId)) covered.set(deal.stageId, []);
  return covered;
}

function passesOf(
  visits: readonly PlainVisit[],
  covered: ReadonlyMap<string, readonly string[]>,
  index: TemplateIndex,
  reachedBefore: number,
): readonly Pass[] {
  const passes: Pass[] = [];
  for (const visit of visits) {
    const stageKeys = covered.get(visit.stageId);
    if (!stageKeys) continue;
    const previous = passes.at(-1);
    if (previous && stageKeys.length > 0 && sameKeys(previous.stageKeys, stageKeys)) {
      passes[passes.length - 1] = { ...previous, pipelineStageId: visit.stageId };
      continue;
    }
    passes.push({
      stageKeys,
      enteredAt: visit.enteredAt,
      pipelineStageId: visit.stageId,
      reached: reachedBy(stageKeys, index, previous?.reached ?? reachedBefore),
    });
  }
  return passes;
}

function reachedBy(stageKeys: readonly string[], index: TemplateIndex, before: number): number {
  const places = stageKeys.map((key) => placeOf(key, index)).filter((place) => place !== null);
  return places.length === 0 ? before : Math.max(...places);
}

/** Closing stages do not count as reached: what lies before them was skipped only if the deal stood before it. */
function placeOf(stageKey: string, index: TemplateIndex): number | null {
  const indexed = index.stageByKey.get(stageKey);
  return indexed?.stage.kind === 'open' ? indexed.wayIndex : null;
}

function runsOf(passes: readonly Pass[]): ReadonlyMap<string, readonly StageRun[]> {
  const runs = new Map<string, StageRun[]>();
  passes.forEach((pass, at) => {
    const leftAt = passes[at + 1]?.enteredAt ?? null;
    for (const key of pass.stageKeys) {
      const known = runs.get(key) ?? [];
      const last = known.at(-1);
      const continues = last !== undefined && passes[at - 1]?.stageKeys.includes(key) === true;
      if (continues) known[known.length - 1] = { enteredAt: last.enteredAt, leftAt };
      else known.push({ enteredAt: pass.enteredAt, leftAt });
      runs.set(key, known);
    }
  });
  return runs;
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}
