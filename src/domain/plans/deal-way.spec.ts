import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aDeal,
  aStage,
  aTemplate,
  DAY_MS,
  MONDAY,
  type Stay,
} from '../../../test/support/plan-builders.js';
import { dealWay, type DealWay } from './deal-way.js';
import type { PlanInput } from './plan.types.js';
import { indexTemplate } from './template-index.js';

const TEMPLATE = aTemplate(['a', 'b', 'c'].map((key) => aStage(key, [])));

function wayOf(input: PlanInput): DealWay {
  return dealWay(input.deal, input.visits, input.stageMap, indexTemplate(TEMPLATE), input.startedAt);
}

function wayThrough(...stays: readonly Stay[]): DealWay {
  return wayOf(aCase(TEMPLATE, stays));
}

describe('domain/plans/deal-way', () => {
  it('orders visits by their time, also when a backdated one was counted last', () => {
    const input = aCase(TEMPLATE, [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
      { stage: 'c', day: 2 },
    ]);
    const visits = input.visits.map((visit) => ({ ...visit, seq: visit.stageId === 'b' ? 9 : visit.seq }));
    const way = wayOf({ ...input, visits });
    expect(way.runs.get('b')).toEqual([{ enteredAt: MONDAY + DAY_MS, leftAt: MONDAY + 2 * DAY_MS }]);
    expect(way.current).toEqual(['c']);
  });

  it('orders visits within one second by the host’s count', () => {
    const input = aCase(TEMPLATE, [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
      { stage: 'c', day: 1 },
    ]);
    expect(wayOf({ ...input, visits: input.visits.toReversed() }).current).toEqual(['c']);
  });

  it('lets a template stage go on that two neighbours of the pipeline both cover', () => {
    const stageMap = {
      entries: [
        { pipelineStageId: 'x', stageKeys: ['a', 'b'], match: 'manual', confidence: 1 } as const,
        { pipelineStageId: 'y', stageKeys: ['b', 'c'], match: 'manual', confidence: 1 } as const,
      ],
    };
    const stays = [
      { stage: 'x', day: 0 },
      { stage: 'y', day: 1 },
    ];
    const way = wayOf(aCase(TEMPLATE, stays, { stageMap }));
    expect(way.runs.get('b')).toEqual([{ enteredAt: MONDAY, leftAt: null }]);
    expect(way.runs.get('a')).toEqual([{ enteredAt: MONDAY, leftAt: MONDAY + DAY_MS }]);
  });

  it('counts a stay that began before the plan from the plan’s beginning, and forgets what ended before it', () => {
    const way = wayThrough({ stage: 'a', day: -20 }, { stage: 'b', day: -10 }, { stage: 'c', day: 1 });
    expect(way.runs.get('a')).toBeUndefined();
    expect(way.runs.get('b')).toEqual([{ enteredAt: MONDAY, leftAt: MONDAY + DAY_MS }]);
  });

  it('leaves the last stage when the deal closes in one that nobody mapped', () => {
    const input = aCase(TEMPLATE, [
      { stage: 'a', day: 0 },
      { stage: 'junk', day: 1 },
    ]);
    const way = wayOf({ ...input, deal: aDeal('junk', { stageKind: 'lost' }) });
    expect(way.closed).toEqual({ as: 'lost', at: MONDAY + DAY_MS });
    expect(way.current).toEqual([]);
    expect(way.runs.get('a')).toEqual([{ enteredAt: MONDAY, leftAt: MONDAY + DAY_MS }]);
  });

  it('has gone nowhere when no stage of the deal is mapped', () => {
    const way = wayThrough({ stage: 'elsewhere', day: 0 });
    expect(way).toMatchObject({ current: [], enteredAt: null, reached: -1, closed: null });
  });
});
