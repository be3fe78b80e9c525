import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countryYear } from '../public-holidays.js';
import { standardCalendar } from '../work-calendar.js';
import type { CalendarYear, WorkCalendar } from '../work-calendar.types.js';
import { daysOfYear } from '../year-days.js';
import { MAX_CALENDAR_CHARACTERS, readCalendarFile } from './read-calendar-file.js';

const CONTEXT = { country: 'RU', source: 'файл' };

const XML_2024 = `<?xml version="1.0" encoding="UTF-8"?>
<!-- Производственный календарь -->
<calendar year="2024" lang="ru" date="2023.09.30">
 <holidays><holiday id="1" title="Новогодние каникулы"/></holidays>
 <days>
  <day d="01.01" t="1" h="1"/><day d="01.02" t="1" h="1"/><day d="01.03" t="1" h="1"/><day d="01.04" t="1" h="1"/>
  <day d="01.05" t="1" h="1"/><day d="01.06" t="1" h="1"/><day d="01.07" t="1" h="2"/><day d="01.08" t="1" h="1"/>
  <day d="02.22" t="2"/><day d="02.23" t="1" h="3"/><day d="03.07" t="2"/><day d="03.08" t="1" h="4"/>
  <day d="04.27" t="3"/><day d="04.29" t="1" f="04.27"/><day d="04.30" t="1" f="11.02"/><day d="05.01" t="1" h="5"/>
  <day d="05.08" t="2"/><day d="05.09" t="1" h="6"/><day d="05.10" t="1" f="01.06"/><day d="06.11" t="2"/>
  <day d="06.12" t="1" h="7"/><day d="11.02" t="2"/><day d="11.04" t="1" h="8"/><day d="12.28" t="3"/>
  <day d="12.30" t="1" f="12.28"/><day d="12.31" t="1" f="01.07"/>
 </days>
</calendar>`;

const MONTHS_2024 = [
  '1,2,3,4,5,6,7,8,13,14,20,21,27,28',
  '3,4,10,11,17,18,22*,23,24,25',
  '2,3,7*,8,9,10,16,17,23,24,30,31',
  '6,7,13,14,20,21,28,29+,30+',
  '1,4,5,8*,9,10+,11,12,18,19,25,26',
  '1,2,8,9,11*,12,15,16,22,23,29,30',
  '6,7,13,14,20,21,27,28',
  '3,4,10,11,17,18,24,25,31',
  '1,7,8,14,15,21,22,28,29',
  '5,6,12,13,19,20,26,27',
  '2*,3,4,9,10,16,17,23,24,30',
  '1,7,8,14,15,21,22,29,30+,31+',
];

const HEADER =
  'Год/Месяц,Январь,Февраль,Март,Апрель,Май,Июнь,Июль,Август,Сентябрь,Октябрь,Ноябрь,Декабрь,Всего рабочих дней';

function csvOf(months: readonly string[], year = '2024'): string {
  return `${HEADER}\n${year},${months.map((list) => `"${list}"`).join(',')},248\n`;
}

function jsonOf(months: readonly string[], year: number | string = 2024): string {
  const list = months.map((days, index) => ({ month: index + 1, days }));
  return JSON.stringify({ year, months: list, transitions: [{ from: '01.06', to: '05.10' }] }, null, 1);
}

function ics(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n');
}

function event(...lines: readonly string[]): string {
  return ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
}

function withYears(years: readonly CalendarYear[]): WorkCalendar {
  return { ...standardCalendar('RU'), years };
}

function workedMinutes(calendar: WorkCalendar, year: number): readonly (readonly [string, number])[] {
  return daysOfYear(calendar, year).map(({ date, minutes }) => [date, minutes]);
}

function onlyFault(text: string): readonly unknown[] {
  const { faults, years } = readCalendarFile(text, CONTEXT);
  expect(years).toEqual([]);
  return faults.map(({ line, column, code, found }) => [line, column, code, found]);
}

