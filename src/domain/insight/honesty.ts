import type { Instant } from '../crm/time.js';
import { MS_PER_DAY } from './stuck.js';
import type { LoggedDeal, Stay, StageOrder } from './stays.js';

/** So many deals through the same door within one minute are moved by somebody's mass action, not by selling. */
const BULK_DEALS = 20;
const MS_PER_MINUTE = 60_000;
/** When most leave a stage in bulk, that is how the stage works (a payment run, say), and no accident. */
const NORMAL_SHARE = 0.5;

/** Why a stay is not learned from. */
export type HonestyMark = 'bulkMove' | 'sameMinute' | 'import' | 'backdated';

export interface HonestyCounts {
  /** Stays that ended in a bulk move that is not the usual way out of the stage. */
  readonly bulkMove: number;
  /** Stays that ended within the minute in which they began. */
  readonly sameMinute: number;
  /** First stays of deals that came into being in bulk: the true entry is not known. */
  readonly import: number;
  /** Stays whose beginning or end was entered for an earlier day than that of the entry. */
  readonly backdated: number;
  /** Moves ahead over at least one open stage; a fact about the funnel, still learned from. */
  readonly skippedStage: number;
  /** The log has days only: what happens within a minute cannot be told, and the first three stay 0. */
  readonly daysOnly: boolean;
}

/**
 * Finds what in a log is somebody's clean-up rather than selling. Two passes over the deals: what happened together is
 * known only after all were seen.
 */
export class HonestyJudge {
  private readonly entries = new Map<number, number>();
  private readonly doors = new Map<number, { all: number; bulk: number }>();
  private readonly daysOnly: boolean;
  private readonly stages: number;

  constructor(
    deals: Iterable<LoggedDeal>,
    private readonly order: StageOrder,
  ) {
    this.stages = order.stages.length + 1;
    let withTime = false;
    for (const { moves } of deals) {
      moves.forEach((move, at) => {
        withTime ||= move.at % MS_PER_DAY !== 0;
        const key = this.key(moves[at - 1]?.stageId ?? null, move.stageId, move.at);
        this.entries.set(key, (this.entries.get(key) ?? 0) + 1);
      });
    }
    this.daysOnly = !withTime;
    for (const [key, deals] of this.entries) this.addDoor(key % (this.stages * this.stages), deals);
  }

  /** Marks of one stay; `previous` is the stage before it, null for a deal's first. */
  marksOf(stay: Stay, previous: string | null): readonly HonestyMark[] {
    if (this.daysOnly) return [];
    const marks: HonestyMark[] = [];
    if (stay.leftAt !== null && stay.nextStageId !== null) {
      if (sameMinute(stay.enteredAt, stay.leftAt)) marks.push('sameMinute');
      if (this.isBulk(stay.stageId, stay.nextStageId, stay.leftAt)) marks.push('bulkMove');
    }
    if (previous === null && this.isBulk(null, stay.stageId, stay.enteredAt)) marks.push('import');
    return marks;
  }

  /** Counts over all stays of all deals. `backdated` needs to know when rows were entered, which a log does not say. */
  count(all: Iterable<readonly Stay[]>): HonestyCounts {
    const counts = { bulkMove: 0, sameMinute: 0, import: 0, backdated: 0, skippedStage: 0 };
    for (const stays of all) {
      stays.forEach((stay, at) => {
        for (const mark of this.marksOf(stay, stays[at - 1]?.stageId ?? null)) counts[mark] += 1;
        if (skips(stay, this.order)) counts.skippedStage += 1;
      });
    }
    return { ...counts, daysOnly: this.daysOnly };
  }

  private isBulk(from: string | null, to: string, at: Instant): boolean {
    if ((this.entries.get(this.key(from, to, at)) ?? 0) < BULK_DEALS) return false;
    const door = this.doors.get(this.door(from, to));
    return door === undefined || door.bulk <= NORMAL_SHARE * door.all;
  }

  private addDoor(door: number, deals: number): void {
    const known = this.doors.get(door) ?? { all: 0, bulk: 0 };
    known.all += deals;
    if (deals >= BULK_DEALS) known.bulk += deals;
    this.doors.set(door, known);
  }

  private door(from: string | null, to: string): number {
    return (from === null ? 0 : this.order.placeOf(from) + 1) * this.stages + this.order.placeOf(to) + 1;
  }

  private key(from: string | null, to: string, at: Instant): number {
    return Math.floor(at / MS_PER_MINUTE) * this.stages * this.stages + this.door(from, to);
  }
}

/** Whether a row was entered for an earlier day than that on which it was made. */
export function isBackdated(at: Instant, recordedAt: Instant): boolean {
  return recordedAt - at > MS_PER_DAY;
}

/** Moved ahead over an open stage, or won from before the last open one. */
export function skips(stay: Stay, order: StageOrder): boolean {
  if (stay.outcome !== 'advanced' || stay.nextStageId === null) return false;
  const place = order.placeOf(stay.stageId);
  const next = order.kindOf(stay.nextStageId) === 'won' ? order.open.length : order.placeOf(stay.nextStageId);
  return place >= 0 && next - place > 1;
}

function sameMinute(from: Instant, to: Instant): boolean {
  return Math.floor(from / MS_PER_MINUTE) === Math.floor(to / MS_PER_MINUTE);
}
