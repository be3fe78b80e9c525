import { writeFile } from 'node:fs/promises';
import type { StageKind } from '../domain/crm/records.js';
import { diagnose, type Diagnosis } from '../domain/insight/diagnosis.js';
import { guessClosing, stageUses, typicalOrder, type StageUse } from '../domain/insight/stage-guess.js';
import type { StageInOrder } from '../domain/insight/stays.js';
import { asJson } from './json-file.js';
import type { DiagnoseOptions } from './options.js';
import { asPage } from './page-layout.js';
import { readLog, type ReadLog } from './read-log.js';
import { reportOf } from './report.js';
import type { Closing } from './report-method.js';
import { asText } from './text-layout.js';
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
  await write(options.json, () => jsonText(diagnosis, log), words);
  await write(options.html, () => asPage(report, options.language), words);
  return asText(report);
}

function closingOf(options: DiagnoseOptions, log: ReadLog, uses: readonly StageUse[], words: Words): Closing {
  const ids = uses.map((use) => use.id);
  const won = options.won.map((name) => stageNamed(name, ids, words));
  const lost = options.lost.map((name) => stageNamed(name, ids, words));
  const { timeZone } = options;
  const given = won.length + lost.length > 0;
  if (log.snapshot) {
    return { won: log.snapshot.won, lost: log.snapshot.lost, guessed: !given, timeZone };
  }
  if (given) return { won, lost, guessed: false, timeZone };
  return { ...guessClosing(uses), guessed: true, timeZone };
}

function stageNamed(name: string, ids: readonly string[], words: Words): string {
  const plain = (text: string): string => text.trim().toLowerCase();
  const found = ids.find((id) => id === name) ?? ids.find((id) => plain(id) === plain(name));
  if (found === undefined) throw new UserFault(words.noSuchStage(name, ids));
  return found;
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

function jsonText(diagnosis: Diagnosis, log: ReadLog): string {
  return `${JSON.stringify(asJson(diagnosis, log.rows, log.skipped), null, 2)}\n`;
}

async function write(path: string | null, text: () => string, words: Words): Promise<void> {
  if (path === null) return;
  try {
    await writeFile(path, text());
  } catch (error) {
    throw new UserFault(words.cannotWrite(path, error instanceof Error ? error.message : String(error)));
  }
}
