import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const TABLE = 'test/faults/README.md';
const ASVS = 'test/security/asvs.md';

/** Rows of the matrix that concern intake, mirror, tasks, tokens and installation. */
const REQUIRED = [...range(1, 8), ...range(12, 31), ...range(33, 38), 40, 42, 43];

/** Figures of the matrix that belong to what is not built yet. */
const LATER = new Set([32, 39, 41, 44]);

describe('test/faults/fault-table', () => {
  it('has a test for every row of the matrix that concerns what is built', () => {
    const rows = new Set(
      [...readFileSync(TABLE, 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row)),
    );
    expect(REQUIRED.filter((row) => !rows.has(row))).toEqual([]);
    expect([...rows].filter((row) => LATER.has(row))).toEqual([]);
  });

  it.each([TABLE, ASVS])('names in %s only tests that there are', (file) => {
    const named = [...readFileSync(file, 'utf8').matchAll(/`([\w./-]+\.spec\.ts)` "([^"]+)"/g)];
    expect(named.length).toBeGreaterThan(40);
    const missing = named.filter(
      ([, spec = '', words = '']) => !existsSync(spec) || !textOf(spec).includes(words),
    );
    expect(missing.map(([whole]) => whole)).toEqual([]);
  });
});

/** As a reader would search it: names of tests may be broken into lines by the formatter. */
function textOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\s+/g, ' ');
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
