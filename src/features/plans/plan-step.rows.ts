import type {
  Attempt,
  Because,
  ManualEdits,
  NoteCode,
  PlanStep,
  StepOutcome,
  StepState,
  UndoRecord,
} from '../../domain/plans/types.js';

export interface PlanStepRow {
  readonly plan_id: string;
  readonly step_key: string;
  readonly visit_seq: number;
  readonly stage_key: string;
  readonly state: string;
  readonly owner_id: string | null;
  readonly due_at: Date | null;
  readonly actionable_at: Date | null;
  readonly detail: StepDetail;
}

/** What of a step no query asks for. */
interface StepDetail {
  readonly because?: Because;
  readonly notes?: readonly NoteCode[];
  readonly outcome?: StepOutcome | null;
  readonly manual?: ManualEdits;
  readonly undo?: UndoRecord | null;
  readonly attempts?: readonly Attempt[];
  readonly turnOf?: string;
  readonly handTo?: string;
}

const UNTOUCHED: ManualEdits = { dueAt: null, ownerId: null, reopenedAt: null };

export function toStep(row: PlanStepRow): PlanStep {
  const { because, notes, outcome, manual, undo, attempts, turnOf, handTo } = row.detail;
  return {
    stepKey: row.step_key,
    visitSeq: row.visit_seq,
    stageKey: row.stage_key,
    state: row.state as StepState,
    ownerId: row.owner_id,
    startAt: row.actionable_at?.getTime() ?? null,
    dueAt: row.due_at?.getTime() ?? null,
    because: because ?? { code: 'ownStage', params: {} },
    notes: notes ?? [],
    outcome: outcome ?? null,
    manual: manual ?? UNTOUCHED,
    undo: undo ?? null,
    ...(attempts === undefined ? {} : { attempts }),
    ...(turnOf === undefined ? {} : { turnOf }),
    ...(handTo === undefined ? {} : { handTo }),
  };
}

/** What is as it is by default is left out: most steps are still ahead, and a plan has dozens of them. */
export function detailOf(step: PlanStep): string {
  const { because, notes, outcome, manual, undo, attempts, turnOf, handTo } = step;
  const { dueAt, ownerId, reopenedAt, postponed } = manual;
  const touched = dueAt !== null || ownerId !== null || reopenedAt !== null || postponed !== undefined;
  return JSON.stringify({
    because,
    notes: notes.length > 0 ? notes : undefined,
    outcome: outcome ?? undefined,
    manual: touched ? manual : undefined,
    undo: undo ?? undefined,
    attempts,
    turnOf,
    handTo,
  });
}
