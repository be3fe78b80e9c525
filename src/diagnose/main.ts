import { readDiagnoseOptions } from './options.js';
import { runDiagnosis } from './run.js';
import { UserFault } from './user-fault.js';

/** The report goes to stdout, what is wrong to stderr; ends with 1 when there is no diagnosis. */
async function main(): Promise<void> {
  const { locale } = new Intl.DateTimeFormat().resolvedOptions();
  process.stdout.write(await runDiagnosis(readDiagnoseOptions(process.argv.slice(2), locale)));
}

main().catch((error: unknown) => {
  const said =
    error instanceof UserFault ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${said ?? ''}\n`);
  process.exitCode = 1;
});
