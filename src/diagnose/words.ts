import type { Role } from './columns.js';
import { EN } from './words.en.js';
import type { Language } from './options.js';
import type { BadRow } from './read-log.js';
import { RU } from './words.ru.js';

/** What is said when a file cannot be read; each a whole sentence that tells what to do. */
export interface FaultWords {
  noFile(path: string): string;
  emptyFile(path: string): string;
  isSpreadsheet(path: string): string;
  brokenArchive(path: string): string;
  brokenTable(line: number): string;
  missingColumns(roles: readonly Role[], header: readonly string[]): string;
  noSuchColumn(role: Role, name: string, header: readonly string[]): string;
  noSuchStage(name: string, stages: readonly string[]): string;
  tooManyStages(count: number, column: string): string;
  tooManyBadRows(bad: number, rows: number, first: readonly BadRow[]): string;
  nothingBefore(day: string): string;
  cannotWrite(path: string, why: string): string;
  emptyCell(role: Role): string;
  longCell(role: Role): string;
  unreadableDate(text: string): string;
  dealTwice(deal: string): string;
  closedBeforeStart(): string;
  closedWithoutStart(): string;
  noDates(): string;
  badRow(row: BadRow): string;
  moreBadRows(count: number): string;
}

/** Lengths of time; at most one digit after the point. `never`: the time is not reached. */
export interface TimeUnits {
  readonly never: string;
  readonly belowMinute: string;
  minutes(count: number): string;
  hours(count: number): string;
  days(count: number): string;
}

/** The words of the report. Figures come formatted. */
export interface ReportWords {
  readonly locale: string;
  /** Name of the one stage that a list of deals in several open stages tells of. */
  readonly anyOpenStage: string;
  title(asOf: string): string;
  /** Of the columns. */
  readonly roles: Readonly<Record<Role, string>>;
  workingDays(count: number): string;
  /** As people say it. */
  readonly spoken: TimeUnits;
  /** As it stands in a table. */
  readonly short: TimeUnits;
  deals(count: number): string;
  range(low: string, high: string): string;
  quarter(name: string): string;
  halfClosed(time: string): string;
  notHalfClosed(): string;
  usualReport(time: string): string;
  openNow(deals: string, amount: string | null): string;
  stuckNow(count: string, share: string, amount: string | null): string;
  deadNow(count: string): string;
  noneStuck(): string;
  readonly weakest: string;
  costsMost(stage: string): string;
  wouldHaveWon(more: string, range: string, money: string | null, moneyRange: string | null): string;
  conversionThen(best: string, quarter: string, now: string, from: string, to: string): string;
  readonly bestIsOptimistic: string;
  readonly noLeak: string;
  readonly tooFewForLeak: string;
  slowest(stage: string, half: string, faster: string): string;
  readonly funnel: string;
  readonly funnelNote: string;
  /** `advanced`: null where it is not known. */
  cameHere(deals: string, advanced: string | null): string;
  readonly timesNote: string;
  readonly stages: string;
  readonly stageHead: readonly string[];
  readonly wonMark: string;
  readonly lostMark: string;
  readonly tooFew: string;
  readonly stagesNote: string;
  readonly stuck: string;
  readonly stuckHead: readonly string[];
  stuckRule(): string;
  andMore(count: string): string;
  chance(percent: string, horizon: string): string;
  standsLonger(limit: string): string;
  readonly kinds: Readonly<Record<'noPlan' | 'sellerIdle' | 'waitingForClient' | 'dead', string>>;
  readonly change: string;
  closeDead(count: string, amount: string | null): string;
  pushStuck(count: string, stage: string): string;
  watchStage(stage: string, limit: string): string;
  raiseConversion(stage: string): string;
  seldomUsed(stage: string, entered: string, all: string): string;
  adviseDrop(stages: string): string;
  adviseMerge(stage: string, into: string, share: string, half: string): string;
  adviseSplit(stage: string, quick: string, slow: string): string;
  readonly nothingToChange: string;
  readonly howCounted: string;
  columnsRead(pairs: string): string;
  readRows(rows: string, deals: string): string;
  skippedRows(count: string): string;
  endsGuessed(won: string, lost: string): string;
  endsGiven(won: string, lost: string): string;
  readonly none: string;
  snapshot(working: string): string;
  snapshotMerged(working: string): string;
  undated(stages: string): string;
  dayOrderGuessed(dayFirst: boolean): string;
  zoneNote(zone: string): string;
  /** `day`: of the last time in the file. */
  futureNote(day: string): string;
  encodingNote(encoding: string): string;
  unreadableAmounts(count: string): string;
  honesty(bulk: number, sameMinute: number, imported: number): string;
  skippedStages(count: string): string;
  readonly daysOnly: string;
  readonly method: string;
}

export type Words = FaultWords & ReportWords;

export function wordsIn(language: Language): Words {
  return language === 'ru' ? RU : EN;
}
