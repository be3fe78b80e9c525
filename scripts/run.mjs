// `npm run sandbox -- …`, `npm run diagnose -- …` and `npm run bench -- …`: builds what is not built, then becomes the
// program in this very process, so that a signal reaches it. stdout belongs to the program: builds talk on stderr.
import { build } from './build.mjs';

const PROGRAMS = {
  sandbox: '../dist/sandbox/main.js',
  diagnose: '../dist/diagnose/main.js',
  'insight:verify': '../dist/mirror/verify.main.js',
  'book:verify': '../dist/features/salesbook/verify.main.js',
  bench: './bench.mjs',
};

const [name] = process.argv.splice(2, 1);
const program = PROGRAMS[name];
if (program === undefined) {
  process.stderr.write(
    `There is no program "${name ?? ''}"; known are: ${Object.keys(PROGRAMS).join(', ')}.\n`,
  );
  process.exit(1);
}
build();
process.setSourceMapsEnabled(true);
await import(program);
