import { describe, expect, it } from '@jest/globals';
import type { PlanStep, StepState } from '../../domain/plans/types.js';
import { aStage, aStep, aTemplate } from '../../../test/support/plan-builders.js';
import { wishOf, type WishInput } from './task-wish.js';

const rule = aStep('call', { title: 'Позвонить' });
const template = { ...aTemplate([aStage('first', [rule])]), language: 'ru' as const };

function step(state: StepState, changes: Partial<PlanStep> = {}): PlanStep {
  return {
    stepKey: 'call',
    visitSeq: 1,
    stageKey: 'first',
    state,
    ownerId: '7',
    startAt: 0,
    dueAt: 1_000,
    because: { code: 'ownStage', params: {} },
    notes: [],
    outcome: null,
    manual: { dueAt: null, ownerId: null, reopenedAt: null },
    undo: null,
    ...changes,
  };
}

function wish(before: PlanStep | undefined, after: PlanStep, dealTitle = 'ООО «Ромашка»') {
  const input: WishInput = { planId: 'p', dealId: 'd', dealTitle, template, rule, before, after };
  return wishOf(input);
}

describe('src/features/plans/task-wish', () => {
  it('cuts a long title between characters: the database takes no half of one, and nothing would be planned', () => {
    const whole = ['', 'x', 'xx'].map(
      (start) => wish(undefined, step('actionable'), start + '😀'.repeat(200))?.desired.title,
    );
    expect(whole.map((title) => [title?.isWellFormed(), (title?.length ?? 0) <= 240])).toEqual(
      whole.map(() => [true, true]),
    );
  });

  it('wants a task for what is actionable now, and nothing for the rest', () => {
    expect(wish(undefined, step('actionable'))?.desired).toMatchObject({
      state: 'open',
      ownerId: '7',
      dueAt: 1_000,
    });
    for (const state of ['future', 'waiting', 'done', 'skipped', 'cancelled'] as const) {
      expect(wish(undefined, step(state))).toBeNull();
    }
  });

  it('says nothing new while person and deadline stay', () => {
    expect(wish(step('actionable'), step('actionable'))).toBeNull();
    expect(wish(step('actionable'), step('actionable', { dueAt: 2_000 }))?.desired.dueAt).toBe(2_000);
    expect(wish(step('actionable'), step('actionable', { dueAt: 2_000 }))?.decides).toBeUndefined();
  });

  it('completes the task of a done or failed step and closes the others with the reason', () => {
    const base = { at: 1, by: '7', source: 'widget' } as const;
    const done = step('done', { outcome: { ...base, kind: 'done', result: { kind: 'none' } } });
    const failed = step('failed', {
      outcome: { ...base, kind: 'failed', cause: 'client', reason: 'не нужен' },
    });
    const skipped = step('skipped', { outcome: { ...base, kind: 'skipped', reason: 'уже созвонились' } });
    expect(wish(step('actionable'), done)?.desired).toMatchObject({ state: 'completed', comment: null });
    expect(wish(step('actionable'), failed)?.desired).toMatchObject({ state: 'completed' });
    expect(wish(step('actionable'), failed)?.desired.comment).toContain('не нужен');
    expect(wish(step('actionable'), skipped)?.desired).toMatchObject({ state: 'cancelled' });
    expect(wish(step('actionable'), skipped)?.desired.comment).toContain('уже созвонились');
    expect(wish(step('actionable'), step('cancelled'))?.decides).toEqual(['state']);
  });

  it('keeps the task’s person when the plan finds nobody any more, and wants none where nobody ever was', () => {
    expect(wish(step('actionable'), step('cancelled', { ownerId: null }))?.desired.ownerId).toBe('7');
    expect(wish(undefined, step('actionable', { ownerId: null }))).toBeNull();
  });

  it('names the deal in the title and never writes one that a host would cut', () => {
    expect(wish(undefined, step('actionable'))?.desired.title).toBe('Позвонить: ООО «Ромашка»');
    const long = wish(undefined, step('actionable'), 'я'.repeat(500))?.desired.title ?? '';
    expect(long.length).toBeLessThanOrEqual(240);
    expect(long.endsWith('…')).toBe(true);
  });
});
