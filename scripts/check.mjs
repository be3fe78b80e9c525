// `npm run check`: format, lint, types, dependency rules, dead code, migrations. Two at a time; all faults are shown.
import { spawn } from 'node:child_process';
import path from 'node:path';

const CHECKS = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  [
    'lint',
    'eslint',
    '--cache',
    '--cache-location',
    'node_modules/.cache/eslint/',
    '--max-warnings',
    '0',
    '.',
  ],
  ['widget types', 'vue-tsc', '-p', 'widgets/tsconfig.json'],
  ['format', 'prettier', '--check', '--cache', '--log-level', 'warn', '.'],
  ['dependency rules', process.execPath, 'scripts/dependencies.mjs'],
  ['dead code', 'knip'],
  ['migrations', process.execPath, 'scripts/migration.mjs', 'check'],
  ['commits', process.execPath, 'scripts/commits.mjs'],
];

const bin = path.resolve('node_modules/.bin');
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, FORCE_COLOR: '0' };

function run([name, command, ...args]) {
  const startedAt = performance.now();
  return new Promise((done) => {
    let output = '';
    const child = spawn(command, args, { env, shell: process.platform === 'win32' });
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (output += bytes));
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
      if (code !== 0) process.stdout.write(`${output.trim()}\n\n`);
      done(code === 0);
    });
  });
}

const waiting = [...CHECKS];
let good = true;
async function worker() {
  for (let next = waiting.shift(); next; next = waiting.shift()) good = (await run(next)) && good;
}
await Promise.all([worker(), worker()]);
process.exit(good ? 0 : 1);
