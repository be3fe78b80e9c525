import type { Instant } from '../crm/time.js';
import { MS_PER_DAY } from '../calendar/local-time.js';
import type { Stay, StageOrder } from './stays.js';

/** How a deal's way through one stage came out, whatever detours it took. */
export interface StagePassage {
  readonly stageId: string;
  /** First entry of the deal into the stage. */
  readonly enteredAt: Instant;
  /**
   * `advanced`: the deal came to a later stage or was won afterwards. `lost`: it was lost without that. `open`: neither,
   * it may still do either.
   */
  readonly outcome: 'advanced' | 'lost' | 'open';
}

/** One passage for each open stage that the deal has been in, from its stays, oldest first. */
export function passagesOf(stays: readonly Stay[], order: StageOrder): readonly StagePassage[] {
  const last = stays.at(-1);
  const end = last === undefined ? 'open' : order.kindOf(last.stageId);
  const passages = new Map<string, StagePassage>();
  let furthest = -1;
  for (let at = stays.length - 1; at >= 0; at -= 1) {
    const stay = stays[at];
    if (stay === undefined) continue;
    const kind = order.kindOf(stay.stageId);
    const place = order.placeOf(stay.stageId);
    if (kind === 'open') {
      // The way back from here is the way ahead of the deal: the earliest entry is written last and stays.
      const outcome = furthest > place ? 'advanced' : end === 'lost' ? 'lost' : 'open';
      passages.set(stay.stageId, { stageId: stay.stageId, enteredAt: stay.enteredAt, outcome });
    }
    furthest = Math.max(furthest, reach(stay.stageId, order));
  }
  return [...passages.values()].reverse();
}

/** Open stages that the deal left behind without ever having been in them. */
export function passedBy(stays: readonly Stay[], order: StageOrder): readonly string[] {
  const been = new Set(stays.map((stay) => stay.stageId));
  const furthest = Math.max(...[...been].map((id) => reach(id, order)));
  return order.open.filter(({ id }) => order.placeOf(id) < furthest && !been.has(id)).map(({ id }) => id);
}

/** How far a stage lies: won beyond all, lost nowhere. */
function reach(stageId: string, order: StageOrder): number {
  const kind = order.kindOf(stageId);
  return kind === 'won' ? order.stages.length : kind === 'lost' ? -1 : order.placeOf(stageId);
}

/** Counts of passages; conversion is `advanced` of those decided, the open ones are not forgotten but undecided. */
export interface PassageCounts {
  readonly entered: number;
  readonly advanced: number;
  readonly lost: number;
  readonly open: number;
}

export const NO_PASSAGES: PassageCounts = { entered: 0, advanced: 0, lost: 0, open: 0 };

export function addPassage(counts: PassageCounts, outcome: StagePassage['outcome']): PassageCounts {
  return { ...counts, entered: counts.entered + 1, [outcome]: counts[outcome] + 1 };
}

export function decidedOf(counts: PassageCounts): number {
  return counts.advanced + counts.lost;
}

/** `2017-Q3` in UTC. */
export function quarterOf(at: Instant): string {
  const date = new Date(at);
  return `${date.getUTCFullYear()}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}

/** Whether the whole quarter, to a day, lies in the observed time: the beginning of a history lacks its quick deals. */
export function isWholeQuarter(quarter: string, from: Instant, until: Instant): boolean {
  const [year = 0, count = 1] = quarter.split('-Q').map(Number);
  const [first, next] = [Date.UTC(year, count * 3 - 3), Date.UTC(year, count * 3)];
  return first >= from - MS_PER_DAY && next <= until + MS_PER_DAY;
}

/**
 * Conversion by cohort: what became of the deals that entered the stage in one period.
 *
 * @param periodOf names the period of a moment, `quarterOf` say.
 */
export function conversionByCohort(
  passages: Iterable<StagePassage>,
  periodOf: (at: Instant) => string,
): ReadonlyMap<string, PassageCounts> {
  return countBy(
    passages,
    (one) => periodOf(one.enteredAt),
    (one) => one.outcome,
  );
}

/** Conversion by period: how the stays that ended in one period ended, whenever they began. Moves back are not counted. */
export function conversionByPeriod(
  stays: Iterable<Stay>,
  periodOf: (at: Instant) => string,
): ReadonlyMap<string, PassageCounts> {
  const ended = [...stays].filter((stay) => stay.outcome === 'advanced' || stay.outcome === 'lost');
  return countBy(
    ended,
    (stay) => periodOf(stay.leftAt ?? stay.enteredAt),
    (stay) => (stay.outcome === 'lost' ? 'lost' : 'advanced'),
  );
}

function countBy<T>(
  all: Iterable<T>,
  keyOf: (one: T) => string,
  outcomeOf: (one: T) => StagePassage['outcome'],
): ReadonlyMap<string, PassageCounts> {
  const counts = new Map<string, PassageCounts>();
  for (const one of all) {
    const key = keyOf(one);
    counts.set(key, addPassage(counts.get(key) ?? NO_PASSAGES, outcomeOf(one)));
  }
  return counts;
}
