import 'reflect-metadata';
import { createApp } from './create-app.js';
import { createHosts } from './hosts/create-hosts.js';
import { HOST_ENTRIES } from './hosts/registry.js';
import { systemClock } from './infra/clock.js';
import type { Config } from './infra/config/config.js';
import { ConfigurationError, readConfig } from './infra/config/read-config.js';
import { Log, createLogger } from './infra/log.js';
import { dropStartupGarbage, keepHeapTight } from './infra/tight-heap.js';
import { type LaunchedSandbox, openSandbox, sandboxVariables } from './sandbox/launch.js';

/** How long a stop may take before the process leaves all the same; what is unfinished is taken up at the next start. */
const STOP_TIMEOUT_MS = 10_000;

async function main(): Promise<void> {
  keepHeapTight();
  const startedAt = performance.now();
  const config = readConfig(process.env, [...HOST_ENTRIES, sandboxVariables]);
  const log = new Log(createLogger(config.logLevel));
  const sandbox = await openSandbox(config, process.argv.slice(2));
  const hosts = createHosts(
    { ...config.declared, ...sandbox?.variables },
    {
      clock: systemClock,
      log: log.child('host'),
      trustedOrigins: sandbox?.origins ?? [],
      publicUrl: config.publicUrl,
    },
  );
  const app = await createApp({ config, log, hosts });
  stopInTime();
  await app.listen(config.port, '0.0.0.0');
  await sandbox?.install(config.publicUrl);
  announce(config, sandbox, performance.now() - startedAt);
  dropStartupGarbage();
}

function announce(config: Config, sandbox: LaunchedSandbox | null, ms: number): void {
  const others = (sandbox?.others ?? []).map(({ name, address }) => `also in ${name}: ${address}\n`);
  const address = sandbox?.address ?? config.publicUrl;
  process.stdout.write(`\n${others.join('')}Dozhim is ready in ${(ms / 1000).toFixed(1)} s: ${address}\n`);
}

function stopInTime(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref());
  }
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigurationError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
