import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalOf, flagOf, idOf, listOf, numberOf, rowNumber, rowsOf } from '../common/values.js';
import { hostTime, instantOf } from './schema.js';

const noon = Date.UTC(2026, 0, 31, 12);

describe('src/hosts/bitrix24/schema', () => {
  it.each([
    ['2026-01-31T15:00:00+03:00', noon],
    ['2026-01-31T07:00:00-05:00', noon],
    ['2026-01-31T12:00:00Z', noon],
    ['2026-01-31T12:00:00.000Z', noon],
    ['31.01.2026 12:00:00', noon],
    ['2026-01-31 12:00:00', noon],
    ['31.01.2026', Date.UTC(2026, 0, 31)],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
  ])('reads the time %s', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  it.each([
    '',
    '0',
    null,
    undefined,
    {},
    [],
    false,
    0,
    'undefined',
    '0000',
    'yyyy-mm-ddThh:mm:ss+hh:mm',
    'завтра утром рано',
  ])('reads %j as no time', (value) => {
    expect(instantOf(value)).toBeNull();
  });

  it('reads back every whole second that it writes', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(seconds, (second) => expect(instantOf(hostTime(second * 1000))).toBe(second * 1000)),
    );
  });

  it('agrees with the platform about every time with an offset', () => {
    const offset = fc.tuple(
      fc.constantFrom('+', '-'),
      fc.integer({ min: 0, max: 13 }),
      fc.constantFrom('00', '30', '45'),
    );
    const date = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
    fc.assert(
      fc.property(date, offset, (at, [sign, hours, minutes]) => {
        const text = `${at.toISOString().slice(0, 19)}${sign}${String(hours).padStart(2, '0')}:${minutes}`;
        expect(instantOf(text)).toBe(Date.parse(text));
      }),
    );
  });

  it.each([
    [57, '57'],
    ['57', '57'],
    [0, null],
    ['0', null],
    ['', null],
    [null, null],
    [false, null],
    ['undefined', null],
    [[], null],
  ])('reads the id %j as %j', (value, id) => {
    expect(idOf(value)).toBe(id);
  });

  it.each([
    [1500.5, '1500.5'],
    ['1500.50', '1500.50'],
    [0, '0'],
    ['1 500', null],
    [null, null],
    [1e21, null],
    [1e-9, '0'],
    [Number.NaN, null],
  ])('reads the amount %j as %j', (value, amount) => {
    expect(decimalOf(value)).toBe(amount);
  });

  it('reads every spelling of yes and takes the rest for no', () => {
    expect([true, 'Y', 1, '1', 'true'].map(flagOf)).toEqual([true, true, true, true, true]);
    expect([false, 'N', 0, '0', '', null, undefined, [], {}].some(flagOf)).toBe(false);
  });

  it('reads a list where PHP made a map of it, and nothing where it sent false', () => {
    expect(listOf({ 0: 'a', 2: 'b' })).toEqual(['a', 'b']);
    expect(listOf(false)).toEqual([]);
    expect(rowsOf([{ id: 1 }, null, 'x', []])).toEqual([{ id: 1 }]);
  });

  it('takes only whole positive numbers for row ids', () => {
    expect([
      rowNumber('12'),
      rowNumber(12),
      rowNumber('1.5'),
      rowNumber('x'),
      rowNumber(-1),
      rowNumber(''),
    ]).toEqual([12, 12, null, null, null, null]);
    expect(numberOf(' ')).toBeNull();
  });
});
