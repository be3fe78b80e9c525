import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const TABLE = 'src/hosts/amocrm/README.md';
/** So many mistakes were collected from those who connected this CRM before. */
const MISTAKES = 24;

interface Row {
  readonly number: number;
  readonly tests: readonly { readonly file: string; readonly words: string }[];
}

describe('test/contract/amocrm-mistakes', () => {
  const rows = rowsOf(readFileSync(TABLE, 'utf8'));

  it('names for each of the usual mistakes a test that would catch it', () => {
    expect(rows.map(({ number }) => number)).toEqual(
      Array.from({ length: MISTAKES }, (_, index) => index + 1),
    );
    expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('names only tests that there are', () => {
    const named = rows.flatMap(({ tests }) => tests);
    const missing = named.filter(({ file, words }) => !existsSync(file) || !textOf(file).includes(words));
    expect(missing).toEqual([]);
  });
});

function rowsOf(text: string): readonly Row[] {
  const section = text.split('\n## ').find((part) => part.startsWith('What is usually done wrong')) ?? '';
  return [...section.matchAll(/^\| (\d+) \|.*$/gm)].map(([line, number]) => ({
    number: Number(number),
    tests: [...line.matchAll(/`([\w./-]+\.ts)` "([^"]+)"/g)].map(([, file = '', words = '']) => ({
      file,
      words,
    })),
  }));
}

/** As a reader would search it: names of tests may be broken into lines by the formatter. */
function textOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\s+/g, ' ');
}
