import { describe, expect, it } from '@jest/globals';
import { decidePlan } from '../../domain/plans/planner.js';
import { MONDAY, aCase, aStage, aStep, aTemplate } from '../../../test/support/plan-builders.js';
import { changeOf, eventsOf, retire } from './plan-change.js';
import type { StoredPlan } from './stored-plan.js';

const template = aTemplate([
  aStage('first', [aStep('call'), aStep('mail')]),
  aStage('second', [aStep('offer')]),
]);

const fresh: StoredPlan = {
  planId: 'p',
  dealId: 'd',
  templateId: 't',
  version: 1,
  state: 'active',
  trigger: 'creation',
  startedAt: MONDAY,
  closedAt: null,
  closeReason: null,
  revision: 0,
  stageKey: null,
  nextDecisionAt: null,
  purpose: 'sale',
  pause: null,
  pauses: [],
  overrides: [],
  guards: [],
  steps: [],
};

describe('src/features/plans/plan-change', () => {
  const decision = decidePlan(aCase(template, [{ stage: 'first', day: 0 }]));

  it('saves the first decision whole, and the same decision again not at all', () => {
    const first = changeOf(fresh, decision, MONDAY);
    expect(first?.after.revision).toBe(1);
    expect(first?.steps).toHaveLength(decision.steps.length);
    const stored = first?.after ?? fresh;
    expect(changeOf(stored, decision, MONDAY)).toBeNull();
    const reread = { ...stored, steps: stored.steps.map((step) => reordered(step)) };
    expect(changeOf(reread, decision, MONDAY)).toBeNull();
  });

  it('saves only the steps that differ', () => {
    const stored = changeOf(fresh, decision, MONDAY)?.after ?? fresh;
    const [one, ...rest] = decision.steps;
    const other = { ...decision, steps: one ? [{ ...one, dueAt: 5 }, ...rest] : rest };
    const change = changeOf(stored, other, MONDAY);
    expect(change?.steps.map(({ step }) => step.stepKey)).toEqual([one?.stepKey]);
    expect(change?.after.revision).toBe(2);
  });

  it('tells of a new plan in one event and later of each step that changes its state', () => {
    const first = changeOf(fresh, decision, MONDAY);
    expect(first && eventsOf(first, 'system', MONDAY).map((event) => event.kind)).toEqual(['planStarted']);
    const ended = first && retire(first.after, 'dealDeleted', MONDAY);
    const kinds = ended ? eventsOf(ended, 'host', MONDAY).map((event) => event.kind) : [];
    expect(kinds[0]).toBe('plan.closed');
    expect(new Set(kinds.slice(1))).toEqual(new Set(['step.cancelled']));
  });

  it('retires a plan once: what was open is cancelled, what was finished stays', () => {
    const stored = changeOf(fresh, decision, MONDAY)?.after ?? fresh;
    const ended = retire(stored, 'switchedOff', MONDAY);
    expect(ended?.after.state).toBe('closed');
    expect(ended?.after.steps.every((step) => step.state === 'cancelled')).toBe(true);
    expect(ended && retire(ended.after, 'switchedOff', MONDAY)).toBeNull();
  });

  it('looks again soon where the deal’s stage is unknown', () => {
    const change = changeOf(fresh, { ...decision, stageKey: null, wakeAt: null }, MONDAY);
    expect(change?.after.nextDecisionAt).toBeGreaterThan(MONDAY);
  });
});

/** As the database hands JSON back: the same value with its keys in another order. */
function reordered<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).toReversed()) as T;
}
