import * as account from './amocrm/store/snapshot.js';
import { startAmocrmPortal } from './amocrm/portal.js';
import { startBitrix24Portal } from './bitrix24/portal.js';
import * as portal from './bitrix24/store/snapshot.js';
import { portalSeed, type SandboxOptions } from './cli-options.js';
import type { Company } from './company/company.js';
import { demoApplication, demoIntegration } from './demo/demo-application.js';
import type { StateSource } from './state-file.js';

/** A simulated CRM that answers. */
export interface StartedHost {
  /** What programs are told. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly state: StateSource;
  /** False when the bytes are of another company or version. */
  takeUp(bytes: Buffer): boolean;
  close(): Promise<void>;
}

export async function startHost(options: SandboxOptions, company: Company): Promise<StartedHost> {
  return options.host === 'amocrm' ? startAccount(options, company) : startPortal(options, company);
}

async function startPortal(options: SandboxOptions, company: Company): Promise<StartedHost> {
  const seed = portalSeed(options);
  const { appUrl, port, tls, limits } = options;
  const application = appUrl === undefined ? undefined : demoApplication(appUrl, options.language, seed);
  const common = { port, tls, limits, company, seed };
  const started = await startBitrix24Portal({
    ...common,
    ...(application === undefined ? {} : { application }),
  });
  const { host, url, webhook, control, store } = started;
  return {
    ready: { host, url, webhook, control, ...registered(application) },
    state: { mark: () => portal.stateMark(store), export: () => portal.exportState(store) },
    takeUp: (bytes) => portal.importState(store, bytes),
    close: () => started.close(),
  };
}

async function startAccount(options: SandboxOptions, company: Company): Promise<StartedHost> {
  const seed = portalSeed(options);
  const { appUrl, port, tls, limits, widget } = options;
  const application = appUrl === undefined ? undefined : demoIntegration(appUrl, options.language, seed);
  const started = await startAmocrmPortal({
    port,
    tls,
    limits,
    company,
    seed,
    ...(application === undefined ? {} : { application }),
    ...(widget === undefined ? {} : { widget }),
  });
  const { host, url, webhook, token, control, accountId, subdomain, store } = started;
  return {
    ready: { host, url, webhook, token, control, accountId, subdomain, ...registered(application) },
    state: { mark: () => account.stateMark(store), export: () => account.exportState(store) },
    takeUp: (bytes) => account.importState(store, bytes),
    close: () => started.close(),
  };
}

function registered(application: { readonly clientId: string; readonly clientSecret: string } | undefined) {
  if (application === undefined) return {};
  const { clientId, clientSecret } = application;
  return { application: { clientId, clientSecret } };
}
