import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const NAMES = /bitrix ?24|amocrm|kommo/i;
const PAGE = 'src/hosts/README.md';

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name).split(path.sep).join('/'));
}

/** Lines with a host's name in these files, `file:line`. */
function namedIn(files: readonly string[]): readonly string[] {
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (NAMES.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}

describe('test/contract/host-names', () => {
  it('finds no host’s name in the core: outside the hosts, their simulations and the registry', () => {
    const core = filesIn('src').filter((file) => !/^src\/(hosts|sandbox|generated)\//.test(file));
    expect(core.length).toBeGreaterThan(400);
    expect(namedIn(core)).toEqual([]);
    expect(namedIn(filesIn('src/hosts/common').filter((file) => !file.endsWith('.spec.ts')))).toEqual([]);
  });

  it('finds none in the tables, nor in the screens of the widget', () => {
    const tables = filesIn('prisma').filter((file) => /\.(prisma|sql)$/.test(file));
    expect(namedIn(tables)).toEqual([]);
    const screens = filesIn('widgets/src').filter((file) => /^widgets\/src\/(views|shared|ui)\//.test(file));
    expect(screens.length).toBeGreaterThan(100);
    expect(namedIn(screens)).toEqual([]);
  });

  it('finds hosts in one line of the registry each', () => {
    const lines = readFileSync('src/hosts/registry.ts', 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('import') && NAMES.test(line))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('HOST_ENTRIES') && NAMES.test(line))).toHaveLength(1);
  });
});

describe('test/contract/host-names: the page about adding a host', () => {
  const page = readFileSync(PAGE, 'utf8');
  const withName = (file: string): boolean => /amocrm|kommo/i.test(file);
  const isTest = (file: string): boolean => file.endsWith('.spec.ts');

  it.each([
    ['src/hosts/amocrm', () => filesIn('src/hosts/amocrm').filter((file) => !isTest(file))],
    ['src/hosts/common', () => filesIn('src/hosts/common').filter((file) => !isTest(file))],
    ['widgets/src/hosts/amocrm.ts', () => filesIn('widgets/src').filter(withName)],
    ['widgets/amocrm', () => filesIn('widgets/amocrm')],
    ['src/sandbox/amocrm', () => filesIn('src/sandbox/amocrm')],
    ['tests with its name', () => filesIn('test').filter(withName)],
  ])('tells how many files %s took, to a tenth', (where, files) => {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(where)) ?? '';
    const told = Number(/\| (\d+)/.exec(row)?.[1] ?? Number.NaN);
    const are = files().length;
    expect(are).toBeGreaterThan(0);
    expect(Math.abs(told - are)).toBeLessThanOrEqual(Math.max(1, are / 10));
  });

  it('fits on one page and names only what there is', () => {
    expect(page.split('\n').length).toBeLessThan(75);
    const named = [...page.matchAll(/`((?:src|test|widgets|scripts)\/[\w./-]+?)\/?`/g)].map(
      ([, file = '']) => file,
    );
    const there = new Set(['src', 'test', 'widgets', 'scripts'].flatMap((folder) => placesIn(folder)));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((file) => !there.has(file))).toEqual([]);
  });
});

/** Files and folders. */
function placesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    path.join(entry.parentPath, entry.name).split(path.sep).join('/'),
  );
}
