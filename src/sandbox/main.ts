import { readSandboxOptions } from './cli-options.js';
import { openCompany } from './company/open-company.js';
import { startHost, type StartedHost } from './start-host.js';
import { StateFile } from './state-file.js';

const SAVE_EVERY_MS = 30_000;

/**
 * A simulated portal alone. The one line on stdout is for programs; everything else goes to stderr. It ends with
 * SIGTERM and SIGINT, and with the process that forked it.
 */
async function main(): Promise<void> {
  const options = readSandboxOptions(process.argv.slice(2));
  const company = await openCompany(options);
  const started = await startHost(options, company);
  const keeper = options.stateFile === undefined ? null : await keepState(started, options.stateFile);
  endInTime(async () => {
    await started.close();
    await keeper?.();
  });
  process.stdout.write(`${JSON.stringify(started.ready)}\n`);
}

/** Takes the state up from the file and keeps it there; the function returned saves it for the last time. */
async function keepState(started: StartedHost, path: string): Promise<() => Promise<void>> {
  const file = new StateFile(path);
  const kept = await file.load();
  if (kept !== null && !started.takeUp(kept)) {
    process.stderr.write(`${path} belongs to another company or version: the portal starts anew\n`);
  }
  file.keep(started.state, SAVE_EVERY_MS);
  return () => file.close(started.state);
}

function endInTime(close: () => Promise<void>): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void close().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.once('disconnect', end);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
