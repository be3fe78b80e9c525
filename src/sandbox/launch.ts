import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Config } from '../infra/config/config.js';
import { readSandboxOptions } from './cli-options.js';
import { DEMO_PLANS, IMPORT_PLANS, installDemo } from './demo/demo-administrator.js';

import { RUNNING_PORTAL } from './variables.js';

export { sandboxVariables } from './variables.js';

const DEFAULT_PORT = '3101';

export interface LaunchedSandbox {
  /** Where a newcomer looks first. */
  readonly address: string;
  /** Local origins that a host may call while the sandbox is on. */
  readonly origins: readonly string[];
  /** What the portal's administrator would copy from the application's card into our configuration. */
  readonly variables: Readonly<Record<string, string>>;
  /** Plays the portal's administrator against our running service; resolves when the application is installed. */
  install(appUrl: string): Promise<void>;
}

/**
 * A simulated portal for this process: one of its own, or the one that already runs and that other processes of ours
 * share. A worker alone starts none, for nobody would look at it. Null when there is none.
 */
export async function openSandbox(config: Config, argv: readonly string[]): Promise<LaunchedSandbox | null> {
  if (!config.sandbox) return null;
  const running = config.declared[RUNNING_PORTAL];
  if (running !== undefined) return sharedSandbox(running);
  return config.role === 'worker' ? null : launchSandbox(config, argv);
}

/** Its administrator and its application's secrets are somebody else's business: they come as our configuration. */
function sharedSandbox(address: string): LaunchedSandbox {
  if (!URL.canParse(address)) throw new Error(`${RUNNING_PORTAL} is no address: "${address.slice(0, 80)}"`);
  const { origin } = new URL(address);
  return { address: origin, origins: [origin], variables: {}, install: () => Promise.resolve() };
}

interface ReadyLine {
  readonly url: string;
  readonly application: { readonly clientId: string; readonly clientSecret: string };
}

/**
 * Starts the simulated portal in a process of its own, so that it competes with the service as little as a real one.
 * It ends with us, also when we are killed. `argv` are the arguments of `npm start`, e.g. `--import FOLDER`.
 */
async function launchSandbox(config: Config, argv: readonly string[]): Promise<LaunchedSandbox> {
  const port = config.declared['SANDBOX_BITRIX24_PORT'] ?? DEFAULT_PORT;
  const args = [...argv, '--port', port, '--app-url', config.publicUrl];
  const options = readSandboxOptions(args);
  const stateFile = path.join(
    config.dataDir,
    'sandbox',
    `${options.importFolder ? 'import' : 'demo'}-${options.seed}.gz`,
  );
  const child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), [...args, '--state', stateFile], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ready = await firstLine(child);
  const plans = options.importFolder ? IMPORT_PLANS : DEMO_PLANS;
  return {
    address: ready.url,
    origins: [new URL(ready.url).origin],
    variables: {
      BITRIX24_CLIENT_ID: ready.application.clientId,
      BITRIX24_CLIENT_SECRET: ready.application.clientSecret,
    },
    install: async (appUrl) => {
      await installDemo(ready.url, appUrl, { plans, language: options.language, log: tell });
    },
  };
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

function firstLine(child: ChildProcess): Promise<ReadyLine> {
  return new Promise((done, fail) => {
    if (!child.stdout) return fail(new Error('the simulated portal has no output'));
    createInterface({ input: child.stdout }).once('line', (line) => done(JSON.parse(line) as ReadyLine));
    child.once('exit', (code) =>
      fail(new Error(`the simulated portal could not start (exit code ${code ?? 'none'})`)),
    );
    child.once('error', fail);
  });
}
