import { describe, expect, it } from '@jest/globals';
import type { BecauseCode, PlanStep } from '../../domain/plans/types.js';
import { becauseText, type Reader } from './because.texts.js';

const CODES: readonly BecauseCode[] = [
  'earlierSteps',
  'prerequisite',
  'afterStep',
  'tooEarly',
  'stageLeft',
  'stageSkipped',
  'carriedOver',
  'kept',
  'reentryNothing',
  'reentryReopened',
  'reentryNewPass',
  'dealWon',
  'dealLost',
  'dealReopened',
  'conditionFalse',
  'closingStep',
  'closingSkipped',
  'reopenedByHand',
  'stageUnmapped',
  'paused',
  'notInPlan',
  'taskDeleted',
];

function reader(language: 'ru' | 'en'): Reader {
  return {
    language,
    timeZone: 'Europe/Moscow',
    stageName: () => 'Презентация',
    stepTitle: () => 'Позвонить',
  };
}

function step(changes: Partial<PlanStep>): PlanStep {
  return {
    stepKey: 'call',
    visitSeq: 1,
    stageKey: 'first',
    state: 'waiting',
    ownerId: null,
    startAt: null,
    dueAt: null,
    because: { code: 'ownStage', params: {} },
    notes: [],
    outcome: null,
    manual: { dueAt: null, ownerId: null, reopenedAt: null },
    undo: null,
    ...changes,
  };
}

describe('src/features/plans/because.texts', () => {
  it('says every reason as a whole sentence in both languages, without holes', () => {
    const params = { stageKey: 'first', stepKey: 'call', until: Date.UTC(2026, 10, 24), at: 0 };
    for (const code of CODES) {
      const ru = becauseText(step({ because: { code, params } }), reader('ru'));
      const en = becauseText(step({ because: { code, params } }), reader('en'));
      expect([code, ru]).toEqual([code, expect.stringMatching(/^[А-ЯЁ].*\.$/u)]);
      expect([code, en]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$/u)]);
      expect(`${ru}${en}`).not.toMatch(/undefined|null|«»|“”/);
    }
  });

  it('says nothing where the state says it all', () => {
    expect(becauseText(step({}), reader('ru'))).toBeNull();
    expect(
      becauseText(step({ state: 'done', because: { code: 'done', params: {} } }), reader('en')),
    ).toBeNull();
  });

  it('tells what a step that its condition keeps out hangs on', () => {
    const out = (params: PlanStep['because']['params']): string | null =>
      becauseText(step({ state: 'cancelled', because: { code: 'conditionFalse', params } }), reader('ru'));
    expect(out({ why: 'fieldBelow', field: 'amount' })).toBe('Снят: по данным сделки этот шаг не нужен.');
    expect(out({ why: 'stepOpen', stepKey: 'call' })).toContain('когда закончится шаг «Позвонить»');
    expect(out({ why: 'resultOther', stepKey: 'call' })).toContain('не нужен после шага «Позвонить»');
  });

  it('names the day in the reader’s zone', () => {
    const until = Date.UTC(2026, 10, 23, 22);
    const text = becauseText(step({ because: { code: 'tooEarly', params: { until } } }), reader('ru'));
    expect(text).toContain('24 ноября');
  });

  it('adds what is odd about person and deadline of an open step only', () => {
    const notes = ['noOwner', 'dueByHand'] as const;
    expect(becauseText(step({ notes }), reader('ru'))).toContain('вручную');
    expect(
      becauseText(
        step({ notes, state: 'cancelled', because: { code: 'dealWon', params: {} } }),
        reader('ru'),
      ),
    ).toBe('Снят: сделка выиграна.');
  });
});
