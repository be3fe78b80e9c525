import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MS_PER_DAY } from '../calendar/local-time.js';
import { lifeTable } from './life-table.js';
import {
  chanceToAdvance,
  stageNorm,
  STUCK_BELOW_QUIET,
  stuckFrom,
  stuckVerdict,
  type StageNorm,
  type StuckFacts,
} from './stuck.js';

const NOW = Date.UTC(2026, 10, 22);
const FIRST = { place: 0, openStages: 3 };

type Way = 'advanced' | 'lost' | 'movedBack' | 'open';

/** So many stays of so many days with that end. */
function norm(stays: readonly [number, Way, number][], options = FIRST): StageNorm {
  const rows = stays.flatMap(([days, way, count]) =>
    Array.from({ length: count }, () => [days, way] as const),
  );
  return stageNorm(
    'offer',
    lifeTable(
      rows.map(([days]) => days * MS_PER_DAY),
      rows.map(([, way]) => way),
    ),
    options,
  );
}

function facts(days: number, more: Partial<StuckFacts> = {}): StuckFacts {
  return { age: days * MS_PER_DAY, lastEventAt: NOW, hasNextStep: true, agreedAt: null, ...more };
}

/** Most advance on the second day, some on the 40th, and a few never. */
const LEARNED = norm([
  [2, 'advanced', 80],
  [40, 'advanced', 15],
  [60, 'lost', 15],
]);

describe('src/domain/insight/stuck', () => {
  it('calls a deal stuck when those of its age seldom advance within the horizon', () => {
    expect(stuckVerdict(LEARNED, facts(1), NOW)).toBeNull();
    expect(stuckVerdict(LEARNED, facts(3), NOW)).toMatchObject({
      kind: 'sellerIdle',
      rule: 'learned',
      chance: 0,
    });
    // Within 9.8 days of the 31st day half of the thirty left advance: exactly at the threshold is not below it.
    expect(stuckVerdict(LEARNED, facts(31), NOW)).toBeNull();
    expect(stuckVerdict(LEARNED, facts(41), NOW)).toMatchObject({ kind: 'dead', remedy: 'proposeClose' });
  });

  it('gives rule, numbers and last event with every verdict', () => {
    const lastEventAt = NOW - 4 * MS_PER_DAY;
    expect(stuckVerdict(LEARNED, facts(5, { lastEventAt, hasNextStep: false }), NOW)).toEqual({
      kind: 'noPlan',
      remedy: 'makePlan',
      rule: 'learned',
      age: 5 * MS_PER_DAY,
      chance: 0,
      threshold: 0.5,
      horizon: 846_720_000,
      idleLimit: null,
      finished: 110,
      lastEventAt,
    });
  });

  it('looks ten working days ahead in the second half of the funnel', () => {
    const late = norm([[2, 'advanced', 40]], { place: 2, openStages: 3 });
    expect(late.learned?.horizon).toBe(14 * MS_PER_DAY);
  });

  it.each([
    [0, 7],
    [1, 14],
    [2, 21],
  ])(
    'goes by the idle limit of the third without thirty finished visits: stage %i, %i days',
    (place, days) => {
      const few = norm([[2, 'advanced', 29]], { place, openStages: 3 });
      const quiet = (idle: number): StuckFacts => facts(100, { lastEventAt: NOW - idle * MS_PER_DAY });
      expect(stuckVerdict(few, quiet(days - 1), NOW)).toBeNull();
      expect(stuckVerdict(few, quiet(days), NOW)).toMatchObject({
        kind: 'sellerIdle',
        rule: 'idleLimit',
        idleLimit: days * MS_PER_DAY,
        chance: null,
      });
      expect(stuckFrom(few)).toBe(days * MS_PER_DAY);
    },
  );

  it('tells four kinds apart', () => {
    const kind = (more: Partial<StuckFacts>): string | undefined =>
      stuckVerdict(LEARNED, facts(5, more), NOW)?.kind;
    expect(kind({ hasNextStep: false })).toBe('noPlan');
    expect(kind({ hasNextStep: true })).toBe('sellerIdle');
    expect(kind({ hasNextStep: null })).toBe('sellerIdle');
    expect(kind({ agreedAt: NOW + MS_PER_DAY })).toBe('waitingForClient');
    expect(kind({ agreedAt: NOW - 1 })).toBe('sellerIdle');
    expect(kind({ lastEventAt: NOW - 45 * MS_PER_DAY })).toBe('dead');
  });

  it('compares with a fresh deal where even fresh ones are slow', () => {
    const slow = norm([
      [60, 'advanced', 50],
      [90, 'lost', 50],
    ]);
    expect(slow.learned?.horizon).toBe(75 * MS_PER_DAY);
    expect(slow.learned?.fresh).toBeCloseTo(0.5, 10);
    expect(stuckVerdict(slow, facts(10), NOW)).toBeNull();
    expect(stuckVerdict(slow, facts(61), NOW)?.kind).toBe('dead');
    expect(stuckFrom(slow)).toBe(60 * MS_PER_DAY);
  });

  it('takes going back for moving on in a stage for what was sent back', () => {
    const detour = norm([
      [2, 'movedBack', 90],
      [3, 'advanced', 10],
    ]);
    expect(detour.learned?.wayOn).toBe('movedBack');
    expect(stuckVerdict(detour, facts(1), NOW)).toBeNull();
    const plain = norm([
      [2, 'movedBack', 40],
      [3, 'advanced', 60],
    ]);
    expect(plain.learned?.wayOn).toBe('advanced');
  });

  it('does not follow the curve where fewer than ten stays are left', () => {
    const thin = norm([
      [5, 'advanced', 100],
      [20, 'lost', 20],
      [200, 'advanced', 1],
    ]);
    expect(chanceToAdvance(thin, 195 * MS_PER_DAY)).toBe(0);
    expect(chanceToAdvance(thin, 1_000 * MS_PER_DAY)).toBe(0);
  });

  it('calls stuck what has outstayed nearly everybody, though all that ever came so far moved on', () => {
    const steady = norm([
      [5, 'advanced', 60],
      [20, 'advanced', 60],
    ]);
    // All that reach 20 days advance that day: until a horizon of 9.8 days later a deal may be one of them.
    expect(stuckVerdict(steady, facts(29), NOW)).toBeNull();
    expect(stuckVerdict(steady, facts(30), NOW)).toMatchObject({ rule: 'learned', chance: 0 });
    expect(stuckFrom(steady)).toBe(29.8 * MS_PER_DAY);
  });

  it('is stuck from the age that is told, at every age', () => {
    const stay = fc.tuple(
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom<Way>('advanced', 'lost', 'movedBack', 'open'),
      fc.integer({ min: 1, max: 40 }),
    );
    fc.assert(
      fc.property(
        fc.array(stay, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 300 }),
        (stays, days) => {
          const one = norm(stays);
          if (days * MS_PER_DAY < stuckFrom(one)) return;
          expect(stuckVerdict(one, facts(days, { lastEventAt: null }), NOW)).not.toBeNull();
        },
      ),
    );
  });

  it('is quieter with the threshold of the quiet mode', () => {
    const stays: [number, Way, number][] = [
      [1, 'advanced', 60],
      [5, 'advanced', 16],
      [30, 'lost', 24],
    ];
    expect(stuckVerdict(norm(stays), facts(2), NOW)?.rule).toBe('learned');
    const quiet = norm(stays, { ...FIRST, below: STUCK_BELOW_QUIET } as typeof FIRST);
    expect(stuckVerdict(quiet, facts(2), NOW)).toBeNull();
  });
});
