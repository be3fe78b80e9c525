// `npm test`: everything. Builds first, for the whole application and its widget are tested as they are served.
// Arguments go to jest. The last line is the total.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { build } from './build.mjs';

/** More failing files than this is a broken change, not a busy machine. */
const SECOND_CHANCES = 4;

/** Runs jest and returns what it reports; ends the process when it reports nothing. */
function runJest(args) {
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
      ...args,
    ],
    { stdio: ['inherit', 'ignore', 'inherit'] },
  );
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    process.stderr.write('jest wrote no report\n');
    return process.exit(jest.status || 1);
  }
}

// A suite that cannot even load has no failed test in it, and is a failure all the same.
const faultsOf = (result) => result.numFailedTests + result.numRuntimeErrorTestSuites;

build();
const args = process.argv.slice(2);
const first = runJest(args);
let passed = first.numPassedTests;
let failed = faultsOf(first);

// Browsers and whole processes share the machine with one another here. A file that fails among others and passes
// alone is named as unstable, so that somebody repairs it, but does not hold back the change.
const suspects = first.testResults.filter((file) => file.status === 'failed');
if (args.length === 0 && suspects.length > 0 && suspects.length <= SECOND_CHANCES) {
  const names = suspects.map((file) => file.name);
  process.stderr.write(`\nOnce more, each alone:\n${names.map((name) => `  ${name}\n`).join('')}`);
  const passedBefore = suspects
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status === 'passed');
  const second = runJest(['--runInBand', '--runTestsByPath', ...names]);
  passed += second.numPassedTests - passedBefore.length;
  failed = faultsOf(second);
  for (const file of second.testResults.filter((one) => one.status === 'passed'))
    process.stderr.write(`UNSTABLE: ${file.name} failed among the others and passed alone\n`);
}

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
