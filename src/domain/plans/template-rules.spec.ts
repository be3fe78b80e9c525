import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aStage, aStep, aTemplate } from '../../../test/support/plan-builders.js';
import { ruleTemplates } from '../../../test/support/plan-stories.js';
import type { Condition } from './template.types.js';
import { validateTemplate } from './template-validation.js';

const STEP = '/stages/0/steps/1';

function found(value: unknown): readonly string[] {
  const result = validateTemplate(value);
  const faults = result.kind === 'valid' ? result.warnings : result.faults;
  return faults.map((fault) => `${fault.level} ${fault.code} at ${fault.path}`);
}

/** A template whose second step has these fields; the first asks for a choice. */
function withStep(changes: Readonly<Record<string, unknown>>): unknown {
  const choices = [{ key: 'yes', name: 'Yes' }];
  const asked = aStep('first', { result: { kind: 'choice', label: 'Ours?', choices } });
  return aTemplate([aStage('a', [asked, { ...aStep('s'), ...changes }])]);
}

function nested(levels: number): unknown {
  const leaf: unknown = { kind: 'field', field: 'amount', is: 'filled', values: [] };
  return Array.from({ length: levels - 1 }).reduce<unknown>((of) => ({ kind: 'not', of }), leaf);
}

function amount(is: string, ...values: readonly unknown[]): unknown {
  return { kind: 'field', field: 'amount', is, values };
}

const REPEAT = {
  attempts: 3,
  interval: { amount: 1, unit: 'workingDays' },
  exhausted: { cause: 'client', reason: 'silence', closeDeal: true },
};

describe('domain/plans/template-rule-shapes', () => {
  it.each([
    { owner: { kind: 'field', field: 'map:accountManager' } },
    { owner: { kind: 'field', field: 'host:UF_CRM_1' } },
    { owner: { kind: 'role', role: 'accountManager' } },
    { owner: { kind: 'roundRobin', group: 'sales' } },
    { owner: { kind: 'queue', group: 'Отдел продаж' } },
    { condition: amount('atLeast', 100.5) },
    { condition: { kind: 'field', field: 'createdOn', is: 'atMost', values: ['2026-12-31'] } },
    { condition: { kind: 'step', stepKey: 'first', is: 'result', values: ['yes'] } },
    { condition: nested(6) },
    { repeat: REPEAT },
    { repeat: { ...REPEAT, interval: { amount: 0.5, unit: 'workingHours' } } },
    { handOver: { to: { kind: 'role', role: 'accountManager' }, mode: 'gradual' } },
    { offset: { anchor: { from: 'field', field: 'map:clientDate' }, amount: -2, unit: 'workingDays' } },
  ])('accepts %j and hands it back whole', (changes) => {
    const body = withStep(changes);
    expect(validateTemplate(JSON.parse(JSON.stringify(body)))).toEqual({ kind: 'valid', body, warnings: [] });
  });

  it.each([
    [{ owner: { kind: 'field', field: 'salary' } }, `badField at ${STEP}/owner/field`],
    [{ owner: { kind: 'field', field: 'map:salary' } }, `badField at ${STEP}/owner/field`],
    [{ owner: { kind: 'field', field: 'host:' } }, `badField at ${STEP}/owner/field`],
    [{ owner: { kind: 'role', role: 'The Boss' } }, `badKey at ${STEP}/owner/role`],
    [{ owner: { kind: 'queue', group: ' ' } }, `empty at ${STEP}/owner/group`],
    [{ condition: null }, `notAnObject at ${STEP}/condition`],
    [{ condition: { kind: 'maybe' } }, `unknownValue at ${STEP}/condition/kind`],
    [{ condition: { kind: 'all', of: [] } }, `empty at ${STEP}/condition/of`],
    [{ condition: nested(7) }, `tooDeep at ${STEP}/condition/of/of/of/of/of/of`],
    [{ condition: amount('filled', 1) }, `tooMany at ${STEP}/condition/values`],
    [{ condition: amount('oneOf') }, `empty at ${STEP}/condition/values`],
    [{ condition: amount('atLeast', 'much') }, `badBound at ${STEP}/condition/values/0`],
    [{ condition: amount('atLeast', '2026-02-30') }, `badBound at ${STEP}/condition/values/0`],
    [{ condition: amount('atLeast', 1, 2) }, `tooMany at ${STEP}/condition/values`],
    [{ condition: amount('oneOf', { a: 1 }) }, `notTextOrNumber at ${STEP}/condition/values/0`],
    [
      { condition: { kind: 'step', stepKey: 'ghost', is: 'done', values: [] } },
      `unknownStep at ${STEP}/condition/stepKey`,
    ],
    [
      { condition: { kind: 'step', stepKey: 's', is: 'done', values: [] } },
      `cycle at ${STEP}/condition/stepKey`,
    ],
    [
      { condition: { kind: 'step', stepKey: 'first', is: 'result', values: [] } },
      `empty at ${STEP}/condition/values`,
    ],
    [{ repeat: { ...REPEAT, attempts: 1 } }, `outOfRange at ${STEP}/repeat/attempts`],
    [{ repeat: { ...REPEAT, attempts: 21 } }, `outOfRange at ${STEP}/repeat/attempts`],
    [
      { repeat: { ...REPEAT, interval: { amount: 0, unit: 'workingDays' } } },
      `outOfRange at ${STEP}/repeat/interval/amount`,
    ],
    [
      { repeat: { ...REPEAT, exhausted: { cause: 'luck' } } },
      `unknownValue at ${STEP}/repeat/exhausted/cause`,
    ],
    [{ handOver: { to: { kind: 'user' }, mode: 'gradual' } }, `notText at ${STEP}/handOver/to/userId`],
    [{ handOver: { to: { kind: 'departmentHead' }, mode: 'soon' } }, `unknownValue at ${STEP}/handOver/mode`],
    [{ 'a/b~c': 1 }, `unknownField at ${STEP}/a~1b~0c`],
  ])('refuses %j', (changes, expected) => {
    expect(found(withStep(changes))).toContain(`error ${expected}`);
  });

  it('survives conditions nested by somebody who means harm', () => {
    expect(found(withStep({ condition: nested(5_000) }))).toContain(
      `error tooDeep at ${STEP}/condition/of/of/of/of/of/of`,
    );
  });

  it('refuses a condition on a step of a later stage, and a circle through one', () => {
    const on = (stepKey: string): Condition => ({ kind: 'step', stepKey, is: 'done', values: [] });
    const later = aTemplate([
      aStage('a', [aStep('one', { condition: on('two') })]),
      aStage('b', [aStep('two')]),
    ]);
    expect(found(later)).toEqual(['error laterStage at /stages/0/steps/0/condition/stepKey']);
    const circle = aTemplate([
      aStage('a', [aStep('one', { condition: on('two') }), aStep('two', { prerequisites: ['one'] })]),
    ]);
    expect(found(circle)).toContain('error cycle at /stages/0/steps/0/prerequisites');
  });

  it('counts conditions into the chain of twenty-four', () => {
    const chain = (length: number): unknown =>
      aTemplate([
        aStage(
          'a',
          Array.from({ length }, (_, at) =>
            aStep(
              `s${at}`,
              at === 0 ? {} : { condition: { kind: 'step', stepKey: `s${at - 1}`, is: 'done', values: [] } },
            ),
          ),
        ),
      ]);
    expect(found(chain(24))).toEqual([]);
    expect(found(chain(25))).toEqual(['error chainTooLong at /stages/0/steps/24/prerequisites']);
  });
});

