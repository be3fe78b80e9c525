import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aDeal,
  aStage,
  aStep,
  aTemplate,
  continued,
  DAY_MS,
  MONDAY,
  picture,
  stepOf,
  withDone,
} from '../../../test/support/plan-builders.js';
import { libraryTemplate } from './library/library.js';
import { decidePlan } from './planner.js';
import { mapStages } from './stage-map.js';
import type { TemplateStep } from './types.js';

const HOUR_MS = 3_600_000;

function threeStages(step: Partial<TemplateStep> = {}): ReturnType<typeof aTemplate> {
  return aTemplate([
    aStage('a', [aStep('a1', step), aStep('a2', step)]),
    aStage('b', [aStep('b1', step)]),
    aStage('c', [aStep('c1', step)]),
  ]);
}

describe('domain/plans/planner', () => {
  it('plans the whole way to the money and makes only the present stage actionable', () => {
    const plan = decidePlan(aCase(threeStages(), [{ stage: 'a', day: 0 }]));
    expect(picture(plan)).toEqual(['a1#1:actionable', 'a2#1:actionable', 'b1#1:future', 'c1#1:future']);
    expect(plan.stageKey).toBe('a');
    expect(plan.status).toEqual({ kind: 'active' });
  });

  it('forecasts deadlines of the stages ahead, each after the one before', () => {
    const plan = decidePlan(aCase(threeStages(), [{ stage: 'a', day: 0 }]));
    const dues = ['a1', 'b1', 'c1'].map((key) => stepOf(plan, key).dueAt ?? 0);
    expect(dues).toEqual([MONDAY + DAY_MS, MONDAY + 2 * DAY_MS, MONDAY + 3 * DAY_MS]);
    expect(stepOf(plan, 'b1').notes).toContain('dueForecast');
    expect(stepOf(plan, 'a1').notes).not.toContain('dueForecast');
  });

  it('qualifies a deal found in mid-funnel to its stage and does not make the earlier steps', () => {
    const found = aCase(
      threeStages(),
      [
        { stage: 'a', day: -60 },
        { stage: 'b', day: -30 },
      ],
      { now: MONDAY },
    );
    const plan = decidePlan(found);
    expect(picture(plan)).toEqual(['b1#1:actionable', 'c1#1:future']);
    expect(stepOf(plan, 'b1').dueAt).toBe(MONDAY + DAY_MS);
  });

  it('counts the steps of a pause from the pause, and the way ahead from where the deal had come', () => {
    const template = aTemplate([
      aStage('a', [aStep('a1')]),
      aStage('b', [aStep('b1')]),
      aStage('c', [aStep('c1')]),
      aStage('pause', [aStep('p1')], 'paused'),
    ]);
    const stays = [
      { stage: 'a', day: -40 },
      { stage: 'b', day: -30 },
      { stage: 'pause', day: -20 },
    ];
    const plan = decidePlan(aCase(template, stays, { now: MONDAY }));
    expect(picture(plan)).toEqual(['c1#1:future', 'p1#1:actionable']);
    expect(stepOf(plan, 'p1').dueAt).toBe(MONDAY + DAY_MS);
    expect(plan.stageKey).toBe('pause');
  });

  it('uses the deal’s own stage when the history is not here yet', () => {
    const plan = decidePlan(
      aCase(threeStages(), [], { deal: aDeal('b', { stageSince: MONDAY }), now: MONDAY }),
    );
    expect(picture(plan)).toEqual(['b1#1:actionable', 'c1#1:future']);
  });

  it('cancels what the left stage did not finish, says why, and opens the next stage', () => {
    const input = aCase(threeStages(), [{ stage: 'a', day: 0 }]);
    const steps = withDone(decidePlan(input), ['a1'], MONDAY + HOUR_MS);
    const stays = [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
    ];
    const plan = decidePlan(continued(input, steps, stays));
    expect(picture(plan)).toEqual(['a1#1:done', 'a2#1:cancelled', 'b1#1:actionable', 'c1#1:future']);
    expect(stepOf(plan, 'a2').because).toEqual({
      code: 'stageLeft',
      params: { stageKey: 'a', at: MONDAY + DAY_MS },
    });
  });

  it('carries a step over into the present stage, and keeps another where it is', () => {
    const template = aTemplate([
      aStage('a', [aStep('carry', { exit: 'carryOver' }), aStep('keep', { exit: 'keep' })]),
      aStage('b', [aStep('b1')]),
    ]);
    const stays = [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
    ];
    const plan = decidePlan(aCase(template, stays));
    expect(stepOf(plan, 'carry')).toMatchObject({ state: 'actionable', stageKey: 'b' });
    expect(stepOf(plan, 'keep')).toMatchObject({ state: 'actionable', stageKey: 'a' });
    expect(stepOf(plan, 'carry').because.code).toBe('carriedOver');
  });

  it('cancels the steps of a stage that was jumped over, and brings them back when the deal comes to it after all', () => {
    const jumped = [
      { stage: 'a', day: 0 },
      { stage: 'c', day: 1 },
    ];
    const plan = decidePlan(aCase(threeStages(), jumped));
    expect(stepOf(plan, 'b1').because.code).toBe('stageSkipped');
    const back = decidePlan(aCase(threeStages(), [...jumped, { stage: 'b', day: 2 }]));
    expect(stepOf(back, 'b1').state).toBe('actionable');
  });

  it.each([
    ['nothing', ['a1#1:cancelled']],
    ['reopenUndone', ['a1#1:actionable']],
    ['newPass', ['a1#1:cancelled', 'a1#2:actionable']],
  ] as const)('follows the re-entry policy %s', (reentry, expected) => {
    const template = aTemplate([aStage('a', [aStep('a1', { reentry })]), aStage('b', [])]);
    const stays = [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
      { stage: 'a', day: 2 },
    ];
    expect(picture(decidePlan(aCase(template, stays)))).toEqual(expected);
  });

  it('does not reopen what was done when the deal goes back, except as a new pass', () => {
    const template = aTemplate([
      aStage('a', [aStep('once', { reentry: 'reopenUndone' }), aStep('again', { reentry: 'newPass' })]),
      aStage('b', []),
    ]);
    const input = aCase(template, [{ stage: 'a', day: 0 }]);
    const steps = withDone(decidePlan(input), ['once', 'again'], MONDAY + HOUR_MS);
    const stays = [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
      { stage: 'a', day: 2 },
    ];
    const plan = decidePlan(continued(input, steps, stays));
    expect(picture(plan)).toEqual(['once#1:done', 'again#1:done', 'again#2:actionable']);
  });

  it('closes what is open when the deal is lost, and lets the won deal’s kept step live', () => {
    const template = aTemplate([
      aStage('a', [aStep('plain'), aStep('papers', { exit: 'keep' })]),
      aStage('b', [aStep('b1')]),
    ]);
    const lost = [
      { stage: 'a', day: 0 },
      { stage: 'lost', day: 1 },
    ];
    const plan = decidePlan(aCase(template, lost));
    expect(plan.status).toEqual({ kind: 'closed', as: 'lost', at: MONDAY + DAY_MS });
    expect(picture(plan)).toEqual(['plain#1:cancelled', 'papers#1:cancelled', 'b1#1:cancelled']);
    expect(stepOf(plan, 'b1').because.code).toBe('dealLost');
    const won = [
      { stage: 'a', day: 0 },
      { stage: 'won', day: 1 },
    ];
    expect(picture(decidePlan(aCase(template, won)))).toEqual([
      'plain#1:cancelled',
      'papers#1:actionable',
      'b1#1:cancelled',
    ]);
  });

  it('creates the closing stage’s own steps when the version says so', () => {
    const stages = [
      aStage('a', [aStep('a1')]),
      aStage('won', [aStep('thanks')], 'won'),
      aStage('lost', [aStep('why')], 'lost'),
    ];
    const template = aTemplate(stages, {
      onWon: { openSteps: 'byExitPolicy', closingSteps: 'create' },
      onLost: { openSteps: 'cancel', closingSteps: 'skip' },
    });
    const open = [{ stage: 'a', day: 0 }];
    expect(picture(decidePlan(aCase(template, open)))).toEqual(['a1#1:actionable', 'thanks#1:future']);
    const won = decidePlan(aCase(template, [...open, { stage: 'won', day: 1 }]));
    expect(picture(won)).toEqual(['a1#1:cancelled', 'thanks#1:actionable']);
    expect(stepOf(won, 'thanks').because.code).toBe('closingStep');
    const lost = decidePlan(aCase(template, [...open, { stage: 'lost', day: 1 }]));
    expect(picture(lost)).toEqual(['a1#1:cancelled', 'thanks#1:cancelled', 'why#1:cancelled']);
  });

  it('works several template stages through one after another inside one stage of a short pipeline', () => {
    const template = threeStages();
    const input = {
      ...aCase(template, [{ stage: 'only', day: 0 }]),
      stageMap: {
        entries: [
          {
            pipelineStageId: 'only',
            stageKeys: ['a', 'b', 'c'],
            match: 'position',
            confidence: 0.4,
          } as const,
        ],
      },
    };
    const plan = decidePlan(input);
    expect(picture(plan)).toEqual(['a1#1:actionable', 'a2#1:actionable', 'b1#1:future', 'c1#1:future']);
    expect(stepOf(plan, 'b1').because).toEqual({ code: 'earlierSteps', params: { stageKey: 'a' } });
    const doneAt = MONDAY + 2 * DAY_MS;
    const next = decidePlan({ ...input, steps: withDone(plan, ['a1', 'a2'], doneAt), now: doneAt });
    expect(picture(next)).toEqual(['a1#1:done', 'a2#1:done', 'b1#1:actionable', 'c1#1:future']);
    expect(next.stageKey).toBe('b');
    expect(stepOf(next, 'b1').dueAt).toBe(doneAt + DAY_MS);
  });

  it('takes neighbours of a long pipeline that share a template stage for one stay', () => {
    const template = aTemplate([aStage('a', [aStep('a1', { reentry: 'newPass' })])]);
    const stays = [
      { stage: 'x', day: 0 },
      { stage: 'y', day: 1 },
    ];
    const entries = ['x', 'y'].map((pipelineStageId) => ({
      pipelineStageId,
      stageKeys: ['a'],
      match: 'position' as const,
      confidence: 0.5,
    }));
    const plan = decidePlan({ ...aCase(template, stays), stageMap: { entries } });
    expect(picture(plan)).toEqual(['a1#1:actionable']);
  });

  it('goes on where it was when the deal enters a stage that nobody mapped', () => {
    const stays = [
      { stage: 'b', day: 0 },
      { stage: 'brand-new', day: 1 },
    ];
    expect(picture(decidePlan(aCase(threeStages(), stays)))).toEqual(['b1#1:actionable', 'c1#1:future']);
    const lost = decidePlan(aCase(threeStages(), [{ stage: 'brand-new', day: 0 }]));
    expect(lost.stageKey).toBeNull();
    expect(lost.steps.every((step) => step.because.code === 'stageUnmapped')).toBe(true);
  });

  it('cancels a stored step that the template no longer has, and keeps it when it was finished', () => {
    const input = aCase(threeStages(), [{ stage: 'a', day: 0 }]);
    const shorter = aTemplate([aStage('b', [aStep('b1')])]);
    const steps = withDone(decidePlan(input), ['a1'], MONDAY);
    const plan = decidePlan({ ...input, template: shorter, steps });
    expect(stepOf(plan, 'a1').state).toBe('done');
    expect(stepOf(plan, 'a2').because.code).toBe('notInPlan');
  });

  it('reads a visit that came late as if it had come in time', () => {
    const stays = [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
      { stage: 'c', day: 2 },
    ];
    const full = aCase(threeStages(), stays);
    const early = decidePlan({ ...full, visits: full.visits.filter((visit) => visit.stageId !== 'b') });
    const late = decidePlan({ ...full, visits: full.visits.toReversed(), steps: early.steps });
    expect(picture(late)).toEqual(picture(decidePlan(full)));
  });

  it('plans a deal of the public data set’s two open stages from the short library template', () => {
    const template = libraryTemplate('transactional', 'en');
    if (!template) throw new Error('no template');
    const pipeline = [
      { id: 'P', name: 'Prospecting', sort: 1, kind: 'open' },
      { id: 'E', name: 'Engaging', sort: 2, kind: 'open' },
      { id: 'W', name: 'Won', sort: 3, kind: 'won' },
      { id: 'L', name: 'Lost', sort: 4, kind: 'lost' },
    ] as const;
    const stageMap = mapStages(template.stages, pipeline);
    const plan = decidePlan({ ...aCase(template, [{ stage: 'E', day: 0 }]), stageMap });
    const open = plan.steps.filter((step) => step.state === 'actionable').map((step) => step.stepKey);
    expect(open).toEqual(['need', 'budget']);
    expect(plan.steps.filter((step) => step.state === 'future').length).toBeGreaterThan(4);
  });
});
