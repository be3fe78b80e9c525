import { describe, expect, it } from '@jest/globals';
import { fieldsOf, readerOf } from './deal-fields.js';
import { dayOf } from './schema.js';

describe('src/hosts/bitrix24/deal-fields', () => {
  it('tells a day as people see it, whatever the zone of the portal', () => {
    expect(dayOf('2026-01-31T03:00:00+03:00')).toBe('2026-01-31');
    expect(dayOf('31.01.2026 00:00:00')).toBe('2026-01-31');
    expect(dayOf('2026-01-31')).toBe('2026-01-31');
    for (const none of ['', null, false, 20260131, 'tomorrow']) expect(dayOf(none)).toBeNull();
  });

  it.each([
    ['text', 'Иван', 'Иван'],
    ['text', '', null],
    ['text', false, null],
    ['number', 12.5, '12.5'],
    ['number', '007', '007'],
    ['number', 0, '0'],
    ['money', '1500.50|RUB', '1500.50'],
    ['money', '|RUB', null],
    ['date', '2026-01-31T00:00:00+07:00', '2026-01-31'],
    ['moment', '2026-01-31T03:00:00+03:00', '2026-01-31T00:00:00.000Z'],
    ['moment', '', null],
    ['choice', 45, '45'],
    ['choice', 0, null],
    ['choice', 'CALL', 'CALL'],
    ['user', '7', '7'],
    ['user', '0', null],
    ['flag', '1', true],
    ['flag', false, false],
    ['flag', 'N', false],
    ['flag', null, null],
    ['other', { id: 9, url: 'x' }, '9'],
    ['other', 'C_5', 'C_5'],
  ] as const)('reads %s %j as %j', (kind, value, expected) => {
    expect(readerOf(kind, false)(value)).toBe(expected);
  });

  it('keeps every value of a field with several, also where the portal made a map of them', () => {
    const read = readerOf('choice', true);
    expect(read([45, '46', 0])).toEqual(['45', '46']);
    expect(read({ 0: 45, 3: 47 })).toEqual(['45', '47']);
    expect(read(45)).toEqual(['45']);
    for (const none of [[], false, null, '', undefined]) expect(read(none)).toBeNull();
  });

  it('leaves empty values out', () => {
    const watched = [
      { name: 'ufCrm_1', key: 'UF_CRM_1', read: readerOf('text', false) },
      { name: 'ufCrm_2', key: 'UF_CRM_2', read: readerOf('flag', false) },
    ];
    expect(fieldsOf({ ufCrm_1: '', ufCrm_2: 'N', ufCrm_3: 'x' }, watched)).toEqual({ UF_CRM_2: false });
  });
});
