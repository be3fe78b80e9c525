import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StageTransition } from './records.js';
import { timeInStages, visitsOf } from './visits.js';

const SECOND = 1_000;

function move(at: number, stageId: string, hostId: string | null = null): StageTransition {
  return { dealId: 'D_1', at: at * SECOND, pipelineId: 'P', stageId, stageKind: 'open', hostId };
}

const transitions = fc.array(
  fc
    .record({
      at: fc.integer({ min: 0, max: 40 }),
      stageId: fc.constantFrom('A', 'B', 'C'),
      hostId: fc.option(fc.integer({ min: 1, max: 200 }).map(String)),
    })
    .map(({ at, stageId, hostId }) => move(at, stageId, hostId)),
  { maxLength: 20 },
);

describe('src/domain/crm/visits', () => {
  it('tells one visit per uninterrupted stay', () => {
    const visits = visitsOf([move(0, 'A', '1'), move(10, 'B', '2'), move(20, 'A', '3')]);
    expect(visits.map((one) => [one.seq, one.stageId, one.enteredAt, one.leftAt])).toEqual([
      [1, 'A', 0, 10_000],
      [2, 'B', 10_000, 20_000],
      [3, 'A', 20_000, null],
    ]);
  });

  it('keeps a move through a stage within one second, in the order of the history', () => {
    const visits = visitsOf([move(0, 'A', '9'), move(0, 'B', '10'), move(0, 'C', '11')]);
    expect(visits.map((one) => one.stageId)).toEqual(['A', 'B', 'C']);
  });

  it('takes an own sighting and the history row of the same move for one', () => {
    const both = visitsOf([move(0, 'A', '1'), move(10, 'B'), move(11, 'B', '2'), move(11, 'C', '3')]);
    expect(both).toEqual(visitsOf([move(0, 'A', '1'), move(11, 'B', '2'), move(11, 'C', '3')]));
  });

  it('tells stages of one code in two pipelines apart', () => {
    const other = { ...move(5, 'A', '2'), pipelineId: 'Q' };
    expect(visitsOf([move(0, 'A', '1'), other])).toHaveLength(2);
  });

  it('gives the same visits in any order of arrival and with duplicates', () => {
    fc.assert(
      fc.property(
        transitions.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
        ),
        ([all, shuffled]) => {
          expect(visitsOf(shuffled)).toEqual(visitsOf(all));
        },
      ),
    );
  });

  it('sums the time in stages to the age since the first entry', () => {
    fc.assert(
      fc.property(transitions, (all) => {
        const now = 100 * SECOND;
        const visits = visitsOf(all);
        expect(timeInStages(visits, now)).toBe(visits[0] ? now - visits[0].enteredAt : 0);
      }),
    );
  });

  it('chains visits without gaps and never repeats a stage at once', () => {
    fc.assert(
      fc.property(transitions, (all) => {
        const visits = visitsOf(all);
        for (const [index, visit] of visits.entries()) {
          const next = visits[index + 1];
          expect(visit.seq).toBe(index + 1);
          expect(visit.leftAt).toBe(next?.enteredAt ?? null);
          expect(next?.stageId).not.toBe(visit.stageId);
        }
      }),
    );
  });
});
