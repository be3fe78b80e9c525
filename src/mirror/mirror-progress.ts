import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/crm/time.js';
import { Database } from '../infra/db/database.js';
import { readCheckpoints, type Checkpoint, type CheckpointStage } from './checkpoints.repository.js';
import { COPY_STEPS, type StepName } from './streams/streams.js';

/** How far the first copy of an account is. */
export interface CopyProgress {
  /** `waiting`: not begun, also when the account was never started. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly rowsDone: number;
  /** Null while the host has not said how many there are; the history's part is estimated before it begins. */
  readonly rowsTotal: number | null;
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Kind of the failure that holds it up: a `HostFailure` kind, `forbidden: <scope>`, or `internal`. */
  readonly problem: string | null;
  readonly updatedAt: Instant | null;
  readonly steps: readonly StepProgress[];
}

export interface StepProgress {
  readonly step: StepName;
  readonly stage: CheckpointStage;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly problem: string | null;
  /** Everything modified before this instant of the host's clock is in the mirror. */
  readonly syncedTo: Instant | null;
}

/** Reads how the copy goes; cheap, for views that poll. */
@Injectable()
export class MirrorProgress {
  constructor(private readonly database: Database) {}

  async of(accountId: string): Promise<CopyProgress> {
    const checkpoints = await readCheckpoints(this.database, accountId);
    return progressOf(COPY_STEPS.flatMap((step) => checkpoints.find((one) => one.step === step) ?? []));
  }
}

/** From checkpoints in the order of copying. */
export function progressOf(checkpoints: readonly Checkpoint[]): CopyProgress {
  // Visits are counted again from what was copied: in the sum they would be counted twice.
  const counted = checkpoints.filter((one) => one.step !== 'visits');
  const open = checkpoints.filter((one) => one.stage === 'waiting' || one.stage === 'backfilling');
  const rowsDone = sum(counted.map((one) => one.rowsDone));
  const rowsTotal = totalOf(counted);
  const rowsPerSecond = rateOf(open);
  const left = rowsTotal === null ? null : Math.max(0, rowsTotal - rowsDone);
  return {
    state: stateOf(checkpoints, open),
    rowsDone,
    rowsTotal,
    rowsPerSecond,
    secondsLeft: left === null || !rowsPerSecond ? null : Math.ceil(left / rowsPerSecond),
    problem: [...open, ...checkpoints].find((one) => one.fault !== null)?.fault ?? null,
    updatedAt: checkpoints.length === 0 ? null : Math.max(...checkpoints.map((one) => one.updatedAt)),
    steps: checkpoints.map(({ step, stage, rowsDone: done, rowsTotal: total, fault, syncedTo }) => ({
      step,
      stage,
      rowsDone: done,
      rowsTotal: total,
      problem: fault,
      syncedTo,
    })),
  };
}

function stateOf(all: readonly Checkpoint[], open: readonly Checkpoint[]): CopyProgress['state'] {
  if (all.length === 0) return 'waiting';
  if (open.length > 0) return all.every((one) => one.stage === 'waiting') ? 'waiting' : 'running';
  return all.some((one) => one.stage === 'failed') ? 'failed' : 'done';
}

/** Rows of history that a deal has on average: stands in for the history's total until the host says it. */
const MOVES_PER_DEAL = 4;

/**
 * What each step said when it began. Steps that have still to begin are estimated from the deals, so that the time left
 * is about right from the start; null while a running step has said nothing.
 */
function totalOf(checkpoints: readonly Checkpoint[]): number | null {
  const deals = checkpoints.find((one) => one.step === 'deals')?.rowsTotal ?? null;
  const totals = checkpoints.map((one) => {
    if (one.stage === 'failed') return one.rowsDone;
    if (one.stage !== 'waiting') return one.rowsTotal;
    if (one.step === 'deals') return null;
    return one.step === 'stageHistory' ? deals && deals * MOVES_PER_DEAL : 0;
  });
  const known = totals.filter((total) => total !== null);
  return known.length === totals.length ? sum(known) : null;
}

function rateOf(open: readonly Checkpoint[]): number | null {
  const current = open.find((one) => one.stage === 'backfilling');
  if (!current || current.startedAt === null) return null;
  const seconds = (current.updatedAt - current.startedAt) / 1_000;
  return seconds <= 0 ? null : Math.round(current.rowsDone / seconds);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
