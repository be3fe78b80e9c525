import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  aCase,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  ownMap,
  stepOf,
  withDone,
} from '../../../test/support/plan-builders.js';
import { factsOf, migratePlan, undoMigration, type PlanMigration } from './migration.js';
import { decidePlan } from './planner.js';
import type { PlanInput, PlanStep, TemplateBody, TemplateStep } from './types.js';

const OLD = aTemplate([
  aStage('a', [aStep('call'), aStep('brief'), aStep('report')]),
  aStage('b', [aStep('offer')]),
]);

function next(template: TemplateBody): {
  readonly template: TemplateBody;
  readonly stageMap: PlanInput['stageMap'];
} {
  return { template, stageMap: ownMap(template) };
}

function changes({ diff }: PlanMigration): Readonly<Record<string, string>> {
  return Object.fromEntries(diff.map((each) => [each.stepKey, each.change]));
}

function edited(step: PlanStep): PlanStep {
  return { ...step, manual: { ...step.manual, dueAt: MONDAY + 9 * DAY_MS } };
}

describe('src/domain/plans/migration', () => {
  it('tells kept, moved, dropped, added and hand-edited steps apart', () => {
    const start = aCase(OLD, [{ stage: 'a', day: 0 }]);
    const steps = decidePlan(start).steps.map((step) => (step.stepKey === 'brief' ? edited(step) : step));
    const later = { anchor: { from: 'stageEntry' }, amount: 4, unit: 'workingDays' } as const;
    const migrated = migratePlan(
      { ...start, steps },
      next(
        aTemplate([
          aStage('a', [aStep('call'), aStep('brief', { offset: later }), aStep('thank')]),
          aStage('b', [aStep('offer', { offset: later })]),
        ]),
      ),
    );
    expect(changes(migrated)).toEqual({
      call: 'kept',
      brief: 'editedByHand',
      report: 'dropped',
      offer: 'moved',
      thank: 'added',
    });
    expect(stepOf(migrated.after, 'brief').dueAt).toBe(MONDAY + 9 * DAY_MS);
    expect(stepOf(migrated.after, 'report')).toMatchObject({
      state: 'cancelled',
      because: { code: 'notInPlan' },
    });
  });

  it('leaves what is finished a fact, also where the version has no such step any more', () => {
    const start = aCase(OLD, [{ stage: 'a', day: 0 }]);
    const steps = withDone(decidePlan(start), ['call', 'report'], MONDAY + 1);
    const migrated = migratePlan({ ...start, steps }, next(aTemplate([aStage('a', [aStep('call')])])));
    expect(['call', 'report'].map((key) => stepOf(migrated.after, key).state)).toEqual(['done', 'done']);
    expect(changes(migrated)).toEqual({ brief: 'dropped', offer: 'dropped' });
  });

  it('does not take the passing of time for a change', () => {
    const start = aCase(OLD, [{ stage: 'a', day: 0 }]);
    const stored = decidePlan(start).steps;
    const migrated = migratePlan({ ...start, steps: stored, now: MONDAY + 5 * DAY_MS }, next(OLD));
    expect(new Set(migrated.diff.map((each) => each.change))).toEqual(new Set(['kept']));
  });

  it('keeps what was done after the migration when it is undone', () => {
    const start = aCase(OLD, [{ stage: 'a', day: 0 }]);
    const before = decidePlan(start);
    const version = aTemplate([aStage('a', [aStep('call'), aStep('thank')])]);
    const migrated = migratePlan({ ...start, steps: before.steps }, next(version));
    const done = withDone(migrated.after, ['call', 'thank'], MONDAY + 1);
    const back = undoMigration({ ...start, steps: done }, factsOf(before.steps));
    expect(back.steps.map((step) => [step.stepKey, step.state])).toEqual([
      ['call', 'done'],
      ['brief', 'actionable'],
      ['report', 'actionable'],
      ['offer', 'future'],
      ['thank', 'done'],
    ]);
  });

  it('accounts for every open step, decides the same twice, and is undone without a trace', () => {
    fc.assert(
      fc.property(cases, ({ input, version }) => {
        const stored = decidePlan(input);
        const old = { ...input, steps: stored.steps };
        const migrated = migratePlan(old, next(version));
        expect(migratePlan(old, next(version))).toEqual(migrated);
        const open = migrated.before.steps.filter((step) => OPEN.has(step.state));
        expect(migrated.diff.filter((each) => each.change !== 'added')).toHaveLength(open.length);
        expect(deeds(migrated.after.steps)).toEqual(expect.arrayContaining([...deeds(stored.steps)]));
        const back = undoMigration({ ...old, steps: migrated.after.steps }, factsOf(stored.steps));
        expect(factsOf(back.steps)).toEqual(factsOf(stored.steps));
        const picture = (steps: readonly PlanStep[]): readonly string[] =>
          steps
            .filter((step) => step.because.code !== 'notInPlan')
            .map((step) =>
              JSON.stringify([
                step.stepKey,
                step.visitSeq,
                step.state,
                OPEN.has(step.state) ? step.dueAt : null,
              ]),
            );
        expect(picture(back.steps)).toEqual(picture(migrated.before.steps));
      }),
      { numRuns: 300 },
    );
  });
});

/** Facts wherever the step stands now. */
function deeds(steps: readonly PlanStep[]): readonly object[] {
  return factsOf(steps).map(({ stageKey: _stageKey, ...fact }) => fact);
}

const OPEN: ReadonlySet<PlanStep['state']> = new Set(['future', 'waiting', 'actionable']);
const KEYS = ['s1', 's2', 's3', 's4', 's5', 's6'] as const;

/** A template of three stages with each of the steps in one of them or in none. */
const templates = fc
  .record({
    places: fc.tuple(...KEYS.map(() => fc.constantFrom(0, 1, 2, null))),
    amounts: fc.tuple(...KEYS.map(() => fc.integer({ min: 0, max: 20 }))),
    reentry: fc.constantFrom<TemplateStep['reentry']>('nothing', 'reopenUndone', 'newPass'),
    exit: fc.constantFrom<TemplateStep['exit']>('cancel', 'carryOver', 'keep'),
  })
  .map(({ places, amounts, reentry, exit }) =>
    aTemplate(
      ['a', 'b', 'c'].map((key, stage) =>
        aStage(
          key,
          KEYS.flatMap((step, at) =>
            places[at] === stage
              ? [
                  aStep(step, {
                    reentry,
                    exit,
                    required: at % 2 === 0,
                    offset: { anchor: { from: 'stageEntry' }, amount: amounts[at] ?? 0, unit: 'workingDays' },
                  }),
                ]
              : [],
          ),
        ),
      ),
    ),
  );

/** A plan some way along, with steps done and edited by hand, and another version of its template. */
const cases = fc
  .record({
    template: templates,
    version: templates,
    stays: fc.array(fc.constantFrom('a', 'b', 'c', 'won', 'lost'), { minLength: 1, maxLength: 5 }),
    done: fc.subarray([...KEYS]),
    byHand: fc.subarray([...KEYS]),
    days: fc.integer({ min: 0, max: 30 }),
  })
  .map(({ template, version, stays, done, byHand, days }) => {
    const way = stays.map((stage, day) => ({ stage, day }));
    const first = aCase(template, way.slice(0, 1));
    const steps = withDone(decidePlan(first), done, MONDAY + 1).map((step) =>
      byHand.includes(step.stepKey as (typeof KEYS)[number]) ? edited(step) : step,
    );
    const input = aCase(template, way, { steps });
    return { version, input: { ...input, now: input.now + days * DAY_MS } };
  });
