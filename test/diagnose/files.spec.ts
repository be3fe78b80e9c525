import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { amountFrom } from '../../src/diagnose/read-log.js';
import { Desk, stageOf } from './running.js';

const desk = new Desk();
afterAll(() => desk.close());

/** Three deals: one won after 2 + 3 days, one lost after 1, one open since the 5th. */
const ROWS = [
  ['A', 'New', '2026-01-01T10:00:00Z'],
  ['A', 'Offer', '2026-01-03T10:00:00Z'],
  ['A', 'Won', '2026-01-06T10:00:00Z'],
  ['B', 'New', '2026-01-01T10:00:00Z'],
  ['B', 'Lost', '2026-01-02T10:00:00Z'],
  ['C', 'New', '2026-01-05T10:00:00Z'],
] as const;

function csv(mark = ',', header = ['deal', 'stage', 'at']): string {
  return [header, ...ROWS].map((row) => row.join(mark)).join('\n');
}

describe('test/diagnose/files', () => {
  it('gives the documented figures for a small log', async () => {
    const { json } = await desk.run(desk.write('plain.csv', csv()));
    expect(Object.keys(json)).toEqual(['as_of', 'cases', 'rows', 'skipped', 'stages', 'stuck', 'weakest']);
    expect(json).toMatchObject({
      as_of: '2026-01-06T10:00:00.000Z',
      cases: 3,
      rows: 6,
      skipped: 0,
      stuck: [],
    });
    expect(json.stages.map(({ stage, order, terminal }) => [stage, order, terminal])).toEqual([
      ['New', 1, null],
      ['Offer', 2, null],
      ['Won', 3, 'won'],
      ['Lost', 4, 'lost'],
    ]);
    // Stays of 1 (lost) and 2 days (advanced), and one open for 1: S(1) = 2/3, S(2) = 0.
    const fresh = stageOf(json, 'New');
    expect(fresh).toMatchObject({
      visits: 3,
      open: 1,
      median_days: 2,
      q1_days: 1,
      q3_days: 2,
      conversion: 0.5,
    });
    expect(fresh.p_advance['7']).toBeCloseTo(2 / 3, 12);
    expect(stageOf(json, 'Won')).toEqual({
      stage: 'Won',
      order: 3,
      terminal: 'won',
      visits: 1,
      open: 0,
      median_days: null,
      q1_days: null,
      q3_days: null,
      median_ci95: [null, null],
      p_advance: { '7': null, '14': null, '30': null },
      conversion: null,
      conversion_ci95: [null, null],
    });
    expect(json.weakest.stage).toBeNull();
  });

  it.each([
    ['semicolons', csv(';')],
    ['tabs', csv('\t')],
    ['a byte order mark', `\uFEFF${csv()}`],
    ['Windows line ends', csv().replaceAll('\n', '\r\n')],
    ['quoted cells over two lines', csv().replaceAll('New', '"New"').replaceAll('Offer', '"Offer\nsent"')],
    ['gzip', gzipSync(csv())],
    ['UTF-16', Buffer.from(`\uFEFF${csv(';')}`, 'utf16le')],
    ['UTF-16 without a mark', Buffer.from(csv(';'), 'utf16le')],
    ['UTF-16 with the high byte first', Buffer.from(`\uFEFF${csv(';')}`, 'utf16le').swap16()],
    ["Excel's own first line", `sep=|\n${csv('|')}`],
    [
      'the newest row first',
      [...csv().split('\n').slice(1), ''].reverse().with(0, 'deal,stage,at').join('\n'),
    ],
    ['other names', csv(',', ['Opportunity ID', 'Activity', 'Timestamp'])],
    ['Russian names', csv(';', ['№ ', 'Стадия сделки', 'Дата перехода'])],
    ['names in camel case', csv(',', ['dealId', 'stageName', 'enteredAt'])],
    [
      'rows in another order',
      csv().split('\n').toSpliced(1, 0, 'C,Lost,2026-01-06T10:00:00Z').toSpliced(1, 1).join('\n'),
    ],
    ['an empty line at the end', `${csv()}\n\n`],
  ])('reads a file with %s', async (_, content) => {
    const { json } = await desk.run(desk.write('kind.csv', content));
    expect(json).toMatchObject({ cases: 3, rows: 6, skipped: 0 });
    expect(stageOf(json, 'New').median_days).toBe(2);
  });

  it('reads Russian tables of Windows-1251', async () => {
    const bytes = Buffer.from(
      [...'Сделка;Этап;Дата\n1;Новая;01.02.2026 10:00\n1;Отказ;03.02.2026 10:00\n'].map(toCp1251),
    );
    const { json, text } = await desk.run(desk.write('cp1251.csv', bytes), '--language', 'ru');
    expect(stageOf(json, 'Новая')).toMatchObject({ visits: 1, open: 0, median_days: 2 });
    expect(stageOf(json, 'Отказ').terminal).toBe('lost');
    expect(text).toContain('windows-1251');
  });

  it('takes several closing stages in one list', async () => {
    const file = desk.write('lists.csv', csv().replaceAll('Won', '"Won, paid"'));
    const terminals = async (...args: string[]): Promise<unknown> =>
      (await desk.run(file, ...args)).json.stages.map((stage) => stage.terminal);
    expect(await terminals('--won', 'Won, paid', '--lost', 'Lost')).toEqual([null, null, 'won', 'lost']);
    expect(await terminals('--won', 'won, paid', '--lost', 'lost; offer')).toEqual([
      null,
      'won',
      'lost',
      'lost',
    ]);
    expect(await desk.refused(file, '--lost', 'Lost,Gone')).toContain('There is no stage "Gone"');
  });

  it('takes the columns that it is told', async () => {
    const file = desk.write('told.csv', 'a,b,c,d\n1,New,2026-01-01,Ann\n1,Done,2026-01-03,Ann\n');
    const { json } = await desk.run(
      file,
      '--case',
      'a',
      '--stage',
      'b',
      '--at',
      'C',
      '--owner',
      'd',
      '--won',
      'done',
    );
    expect(stageOf(json, 'Done').terminal).toBe('won');
    expect(stageOf(json, 'New').median_days).toBe(2);
  });

  it('guesses the closing stages that it is not told', async () => {
    const file = desk.write('half-told.csv', csv());
    const terminals = async (...args: string[]): Promise<unknown> =>
      (await desk.run(file, ...args)).json.stages.map((stage) => stage.terminal);
    expect(await terminals('--won', 'Won')).toEqual([null, null, 'won', 'lost']);
    expect(await terminals('--lost', 'Offer', '--lost', 'lost')).toEqual([null, 'won', 'lost', 'lost']);
    expect(await terminals('--won', 'Won', '--lost', 'Offer')).toEqual([null, null, 'won', 'lost']);
  });

  it('ends the observation when it is told to', async () => {
    const file = desk.write('as-of.csv', csv());
    const { json } = await desk.run(file, '--as-of', '2026-01-04T10:00:00Z');
    expect(json).toMatchObject({ as_of: '2026-01-04T10:00:00.000Z', cases: 2, rows: 6 });
    expect(stageOf(json, 'Offer')).toMatchObject({ visits: 1, open: 1, median_days: null });
    const later = await desk.run(file, '--as-of', '2026-03-01');
    expect(later.json.stuck.map((one) => [one.case, one.rule, one.kind])).toEqual([
      ['C', 'idleLimit', 'dead'],
    ]);
  });

  it('tells bad rows by their line and skips them', async () => {
    const good = Array.from({ length: 60 }, (_, at) => `${at},New,2026-01-01`);
    const rows = ['deal,stage,at', ...good, ',New,2026-01-01', '7,"Offer\nsent",2026-02-30', '8,Offer'];
    const { json, text } = await desk.run(desk.write('bad.csv', rows.join('\n')));
    expect(json).toMatchObject({ rows: 63, skipped: 3, cases: 60 });
    expect(text).toContain('line 62: the deal is missing');
    expect(text).toContain('line 64: "2026-02-30" is not a date');
    expect(text).toContain('line 65: the time of the change is missing');
  });

  it('skips a row that no table would have, however long it is', async () => {
    const good = Array.from({ length: 40 }, (_, at) => `${at},New,2026-01-01`);
    const rows = ['deal,stage,at', ...good, `41,"${'x'.repeat(2_000_000)}",2026-01-02`];
    const { json, text } = await desk.run(desk.write('long.csv', rows.join('\n')));
    expect(json).toMatchObject({ rows: 41, skipped: 1, cases: 40 });
    expect(text).toContain('line 42: the stage is longer than any name');
  });

  it('takes lists of deals as both hosts export them', async () => {
    const list = (header: string, rowOf: (deal: number, open: boolean) => string): string =>
      [header, ...Array.from({ length: 80 }, (_, deal) => rowOf(deal, deal >= 60))].join('\n');
    const amo = list(
      '"ID","Название сделки","Бюджет, ₽","Ответственный","Дата создания сделки","Дата закрытия","Этап сделки"',
      (deal, open) =>
        `"${deal}","Сделка","1000","Анна","01.01.2026 10:00:00",${open ? '"не закрыта","Переговоры"' : `"11.02.2026 10:00:00","${deal % 3 ? 'Успешно реализовано' : 'Закрыто и не реализовано'}"`}`,
    );
    // The closing date of a deal that goes on is the day on which it is hoped for.
    const bitrix = list(
      'ID;Стадия сделки;Дата начала;Дата закрытия;Сделка закрыта;Сумма;Ответственный',
      (deal, open) =>
        `${deal};${open ? 'Переговоры' : deal % 3 ? 'Сделка успешна' : 'Сделка провалена'};01.01.2026;11.02.2026;${open ? 'Нет' : 'Да'};1000;Анна`,
    );
    for (const file of [amo, bitrix]) {
      const { json } = await desk.run(desk.write('host.csv', file), '--language', 'ru');
      expect(json).toMatchObject({ cases: 80, rows: 80, skipped: 0 });
      expect(json.stages.map(({ terminal, visits, open }) => [terminal, visits, open])).toEqual([
        [null, 80, 20],
        ['won', 40, 0],
        ['lost', 20, 0],
      ]);
      expect(stageOf(json, 'Переговоры').median_days).toBe(41);
    }
  });

  it('says that the last time in the file lies ahead', async () => {
    const file = desk.write('ahead.csv', `${csv()}\nC,Offer,2206-01-01`);
    expect((await desk.run(file)).text).toContain('lies ahead (January 1, 2206)');
    expect((await desk.run(file, '--as-of', '2026-01-07')).text).not.toContain('lies ahead');
  });

  it('stops when more than one row in twenty is bad', async () => {
    const good = Array.from({ length: 19 }, (_, at) => `${at},New,2026-01-01`);
    const few = desk.write('few.csv', ['deal,stage,at', ...good, '9,,'].join('\n'));
    expect((await desk.run(few)).json.skipped).toBe(1);
    const many = desk.write('many.csv', ['deal,stage,at', ...good.slice(1), '9,,'].join('\n'));
    expect(await desk.refused(many)).toContain('1 of 19 rows cannot be read');
  });

  it.each([
    ['an absent file', null, 'There is no file'],
    ['an empty file', '', 'has no rows'],
    ['a file of empty lines', ' \n\n', 'has no rows'],
    ['a header alone', 'deal,stage,at\n', 'has no rows'],
    ['unknown columns', 'x,y,z\n1,2,3\n', 'Name it with --case, --stage, --at. The file has: "x", "y", "z"'],
    ['a workbook', Buffer.from('PK\u0003\u0004 more'), 'Save the sheet as CSV'],
    ['a broken archive', gzipSync(csv()).subarray(0, 40), 'breaks off'],
    ['a quote that is never closed', `deal,stage,at\n1,"New,2026-01-01\n`, 'not closed'],
    [
      'a column of names for the stage',
      ['deal,stage,at', ...Array.from({ length: 300 }, (_, at) => `1,call ${at},2026-01-01`)].join('\n'),
      '300 different values',
    ],
  ])('says what is wrong with %s', async (_, content, said) => {
    const file = content === null ? '/nowhere/at/all.csv' : desk.write('wrong.csv', content);
    expect(await desk.refused(file)).toContain(said);
  });

  it.each([
    [['--won', 'Delivered'], 'There is no stage "Delivered"'],
    [['--owner', 'boss'], 'There is no column "boss"'],
    [['--as-of', 'yesterday'], 'is not a date'],
    [['--as-of', '1999-01-01'], 'Nothing in the file happened before'],
    [['--language', 'fr'], 'Allowed choices are ru, en'],
    [['--time-zone', 'Mars'], 'No such time zone'],
    [['--json', '/nowhere/at/all.json'], 'cannot be written'],
  ])('says what is wrong with %j', async (args, said) => {
    expect(await desk.refused(desk.write('options.csv', csv()), ...args)).toContain(said);
  });

  it.each([
    ['1234.5', 1234.5],
    ['1 234,56', 1234.56],
    ['1\u00a0234 567 ₽', 1_234_567],
    ['1,234,567.89', 1_234_567.89],
    ['1.234.567,89', 1_234_567.89],
    ['12,345', 12_345],
    ['-5 руб.', -5],
    ['$99', 99],
    ['many', null],
  ])('reads the amount %s', (written, read) => {
    expect(amountFrom(written)).toBe(read);
  });
});

function toCp1251(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code;
}
