import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aDeal,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  picture,
  stepOf,
  withDone,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import type { PlanInput } from './types.js';

const RETENTION = aTemplate(
  [
    aStage('satisfaction', [aStep('ask'), aStep('note', { required: false })], 'afterSale'),
    aStage('repeat', [aStep('offer')], 'afterSale'),
    aStage('referral', [aStep('recommend')], 'open'),
  ],
  { key: 'retention', purpose: 'afterSale' },
);

const WON = [
  { stage: 'a', day: -20 },
  { stage: 'won', day: 0 },
];

function won(changes: Partial<PlanInput> = {}): PlanInput {
  return aCase(RETENTION, WON, changes);
}

describe('domain/plans/planner, after the sale', () => {
  it('names the plans that a won deal starts, each time it is asked, and none before', () => {
    const sale = aTemplate([aStage('a', [aStep('a1')])], { afterWon: ['retention', 'debt-control'] });
    expect(decidePlan(aCase(sale, [{ stage: 'a', day: 0 }])).effects).toEqual([]);
    const input = aCase(sale, [
      { stage: 'a', day: 0 },
      { stage: 'won', day: 1 },
    ]);
    const effects = [
      { kind: 'startPlan', templateKey: 'retention' },
      { kind: 'startPlan', templateKey: 'debt-control' },
    ];
    const plan = decidePlan(input);
    expect(plan.effects).toEqual(effects);
    expect(decidePlan({ ...input, steps: plan.steps }).effects).toEqual(effects);
    const lost = aCase(sale, [
      { stage: 'a', day: 0 },
      { stage: 'lost', day: 1 },
    ]);
    expect(decidePlan(lost).effects).toEqual([]);
  });

  it('works its stages through one after another although the deal is won', () => {
    const plan = decidePlan(won());
    expect(plan.status).toEqual({ kind: 'active' });
    expect(plan.stageKey).toBe('satisfaction');
    expect(picture(plan)).toEqual([
      'ask#1:actionable',
      'note#1:actionable',
      'offer#1:future',
      'recommend#1:future',
    ]);
    expect(stepOf(plan, 'ask').dueAt).toBe(MONDAY + DAY_MS);
    const at = MONDAY + 2 * DAY_MS;
    const next = decidePlan(won({ steps: withDone(plan, ['ask'], at), now: at }));
    expect(next.stageKey).toBe('repeat');
    expect(stepOf(next, 'offer')).toMatchObject({ state: 'actionable', dueAt: at + DAY_MS });
  });

  it('ends by itself when everything is finished, and goes on when a step is reopened', () => {
    const at = MONDAY + 3 * DAY_MS;
    const keys = ['ask', 'note', 'offer', 'recommend'];
    const all = decidePlan(won({ steps: withDone(decidePlan(won()), keys, at), now: at }));
    expect(all.status).toEqual({ kind: 'closed', as: 'won', at });
    const most = decidePlan(won({ steps: withDone(decidePlan(won()), keys.slice(1), at), now: at }));
    expect(most.status.kind).toBe('active');
  });

  it.each([
    ['a', 'reopened', 'dealReopened'],
    ['lost', 'lost', 'dealLost'],
  ] as const)(
    'is cancelled with the reason when the deal goes to %s, and lives again when it is won again',
    (to, as, code) => {
      const steps = withDone(decidePlan(won()), ['ask'], MONDAY);
      const moved = aCase(RETENTION, [...WON, { stage: to, day: 5 }], { steps });
      const plan = decidePlan(moved);
      const at = MONDAY + 5 * DAY_MS;
      expect(plan.status).toEqual({ kind: 'closed', as, at });
      expect(stepOf(plan, 'ask').state).toBe('done');
      expect(stepOf(plan, 'offer')).toMatchObject({
        state: 'cancelled',
        because: { code, params: { stageKey: 'repeat', at } },
      });
      const again = aCase(RETENTION, [...WON, { stage: to, day: 5 }, { stage: 'won', day: 6 }], {
        steps: plan.steps,
      });
      expect(stepOf(decidePlan(again), 'offer').state).toBe('actionable');
    },
  );

  it('needs no stage map and no visits', () => {
    const bare = won({ stageMap: { entries: [] }, visits: [], deal: aDeal('won', { stageSince: MONDAY }) });
    expect(picture(decidePlan(bare))).toEqual(picture(decidePlan(won())));
  });

  it('waits with its steps while it is paused', () => {
    const pause = { since: MONDAY, until: null, reason: 'asked not to call' };
    const plan = decidePlan(won({ pause }));
    expect(plan.status).toEqual({ kind: 'paused', ...pause });
    expect(stepOf(plan, 'ask').because.code).toBe('paused');
  });
});