describe('domain/plans/template-validation, for the purpose of a template', () => {
  const after = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
    ...aTemplate([aStage('a', [aStep('s')], 'afterSale')]),
    purpose: 'afterSale',
    ...changes,
  });

  it('accepts a plan after the sale, and names of such plans in a sale', () => {
    expect(found(after())).toEqual([]);
    const sale = { ...aTemplate([aStage('a', [aStep('s')])]), afterWon: ['retention'], purpose: 'sale' };
    expect(found(sale)).toEqual([]);
  });

  it('refuses after the sale what only a sale has', () => {
    expect(found(after({ afterWon: ['more'] }))).toEqual(['error onlyForSale at /afterWon']);
    expect(found(after({ stages: [] }))).toEqual(['error empty at /stages']);
    const stages = [{ ...aStage('a', [aStep('s')], 'won'), guard: 'alert' }];
    expect(found(after({ stages }))).toEqual([
      'error stageKindNotAllowed at /stages/0/kind',
      'error onlyForSale at /stages/0/guard',
    ]);
  });
});

describe('domain/plans/template-warnings', () => {
  it.each([
    [{ instruction: { goal: ' ', say: '', done: 'x' } }, `noInstruction at ${STEP}/instruction`],
    [
      { offset: { anchor: { from: 'stageEntry' }, amount: -1, unit: 'workingDays' } },
      `beforeItsStart at ${STEP}/offset/amount`,
    ],
    [
      { handOver: { to: { kind: 'dealResponsible' }, mode: 'atOnce' } },
      `handOverToSelf at ${STEP}/handOver/to`,
    ],
    [
      { condition: { kind: 'not', of: { kind: 'step', stepKey: 'first', is: 'result', values: ['maybe'] } } },
      `unknownAnswer at ${STEP}/condition/of/values/0`,
    ],
    [{ title: ' do FIRST' }, `duplicateTitle at ${STEP}/title`],
  ])('asks to look at %j, and accepts the template all the same', (changes, expected) => {
    expect(found(withStep(changes))).toEqual([`warning ${expected}`]);
  });

  it('asks to look at a stage without steps, and at a guard with nothing to guard', () => {
    const body = aTemplate([
      aStage('a', []),
      { ...aStage('b', [aStep('s', { required: false })]), guard: 'return' },
    ]);
    expect(found(body)).toEqual([
      'warning emptyStage at /stages/0',
      'warning guardWithoutRequired at /stages/1/guard',
    ]);
  });

  it('hands a sound draft back when only what lies between its parts is wrong', () => {
    const body = withStep({ prerequisites: ['ghost'] });
    expect(validateTemplate(body)).toMatchObject({ kind: 'invalid', draft: body });
    expect(validateTemplate(withStep({ title: 7 }))).toMatchObject({ kind: 'invalid', draft: null });
  });

  it('reads what it accepted to the same value again', () => {
    fc.assert(
      fc.property(ruleTemplates, (template) => {
        const read = validateTemplate(JSON.parse(JSON.stringify(template)));
        expect(read).toMatchObject({ kind: 'valid', body: template });
      }),
    );
  });
});
