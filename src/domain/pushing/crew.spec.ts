import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAway, timeOfDayOf, withoutAbsences } from '../calendar/away.js';
import { standardCalendar } from '../calendar/work-calendar.js';
import { isWorkingMoment, nextWorkingMoment } from '../calendar/working-time.js';
import type { Schedule } from '../calendar/work-calendar.types.js';
import { dueAtOf } from './alerts.js';
import { reach, scheduleOf, workingHeadOf, type Crew } from './crew.js';
import { COOL_DOWN_MS, deliveryMoment, nextOfPush, type PushStanding } from './push.js';

const MONDAY = Date.UTC(2026, 10, 23, 9);
const DAY = 86_400_000;
const PEOPLE = ['anna', 'oleg', 'head', 'boss'] as const;

const away = fc.record({ from: fc.integer({ min: 0, max: 20 }), days: fc.integer({ min: 0, max: 6 }) });
const crews = fc
  .record({
    absences: fc.tuple(...PEOPLE.map(() => fc.array(away, { maxLength: 2 }))),
    dismissed: fc.subarray([...PEOPLE]),
    deputy: fc.constantFrom(null, 'oleg', 'boss'),
  })
  .map(({ absences, dismissed, deputy }): Crew => {
    const schedules = new Map(
      PEOPLE.map((id, index): [string, Schedule] => [
        id,
        {
          timeZone: 'Europe/Moscow',
          calendar: {
            ...standardCalendar('RU'),
            absences: (absences[index] ?? []).map(({ from, days }) => ({
              from: dayText(from),
              to: dayText(from + days),
            })),
          },
        },
      ]),
    );
    return {
      structure: {
        users: PEOPLE.map((id) => ({ id, departmentIds: [id === 'boss' ? 'all' : 'sales'] })),
        departments: [
          { id: 'all', parentId: null, headId: 'boss' },
          { id: 'sales', parentId: 'all', headId: 'head' },
        ],
      },
      activeIds: new Set(PEOPLE.filter((id) => !dismissed.includes(id))),
      schedules,
      fallback: { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' },
      deputies: new Map(
        deputy === null ? [] : [['anna', [{ from: '2026-01-01', to: '2027-01-01', userId: deputy }]]],
      ),
    };
  });

function dayText(offset: number): string {
  return new Date(MONDAY + offset * DAY).toISOString().slice(0, 10);
}

const moments = fc.integer({ min: 0, max: 20 * 24 * 60 }).map((minutes) => MONDAY + minutes * 60_000);

describe('src/domain/pushing/crew', () => {
  it('tells nobody who left, nobody who is absent, and nobody outside working time', () => {
    fc.assert(
      fc.property(crews, fc.constantFrom(...PEOPLE), moments, (crew, userId, now) => {
        const found = reach(crew, userId, now);
        if (found === null) return;
        const schedule = scheduleOf(crew, found.userId);
        expect(crew.activeIds.has(found.userId)).toBe(true);
        expect(found.at).toBeGreaterThanOrEqual(now);
        expect(isAway(found.at, schedule)).toBe(false);
        expect(isWorkingMoment(found.at, schedule)).toBe(true);
      }),
    );
  });

  it('keeps nothing until the end of an absence while a head is there', () => {
    fc.assert(
      fc.property(crews, moments, (crew, now) => {
        const found = reach(crew, 'anna', now);
        const at = nextWorkingMoment(now, withoutAbsences(scheduleOf(crew, 'anna')));
        if (!crew.activeIds.has('head') || isAway(at, scheduleOf(crew, 'head'))) return;
        expect(found?.at).toBe(at);
      }),
    );
  });

  it('leaves nobody unheard while the person or somebody above works here', () => {
    fc.assert(
      fc.property(crews, moments, (crew, now) => {
        if (crew.activeIds.has('anna')) expect(reach(crew, 'anna', now)).not.toBeNull();
      }),
    );
  });

  it('finds the nearest head who still works here', () => {
    fc.assert(
      fc.property(crews, (crew) => {
        const expected = ['head', 'boss'].find((id) => crew.activeIds.has(id)) ?? null;
        expect(workingHeadOf(crew, 'anna')).toBe(expected);
        expect(workingHeadOf(crew, 'boss')).toBeNull();
      }),
    );
  });
});

describe('src/domain/pushing/alerts, of deliveries', () => {
  it('keeps what may wait for the person’s next list, whenever it was found, and tells the rest in working time', () => {
    fc.assert(
      fc.property(crews, fc.integer({ min: 0, max: 20 * 24 * 60 }), (crew, minutes) => {
        const now = MONDAY + minutes * 60_000;
        const reached = reach(crew, 'anna', now);
        if (!reached) return;
        const due = (delivery: 'instant' | 'digest'): number =>
          dueAtOf({ delivery, hours: 'working' }, reached, crew, now, '09:00');
        expect(due('instant')).toBe(reached.at);
        const schedule = scheduleOf(crew, reached.userId);
        expect(isAway(due('digest'), schedule)).toBe(false);
        expect(timeOfDayOf(due('digest'), schedule.timeZone)).toBe('09:00');
        expect(due('digest')).toBeGreaterThan(now - 2 * 60_000);
      }),
    );
  });

  it('lets what the round finds in the list’s own minute go with it', () => {
    const crew: Crew = {
      ...{ structure: { users: [], departments: [] }, activeIds: new Set(['anna']), schedules: new Map() },
      ...{ fallback: { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' }, deputies: new Map() },
    };
    const nine = Date.parse('2026-11-24T06:00Z');
    const dueOf = (now: number): number => {
      const digest = { delivery: 'digest', hours: 'always' } as const;
      return dueAtOf(digest, { userId: 'anna', at: now }, crew, now, '09:00') - nine;
    };
    expect([dueOf(nine + 30_000), dueOf(nine + 5 * 60_000), dueOf(nine - 3_600_000)]).toEqual([0, DAY, 0]);
  });
});

describe('src/domain/pushing/push', () => {
  const schedule: Schedule = { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' };

  it('never delivers within the cool-down nor outside working time, and joins one that still waits', () => {
    fc.assert(
      fc.property(moments, fc.option(fc.integer({ min: -3 * 60, max: 300 })), (now, minutes) => {
        const last = minutes === null ? null : now + minutes * 60_000;
        const at = deliveryMoment(now, last, schedule);
        if (last !== null && last > now) return expect(at).toBe(last);
        expect(at).toBeGreaterThanOrEqual(now);
        if (last !== null) expect(at - last).toBeGreaterThanOrEqual(COOL_DOWN_MS);
        expect(isWorkingMoment(at, schedule)).toBe(true);
      }),
    );
  });

  it('repeats once, then tells the head, then the head’s head, each time later, and ends', () => {
    fc.assert(
      fc.property(moments, (moment) => {
        let push: PushStanding = { deliverAt: moment, repeats: 0, level: 0 };
        const kinds: string[] = [];
        let before = moment;
        for (let next = nextOfPush(push, schedule); next !== null; next = nextOfPush(push, schedule)) {
          expect(next.at).toBeGreaterThan(before);
          before = next.at;
          kinds.push(next.kind === 'repeat' ? 'repeat' : `to ${next.level}`);
          push = next.kind === 'repeat' ? { ...push, repeats: 1 } : { ...push, level: next.level };
        }
        expect(kinds).toEqual(['repeat', 'to 1', 'to 2']);
      }),
    );
  });
});
