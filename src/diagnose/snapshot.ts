import type { Instant } from '../domain/crm/time.js';
import type { LoggedDeal } from '../domain/insight/stays.js';
import { guessClosing } from '../domain/insight/stage-guess.js';
import { LogBuilder } from './log-builder.js';
import type { DiagnoseOptions } from './options.js';
import { stagesNamed } from './stage-names.js';
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

export interface Snapshot {
  readonly facts: SnapshotFacts;
  readonly deals: Iterable<LoggedDeal>;
  readonly asOf: Instant;
  readonly stageNames: readonly string[];
}

/**
 * Turns a list of deals (one row each) into a log: every deal with a beginning stood in one working stage until it was
 * closed, or stands there still. Which open stages it went through meanwhile the list does not say.
 */
export class SnapshotBuilder {
  /** One row a deal: its own stage and its beginning, NaN without one. */
  private readonly log = new LogBuilder();
  private closes = new Float64Array(1024);
  /** How many deals with a closing date stand in a stage, and how many with a beginning and none. */
  private readonly closedIn = new Map<string, number>();
  private readonly standingIn = new Map<string, number>();
  private last = Number.NEGATIVE_INFINITY;

  constructor(private readonly words: Words) {}

  /** Null when taken, else why the row cannot be. */
  add(row: SnapshotRow): string | null {
    const fault = this.faultOf(row);
    if (fault !== null) return fault;
    const { start, close, ...rest } = row;
    this.keepClose(this.log.rows, close ?? Number.NaN);
    this.log.add({ ...rest, at: start ?? Number.NaN });
    if (start === null) return null;
    const counts = close === null ? this.standingIn : this.closedIn;
    counts.set(row.stage, (counts.get(row.stage) ?? 0) + 1);
    this.last = Math.max(this.last, close ?? start);
    return null;
  }

  private faultOf({ deal, start, close }: SnapshotRow): string | null {
    if (this.log.knows(deal)) return this.words.dealTwice(deal);
    if (close === null) return null;
    if (start === null) return this.words.closedWithoutStart();
    return close < start ? this.words.closedBeforeStart() : null;
  }

  private keepClose(place: number, close: number): void {
    if (place === this.closes.length) {
      const larger = new Float64Array(place * 2);
      larger.set(this.closes);
      this.closes = larger;
    }
    this.closes[place] = close;
  }

  /** @throws UserFault when no deal has a date, or a stage is named that nobody stands in. */
  finish(options: DiagnoseOptions): Snapshot {
    if (this.last === Number.NEGATIVE_INFINITY) throw new UserFault(this.words.noDates());
    const asOf = options.asOf ?? this.last;
    const closing = this.closingStages(options);
    const closed = new Set([...closing.won, ...closing.lost]);
    const open = [...this.standingIn.keys()].filter((stage) => !closed.has(stage));
    const merged = open.length !== 1;
    const working = merged ? this.words.anyOpenStage : (open[0] ?? '');
    const { log, closes } = this;
    const isUndated = (stage: string, start: Instant, close: Instant): boolean =>
      // Never begun, or closed on an unknown day: the deal is counted, its time is not.
      Number.isNaN(start) || (Number.isNaN(close) && closed.has(stage));
    const deals = log.finish((deal, place) => {
      const [{ stageId = '', at: start = Number.NaN } = {}] = deal.moves;
      const close = closes[place] ?? Number.NaN;
      if (isUndated(stageId, start, close)) return { ...deal, moves: [{ stageId, at: asOf }] };
      const begun = { stageId: working, at: start };
      return { ...deal, moves: Number.isNaN(close) ? [begun] : [begun, { stageId, at: close }] };
    });
    const undated = new Map<string, number>();
    log.forEachRow((stage, start, place) => {
      if (!isUndated(stage, start, closes[place] ?? Number.NaN)) return;
      undated.set(stage, (undated.get(stage) ?? 0) + 1);
    });
    return { facts: { working, merged, undated, ...closing }, deals, asOf, stageNames: log.stageNames };
  }

  /** Stages of deals with a closing date. Those that are not named or guessed as won are lost: the deal is closed. */
  private closingStages(options: DiagnoseOptions): { won: readonly string[]; lost: readonly string[] } {
    const named = (names: readonly string[]): readonly string[] =>
      stagesNamed(names, this.log.stageNames, this.words);
    const [givenWon, givenLost] = [named(options.won), named(options.lost)];
    const known = [...givenWon, ...givenLost];
    const unnamed = [...this.closedIn].filter(([id]) => !known.includes(id));
    const guess = guessClosing(unnamed.map(([id, visits]) => ({ id, visits, last: visits })));
    const won = givenWon.length > 0 ? givenWon : guess.won;
    const rest = [...this.closedIn.keys()].filter((id) => !won.includes(id));
    return { won, lost: [...new Set([...givenLost, ...rest])] };
  }
}
