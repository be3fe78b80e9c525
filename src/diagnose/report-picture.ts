import { ENOUGH } from '../domain/insight/sample.js';
import type { Diagnosis, StageDiagnosis } from '../domain/insight/diagnosis.js';
import type { Figures } from './figures.js';
import type { ReportWords } from './words.js';

/** One row of a picture; places along it are shares of its width. */
export interface Bar {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** A line across the bar. */
  readonly tick: number | null;
  /** From here on the bar is pale. */
  readonly paleFrom: number | null;
  readonly value: string;
}

/** Bars below one another, and how they are read. */
export interface Picture {
  readonly bars: readonly Bar[];
  readonly note: string;
}

/** Deals that were in each stage, those that still stand there pale. */
export function funnelPicture({ stages }: Diagnosis, words: ReportWords, figures: Figures): Picture {
  const most = Math.max(1, ...stages.map(dealsIn));
  const bars = stages.map((stage) => {
    const deals = dealsIn(stage);
    const { advanced, lost } = stage.passages;
    const share = stage.conversion && advanced + lost >= ENOUGH ? stage.conversion.value : null;
    return {
      label: stage.stageId,
      from: 0,
      to: deals / most,
      tick: null,
      paleFrom: stage.open > 0 ? Math.max(0, deals - stage.open) / most : null,
      value: words.cameHere(words.deals(deals), share === null ? null : figures.percent(share)),
    };
  });
  return { bars, note: words.funnelNote };
}

/** A deal may be won or lost more than once: there the visits are all that is counted. */
function dealsIn(stage: StageDiagnosis): number {
  return stage.kind === 'open' ? stage.passages.entered : stage.visits;
}

/** From a quarter to three quarters of the visits that have left, with the half; stages with enough history only. */
export function timesPicture(
  { stages }: Diagnosis,
  words: ReportWords,
  figures: Figures,
): Picture | undefined {
  const known = stages.flatMap(({ stageId, quartiles, finished }) => {
    const [q1, median, q3] = (quartiles ?? []).map(({ value }) => value);
    if (finished < ENOUGH || q1 === undefined || q1 === null) return [];
    return { stageId, q1, median: median ?? null, q3: q3 ?? null };
  });
  if (known.length === 0) return undefined;
  // A quartile that is not reached lies beyond all that are.
  const longest = Math.max(1, ...known.map(({ q1, median, q3 }) => q3 ?? (median ?? q1) * 1.5));
  const bars = known.map(({ stageId, q1, median, q3 }) => ({
    label: stageId,
    from: q1 / longest,
    to: (q3 ?? longest) / longest,
    tick: median === null ? null : median / longest,
    paleFrom: q3 === null ? (median ?? q1) / longest : null,
    value: figures.short(median),
  }));
  return { bars, note: words.timesNote };
}
