import { describe, expect, it } from '@jest/globals';
import { csvLine } from './book-export.service.js';

describe('src/features/salesbook/book-export.service', () => {
  it.each([
    ['=1+1', `"'=1+1"\r\n`],
    ['+7 900', `"'+7 900"\r\n`],
    ['-5', `"'-5"\r\n`],
    ['@SUM(A1)', `"'@SUM(A1)"\r\n`],
    ['\t=1', `"'\t=1"\r\n`],
    ['  =1', `"'  =1"\r\n`],
    ['plain "quoted", text', '"plain ""quoted"", text"\r\n'],
    ['two\nlines', '"two\nlines"\r\n'],
  ])('writes %j so that no spreadsheet computes it', (cell, line) => {
    expect(csvLine([cell])).toBe(line);
  });
});
