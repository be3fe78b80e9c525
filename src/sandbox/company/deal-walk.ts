import type { CompanyStageEntry } from './company.js';
import { B2B_WALK, TRANSACTIONAL_WALK } from './funnels.js';
import type { Random } from './random.js';
import { STAGE_TRUTH, type Absence, type CompanyTruth, type StageTruth } from './truth.js';

const DAY_MS = 86_400_000;
/** Nobody goes round for ever: bounds the walk, reached by fewer than one deal in a million. */
const MAX_MOVES = 60;

const TRUTH_OF = new Map(STAGE_TRUTH.map((row) => [`${row.pipelineId}:${row.stageCode}`, row]));
const WALKS: readonly (readonly string[])[] = [B2B_WALK, TRANSACTIONAL_WALK];
const PAUSABLE = new Set(['INTEREST', 'PRESALE', 'OFFER', 'STIMULUS', 'PRICE']);

export interface WalkInput {
  readonly pipelineId: number;
  readonly createdAt: number;
  readonly now: number;
  readonly dead: boolean;
  readonly slow: number;
  readonly absences: readonly Absence[];
}

/** Draws one deal's way through its funnel up to `now`; the last entry is its present stage. */
export function walkDeal(
  random: Random,
  truth: Omit<CompanyTruth, 'isDead'>,
  input: WalkInput,
): CompanyStageEntry[] {
  const { pipelineId } = input;
  const returning = pipelineId === 0 && random.chance(truth.repeatShare);
  let code = returning ? 'REPEAT' : 'NEW';
  let pausedFrom = 'OFFER';
  let at = input.createdAt;
  const history: CompanyStageEntry[] = [{ at, pipelineId, stageCode: code }];
  const diesAfter = input.dead ? random.below(WALKS[pipelineId]?.length ?? 1) : MAX_MOVES;
  for (let move = 0; move < diesAfter; move += 1) {
    const row = truthOf(pipelineId, code);
    at = afterAbsence(at + random.logNormal(row.medianDays, row.sigma) * input.slow * DAY_MS, input.absences);
    if (at > input.now) break;
    const next = nextStage(random, truth, row, pausedFrom);
    if (next === 'PAUSED') pausedFrom = code;
    code = next;
    history.push({ at: Math.round(at), pipelineId, stageCode: code });
    if (code === 'WON' || code === 'LOSE') break;
  }
  return history;
}

function nextStage(
  random: Random,
  truth: Omit<CompanyTruth, 'isDead'>,
  row: StageTruth,
  pausedFrom: string,
): string {
  if (random.chance(row.lossShare)) return 'LOSE';
  if (row.stageCode === 'PAUSED') return pausedFrom;
  if (row.stageCode === 'REPEAT') return 'OFFER';
  const pausable = row.pipelineId === 0 && PAUSABLE.has(row.stageCode);
  if (pausable && random.chance(truth.pauseShare)) return 'PAUSED';
  return stepOn(random, truth, WALKS[row.pipelineId] ?? [], row.stageCode);
}

/** The next stage of the walk, now and then the one before it or the one after the next. */
function stepOn(
  random: Random,
  truth: Omit<CompanyTruth, 'isDead'>,
  walk: readonly string[],
  code: string,
): string {
  const place = walk.indexOf(code);
  const inside = place > 1 && place < walk.length - 1;
  if (inside && random.chance(truth.reentryShare)) return walk[place - 1] ?? 'NEW';
  const jump = place + 2 < walk.length && random.chance(truth.skipShare) ? 2 : 1;
  return walk[place + jump] ?? 'WON';
}

function truthOf(pipelineId: number, code: string): StageTruth {
  const row = TRUTH_OF.get(`${pipelineId}:${code}`);
  if (row === undefined) throw new RangeError(`no stated truth for stage ${code} of pipeline ${pipelineId}`);
  return row;
}

function afterAbsence(at: number, absences: readonly Absence[]): number {
  for (const absence of absences) {
    if (at >= absence.from && at < absence.to) return absence.to + ((at - absence.from) % DAY_MS);
  }
  return at;
}
