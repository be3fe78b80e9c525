import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { funnelAdviceOf, standstillOf } from './prompts.js';
import type { StageNorm } from './pulse.js';

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const LEARNED: StageNorm = { normMs: 5 * DAY_MS, stuckAfterMs: 9 * DAY_MS, place: 1, openStages: 4 };
const UNKNOWN: StageNorm = { normMs: null, stuckAfterMs: null, place: 0, openStages: 3 };

describe('src/domain/pushing/prompts', () => {
  it('prompts when a deal stands longer than deals usually stay in its stage', () => {
    const deal = { stageSince: NOW - 12 * DAY_MS, lastEventAt: NOW };
    expect(standstillOf(deal, LEARNED, NOW)).toEqual({ days: 12, usual: 5, by: 'norm', over: 7 });
    expect(standstillOf({ ...deal, stageSince: NOW - 5 * DAY_MS }, LEARNED, NOW)).toBeNull();
  });

  it('asks for silence, by the product’s defaults, where nothing is learned yet', () => {
    const deal = { stageSince: NOW - 50 * DAY_MS, lastEventAt: NOW - 8 * DAY_MS };
    expect(standstillOf(deal, UNKNOWN, NOW)).toMatchObject({ days: 8, usual: 7, by: 'idle' });
    expect(standstillOf({ ...deal, lastEventAt: NOW - 6 * DAY_MS }, UNKNOWN, NOW)).toBeNull();
  });

  it('sends to the deals from the proposal on when too few are near closing', () => {
    expect(funnelAdviceOf([4, 3, 5, 0, 1, 0])).toEqual({
      kind: 'pushNearClosing',
      fromPlace: 2,
      near: 1,
      all: 13,
    });
  });

  it('sends back to the top before the vacuum comes', () => {
    expect(funnelAdviceOf([0, 2, 6])).toEqual({ kind: 'vacuumNear', top: 0, all: 8 });
    expect(funnelAdviceOf([0, 1, 1])).toEqual({ kind: 'topEmpty', all: 2 });
  });

  it('says nothing of a funnel in order, or of one too small to say', () => {
    for (const load of [[5, 4, 3], [3, 3], [0, 0, 0], [], [9, 0, 0]])
      expect([load, funnelAdviceOf(load)]).toEqual([load, null]);
  });

  it('speaks of numbers that are there, and of a stage that holds deals', () => {
    const loads = fc.array(fc.nat({ max: 20 }), { maxLength: 12 });
    fc.assert(
      fc.property(loads, (load) => {
        const advice = funnelAdviceOf(load);
        if (!advice) return;
        expect(advice.all).toBe(load.reduce((sum, count) => sum + count, 0));
        expect(advice.all).toBeGreaterThan(0);
        if (advice.kind === 'pushNearClosing') expect(load[advice.fromPlace]).toBeGreaterThan(0);
      }),
    );
  });
});
