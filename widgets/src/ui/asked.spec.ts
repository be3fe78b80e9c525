import { describe, expect, it } from '@jest/globals';
import type { AskedView, BootView } from '../../../src/features/embed/boot.view.js';
import { fieldsIn, oneOf, takeAsked } from './asked.js';

const asked: AskedView = { screen: 'panel', params: { mark: 'overdue' }, state: null, problem: null };
const opened = (view?: AskedView) => ({ asked: view }) as unknown as BootView;

describe('widgets/src/ui/asked', () => {
  it('hands a followed address to its own screen, once', () => {
    const boot = opened({ ...asked });
    expect(takeAsked(boot, 'insight')).toBeNull();
    expect(takeAsked(boot, 'panel')?.params).toEqual({ mark: 'overdue' });
    expect(takeAsked(boot, 'panel')).toBeNull();
  });

  it('has nothing to hand over where no address was followed', () => {
    expect(takeAsked(opened(), 'panel')).toBeNull();
  });

  it.each([
    ['amount', 'amount'],
    ['nonsense', null],
    [undefined, null],
    [7, null],
    [['amount'], null],
  ])('takes %j of a kept view for %j', (value, known) => {
    expect(oneOf(value, ['pain', 'amount'])).toBe(known);
  });

  it.each([[null], ['text'], [['a']], [undefined]])('takes %j for no filter', (value) => {
    expect(fieldsIn(value)).toBeNull();
  });
});
