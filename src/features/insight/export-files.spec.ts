import { describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { csvOf, harmless, xlsxOf } from './export-files.js';

const NASTY = ['=1+1', '+7', '-2+3', '@SUM(A1)', '\t=1', '  =cmd|calc', '＝1', '|x', '%0A'];
const TABLE = {
  columns: ['stage', 'deals', 'medianLow'],
  rows: [...NASTY.map((text) => [text, -5, null]), ['a "b", c', 1.5, 2]],
};
const NOTE = { title: 'stages', sentence: '=cmd', asOf: '2026-11-22T00:00:00.000Z' };

describe('src/features/insight/export-files', () => {
  it('lets no text begin a formula, and leaves harmless ones as they are', () => {
    for (const text of NASTY) expect(harmless(text)).toBe(`'${text}`);
    for (const text of ['Договор', 'a=b', '', 'ООО «Рога»']) expect(harmless(text)).toBe(text);
  });

  it('writes a table with a byte-order mark, quoted where needed, numbers as numbers of the language', () => {
    const lines = csvOf(TABLE, 'ru').toString('utf8').split('\r\n');
    expect(lines[0]).toBe('\uFEFFЭтап;Сделок;"Медиана, дней, нижняя граница 95 %"');
    expect(lines.slice(1, 1 + NASTY.length).every((line) => /^"?'/.test(line))).toBe(true);
    expect(lines.at(-2)).toBe('"a ""b"", c";1,5;2');
    expect(csvOf(TABLE, 'en').toString('utf8').split('\r\n').at(-2)).toBe('"a ""b"", c",1.5,2');
  });

  it('tells reasons in the words of the reader, without digits that mean nothing', () => {
    const table = { columns: ['kind', 'chance'], rows: [['dead', 1 / 3]] };
    expect(csvOf(table, 'ru').toString('utf8').split('\r\n')[1]).toBe('"похоже, мертва";0,3333');
  });

  it('writes a workbook of data and definitions without a formula in it', async () => {
    const files = unzipSync(new Uint8Array(await xlsxOf(TABLE, NOTE, 'en')));
    const text = Object.values(files)
      .map((file) => strFromU8(file))
      .join('\n');
    expect(text).toContain('Definitions');
    expect(text).toContain('Kaplan');
    expect(text).not.toMatch(/<f[ >]/);
    expect(text).not.toContain('>=cmd<');
  });
});
