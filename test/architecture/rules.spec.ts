import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve('.');
const CONFIGS = [
  'tsconfig.json',
  'eslint.config.mjs',
  'knip.json',
  '.prettierrc.json',
  'package.json',
  'prisma.config.ts',
];

/** One file a rule: the rule's name, and what breaks it. */
const FORBIDDEN_IMPORTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no-circular': {
    'src/infra/one.ts': "import { other } from './other.js';\nexport const one = (): number => other();",
    'src/infra/other.ts': "import { one } from './one.js';\nexport const other = (): number => one();",
  },
  'domain-is-alone': { 'src/domain/a.ts': "import { low } from '../infra/low.js';\nexport const a = low;" },
  'domain-without-io': {
    'src/domain/b.ts': "import { readFileSync } from 'node:fs';\nexport const b = readFileSync;",
  },
  'domain-without-frameworks': { 'src/domain/c.ts': "import axios from 'axios';\nexport const c = axios;" },
  'contract-knows-domain': {
    'src/contract/d.ts': "import { low } from '../infra/low.js';\nexport const d = low;",
  },
  'hosts-are-plain': {
    'src/hosts/red/e.ts': "import { low } from '../../infra/low.js';\nexport const e = low;",
  },
  'hosts-do-not-meet': {
    'src/hosts/red/f.ts': "import { blue } from '../blue/index.js';\nexport const f = blue;",
    'src/hosts/blue/index.ts': 'export const blue = 1;',
  },
  'hosts-without-frameworks': {
    'src/hosts/red/g.ts': "import { Injectable } from '@nestjs/common';\nexport const g = Injectable;",
  },
  'mirror-knows-no-host': {
    'src/mirror/h.ts': "import { blue } from '../hosts/blue/index.js';\nexport const h = blue;",
  },
  'outbox-knows-no-host': {
    'src/outbox/i.ts': "import { blue } from '../hosts/blue/index.js';\nexport const i = blue;",
  },
  'features-know-no-host': {
    'src/features/plans/j.ts': "import { blue } from '../../hosts/blue/index.js';\nexport const j = blue;",
  },
  'features-do-not-meet': {
    'src/features/plans/k.ts': "import { l } from '../accounts/l.js';\nexport const k = l;",
    'src/features/accounts/l.ts': 'export const l = 1;',
  },
  'infra-is-lowest': {
    'src/infra/m.ts': "import { word } from '../domain/word.js';\nexport const m = word;",
  },
  'sandbox-shares-nothing': {
    'src/sandbox/n.ts': "import { blue } from '../hosts/blue/index.js';\nexport const n = blue;",
  },
  'only-the-root-knows-hosts': {
    'src/mirror/o.ts': "import { HOSTS } from '../hosts/registry.js';\nexport const o = HOSTS;",
    'src/hosts/registry.ts': 'export const HOSTS = [];',
  },
  'no-deep-import-of-hosts': {
    'src/hosts/registry.ts': "export { deep as HOSTS } from './blue/deep.js';",
    'src/hosts/blue/deep.ts': 'export const deep = 1;',
  },
  'no-tests-in-the-product': {
    'src/infra/p.ts': "import { helper } from '../../test/support/helper.js';\nexport const p = helper;",
    'test/support/helper.ts': 'export const helper = 1;',
  },
  'no-host-names': { 'src/mirror/q.ts': "export const q = (host: string): boolean => host === 'bitrix24';" },
};

const LINT_FAULTS: Readonly<Record<string, string>> = {
  'named exports only': 'export default 1;',
  'a union of literals': 'export enum Colour { Red }',
  forwardRef:
    'declare function forwardRef(f: () => unknown): unknown;\nexport const x = forwardRef(() => 1);',
  'the environment is parsed once': "export const home = process.env['HOME'];",
  'no-explicit-any': 'export function f(x: any): unknown { return x; }',
  'no-floating-promises': 'async function g(): Promise<void> {}\nexport function h(): void { g(); }',
  'max-lines-per-function': `export function long(): number {\n  let n = 0;\n${'  n += 1;\n'.repeat(70)}  return n;\n}`,
  'max-lines': `${Array.from({ length: 330 }, (_, n) => `export const n${n} = ${n};`).join('\n')}\n`,
  complexity: `export function c(n: number): number {\n${Array.from({ length: 16 }, (_, n) => `  if (n === ${n}) return ${n};`).join('\n')}\n  return 0;\n}`,
};

