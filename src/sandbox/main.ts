import { startBitrix24Portal, type Bitrix24Portal } from './bitrix24/portal.js';
import { exportState, importState, stateMark } from './bitrix24/store/snapshot.js';
import { portalSeed, readSandboxOptions } from './cli-options.js';
import { openCompany } from './company/open-company.js';
import { demoApplication } from './demo/demo-application.js';
import { StateFile } from './state-file.js';

const SAVE_EVERY_MS = 30_000;

/**
 * A simulated portal alone. The one line on stdout is for programs; everything else goes to stderr. It ends with
 * SIGTERM and SIGINT, and with the process that forked it.
 */
async function main(): Promise<void> {
  const options = readSandboxOptions(process.argv.slice(2));
  const company = await openCompany(options);
  const seed = portalSeed(options);
  const application =
    options.appUrl === undefined ? null : demoApplication(options.appUrl, options.language, seed);
  const portal = await startBitrix24Portal({
    port: options.port,
    tls: options.tls,
    limits: options.limits,
    company,
    seed,
    ...(application === null ? {} : { application }),
  });
  const keeper = options.stateFile === undefined ? null : await keepState(portal, options.stateFile);
  endInTime(async () => {
    await portal.close();
    await keeper?.();
  });
  const { host, url, webhook, control } = portal;
  const registered =
    application === null
      ? {}
      : { application: { clientId: application.clientId, clientSecret: application.clientSecret } };
  process.stdout.write(`${JSON.stringify({ host, url, webhook, control, ...registered })}\n`);
}

/** Takes the state up from the file and keeps it there; the function returned saves it for the last time. */
async function keepState(portal: Bitrix24Portal, path: string): Promise<() => Promise<void>> {
  const file = new StateFile(path);
  const kept = await file.load();
  if (kept !== null && !importState(portal.store, kept)) {
    process.stderr.write(`${path} belongs to another company or version: the portal starts anew\n`);
  }
  const source = { mark: () => stateMark(portal.store), export: () => exportState(portal.store) };
  file.keep(source, SAVE_EVERY_MS);
  return () => file.close(source);
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
