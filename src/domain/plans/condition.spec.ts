import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aDeal, MONDAY } from '../../../test/support/plan-builders.js';
import type { Deal } from '../crm/records.js';
import { evaluate, type StepStanding } from './condition.js';
import type { Condition, FieldRole, PlanStep, StepOutcome } from './types.js';

type FieldCheck = Extract<Condition, { kind: 'field' }>['is'];

function field(name: string, is: FieldCheck, ...values: readonly (string | number)[]): Condition {
  return { kind: 'field', field: name, is, values };
}

function step(
  is: 'done' | 'failed' | 'skipped' | 'result',
  ...values: readonly (string | number)[]
): Condition {
  return { kind: 'step', stepKey: 's', is, values };
}

function verdict(
  condition: Condition,
  deal: Partial<Deal> = {},
  standing: StepStanding = { kind: 'none' },
  fieldMap: Partial<Record<FieldRole, string>> = {},
): string {
  const facts = { deal: aDeal('a', deal), fieldMap, timeZone: 'Europe/Moscow', standing: () => standing };
  const found = evaluate(condition, facts);
  return found.kind === 'fails' ? found.why : found.kind;
}

function ended(
  outcome: (Partial<StepOutcome> & { readonly kind: StepOutcome['kind'] }) | null,
): StepStanding {
  const base = { at: MONDAY, by: null, source: 'widget' };
  return {
    kind: 'ended',
    step: { outcome: outcome === null ? null : { ...base, ...outcome } } as unknown as PlanStep,
  };
}