describe('domain/calendar/import/read-calendar-file', () => {
  it.each([
    ['xml', XML_2024],
    ['csv', csvOf(MONTHS_2024)],
    ['json', jsonOf(MONTHS_2024)],
  ])('reads the Russian calendar of 2024 from %s to the same hours as our own', (format, text) => {
    const read = readCalendarFile(text, CONTEXT);
    expect([read.format, read.faults]).toEqual([format, []]);
    expect(read.years).toHaveLength(1);
    expect(workedMinutes(withYears(read.years), 2024)).toEqual(workedMinutes(standardCalendar('RU'), 2024));
    expect(countryYear('RU', 2024).coverage).toBe('official');
  });

  it('reads a file of any format with a byte order mark, and CSV with semicolons and many years', () => {
    const csv =
      `\uFEFF${csvOf(MONTHS_2024).replaceAll('","', '";"').replaceAll(HEADER, HEADER.replaceAll(',', ';'))}`
        .replace('2024,"', '2024;"')
        .replace('",248', '";248');
    const read = readCalendarFile(csv, CONTEXT);
    expect([read.format, read.faults, read.years.map(({ year }) => year)]).toEqual(['csv', [], [2024]]);
    expect(readCalendarFile(`\uFEFF${XML_2024}`, CONTEXT).faults).toEqual([]);
    expect(readCalendarFile(`\uFEFF${jsonOf(MONTHS_2024)}`, CONTEXT).faults).toEqual([]);
  });

  it('keeps a holiday on a weekend apart from a plain weekend, for companies that work on Saturdays', () => {
    const { years } = readCalendarFile(jsonOf(MONTHS_2024), CONTEXT);
    expect(years[0]?.daysOff).toContain('01-06');
    expect(years[0]?.daysOff).not.toContain('01-13');
  });

  it('reads whole-day events of a calendar of holidays, free or busy, folded lines and further years', () => {
    const read = readCalendarFile(
      ics(
        event('DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20260109', 'SUMMARY:Новогодние кани', ' кулы'),
        event('DTSTART;VALUE=DATE:20260309', 'TRANSP:TRANSPARENT', 'SUMMARY:Выходной (перенос)'),
        event('DTSTART;VALUE=DATE:20260612', 'RRULE:FREQ=YEARLY;COUNT=2', 'SUMMARY:День России'),
        event('DTSTART;VALUE=DATE:20261107', 'SUMMARY:Рабочий день'),
        event('DTSTART;VALUE=DATE:20261103', 'SUMMARY:Сокращённый день'),
        event('DTSTART;VALUE=DATE:20260214', 'SUMMARY:Valentine', 'DESCRIPTION:Observance\\nmore'),
        event('DTSTART;VALUE=DATE:20260701', 'STATUS:CANCELLED', 'SUMMARY:Отменён'),
        event(
          'DTSTART;VALUE=DATE:20261231',
          'SUMMARY:Нерабочий день',
          'BEGIN:VALARM',
          'DTSTART:x',
          'END:VALARM',
        ),
      ),
      CONTEXT,
    );
    expect(read.faults).toEqual([]);
    expect(read.years.map(({ year }) => year)).toEqual([2026, 2027]);
    const [first, second] = read.years;
    expect(first?.daysOff).toEqual([
      ...Array.from({ length: 8 }, (_, index) => `01-0${index + 1}`),
      '03-09',
      '06-12',
      '12-31',
    ]);
    expect([first?.workingDays, first?.shortDays, second?.daysOff]).toEqual([
      ['11-07'],
      ['11-03'],
      ['06-12'],
    ]);
  });

  it('shows where a faulty JSON file is wrong', () => {
    expect(onlyFault('{ "year": 2024,\n "months": [ }')[0]).toEqual([2, 14, 'syntax', '']);
    expect(onlyFault('{\n "months": []\n}')).toEqual([[1, 1, 'noYear', '']]);
    expect(onlyFault('{\n "year": "скоро"\n}')).toEqual([[2, 10, 'badYear', 'скоро']]);
    expect(onlyFault('{"year":2024,"months":[{"month":13,"days":"1"}]}')).toEqual([
      [1, 33, 'badMonth', '13'],
    ]);
    expect(onlyFault('{"year":2024,"months":[{"month":2,"days":"1,30,x"}]}')).toEqual([
      [1, 45, 'badDay', '30'],
      [1, 48, 'badDay', 'x'],
    ]);
    expect(onlyFault('{"year":2024,"months":[{"month":1,"days":"1"}]}')).toEqual([
      [1, 23, 'missingMonth', '2'],
    ]);
    expect(onlyFault('{"year":2024,"months":[3]}')).toEqual([[1, 24, 'badMonth', '']]);
    const twice = [...MONTHS_2024.slice(0, 11), '1,1'];
    expect(onlyFault(jsonOf(twice)).map((fault) => (fault as unknown[])[2])).toEqual(['doubleDay']);
  });

  it('shows where a faulty XML file is wrong', () => {
    expect(onlyFault('<calendar year="2024">\n <day d="01.01" t="1"/>\n <days>\n</calendar>')).toEqual([
      [4, 1, 'syntax', ''],
    ]);
    expect(onlyFault('<calendar>\n<day d="01.01" t="1"/></calendar>')).toEqual([[1, 1, 'noYear', '']]);
    expect(onlyFault('<other/>')).toEqual([[1, 1, 'notCalendar', '']]);
    expect(
      onlyFault(
        '<calendar year="2023">\n<day d="02.29" t="1"/>\n <day d="03.01" t="9"/><day d="03.02" t="1"/><day d="03.02" t="1"/></calendar>',
      ),
    ).toEqual([
      [2, 1, 'badDay', '02.29'],
      [3, 2, 'badKind', '9'],
      [3, 46, 'doubleDay', '03.02'],
    ]);
    expect(onlyFault('<!DOCTYPE a [<!ENTITY b "c">]><calendar year="2024"/>')).toEqual([
      [1, 1, 'syntax', ''],
    ]);
    expect(onlyFault('<calendar year="2024"></calendar>')).toEqual([[1, 1, 'noDays', '']]);
  });

  it('shows where a faulty CSV file is wrong', () => {
    const broken = csvOf(['1,2,32', ...MONTHS_2024.slice(1)]);
    expect(onlyFault(broken)).toEqual([[2, 11, 'badDay', '32']]);
    const second = csvOf([MONTHS_2024[0] ?? '', '1,abc', ...MONTHS_2024.slice(2)]);
    expect(onlyFault(second)).toEqual([[2, 7 + (MONTHS_2024[0]?.length ?? 0) + 5, 'badDay', 'abc']]);
    expect(onlyFault(csvOf(MONTHS_2024, '20x4'))).toEqual([[2, 1, 'badYear', '20x4']]);
    expect(onlyFault('Год/Месяц,Январь\n2024,"1"')).toEqual([[1, 1, 'missingMonth', 'февраль']]);
    expect(onlyFault(`${HEADER}\n`)).toEqual([[1, 1, 'noDays', '']]);
    expect(onlyFault(`${HEADER}\n2024,"1,2`).map((fault) => (fault as unknown[])[2])).toEqual(['syntax']);
    const double = `${csvOf(MONTHS_2024)}${csvOf(MONTHS_2024).split('\n')[1]}\n`;
    expect(readCalendarFile(double, CONTEXT).faults.map(({ line, code }) => [line, code])).toEqual([
      [3, 'doubleYear'],
    ]);
  });

  it('shows where a faulty iCalendar file is wrong', () => {
    expect(onlyFault(ics(event('DTSTART:20260101T090000Z')))).toEqual([
      [4, 9, 'notWholeDay', '20260101T090000Z'],
    ]);
    expect(onlyFault(ics(event('DTSTART;VALUE=DATE:20260231')))).toEqual([[4, 20, 'badDate', '20260231']]);
    expect(onlyFault(ics(event('DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20270101')))).toEqual([
      [5, 18, 'badDate', '20270101'],
    ]);
    expect(onlyFault(ics(event('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=WEEKLY')))).toEqual([
      [5, 7, 'badRule', 'FREQ=WEEKLY'],
    ]);
    const farApart = 'FREQ=YEARLY;INTERVAL=999999999';
    expect(onlyFault(ics(event('DTSTART;VALUE=DATE:20260101', `RRULE:${farApart}`)))).toEqual([
      [5, 7, 'badRule', farApart],
    ]);
    expect(onlyFault('BEGIN:VCALENDAR\nBEGIN:VEVENT\nnonsense\n')).toEqual([
      [3, 1, 'syntax', 'nonsense'],
      [2, 1, 'unclosed', 'VEVENT'],
    ]);
    expect(onlyFault(ics(event('SUMMARY:no date')))).toEqual([[3, 1, 'badDate', '']]);
    expect(onlyFault(ics())).toEqual([[1, 1, 'noDays', '']]);
  });

  it('refuses what is no calendar, and what is too large to be one', () => {
    const bottomless = `{"year":2026,"months":${'['.repeat(400_000)}`;
    expect(onlyFault(bottomless)).toEqual([[1, expect.any(Number), 'syntax', '']]);
    expect(onlyFault('')).toEqual([[1, 1, 'notCalendar', '']]);
    expect(onlyFault('PK\u0003\u0004')).toEqual([[1, 1, 'notCalendar', '']]);
    expect(onlyFault('{'.padEnd(MAX_CALENDAR_CHARACTERS + 1))[0]).toEqual([
      1,
      MAX_CALENDAR_CHARACTERS + 1,
      'tooLarge',
      '',
    ]);
  });

  it('never throws, whatever the text, and never gives years together with faults', () => {
    const pieces = fc.constantFrom(
      '{"year":2024',
      '"months":[',
      '<calendar year="2024">',
      '<day d="01.01"',
      't="1"/>',
      'Год/Месяц,',
      'BEGIN:VCALENDAR\n',
      'BEGIN:VEVENT\n',
      'DTSTART;VALUE=DATE:2026',
      '0101\n',
      'END:VEVENT\n',
      '"',
      ',',
      '\n',
      '<',
      '<!--',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 12 }), (parts) => {
        const { years, faults } = readCalendarFile(parts.join(''), CONTEXT);
        expect(years.length > 0 && faults.length > 0).toBe(false);
        expect(years.length + faults.length).toBeGreaterThan(0);
        for (const { line, column } of faults) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});
