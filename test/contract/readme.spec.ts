import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { HOST_ENTRIES } from '../../src/hosts/registry.js';
import { sandboxVariables } from '../../src/sandbox/variables.js';

/** What the containers decide themselves, and what production refuses. */
const NOT_PASSED = /^(PORT|DATABASE_URL|DATA_DIR|ROLE|SANDBOX.*)$/;

function namesInTable(page: string): readonly string[] {
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^\| `[A-Z][A-Z0-9_]+`/.test(line));
  return rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name ?? ''),
  );
}

/** As declared: the public ones are the properties of one class, hosts and the sandbox list their own. */
function declaredNames(): readonly string[] {
  const source = readFileSync('src/infra/config/variables.ts', 'utf8');
  const own = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+)\b/gm)].map(([, name]) => name ?? '');
  const others = [...HOST_ENTRIES, sandboxVariables].flatMap((group) =>
    group.variables.map(({ name }) => name),
  );
  return [...own, ...others].filter((name) => name !== 'NODE_ENV');
}

describe('test/contract/readme', () => {
  it('names every variable that the service reads, and no other, in both languages', () => {
    const declared = declaredNames().toSorted();
    expect(declared.length).toBeGreaterThan(20);
    expect(namesInTable('README.md').toSorted()).toEqual(declared);
    expect(namesInTable('README.ru.md').toSorted()).toEqual(declared);
  });

  it('hands on to the containers every variable that has a meaning there', () => {
    const passed = [...readFileSync('docker-compose.yml', 'utf8').matchAll(/^ {4}([A-Z][A-Z0-9_]+): /gm)];
    const names = passed.map(([, name]) => name ?? '').filter((name) => name !== 'DATABASE_URL');
    expect(names.toSorted()).toEqual(
      declaredNames()
        .filter((name) => !NOT_PASSED.test(name))
        .toSorted(),
    );
  });
});
