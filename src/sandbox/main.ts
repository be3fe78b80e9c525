import { startBitrix24Portal } from './bitrix24/portal.js';
import { readSandboxOptions } from './cli-options.js';
import { openCompany } from './company/open-company.js';
import { demoApplication } from './demo/demo-application.js';

/** A simulated portal alone. The one line on stdout is for programs; everything else goes to stderr. */
async function main(): Promise<void> {
  const options = readSandboxOptions(process.argv.slice(2));
  const company = await openCompany(options);
  const application =
    options.appUrl === undefined ? null : demoApplication(options.appUrl, options.language, options.seed);
  const portal = await startBitrix24Portal({
    port: options.port,
    tls: options.tls,
    limits: options.limits,
    company,
    seed: options.seed,
    ...(application === null ? {} : { application }),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void portal.close().then(() => process.exit(0), fail);
    });
  }
  const { host, url, webhook, control } = portal;
  const registered =
    application === null
      ? {}
      : { application: { clientId: application.clientId, clientSecret: application.clientSecret } };
  process.stdout.write(`${JSON.stringify({ host, url, webhook, control, ...registered })}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
