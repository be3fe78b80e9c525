import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StageKind } from '../domain/crm/records.js';
import { MS_PER_DAY } from '../domain/calendar/local-time.js';
import { diagnose } from '../domain/insight/diagnosis.js';
import { guessClosing, stageUses, typicalOrder, type StageUse } from '../domain/insight/stage-guess.js';
import type { StageInOrder } from '../domain/insight/stays.js';
import { jsonPieces } from './json-file.js';
import type { DiagnoseOptions } from './options.js';
import { asPage } from './page-layout.js';
import { readLog, type ReadLog } from './read-log.js';
import { reportOf } from './report.js';
import type { Closing } from './report-method.js';
import { asText } from './text-layout.js';
import { stagesNamed } from './stage-names.js';
import { UserFault } from './user-fault.js';
import { wordsIn, type Words } from './words.js';

/**
 * Reads the file, writes what was asked for and gives the report as text.
 *
 * @throws UserFault for everything that whoever started it can mend.
 */
export async function runDiagnosis(options: DiagnoseOptions): Promise<string> {
  const words = wordsIn(options.language);
  const log = await readLog(options, words);
  const uses = stageUses(log.deals);
  const closing = closingOf(options, log, uses, words);
  const diagnosis = diagnose(log.deals, stagesOf(log, closing), log.asOf);
  if (diagnosis.deals === 0) throw new UserFault(words.nothingBefore(new Date(log.asOf).toISOString()));
  const report = reportOf(diagnosis, log, closing, words);
  await write(options.json, () => jsonPieces(diagnosis, log.rows, log.skipped), words);
  await write(options.html, () => [asPage(report, options.language)], words);
  return asText(report);
}

/** What nobody named is guessed: also the lost stages of somebody who named the won ones alone. */
function closingOf(options: DiagnoseOptions, log: ReadLog, uses: readonly StageUse[], words: Words): Closing {
  const { timeZone } = options;
  const ahead = options.asOf === null && log.asOf > Date.now() + MS_PER_DAY;
  const ids = uses.map((use) => use.id);
  const [won = [], lost = []] = [options.won, options.lost].map((names) => stagesNamed(names, ids, words));
  const guessed = won.length === 0 || lost.length === 0;
  if (log.snapshot) return { won: log.snapshot.won, lost: log.snapshot.lost, guessed, timeZone, ahead };
  const guess = guessClosing(uses.filter(({ id }) => !won.includes(id) && !lost.includes(id)));
  return {
    won: won.length > 0 ? won : guess.won,
    lost: lost.length > 0 ? lost : guess.lost,
    guessed,
    timeZone,
    ahead,
  };
}

/** Stages that a list of deals tells no time of stand before the one that it does. */
function stagesOf(log: ReadLog, closing: Closing): readonly StageInOrder[] {
  const kinds = new Map<string, StageKind>();
  for (const id of closing.won) kinds.set(id, 'won');
  for (const id of closing.lost) kinds.set(id, 'lost');
  const order = typicalOrder(log.deals, kinds);
  const undated = log.snapshot?.undated;
  if (!undated) return order;
  const [before, rest] = [true, false].map((wanted) =>
    order.filter(({ id, kind }) => (kind === 'open' && undated.has(id)) === wanted),
  );
  return [...(before ?? []), ...(rest ?? [])];
}

/** Written piece by piece: of a large account the stuck deals alone are more than one string should hold. */
async function write(path: string | null, pieces: () => Iterable<string>, words: Words): Promise<void> {
  if (path === null) return;
  try {
    await pipeline(Readable.from(pieces()), createWriteStream(path));
  } catch (error) {
    throw new UserFault(words.cannotWrite(path, error instanceof Error ? error.message : String(error)));
  }
}
