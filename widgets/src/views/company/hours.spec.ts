import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hoursFault, timeOf, weekFault, withInterval, workedMinutes } from './hours.js';
import { isTaken, moved } from './lists.js';
import { overlapOf } from './use-absences.js';

const span = (from: string, to: string) => ({ from, to });
const LONG = [span('09:00', '13:00'), span('14:00', '18:00')];

describe('widgets/src/views/company/hours', () => {
  it.each([
    ['9', '09:00'],
    ['930', '09:30'],
    ['9:5', '09:05'],
    ['18.30', '18:30'],
    ['24:00', '24:00'],
    ['25:00', '25:00'],
    ['noon', 'noon'],
  ])('takes %s for %s', (typed, time) => {
    expect(timeOf(typed)).toBe(time);
  });

  it('says what is wrong with intervals', () => {
    expect(hoursFault(LONG)).toBeNull();
    expect(hoursFault([span('9', '18:00')])).toBe('time');
    expect(hoursFault([span('18:00', '09:00')])).toBe('order');
    expect(hoursFault([span('09:00', '13:00'), span('13:00', '18:00')])).toBe('overlap');
    expect(weekFault(Array.from({ length: 7 }, () => ({ hours: [] })))).toBe('noWork');
    expect(weekFault([{ hours: LONG }])).toBeNull();
    expect(workedMinutes({ hours: LONG })).toBe(480);
  });

  it('offers one more interval behind the last one, never over midnight', () => {
    expect(withInterval([span('09:00', '13:00')])).toEqual([span('09:00', '13:00'), span('14:00', '16:00')]);
    expect(withInterval([span('09:00', '23:00')]).at(-1)?.to).toBe('24:00');
  });

  it('moves one item by one place and loses none', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 1 }), fc.nat(), (items, at) => {
        const index = at % items.length;
        const down = moved(items, index, 1);
        expect([...down].sort()).toEqual([...items].sort());
        expect(moved(down, Math.min(index + 1, items.length - 1), index + 1 < items.length ? -1 : 1)).toEqual(
          items,
        );
      }),
    );
    expect(isTaken(' lawyer', ['Lawyer'])).toBe(true);
  });

  it('finds an absence that shares a day, but not the one that is edited', () => {
    const draft = {
      userId: '1',
      from: '2026-12-21',
      to: '2026-12-31',
      kind: 'trip',
      deputyId: null,
    } as const;
    const other = { ...draft, id: 'a', revision: 1, from: '2026-12-31', to: '2027-01-05' };
    expect(overlapOf(draft, [other], null)).toBe(other);
    expect(overlapOf(draft, [other], 'a')).toBeNull();
    expect(overlapOf(draft, [{ ...other, from: '2027-01-01' }], null)).toBeNull();
    expect(overlapOf(draft, [{ ...other, userId: '2' }], null)).toBeNull();
  });
});
