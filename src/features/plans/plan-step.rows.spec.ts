import { describe, expect, it } from '@jest/globals';
import type { PlanStep } from '../../domain/plans/types.js';
import { detailOf, toStep, type PlanStepRow } from './plan-step.rows.js';

const BARE: PlanStep = {
  stepKey: 'call',
  visitSeq: 2,
  stageKey: 'first',
  state: 'waiting',
  ownerId: 'anna',
  startAt: null,
  dueAt: Date.UTC(2026, 10, 24, 6),
  because: { code: 'prerequisite', params: { stageKey: 'first', stepKey: 'mail' } },
  notes: ['taken'],
  outcome: null,
  manual: { dueAt: null, ownerId: 'anna', reopenedAt: null, dueReason: 'asked to wait', postponed: 2 },
  undo: null,
};

/** As the database hands it back: the detail went through JSON. */
function rowOf(step: PlanStep): PlanStepRow {
  return {
    plan_id: 'p',
    step_key: step.stepKey,
    visit_seq: step.visitSeq,
    stage_key: step.stageKey,
    state: step.state,
    owner_id: step.ownerId,
    due_at: step.dueAt === null ? null : new Date(step.dueAt),
    actionable_at: step.startAt === null ? null : new Date(step.startAt),
    detail: JSON.parse(detailOf(step)) as PlanStepRow['detail'],
  };
}

describe('src/features/plans/plan-step.rows', () => {
  it('brings every fact of a step back as it was, and makes none up', () => {
    const attempts = [{ at: 1, by: 'anna', note: 'busy' }];
    const full: PlanStep = {
      ...BARE,
      attempts,
      turnOf: 'anna',
      handTo: 'boris',
      undo: { outcome: null, manual: BARE.manual, attempts, at: 1, by: 'anna' },
    };
    expect(toStep(rowOf(full))).toStrictEqual(full);
    expect(toStep(rowOf(BARE))).toStrictEqual(BARE);
  });
});
