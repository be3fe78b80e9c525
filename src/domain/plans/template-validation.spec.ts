import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aStage, aStep, aTemplate } from '../../../test/support/plan-builders.js';
import type { TemplateStep } from './template.types.js';
import { validateTemplate } from './template-validation.js';

/** Faults as `code at path`. */
function faultsOf(value: unknown): readonly string[] {
  const result = validateTemplate(value);
  return result.kind === 'valid' ? [] : result.faults.map((fault) => `${fault.code} at ${fault.path}`);
}

function withSteps(...steps: readonly TemplateStep[]): unknown {
  return aTemplate([aStage('a', steps)]);
}

function withStep(changes: Readonly<Record<string, unknown>>): unknown {
  return aTemplate([aStage('a', [{ ...aStep('s'), ...changes }])]);
}

function offset(changes: Readonly<Record<string, unknown>>): unknown {
  return withStep({ offset: { anchor: { from: 'stageEntry' }, amount: 1, unit: 'workingDays', ...changes } });
}

describe('domain/plans/template-validation', () => {
  it('accepts a sound template and hands it back', () => {
    const body = aTemplate([aStage('a', [aStep('one'), aStep('two', { prerequisites: ['one'] })])]);
    expect(validateTemplate(JSON.parse(JSON.stringify(body)))).toEqual({ kind: 'valid', body, warnings: [] });
  });

  it.each([null, 'text', 7, [], undefined])('refuses %j, which is no template at all', (value) => {
    expect(faultsOf(value)).toEqual(['notAnObject at ']);
  });

  it('lists every fault with its path, not only the first', () => {
    const body = { ...aTemplate([aStage('a', [])]), language: 'de', name: '', extra: 1 };
    expect(faultsOf(body)).toEqual(['unknownValue at /language', 'empty at /name', 'unknownField at /extra']);
  });

  it.each([
    [{ durationMinutes: -1 }, 'outOfRange at /stages/0/steps/0/durationMinutes'],
    [{ durationMinutes: '15' }, 'notANumber at /stages/0/steps/0/durationMinutes'],
    [{ required: 'yes' }, 'notABoolean at /stages/0/steps/0/required'],
    [{ key: 'Bad key' }, 'badKey at /stages/0/steps/0/key'],
    [{ title: 'x'.repeat(201) }, 'tooLong at /stages/0/steps/0/title'],
    [{ owner: { kind: 'anybody' } }, 'unknownValue at /stages/0/steps/0/owner/kind'],
    [{ owner: { kind: 'user' } }, 'notText at /stages/0/steps/0/owner/userId'],
    [{ prerequisites: ['ghost'] }, 'unknownStep at /stages/0/steps/0/prerequisites/0'],
    [{ prerequisites: ['a', 'b', 'c', 'd'] }, 'tooMany at /stages/0/steps/0/prerequisites'],
    [{ prerequisites: ['s'] }, 'cycle at /stages/0/steps/0/prerequisites/0'],
    [{ result: { kind: 'choice', label: 'x', choices: [] } }, 'empty at /stages/0/steps/0/result/choices'],
    [{ exit: 'forget' }, 'unknownValue at /stages/0/steps/0/exit'],
  ])('names the fault of a step with %j', (changes, expected) => {
    expect(faultsOf(withStep(changes))).toContain(expected);
  });

  it.each([
    [{ amount: 1_001 }, 'outOfRange at /stages/0/steps/0/offset/amount'],
    [{ amount: 1.5 }, 'outOfRange at /stages/0/steps/0/offset/amount'],
    [{ amount: Number.NaN }, 'notANumber at /stages/0/steps/0/offset/amount'],
    [{ unit: 'weeks' }, 'unknownValue at /stages/0/steps/0/offset/unit'],
    [{ timeOfDay: '25:00' }, 'badTime at /stages/0/steps/0/offset/timeOfDay'],
    [{ unit: 'workingHours', timeOfDay: '09:00' }, 'timeWithoutDays at /stages/0/steps/0/offset/timeOfDay'],
    [
      { anchor: { from: 'stepEnd', stepKey: 'ghost' } },
      'unknownStep at /stages/0/steps/0/offset/anchor/stepKey',
    ],
  ])('names the fault of an offset with %j', (changes, expected) => {
    expect(faultsOf(offset(changes))).toContain(expected);
  });

  it('accepts offsets of a thousand days either way, hours in fractions, and a time of day', () => {
    for (const changes of [
      { amount: 1_000 },
      { amount: -1_000 },
      { amount: 1.5, unit: 'workingHours' },
      { timeOfDay: '09:00' },
    ]) {
      expect(faultsOf(offset(changes))).toEqual([]);
    }
  });

  it('refuses two steps or two stages with one key', () => {
    expect(faultsOf(withSteps(aStep('same'), aStep('same')))).toEqual([
      'duplicateKey at /stages/0/steps/1/key',
    ]);
    expect(faultsOf(aTemplate([aStage('a', []), aStage('a', [])]))).toEqual([
      'duplicateKey at /stages/1/key',
    ]);
  });

  it('refuses a circle of prerequisites, one through an offset too', () => {
    const circle = withSteps(
      aStep('one', { prerequisites: ['two'] }),
      aStep('two', { prerequisites: ['one'] }),
    );
    expect(faultsOf(circle)).toContain('cycle at /stages/0/steps/0/prerequisites');
    const anchored = withSteps(
      aStep('one', {
        offset: { anchor: { from: 'stepEnd', stepKey: 'two' }, amount: 1, unit: 'workingDays' },
      }),
      aStep('two', { prerequisites: ['one'] }),
    );
    expect(faultsOf(anchored)).toContain('cycle at /stages/0/steps/0/prerequisites');
  });

  it('refuses a step that waits for a later stage', () => {
    const body = aTemplate([
      aStage('a', [aStep('one', { prerequisites: ['two'] })]),
      aStage('b', [aStep('two')]),
    ]);
    expect(faultsOf(body)).toEqual(['laterStage at /stages/0/steps/0/prerequisites/0']);
  });

  it('refuses a chain of twenty-five steps and accepts one of twenty-four', () => {
    const chain = (length: number): unknown =>
      withSteps(
        ...Array.from({ length }, (_, at) =>
          aStep(`s${at}`, at === 0 ? {} : { prerequisites: [`s${at - 1}`] }),
        ),
      );
    expect(faultsOf(chain(24))).toEqual([]);
    expect(faultsOf(chain(25))).toEqual(['chainTooLong at /stages/0/steps/24/prerequisites']);
  });

  it('refuses more than a hundred steps over all stages', () => {
    const stage = (name: string, count: number): ReturnType<typeof aStage> =>
      aStage(
        name,
        Array.from({ length: count }, (_, at) => aStep(`${name}-${at}`)),
      );
    expect(faultsOf(aTemplate([stage('a', 60), stage('b', 40)]))).toEqual([]);
    expect(faultsOf(aTemplate([stage('a', 60), stage('b', 41)]))).toEqual(['tooMany at /stages']);
  });

  it('refuses a template without an open stage', () => {
    expect(faultsOf(aTemplate([aStage('a', [], 'won')]))).toEqual(['noOpenStage at /stages']);
  });

  it('answers anything at all without throwing, and never calls it valid by accident', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(validateTemplate(value).kind).toBe('invalid');
      }),
      { numRuns: 300 },
    );
  });

  it('survives any single field being replaced by anything', () => {
    const body = aTemplate([aStage('a', [aStep('s')])]);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(aStep('s'))), fc.jsonValue(), (field, value) => {
        const result = validateTemplate(withStep({ [field]: value }));
        if (result.kind === 'valid') expect(validateTemplate(result.body)).toEqual(result);
        else expect(result.faults.every((fault) => fault.path.startsWith('/stages/0/steps/0'))).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(validateTemplate(body).kind).toBe('valid');
  });
});
