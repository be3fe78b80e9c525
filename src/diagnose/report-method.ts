import type { Diagnosis } from '../domain/insight/diagnosis.js';
import type { Role } from './columns.js';
import type { Figures } from './figures.js';
import type { ReadLog } from './read-log.js';
import type { Section } from './report.js';
import type { Words } from './words.js';

/** Which stages close a deal, and whether anybody said so. */
export interface Closing {
  readonly won: readonly string[];
  readonly lost: readonly string[];
  readonly guessed: boolean;
  /** Zone in which moments without one were read. */
  readonly timeZone: string;
  /** Whether the observation ends later than the clock says. */
  readonly ahead: boolean;
}

/** What a reader needs to believe the figures, or to correct them. */
export function countedSection(
  diagnosis: Diagnosis,
  log: ReadLog,
  closing: Closing,
  words: Words,
  figures: Figures,
): Section {
  const quoted = (names: readonly string[]): string =>
    names.length === 0 ? words.none : names.map((name) => `«${name}»`).join(', ');
  const [won, lost] = [quoted(closing.won), quoted(closing.lost)];
  const lines = [
    words.readRows(figures.number(log.rows), words.deals(diagnosis.deals)),
    words.columnsRead(columnPairs(log, words)),
    closing.guessed ? words.endsGuessed(won, lost) : words.endsGiven(won, lost),
    ...fileNotes(log, words, figures),
    ...honestyNotes(diagnosis, words, figures),
    ...(closing.ahead ? [words.futureNote(figures.day(diagnosis.asOf))] : []),
    words.zoneNote(closing.timeZone),
    words.method,
  ];
  return { heading: words.howCounted, table: null, lines };
}

function columnPairs({ columns, header }: ReadLog, words: Words): string {
  return (Object.entries(columns) as [Role, number][])
    .map(([role, place]) => `${words.roles[role]} = «${header[place] ?? ''}»`)
    .join(', ');
}

function fileNotes(log: ReadLog, words: Words, figures: Figures): string[] {
  const lines: string[] = [];
  const { snapshot, dayOrder } = log;
  if (snapshot)
    lines.push(snapshot.merged ? words.snapshotMerged(snapshot.working) : words.snapshot(snapshot.working));
  if (snapshot && snapshot.undated.size > 0) {
    const stages = [...snapshot.undated].map(([stage, count]) => `«${stage}» – ${words.deals(count)}`);
    lines.push(words.undated(stages.join(', ')));
  }
  if (log.skipped > 0) {
    lines.push(words.skippedRows(figures.number(log.skipped)), ...log.bad.map((row) => words.badRow(row)));
    if (log.skipped > log.bad.length) lines.push(words.moreBadRows(log.skipped - log.bad.length));
  }
  if (dayOrder?.guessed) lines.push(words.dayOrderGuessed(dayOrder.order === 'dayFirst'));
  if (log.unreadableAmounts > 0) lines.push(words.unreadableAmounts(figures.number(log.unreadableAmounts)));
  if (log.encoding !== 'utf-8') lines.push(words.encodingNote(log.encoding));
  return lines;
}

function honestyNotes({ honesty }: Diagnosis, words: Words, figures: Figures): string[] {
  if (honesty.daysOnly) return [words.daysOnly];
  const lines: string[] = [];
  if (honesty.bulkMove + honesty.sameMinute + honesty.import > 0) {
    lines.push(words.honesty(honesty.bulkMove, honesty.sameMinute, honesty.import));
  }
  if (honesty.skippedStage > 0) lines.push(words.skippedStages(figures.number(honesty.skippedStage)));
  return lines;
}
