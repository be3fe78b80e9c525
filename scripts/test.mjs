// `npm test`: everything. Builds first, for the whole application and its widget are tested as they are served.
// Arguments go to jest. The last line is the total.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { build } from './build.mjs';

build();
const report = 'node_modules/.cache/dozhim/jest.json';
rmSync(report, { force: true });
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['inherit', 'ignore', 'inherit'] },
);
let result;
try {
  result = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  process.stderr.write('jest wrote no report\n');
  process.exit(jest.status || 1);
}
// A suite that cannot even load has no failed test in it, and is a failure all the same.
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
process.stdout.write(`${result.numPassedTests} passed, ${failed} failed\n`);
process.exit(failed > 0 || result.numPassedTests === 0 ? 1 : 0);
