import type { Config } from '../infra/config/config.js';
import { type SandboxHost, readSandboxOptions } from './cli-options.js';
import { installDemoWidget } from './demo/account-administrator.js';
import { DEMO_PLANS, IMPORT_PLANS, installDemo } from './demo/demo-administrator.js';
import type { DemoOptions } from './demo/demo-visit.js';
import { packWidget, startChild, stateFileOf } from './launch-child.js';
import { RUNNING_PORTAL } from './variables.js';

export { sandboxVariables } from './variables.js';

export interface LaunchedSandbox {
  /** Where a newcomer looks first. */
  readonly address: string;
  /** The same company in further hosts, for people who read a terminal. */
  readonly others: readonly { readonly name: string; readonly address: string }[];
  /** Local origins that a host may call while the sandbox is on. */
  readonly origins: readonly string[];
  /** What administrators would copy from the application's cards into our configuration. */
  readonly variables: Readonly<Record<string, string>>;
  /** Plays the administrators against our running service; resolves when the application is installed. */
  install(appUrl: string): Promise<void>;
}

/** One simulated host that runs. */
type Launched = Omit<LaunchedSandbox, 'others'>;

/**
 * The simulated hosts for this process: its own, or the portal that already runs and that other processes of ours share.
 * A worker alone starts none, for nobody would look at it. Null when there is none.
 */
export async function openSandbox(config: Config, argv: readonly string[]): Promise<LaunchedSandbox | null> {
  if (!config.sandbox) return null;
  const running = config.declared[RUNNING_PORTAL];
  if (running !== undefined) return sharedSandbox(running);
  return config.role === 'worker' ? null : launchBoth(config, argv);
}

/** Its administrator and its application's secrets are somebody else's business: they come as our configuration. */
function sharedSandbox(address: string): LaunchedSandbox {
  if (!URL.canParse(address)) throw new Error(`${RUNNING_PORTAL} is no address: "${address.slice(0, 80)}"`);
  const { origin } = new URL(address);
  return { address: origin, others: [], origins: [origin], variables: {}, install: () => Promise.resolve() };
}

/** The second host is there to compare with: when it fails, the reason is said and the first one works all the same. */
async function launchBoth(config: Config, argv: readonly string[]): Promise<LaunchedSandbox> {
  const [portal, account] = await Promise.all([
    launchPortal(config, argv),
    launchAccount(config, argv).catch((error: unknown) => {
      tell(`The simulated amoCRM account is left out: ${reasonOf(error)}`);
      return null;
    }),
  ]);
  if (account === null) return { ...portal, others: [] };
  return {
    address: portal.address,
    others: [{ name: 'amoCRM', address: account.address }],
    origins: [...portal.origins, ...account.origins],
    variables: { ...account.variables, ...portal.variables },
    install: async (appUrl) => {
      const second = account.install(appUrl).catch((error: unknown) => {
        tell(`The application is not installed in the simulated amoCRM account: ${reasonOf(error)}`);
      });
      await Promise.all([portal.install(appUrl), second]);
    },
  };
}

async function launchPortal(config: Config, argv: readonly string[]): Promise<Launched> {
  const { args, state, demo } = callOf(config, argv, 'bitrix24');
  const ready = await startChild([...args, '--state', state]);
  return {
    address: ready.url,
    origins: [new URL(ready.url).origin],
    variables: {
      BITRIX24_CLIENT_ID: ready.application.clientId,
      BITRIX24_CLIENT_SECRET: ready.application.clientSecret,
    },
    install: async (appUrl) => void (await installDemo(ready.url, appUrl, demo)),
  };
}

async function launchAccount(config: Config, argv: readonly string[]): Promise<Launched> {
  const { args, state, demo } = callOf(config, argv, 'amocrm');
  const widget = await packWidget(config.publicUrl, config.dataDir);
  const ready = await startChild([...args, '--state', state, '--widget', widget]);
  return {
    address: ready.url,
    origins: [new URL(ready.url).origin],
    variables: {
      AMOCRM_CLIENT_ID: ready.application.clientId,
      AMOCRM_CLIENT_SECRET: ready.application.clientSecret,
    },
    install: async (appUrl) => void (await installDemoWidget(ready.url, appUrl, demo)),
  };
}

interface ChildCall {
  readonly args: readonly string[];
  readonly state: string;
  readonly demo: DemoOptions;
}

/** `argv` are the arguments of `npm start`, e.g. `--import FOLDER`: both hosts get the same ones. */
function callOf(config: Config, argv: readonly string[], host: SandboxHost): ChildCall {
  const port = config.declared[`SANDBOX_${host.toUpperCase()}_PORT`];
  const place = ['--host', host, ...(port === undefined ? [] : ['--port', port])];
  const args = [...argv, ...place, '--app-url', config.publicUrl];
  const options = readSandboxOptions(args);
  const plans = options.importFolder ? IMPORT_PLANS : DEMO_PLANS;
  return {
    args,
    state: stateFileOf(config.dataDir, options),
    demo: { plans, language: options.language, log: tell },
  };
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