describe('test/architecture/rules', () => {
  const folders: string[] = [];

  function plant(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'dozhim-rules-'));
    folders.push(folder);
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    for (const config of CONFIGS) cpSync(path.join(ROOT, config), path.join(folder, config));
    const always = {
      'src/infra/low.ts': 'export const low = 1;',
      'src/domain/word.ts': 'export const word = 1;',
      'src/hosts/blue/index.ts': 'export const blue = 1;',
    };
    for (const [file, text] of Object.entries({ ...always, ...files })) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), `${text}\n`);
    }
    return folder;
  }

  /** Runs a tool of the house; resolves to its exit code and everything it said. */
  function run(
    folder: string,
    program: string,
    args: readonly string[],
  ): Promise<{ code: number; output: string }> {
    const command = program === 'node' ? process.execPath : path.join(ROOT, 'node_modules/.bin', program);
    return new Promise((done) => {
      execFile(command, [...args], { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) => {
        done({ code: error ? 1 : 0, output: stdout + stderr });
      });
    });
  }

  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(FORBIDDEN_IMPORTS))(
    'refuses what breaks %s',
    async (rule, files) => {
      const result = await run(plant(files), 'node', [path.join(ROOT, 'scripts/dependencies.mjs')]);
      expect(result.output).toContain(`${rule}: `);
      expect(result.code).toBe(1);
    },
    60_000,
  );

  it('accepts a tree that breaks nothing', async () => {
    const result = await run(plant({}), 'node', [path.join(ROOT, 'scripts/dependencies.mjs')]);
    expect(result).toEqual({ code: 0, output: '' });
  }, 60_000);

  describe('lint', () => {
    let output = '';
    beforeAll(async () => {
      const files = Object.values(LINT_FAULTS).map((text, n) => [`src/infra/fault-${n}.ts`, text] as const);
      const clock = ['src/domain/fault.ts', 'export const now = (): number => Date.now();'] as const;
      const view = ['widgets/src/fault.vue', '<template><p style="color: red">x</p></template>'] as const;
      const storage = ['widgets/src/fault.ts', "export const kept = localStorage.getItem('x');"] as const;
      const folder = plant(Object.fromEntries([...files, clock, view, storage]));
      writeFileSync(
        path.join(folder, 'tsconfig.json'),
        JSON.stringify({
          extends: path.join(ROOT, 'tsconfig.json'),
          compilerOptions: { lib: ['ES2024', 'DOM'] },
          include: ['src', 'widgets'],
        }),
      );
      output = (await run(folder, 'eslint', ['.'])).output;
    }, 120_000);

    it.each([
      ...Object.keys(LINT_FAULTS),
      'the clock is handed in',
      'no-static-inline-styles',
      'cross-site frame',
    ])('refuses: %s', (words) => {
      expect(output).toContain(words);
    });
  });

  it('refuses dead code', async () => {
    const folder = plant({ 'src/main.ts': 'export {};', 'src/infra/dead.ts': 'export const dead = 1;' });
    const { code, output } = await run(folder, 'knip', ['--no-config-hints', '--include', 'files']);
    expect(output).toContain('src/infra/dead.ts');
    expect(code).toBe(1);
  }, 60_000);

  it('refuses code that is not formatted', async () => {
    const { code, output } = await run(plant({ 'src/infra/ugly.ts': 'export   const a=1' }), 'prettier', [
      '--check',
      'src',
    ]);
    expect(output).toContain('ugly.ts');
    expect(code).toBe(1);
  }, 60_000);

  it('refuses a wrong type', async () => {
    const folder = plant({ 'src/infra/wrong.ts': "export const n: number = 'text';" });
    const { code, output } = await run(folder, 'tsc', ['-p', 'tsconfig.json']);
    expect(output).toContain('wrong.ts');
    expect(code).toBe(1);
  }, 60_000);
});
