import { describe, expect, it } from '@jest/globals';
import { fieldsOf, type FieldReading } from './deal-fields.js';

const MOSCOW: FieldReading = { watched: new Set(['1']), timeZone: 'Europe/Moscow' };

function read(type: string, values: unknown, reading: FieldReading = MOSCOW): unknown {
  return fieldsOf({ custom_fields_values: [{ field_id: 1, field_type: type, values }] }, reading)['1'];
}

describe('src/hosts/amocrm/deal-fields', () => {
  it.each([
    ['text', [{ value: 'Иван' }], 'Иван'],
    ['numeric', [{ value: '12.50' }], '12.50'],
    ['numeric', [{ value: 7 }], '7'],
    ['monetary', [{ value: '1500' }], '1500'],
    ['checkbox', [{ value: true }], true],
    ['checkbox', [{ value: false }], false],
    ['select', [{ value: 'Крупный', enum_id: 45, enum_code: null }], '45'],
    ['radiobutton', [{ value: '50 %', enum_id: 46 }], '46'],
    [
      'multiselect',
      [
        { value: 'А', enum_id: 1 },
        { value: 'Б', enum_id: 2 },
      ],
      ['1', '2'],
    ],
    ['multiselect', [{ value: 'А', enum_id: 1 }], ['1']],
    ['multitext', [{ value: '+7', enum_code: 'WORK' }], ['+7']],
    ['date_time', [{ value: 1_795_000_000 }], new Date(1_795_000_000_000).toISOString()],
    ['legal_entity', [{ value: { name: 'ООО', vat_id: '1' } }], 'ООО'],
    ['text', [], undefined],
    ['text', [{ value: null }], undefined],
    ['date', [{ value: 0 }], undefined],
    ['linked_entity', [{ value: { deep: 1 } }], undefined],
  ])('reads %s %j', (type, values, expected) => {
    expect(read(type, values)).toEqual(expected);
  });

  it('tells a day in the account’s own zone: it comes as the second at which it begins there', () => {
    const midnight = Date.UTC(2026, 0, 30, 21) / 1000;
    expect(read('date', [{ value: midnight }])).toBe('2026-01-31');
    expect(read('birthday', [{ value: midnight }], { ...MOSCOW, timeZone: 'UTC' })).toBe('2026-01-30');
    expect(read('date', [{ value: '2026-01-31T00:00:00+03:00' }])).toBe('2026-01-31');
  });

  it('keeps only what is watched, and nothing of a deal without values', () => {
    expect(read('text', [{ value: 'x' }], { ...MOSCOW, watched: new Set(['2']) })).toBeUndefined();
    expect(fieldsOf({ custom_fields_values: null }, MOSCOW)).toEqual({});
    expect(fieldsOf({ custom_fields_values: [{ field_id: 1, field_type: 'text' }] }, MOSCOW)).toEqual({});
  });
});
