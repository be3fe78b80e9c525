import { describe, expect, it } from '@jest/globals';
import { defaultIdleDays, marksOf, painOf, stuckAt, type DealPulse, type StageNorm } from './pulse.js';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const LEARNED: StageNorm = { normMs: 4 * DAY, stuckAfterMs: 6 * DAY, place: 0, openStages: 3 };
const UNKNOWN: StageNorm = { normMs: null, stuckAfterMs: null, place: 0, openStages: 3 };
const MOMENT = { now: NOW, endOfDay: NOW + DAY / 2, zoneOf: () => 'Europe/Moscow', plansOn: true };

const PLAN = {
  planId: 'p',
  templateId: 't',
  version: 1,
  state: 'active',
  doneSteps: 0,
  openSteps: 1,
  dueAts: [NOW + 3 * DAY],
  nextStepId: 'call~1',
  nextOwnerId: 'anna',
  endsEarly: false,
} as const;

function aPulse(changes: Partial<DealPulse> = {}): DealPulse {
  return {
    dealId: 'D_1',
    pipelineId: 'P',
    stageId: 'S',
    stageKind: 'open',
    ownerId: 'anna',
    amount: '1000',
    createdAt: NOW - DAY,
    stageSince: NOW - DAY,
    lastEvent: { kind: 'created', at: NOW - DAY },
    unsorted: false,
    acceptedAt: null,
    plan: PLAN,
    waitingUntil: null,
    snoozedUntil: null,
    pushedAt: null,
    ...changes,
  };
}

describe('src/domain/pushing/pulse', () => {
  it('finds nothing to say of a deal that goes as planned', () => {
    expect(marksOf(aPulse(), LEARNED, MOMENT)).toEqual([]);
  });

  it('misses a plan only where plans are switched on and the lead was accepted', () => {
    const bare = aPulse({ plan: null });
    expect(marksOf(bare, LEARNED, MOMENT)).toEqual(['noPlan']);
    expect(marksOf(bare, LEARNED, { ...MOMENT, plansOn: false })).toEqual([]);
    expect(marksOf({ ...bare, unsorted: true }, LEARNED, MOMENT)).toEqual(['unsorted']);
  });

  it('tells overdue from due today by the person’s own end of the day', () => {
    const due = (at: number) => marksOf(aPulse({ plan: { ...PLAN, dueAts: [at] } }), LEARNED, MOMENT);
    expect(due(NOW - 1)).toEqual(['overdue']);
    expect(due(NOW)).toEqual(['today']);
    expect(due(MOMENT.endOfDay)).toEqual([]);
  });

  it('leaves a whole-day step its day: due today until midnight, overdue from then on', () => {
    const nine = Date.parse('2026-11-24T09:00:00+03:00');
    const at = (now: number, dueAts: readonly number[] = [nine]) =>
      marksOf(aPulse({ stageSince: now, plan: { ...PLAN, dueAts } }), LEARNED, {
        ...MOMENT,
        ...{ now, endOfDay: Date.parse('2026-11-25T00:00:00+03:00') },
      });
    expect(at(nine + 3 * 3_600_000)).toEqual(['today']);
    expect(at(nine + 16 * 3_600_000)).toEqual(['overdue']);
    expect(at(nine + 3 * 3_600_000, [nine, nine + 3_600_000])).toEqual(['overdue']);
  });

  it('asks nothing of a deal that waits for the client', () => {
    const idle = { plan: { ...PLAN, dueAts: [], nextStepId: null }, stageSince: NOW - 30 * DAY };
    expect(marksOf(aPulse(idle), LEARNED, MOMENT)).toEqual(['noNextStep', 'stuck']);
    expect(marksOf(aPulse({ ...idle, waitingUntil: NOW + 1 }), LEARNED, MOMENT)).toEqual(['waiting']);
    expect(marksOf(aPulse({ ...idle, waitingUntil: NOW }), LEARNED, MOMENT)).toEqual(['noNextStep', 'stuck']);
  });

  it('counts a closed deal under nothing', () => {
    expect(marksOf(aPulse({ stageKind: 'won', plan: null, pushedAt: NOW }), LEARNED, MOMENT)).toEqual([]);
  });

  it('calls a deal stuck by what was learned of its stage, else by 7, 14 and 21 idle days', () => {
    const idle = aPulse({ stageSince: NOW - 100 * DAY, lastEvent: { kind: 'activity', at: NOW } });
    expect(stuckAt(idle, LEARNED)).toBe(NOW - 94 * DAY);
    expect(stuckAt(idle, UNKNOWN)).toBe(NOW + 7 * DAY);
    expect(stuckAt(idle, { ...UNKNOWN, place: 1 })).toBe(NOW + 14 * DAY);
    expect(stuckAt(idle, { ...UNKNOWN, place: 2 })).toBe(NOW + 21 * DAY);
    expect(defaultIdleDays({ place: 0, openStages: 1 })).toBe(7);
  });

  it('weighs delay by money, and a deal without an amount by the delay alone', () => {
    const late = { stageSince: NOW - 6 * DAY };
    expect(painOf(aPulse(late), LEARNED, NOW)).toBe(2_000);
    expect(painOf(aPulse({ ...late, amount: null }), LEARNED, NOW)).toBe(2);
    expect(painOf(aPulse(), LEARNED, NOW)).toBe(0);
    expect(painOf(aPulse({ ...late, snoozedUntil: NOW + 1 }), LEARNED, NOW)).toBe(0);
    expect(painOf(aPulse({ ...late, snoozedUntil: NOW }), LEARNED, NOW)).toBe(2_000);
  });
});
