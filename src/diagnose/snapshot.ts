import type { Instant } from '../domain/crm/time.js';
import { guessClosing } from '../domain/insight/stage-guess.js';
import type { LogBuilder } from './log-builder.js';
import type { DiagnoseOptions } from './options.js';
import { UserFault } from './user-fault.js';
import type { Words } from './words.js';

/** One deal as it stands: its stage now, when it began, when it was closed. */
export interface SnapshotRow {
  readonly deal: string;
  readonly stage: string;
  readonly start: Instant | null;
  readonly close: Instant | null;
  readonly owner: string | null;
  readonly amount: number | null;
  readonly product: string | null;
}

/** What a list of deals tells, and does not. */
export interface SnapshotFacts {
  /** The stage in which deals with a beginning are taken to have stood until they were closed. */
  readonly working: string;
  /** True when the deals stand in several open stages, whose own times such a list does not tell. */
  readonly merged: boolean;
  /** Deals whose time is not known, by stage: without a beginning, or closed without a date. */
  readonly undated: ReadonlyMap<string, number>;
  readonly won: readonly string[];
  readonly lost: readonly string[];
}

/**
 * Turns a list of deals (one row each) into a log: every deal with a beginning stood in one working stage until it was
 * closed, or stands there still. Which open stages it went through meanwhile the list does not say.
 */
export class SnapshotBuilder {
  private readonly rows: SnapshotRow[] = [];
  private readonly deals = new Set<string>();

  constructor(private readonly words: Words) {}

  /** Null when taken, else why the row cannot be. */
  add(row: SnapshotRow): string | null {
    if (this.deals.has(row.deal)) return this.words.dealTwice(row.deal);
    if (row.start !== null && row.close !== null && row.close < row.start)
      return this.words.closedBeforeStart();
    if (row.start === null && row.close !== null) return this.words.closedWithoutStart();
    this.deals.add(row.deal);
    this.rows.push(row);
    return null;
  }

  /** @throws UserFault when no deal has a beginning. */
  finish(log: LogBuilder, options: DiagnoseOptions): SnapshotFacts {
    const closing = this.closingStages(options);
    const closed = new Set([...closing.won, ...closing.lost]);
    const standing = this.rows.filter((row) => row.start !== null && row.close === null);
    const open = new Set(standing.map((row) => row.stage).filter((stage) => !closed.has(stage)));
    const merged = open.size !== 1;
    const [only = ''] = open;
    const working = merged ? this.words.anyOpenStage : only;
    const last = options.asOf ?? this.lastTime();
    if (last === null) throw new UserFault(this.words.noDates());
    const undated = new Map<string, number>();
    for (const row of this.rows) {
      const { deal, owner, amount, product, start, close } = row;
      const rest = { deal, owner, amount, product };
      // Closed on an unknown day, or never begun: the deal is counted, its time is not.
      if (start === null || (close === null && closed.has(row.stage))) {
        undated.set(row.stage, (undated.get(row.stage) ?? 0) + 1);
        log.add({ ...rest, stage: row.stage, at: last });
        continue;
      }
      log.add({ ...rest, stage: working, at: start });
      if (close !== null) log.add({ ...rest, stage: row.stage, at: close });
    }
    return { working, merged, undated, ...closing };
  }

  /** Stages of deals with a closing date. Those that are not named or guessed as won are lost: the deal is closed. */
  private closingStages(options: DiagnoseOptions): { won: readonly string[]; lost: readonly string[] } {
    const uses = new Map<string, number>();
    for (const row of this.rows) if (row.close !== null) uses.set(row.stage, (uses.get(row.stage) ?? 0) + 1);
    const known = [...options.won, ...options.lost];
    const unnamed = [...uses].filter(([id]) => !known.includes(id));
    const guess = guessClosing(unnamed.map(([id, visits]) => ({ id, visits, last: visits })));
    const won = options.won.length > 0 ? options.won : guess.won;
    const rest = [...uses.keys()].filter((id) => !won.includes(id));
    return { won, lost: [...new Set([...options.lost, ...rest])] };
  }

  private lastTime(): Instant | null {
    let last: Instant | null = null;
    for (const { start, close } of this.rows) {
      const at = close ?? start;
      if (at !== null && (last === null || at > last)) last = at;
    }
    return last;
  }
}