describe('domain/plans/condition', () => {
  it.each([
    [field('amount', 'atLeast', 50_000), { amount: '50000.00' }, 'holds'],
    [field('amount', 'atLeast', 50_000), { amount: '49999.99' }, 'fieldBelow'],
    [field('amount', 'atMost', 50_000), { amount: '50000.01' }, 'fieldAbove'],
    [field('amount', 'atLeast', 0), { amount: null }, 'fieldBelow'],
    [field('amount', 'oneOf', 100), { amount: '100.00' }, 'holds'],
    [field('source', 'oneOf', 'WEB', 'call'), { sourceId: 'Call ' }, 'holds'],
    [field('source', 'oneOf', 'WEB'), { sourceId: 'CALL' }, 'fieldOther'],
    [field('source', 'noneOf', 'WEB'), { sourceId: 'web' }, 'fieldExcluded'],
    [field('source', 'noneOf', 'WEB'), { sourceId: null }, 'holds'],
    [field('source', 'filled'), { sourceId: null }, 'fieldEmpty'],
    [field('company', 'empty'), { companyId: '7' }, 'fieldFilled'],
    [field('products', 'oneOf', '12'), { productIds: ['11', '12'] }, 'holds'],
    [field('tags', 'contains', 'ёлка'), { tags: ['Новогодние ЕЛКАМИ', 'елка'] }, 'holds'],
    [field('tags', 'contains', 'vip'), { tags: ['retail'] }, 'fieldLacks'],
    [field('createdOn', 'atLeast', '2026-09-07'), {}, 'holds'],
    [field('createdOn', 'atMost', '2026-09-06'), {}, 'fieldAbove'],
    [field('host:UF_DATE', 'atMost', '2026-09-07'), { fields: { UF_DATE: '2026-09-07T20:59:00Z' } }, 'holds'],
    [
      field('host:UF_DATE', 'atMost', '2026-09-07'),
      { fields: { UF_DATE: '2026-09-07T21:00:00Z' } },
      'fieldAbove',
    ],
    [field('host:UF_FLAG', 'oneOf', 'true'), { fields: { UF_FLAG: true } }, 'holds'],
    [field('host:__proto__', 'filled'), {}, 'fieldEmpty'],
    [field('host:constructor', 'filled'), {}, 'fieldEmpty'],
    [field('no such field', 'filled'), { amount: '1' }, 'fieldEmpty'],
  ] as const)('finds that %j of %j comes to %s', (condition, deal, expected) => {
    expect(verdict(condition, deal)).toBe(expected);
  });

  it('looks a role up where the account mapped it, and nowhere while it did not', () => {
    const segment = field('map:segment', 'oneOf', 'retail');
    const deal = { fields: { UF_SEG: 'Retail' } };
    expect(verdict(segment, deal, undefined, { segment: 'UF_SEG' })).toBe('holds');
    expect(verdict(segment, deal)).toBe('fieldOther');
    expect(verdict(field('map:product', 'oneOf', '12'), { productIds: ['12'] })).toBe('holds');
    expect(verdict(field('map:lossReason', 'contains', 'price'), { lossReason: 'The price' })).toBe('holds');
  });

  it.each([
    [step('done'), ended({ kind: 'done', result: { kind: 'none' } }), 'holds'],
    [step('done'), ended({ kind: 'skipped', reason: 'x' }), 'stepNotDone'],
    [step('skipped'), ended({ kind: 'taskDeleted' }), 'holds'],
    [step('failed'), ended(null), 'stepNotFailed'],
    [step('result', 'yes'), ended({ kind: 'done', result: { kind: 'choice', key: 'yes' } }), 'holds'],
    [step('result', 'yes'), ended({ kind: 'done', result: { kind: 'choice', key: 'no' } }), 'resultOther'],
    [step('result', 3), ended({ kind: 'done', result: { kind: 'number', value: 3 } }), 'holds'],
    [
      step('result', 'no-budget'),
      ended({ kind: 'failed', cause: 'client', reason: 'x', reasonKey: 'no-budget' }),
      'holds',
    ],
    [step('result', 'yes'), { kind: 'none' }, 'resultOther'],
  ] as const)('finds that %j after %j comes to %s', (condition, standing, expected) => {
    expect(verdict(condition, {}, standing)).toBe(expected);
  });

  it('says neither yes nor no while the step is open, not even under "not"', () => {
    const open: StepStanding = { kind: 'open', stepKey: 's' };
    const not: Condition = { kind: 'not', of: step('done') };
    expect(verdict(step('done'), {}, open)).toBe('open');
    expect(verdict(not, {}, open)).toBe('open');
    expect(verdict({ kind: 'all', of: [step('done'), field('amount', 'filled')] }, {}, open)).toBe(
      'fieldEmpty',
    );
    expect(verdict({ kind: 'any', of: [step('done'), field('amount', 'empty')] }, {}, open)).toBe('holds');
  });

  it('names the field and what was wanted of it', () => {
    const facts = {
      deal: aDeal('a'),
      fieldMap: {},
      timeZone: 'UTC',
      standing: () => ({ kind: 'none' }) as const,
    };
    expect(evaluate(field('source', 'oneOf', 'WEB', 'CALL'), facts)).toEqual({
      kind: 'fails',
      why: 'fieldOther',
      params: { field: 'source', values: 'WEB, CALL' },
    });
  });

  it('obeys the laws of logic where everything is known', () => {
    const leaf: fc.Arbitrary<Condition> = fc.constantFrom(
      field('amount', 'filled'),
      field('amount', 'empty'),
      field('amount', 'atLeast', 10),
      step('done'),
      step('failed'),
    );
    const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.record({
          kind: fc.constantFrom('all', 'any'),
          of: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
        }),
        fc.record({ kind: fc.constant('not'), of: tie('tree') }),
      ),
    }));
    const worlds = fc.record({
      amount: fc.constantFrom(null, '5', '50'),
      standing: fc.constantFrom<StepStanding>(
        { kind: 'none' },
        ended({ kind: 'done', result: { kind: 'none' } }),
        { kind: 'open', stepKey: 's' },
      ),
    });
    const kindOf = (condition: Condition, amount: string | null, standing: StepStanding): string =>
      evaluate(condition, {
        deal: aDeal('a', { amount }),
        fieldMap: {},
        timeZone: 'UTC',
        standing: () => standing,
      }).kind;
    fc.assert(
      fc.property(tree, tree, worlds, (one, other, { amount, standing }) => {
        const kind = (condition: Condition): string => kindOf(condition, amount, standing);
        expect(kind({ kind: 'not', of: { kind: 'not', of: one } })).toBe(kind(one));
        const all: Condition = { kind: 'not', of: { kind: 'all', of: [one, other] } };
        const any: Condition = {
          kind: 'any',
          of: [
            { kind: 'not', of: one },
            { kind: 'not', of: other },
          ],
        };
        expect(kind(all)).toBe(kind(any));
        if (standing.kind !== 'open') expect(kind(one)).not.toBe('open');
      }),
      { numRuns: 500 },
    );
  });
});
