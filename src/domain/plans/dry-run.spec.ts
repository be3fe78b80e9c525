import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  aDeal,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  ownMap,
  PEOPLE,
} from '../../../test/support/plan-builders.js';
import type { StageKind, StageVisit } from '../crm/records.js';
import { LoadCount, replayDeal, type ReplayInput, type ReplayedTask } from './dry-run.js';

const TEMPLATE = aTemplate([
  aStage('a', [
    aStep('call', { durationMinutes: 10 }),
    aStep('report', {
      offset: { anchor: { from: 'stepEnd', stepKey: 'call' }, amount: 1, unit: 'workingDays' },
    }),
  ]),
  aStage('b', [aStep('offer')]),
]);

function visit(seq: number, stageId: string, day: number, leftDay: number | null): StageVisit {
  const leftAt = leftDay === null ? null : MONDAY + leftDay * DAY_MS;
  return { dealId: '1', seq, pipelineId: '0', stageId, enteredAt: MONDAY + day * DAY_MS, leftAt };
}

function kindOf(stageId: string): StageKind {
  return stageId === 'won' || stageId === 'lost' ? stageId : 'open';
}

function replay(visits: readonly StageVisit[], changes: Partial<ReplayInput> = {}): readonly ReplayedTask[] {
  return replayDeal({
    template: TEMPLATE,
    stageMap: ownMap(TEMPLATE),
    deal: aDeal(visits.at(-1)?.stageId ?? 'a'),
    people: PEOPLE,
    visits,
    kindOf,
    from: MONDAY - 30 * DAY_MS,
    to: MONDAY + 60 * DAY_MS,
    ...changes,
  });
}

describe('src/domain/plans/dry-run', () => {
  it('gives each step once, the next one when the one before it is done at its deadline', () => {
    const tasks = replay([visit(1, 'a', 0, null)]);
    expect(tasks.map((task) => [task.ownerId, task.minutes])).toEqual([
      ['seller', 10],
      ['seller', 15],
    ]);
    expect((tasks[1]?.at ?? 0) - (tasks[0]?.at ?? 0)).toBe(DAY_MS);
  });

  it('gives the steps of a stage only when the deal came to it', () => {
    expect(replay([visit(1, 'a', 0, 10), visit(2, 'b', 10, null)])).toHaveLength(3);
  });

  it('begins with the time asked for where the deal was there before, and ends with it', () => {
    const visits = [visit(1, 'a', 0, null)];
    const from = MONDAY + 7 * DAY_MS;
    expect(replay(visits, { from }).every((task) => task.at >= from)).toBe(true);
    expect(replay(visits, { to: MONDAY + DAY_MS / 2 })).toHaveLength(0);
    expect(replay([visit(1, 'a', 70, null)])).toEqual([]);
  });

  it('counts the steps of others behind a step that nobody is left to do', () => {
    const template = aTemplate([
      aStage('a', [
        aStep('call'),
        aStep('report', {
          owner: { kind: 'user', userId: 'manager' },
          offset: { anchor: { from: 'stepEnd', stepKey: 'call' }, amount: 1, unit: 'workingDays' },
        }),
      ]),
      aStage('b', [aStep('offer', { owner: { kind: 'user', userId: 'manager' } })]),
    ]);
    const people = { ...PEOPLE, departmentHeadId: null, inactive: new Set(['seller']) };
    const visits = [visit(1, 'a', 0, 10), visit(2, 'b', 10, null)];
    const tasks = replay(visits, { template, stageMap: ownMap(template), people });
    expect(tasks.map((task) => task.ownerId)).toEqual(['manager', 'manager']);
    expect(tasks.every((task) => task.at <= MONDAY + 12 * DAY_MS)).toBe(true);
  });

  it('ends on any way of a deal, counts no step twice and nothing out of the time asked for', () => {
    const way = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'won', 'lost', 'unknown'), fc.integer({ min: 0, max: 3 })),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(way, (stays) => {
        let day = 0;
        const visits = stays.map(([stageId, length], at) => {
          const entered = day;
          day += length;
          return visit(at + 1, stageId, entered, at < stays.length - 1 ? day : null);
        });
        const tasks = replay(visits);
        expect(tasks.length).toBeLessThanOrEqual(3 * stays.length);
        expect(tasks.every((task) => task.at >= MONDAY && task.at <= MONDAY + 60 * DAY_MS)).toBe(true);
      }),
    );
  });

  it('finds each person’s busiest day in that person’s own zone, and scales a sample', () => {
    const zones: Readonly<Record<string, string>> = { east: 'Asia/Vladivostok', west: 'Europe/Moscow' };
    const count = new LoadCount((id) => zones[id] ?? 'UTC');
    const evening = Temporal.ZonedDateTime.from('2026-09-07T20:00[Europe/Moscow]').epochMilliseconds;
    for (const ownerId of ['east', 'west']) count.add({ ownerId, at: evening, minutes: 15 });
    count.add({ ownerId: 'west', at: evening + 1, minutes: 5 });
    count.add({ ownerId: 'west', at: evening - DAY_MS, minutes: 90 });
    expect(count.loads(2)).toEqual([
      { ownerId: 'west', tasks: 6, busiestDay: { date: '2026-09-07', tasks: 4, minutes: 40 } },
      { ownerId: 'east', tasks: 2, busiestDay: { date: '2026-09-08', tasks: 2, minutes: 30 } },
    ]);
  });
});
