import type { Instant } from '../crm/time.js';
import { MS_PER_DAY } from '../calendar/local-time.js';
import type { LoggedDeal, Stay, StageOrder } from './stays.js';

/** So many deals through the same door within one minute are moved by somebody's mass action, not by selling. */
const BULK_DEALS = 20;
const MS_PER_MINUTE = 60_000;
const NORMAL_SHARE = 0.5;

/** Why a stay is not learned from. */
export type HonestyMark = 'bulkMove' | 'sameMinute' | 'import' | 'backdated' | 'skippedStage';

export interface HonestyCounts {
  /** Stays that ended in a bulk move that is not the usual way out of the stage. */
  readonly bulkMove: number;
  /** Stays that ended within the minute in which they began. */
  readonly sameMinute: number;
  /** First stays of deals that came into being in bulk: the true entry is not known. */
  readonly import: number;
  /** Stays whose beginning or end was entered for an earlier day than that of the entry. */
  readonly backdated: number;
  /** Moves ahead over at least one open stage; not learned from where that is not how most go on from the stage. */
  readonly skippedStage: number;
  /** The log has days only: what happens within a minute cannot be told, and the first three stay 0. */
  readonly daysOnly: boolean;
}

/** Moves ahead out of a stage. */
interface Onward {
  all: number;
  skipping: number;
}

interface Door {
  all: number;
  bulk: number;
  sameMinute: number;
}

/**
 * Finds what in a log is somebody's clean-up rather than selling. It walks the deals once before it judges: what happened
 * together, and what is usual, is known only after all were seen.
 */
export class HonestyJudge {
  /** Only those with enough deals to be a mass action. */
  private readonly bulk = new Set<number>();
  private readonly doors = new Map<number, Door>();
  private readonly onward = new Map<string, Onward>();
  private readonly daysOnly: boolean;
  private readonly stages: number;
  private readonly tally = { bulkMove: 0, sameMinute: 0, import: 0, backdated: 0, skippedStage: 0 };

  constructor(
    deals: Iterable<LoggedDeal>,
    private readonly order: StageOrder,
  ) {
    this.stages = order.stages.length + 1;
    const together = new Map<number, number>();
    let withTime = false;
    for (const { moves } of deals) {
      moves.forEach((move, at) => {
        withTime ||= move.at % MS_PER_DAY !== 0;
        const before = moves[at - 1];
        const door = this.door(before?.stageId ?? null, move.stageId);
        const key = this.key(door, move.at);
        together.set(key, (together.get(key) ?? 0) + 1);
        this.count(door, before !== undefined && sameMinute(before.at, move.at));
        if (before) this.countOnward(before.stageId, move.stageId);
      });
    }
    this.daysOnly = !withTime;
    for (const [key, deals] of together) if (deals >= BULK_DEALS) this.addBulk(key, deals);
  }

  /** Marks of a deal's stays, one list for each; counted on the way, so ask once for each deal. */
  judge(stays: readonly Stay[]): readonly (readonly HonestyMark[])[] {
    return stays.map((stay, at) => {
      const marks = this.daysOnly ? [] : this.marksOf(stay, stays[at - 1]?.stageId ?? null);
      for (const mark of marks) this.tally[mark] += 1;
      if (!skips(stay, this.order)) return marks;
      this.tally.skippedStage += 1;
      return this.skipIsRare(stay.stageId) ? [...marks, 'skippedStage'] : marks;
    });
  }

  /** Of all deals judged so far. `backdated` needs to know when rows were entered, which a log does not say. */
  counts(): HonestyCounts {
    return { ...this.tally, daysOnly: this.daysOnly };
  }

  private marksOf(stay: Stay, previous: string | null): readonly HonestyMark[] {
    const marks: HonestyMark[] = [];
    if (stay.leftAt !== null && stay.nextStageId !== null) {
      const door = this.door(stay.stageId, stay.nextStageId);
      if (sameMinute(stay.enteredAt, stay.leftAt) && this.isRare(door, 'sameMinute'))
        marks.push('sameMinute');
      if (this.isBulk(door, stay.leftAt)) marks.push('bulkMove');
    }
    if (previous === null && this.isBulk(this.door(null, stay.stageId), stay.enteredAt)) marks.push('import');
    return marks;
  }

  private isBulk(door: number, at: Instant): boolean {
    return this.bulk.has(this.key(door, at)) && this.isRare(door, 'bulk');
  }

  /** What most deals do at a door is how it works, and no accident: a nightly run, an automatic approval. */
  private isRare(door: number, what: 'bulk' | 'sameMinute'): boolean {
    const known = this.doors.get(door);
    return known === undefined || known[what] <= NORMAL_SHARE * known.all;
  }

  private skipIsRare(stageId: string): boolean {
    const known = this.onward.get(stageId);
    return known === undefined || known.skipping <= NORMAL_SHARE * known.all;
  }

  private countOnward(from: string, to: string): void {
    const ahead = stagesAhead(from, to, this.order);
    if (ahead <= 0) return;
    const known = this.onward.get(from) ?? { all: 0, skipping: 0 };
    known.all += 1;
    if (ahead > 1) known.skipping += 1;
    this.onward.set(from, known);
  }

  private count(door: number, quick: boolean): void {
    const known = this.doors.get(door) ?? { all: 0, bulk: 0, sameMinute: 0 };
    known.all += 1;
    if (quick) known.sameMinute += 1;
    this.doors.set(door, known);
  }

  private addBulk(key: number, deals: number): void {
    this.bulk.add(key);
    const known = this.doors.get(key % (this.stages * this.stages));
    if (known) known.bulk += deals;
  }

  private door(from: string | null, to: string): number {
    return (from === null ? 0 : this.order.placeOf(from) + 1) * this.stages + this.order.placeOf(to) + 1;
  }

  private key(door: number, at: Instant): number {
    return Math.floor(at / MS_PER_MINUTE) * this.stages * this.stages + door;
  }
}

/** Whether a row was entered for an earlier day than that on which it was made. */
export function isBackdated(at: Instant, recordedAt: Instant): boolean {
  return recordedAt - at > MS_PER_DAY;
}

/** Moved ahead over an open stage, or won from before the last open one. */
export function skips(stay: Stay, order: StageOrder): boolean {
  if (stay.outcome !== 'advanced' || stay.nextStageId === null) return false;
  return stagesAhead(stay.stageId, stay.nextStageId, order) > 1;
}

/** How many stages the move goes ahead; won comes after the last open one, and nothing else that is closed is ahead. */
function stagesAhead(from: string, to: string, order: StageOrder): number {
  const [place, kind] = [order.placeOf(from), order.kindOf(to)];
  if (place < 0 || order.kindOf(from) !== 'open' || kind === 'lost') return 0;
  return (kind === 'won' ? order.open.length : order.placeOf(to)) - place;
}

function sameMinute(from: Instant, to: Instant): boolean {
  return Math.floor(from / MS_PER_MINUTE) === Math.floor(to / MS_PER_MINUTE);
}
